"""A plan of a demand set from arrays, and what it took.

`python -m benchmarks.plan SET.json PLAN.json --budget 10 [--alternates] [--seed N] [--fair] [--classes]`
reads the set, writes the plan in the checker's form and prints one JSON line. Times are CPU seconds of one
thread, without reading, writing and the warm-up of kernels; the latter goes to standard error (long once,
then read from cache). `--alternates` allows every machine of a work centre, `--fair` holds the longest
lateness down, `--classes` weighs rush, key and normal orders 9, 3 and 1.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.demand import load_demand, plan_json
from planning.engine import Goal, improve, schedule, warm_up, warm_up_improvement
from planning.engine.grid import EVEN, GRID

FIRST: Final = GRID[8:9]
DAY: Final = 1440
GOALS: Final = {
    "least": Goal(fee=DAY / 2),
    "fair": Goal(cap=10 * DAY, beyond=300.0),
    "classes": Goal(fee=DAY),
}
"""An order late at all counts half a day more, or one; the fair mode fights lateness beyond 10 days."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--budget", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    for flag in ("alternates", "fair", "classes"):
        parser.add_argument(f"--{flag}", action="store_true")
    options = parser.parse_args()
    begun = time.process_time()
    warm_up()
    warm_up_improvement()
    print(json.dumps({"warm_up_cpu_s": round(time.process_time() - begun, 3)}), file=sys.stderr)
    goal = GOALS["fair" if options.fair else "classes" if options.classes else "least"]
    demand = load_demand(options.set, alternates=options.alternates, classes=options.classes)
    begun = time.process_time()
    schedule(demand.problem, grid=FIRST)
    first = time.process_time() - begun
    begun = time.process_time()
    plan = schedule(demand.problem, grid=EVEN if options.fair else GRID)
    left = options.budget - (time.process_time() - begun)
    plan = improve(demand.problem, plan, max(left, 0.0), seed=options.seed, goal=goal)
    spent = time.process_time() - begun
    options.plan.write_text(json.dumps(plan_json(demand, plan, spent)), encoding="utf8")
    print(
        json.dumps(
            {
                "orders": demand.orders,
                "operations": len(demand.problem),
                "first_plan_cpu_s": round(first, 4),
                "cpu_s": round(spent, 3),
                "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                "unplanned": len({int(demand.problem.operations["job"][each]) for each in plan.unplaced}),
            }
        )
    )


if __name__ == "__main__":
    main()
