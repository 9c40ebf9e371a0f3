"""What each act and each worker's step costs in SQL statements: one order at a time, in one process.

`python -m benchmarks.acts --orders 5` prints one JSON line: statements per job and act, and CPU per order.
Nothing is batched here, so a busy shop pays less; wake-ups and sweeps are measured by benchmarks.flow.
`--show` prints every statement of the last order with its act.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connection

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.flow_play import Driver
from demo.services.players import play_round
from kernel import clock
from mto.settings.env import REPOSITORY
from orders.models import Handover, Order
from orders.services.handling import run_here

NOBODY = "players"


class Counting:
    """Counts statements by the outermost task or service that caused them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.seen: list[tuple[str, str]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE")):
            return execute(sql, params, many, context)
        act = _act(sys._getframe(1))
        self.counts[act] += 1
        self.seen.append((act, sql))
        return execute(sql, params, many, context)


def main() -> None:
    """Play the orders one after the other and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    _live(Driver(1, 0))
    counting, began = Counting(), time.process_time()
    with connection.execute_wrapper(counting):
        for share in range(options.orders):
            counting.seen.clear()
            _live(Driver(1, share))
    cpu = time.process_time() - began
    if options.show:
        print(*(f"{act:40} {' '.join(sql.split())[:600]}" for act, sql in counting.seen), sep="\n")
    acts = {act: round(count / options.orders, 1) for act, count in sorted(counting.counts.items())}
    total = round(sum(acts.values()) - acts.get(NOBODY, 0), 1)
    print(
        json.dumps({"statements_per_job": total, "cpu_ms": round(1000 * cpu / options.orders), "acts": acts})
    )


def _live(driver: Driver) -> None:
    """One order from quotation to delivered."""
    driver.open.append(driver._enter())
    while Order.objects.exclude(state="delivered").filter(id__in=driver.open).exists():
        for task, handover_id in Handover.objects.filter(done_at=None).values_list("task", "id"):
            run_here(task, handover_id)
        play_round(driver.cast, clock.now())


def _act(frame: FrameType | None) -> str:
    """The outermost function of a stage's tasks or services on the stack."""
    found = NOBODY
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(REPOSITORY) and ("services" in path.parts or path.name == "tasks.py"):
            app = path.relative_to(REPOSITORY).parts[0]
            if app not in ("demo", "orders") or "lambda" not in frame.f_code.co_name:
                name = f"{app}.{frame.f_code.co_name}"
                found = found if app == "demo" or name in IGNORED else name
        frame = frame.f_back
    return found


IGNORED = ("orders.run_here",)

if __name__ == "__main__":
    main()
