"""Makes the open jobs of `benchmarks.replan` and ten what-ifs beside them."""

import argparse
import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.replan_play import make, settled
from kernel.bases import fetch
from planning import engine, services
from planning.models import Branch, Machine
from planning.selectors import minute_of
from planning.selectors.changes import Change, Down, Overtime

BRANCHES = 10


def main() -> None:
    """Make the jobs, plan them all, try ten what-ifs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    now = timezone.now().replace(second=0, microsecond=0)
    engine.warm_up()
    engine.warm_up_improvement()
    reverse("planning:home")
    make(options.orders, random.Random(options.seed), now)
    services.replan(reason="Measured", now=now)
    settled()
    before = size()
    made, planned, cpu = zip(*(tried(number, now) for number in range(BRANCHES)), strict=True)
    figures: dict[str, Any] = {
        "orders": options.orders,
        "make_ms": round(1000 * max(made), 1),
        "make_ms_median": round(1000 * sorted(made)[BRANCHES // 2], 1),
        "plan_s": round(max(planned), 2),
        "plan_cpu_s": round(max(cpu), 2),
        "plan_s_median": round(sorted(planned)[BRANCHES // 2], 2),
        "bytes_ten_branches": size() - before,
        "moved": [branch.after["moved"] for branch in Branch.objects.order_by("id")],
    }
    options.out.write_text(json.dumps(figures))


def tried(number: int, now: datetime) -> tuple[float, float, float]:
    """Seconds to make one and to plan it, and CPU seconds of the planning."""
    changes = shut_and_longer(number, now)
    began = time.perf_counter()
    branch = services.make_branch(name=f"What-if {number}", by=None, changes=changes, now=now)
    made, cpu = time.perf_counter(), time.process_time()
    if not services.plan_branch(branch_id=branch.id, now=now):
        raise RuntimeError(f"what-if {number} was not planned: {Branch.objects.get(id=branch.id).reason}")
    return made - began, time.perf_counter() - made, time.process_time() - cpu


def shut_and_longer(number: int, now: datetime) -> list[Change]:
    """One machine stands for a day, another works two nights longer."""
    ids = list(Machine.objects.order_by("id").values_list("id", flat=True))
    first = minute_of(now + timedelta(days=1))
    return [
        Down(ids[number], first, first + 1440),
        Overtime((ids[-1 - number],), first + 6 * 60, first + 14 * 60),
    ]


def size() -> int:
    """Bytes that what-ifs take in the database, with indexes and what is stored beside the rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM planning_branch")
    ((found,),) = fetch("SELECT pg_total_relation_size('planning_branch')", [])
    return int(found)


if __name__ == "__main__":
    main()
