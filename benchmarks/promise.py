"""Promises against a plan in memory, and what they take.

`python -m benchmarks.promise SET.json --requests 200 [--seed N] [--alternates]` plans a demand set, then asks
for clones of random orders, one by one, each rolled back: with nobody moved (gap), and with others moved in
their slack and displaced (move). Times are milliseconds of this thread with the explanation; the kernels are
warm. Prints one JSON line.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.demand import Demand, load_demand
from planning.engine import Operation, schedule
from planning.engine.grid import GRID
from planning.engine.promise import PromiseBook, book_of, promise
from planning.engine.promise_answer import NewJob, Way

WARM = 3


def clone(demand: Demand, job: int) -> NewJob:
    """The order again, with what must be bought for it: the stock belongs to those that are there."""
    problem = demand.problem
    rows = np.flatnonzero(problem.operations["job"] == job)
    found = []
    for at, row in enumerate(rows.tolist()):
        op = problem.operations[row]
        low, high = problem.pools.ptr[op["pool"]], problem.pools.ptr[op["pool"] + 1]
        takes = problem.takes.value[problem.takes.ptr[row] : problem.takes.ptr[row + 1]]
        bought = problem.materials["lead"][problem.take_rows["material"][takes]].max(initial=problem.now)
        found.append(
            Operation(
                job=0,
                machines=tuple(problem.pools.value[low:high].tolist()),
                run=int(op["run"]),
                after=(at - 1,) if at else (),
                release=int(bought),
            )
        )
    return NewJob(tuple(found), weight=3)


def ask(book: PromiseBook, job: NewJob, ways: tuple[Way, ...]) -> tuple[float, dict[Way, int]]:
    """Milliseconds and the dates."""
    begun = time.thread_time()
    [answer] = promise(book, [job], ways=ways)
    return 1000 * (time.thread_time() - begun), {each.way: each.finish for each in answer.answers}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alternates", action="store_true")
    options = parser.parse_args()
    demand = load_demand(options.set, alternates=options.alternates)
    plan = schedule(demand.problem, grid=GRID[8:9])
    begun = time.thread_time()
    book = book_of(plan)
    opened = 1000 * (time.thread_time() - begun)
    chance = random.Random(options.seed)
    jobs = [clone(demand, chance.randrange(demand.orders)) for _ in range(options.requests + WARM)]
    gap = [ask(book, job, (Way.GAP,)) for job in jobs][WARM:]
    move = [ask(book, job, tuple(Way)) for job in jobs][WARM:]
    days = {way: float(np.median([dates[way] / 1440 for _, dates in move if way in dates])) for way in Way}
    print(
        json.dumps(
            {
                "answered": sum(bool(dates) for _, dates in gap),
                **_spans("gap", [span for span, _ in gap]),
                **_spans("move", [span for span, _ in move]),
                "open_book_ms": round(opened, 1),
                **{f"{way}_days_p50": round(found, 1) for way, found in days.items()},
            }
        )
    )


def _spans(name: str, spans: list[float]) -> dict[str, float]:
    return {f"{name}_p{share}_ms": round(float(np.percentile(spans, share)), 3) for share in (50, 95)}


if __name__ == "__main__":
    main()
