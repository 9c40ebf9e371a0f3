"""A simulated year: who keeps the first promise, and how long customers were told to wait.

`python -m benchmarks.year --orders 5000 --seed 1` lets orders arrive for a year, promises each one, and lets
breakdowns, absences, late suppliers, scrap and scattered durations strike by chance - the same for every way
of promising: by our plan with the margin that history asks for; by one lead time for everybody, the shortest
that is kept often enough; and by adding up durations as if capacity had no end. All of them work by our plan,
repaired as things happen and improved every night; it aims at the date the plan named, or where there is none
at two thirds of the time promised. Prints one JSON line, and each year on stderr as it ends. Days are
calendar days; a promise is kept that is done on the day it names.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from benchmarks.year_facts import DAY, Chances, Facts, make_facts
from benchmarks.year_floor import Floor, Rule
from kernel.jit import IntArray
from planning import engine

AIM: Final = 0.95
HISTORY: Final = 900
ENOUGH: Final = 20
BEFORE_HISTORY: Final = 3 * DAY
AIMED: Final = 2 / 3

Figures = dict[str, Any]


def evening(minute: float) -> int:
    """The end of that day."""
    return int(-(-minute // DAY)) * DAY


def by_plan(floor: Floor, order: int) -> tuple[int, int]:
    """When the plan says, and the margin that would have kept AIM of the last orders like this one.

    Those with and without purchased parts differ in what can happen to them.
    """
    bought = floor.facts.material > floor.facts.arrival
    done = np.flatnonzero(floor.finish > 0)
    done = done[np.argsort(floor.finish[done])][-HISTORY:]
    alike = done[bought[done] == bought[order]]
    known = (floor.finish - floor.could)[alike]
    margin = float(np.quantile(known, AIM)) if known.size >= ENOUGH else BEFORE_HISTORY
    could = int(floor.could[order])
    return evening(could + max(0.0, margin)), could


def by_lead(days: float) -> Rule:
    """The same days for everybody."""

    def rule(floor: Floor, order: int) -> tuple[int, int]:
        begin = int(floor.facts.arrival[order])
        return evening(begin + days * DAY), int(begin + AIMED * days * DAY)

    return rule


def by_work(floor: Floor, order: int) -> tuple[int, int]:
    """Material, then all durations one after the other: as if every machine were free."""
    facts = floor.facts
    begin = max(int(facts.arrival[order]), int(facts.material[order]))
    work = int(facts.run[facts.first[order] : facts.first[order + 1]].sum())
    until = int(engine.add_work(facts.hours, begin, work))
    return evening(until), until


def shortest(year: Callable[[Rule], Figures], days: float) -> Figures:
    """The shortest lead time, in whole days and walked to from `days`, that is kept often enough."""
    found = {"days": days, **year(by_lead(days))}
    step = -1 if found["on_time"] >= AIM else 1
    while True:
        days += step
        tried = {"days": days, **year(by_lead(days))}
        if (tried["on_time"] >= AIM) == (step > 0):
            return tried if step > 0 else found
        found = tried


def lived(facts: Facts, rule: Rule, seconds: float) -> Figures:
    """One year: what became of the promises. Nervousness is the mean share of operations a repair moves."""
    begun = time.process_time()
    floor = Floor(facts, rule, seconds)
    floor.live()
    late: IntArray = np.maximum(0, floor.finish - floor.promised)
    return {
        "on_time": round(float((late == 0).mean()), 4),
        "quoted_days": round(float((floor.promised - facts.arrival).mean()) / DAY, 2),
        "flow_days": round(float((floor.finish - facts.arrival).mean()) / DAY, 2),
        "tardiness_days": round(float(late.sum()) / DAY, 1),
        "latest_days": round(float(late.max()) / DAY, 1),
        "nervousness": round(float(np.mean(floor.nervous)), 4),
        "cpu_s": round(time.process_time() - begun, 1),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--load", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.05, help="of improvement every night")
    parser.add_argument("--even", action="store_true", help="orders of one size, the same number every week")
    options = parser.parse_args()
    chances = Chances(sizes=0.0, swing=0.0) if options.even else Chances()
    facts = make_facts(options.orders, options.load, options.seed, chances)
    engine.warm_up()
    engine.warm_up_improvement()

    def year(rule: Rule) -> Figures:
        found = lived(facts, rule, options.seconds)
        print(found, file=sys.stderr, flush=True)
        return found

    plan = year(by_plan)
    lead = shortest(year, round(1.4 * plan["quoted_days"]))
    figures = {
        "orders": options.orders,
        "load": options.load,
        "by_plan": plan,
        "by_lead_time": lead,
        "by_infinite_capacity": year(by_work),
        "lead_time_to_plan": round(lead["quoted_days"] / plan["quoted_days"], 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
