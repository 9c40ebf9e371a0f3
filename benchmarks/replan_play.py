"""Makes the open jobs of `benchmarks.replan`, plans and repairs them."""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from orders.models import Customer, Item, Order, OrderLine, Process, Product
from planning import engine, services
from planning.models import Calendar, Machine, Operation, Requirement, Shift, WorkCentre
from planning.services import Replanned

CENTRES, MACHINES = 10, 5
LEAD = timedelta(days=20)
LOAD = 0.8
SHIFT = 16 * 60


def main() -> None:
    """Make the jobs, plan them all, break one machine, repair."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    now = timezone.now().replace(second=0, microsecond=0)
    engine.warm_up()
    reverse("planning:home")
    make(options.orders, random.Random(options.seed), now)
    full, full_s = timed(lambda: services.replan(reason="Measured", now=now))
    figures = {"orders": options.orders, "operations": full.operations, **steps(full), "full_s": full_s}
    figures |= repaired(now)
    options.out.write_text(json.dumps(figures))


def timed(do: Callable[[], Replanned | None]) -> tuple[Replanned, float]:
    """What it did, and the seconds it took."""
    began = time.perf_counter()
    done = do()
    if done is None:
        raise RuntimeError("nothing was planned")
    return done, round(time.perf_counter() - began, 2)


def steps(done: Replanned) -> dict[str, float]:
    """Seconds of the three steps."""
    spans = {"load_s": done.load_ms, "plan_s": done.think_ms, "store_s": done.store_ms}
    return {name: span / 1000 for name, span in spans.items()}


def repaired(now: datetime) -> dict[str, Any]:
    """The machine with most work in the next week stands for four working hours: what the repair does."""
    soon = Operation.objects.filter(during__startswith__lt=now + timedelta(days=7))
    busiest = soon.values("machine").annotate(work=Sum("run_minutes")).order_by("-work").first()
    if busiest is None:
        raise RuntimeError("nothing is planned in the next week")
    machine = Machine.objects.get(id=busiest["machine"])
    first = soon.filter(machine=machine).earliest("during__startswith").planned_start or now
    services.report_downtime(machine=machine, starts=first, ends=first + timedelta(hours=4), now=now)
    settled()
    late = OrderLine.objects.late().count()
    done, repair_s = timed(lambda: services.repair_plan(now=now))
    return {
        "repair_s": repair_s,
        "repair_steps": steps(done),
        "moved": done.moved,
        "moved_share": round(done.moved / done.operations, 4),
        "late_before": late,
        "late_after": OrderLine.objects.late().count(),
    }


def settled() -> None:
    """What autovacuum does within minutes of a whole plan."""
    with connection.cursor() as cursor:
        for table in ("planning_operation", "planning_requirement", "orders_orderline"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def make(orders: int, chance: random.Random, now: datetime) -> None:
    """The shop and its open jobs, written in bulk."""
    processes = _shop()
    lengths = [chance.randint(6, 10) for _ in range(orders)]
    runs = [[chance.randint(20, 100) for _ in range(length)] for length in lengths]
    working_days = sum(map(sum, runs)) / (CENTRES * MACHINES * SHIFT * LOAD)
    horizon = max(LEAD.days + 5, working_days * 7 / 5)
    lines = _lines([now + timedelta(days=chance.uniform(5, horizon) + 4) for _ in runs], now)
    Operation.objects.bulk_create(
        Operation(
            line=line, sequence=10 * place, name=f"Step {place}", run_minutes=run,
            process=chance.choice(processes),
        )
        for line, mine in zip(lines, runs, strict=True)
        for place, run in enumerate(mine, 1)
    )  # fmt: skip
    _material(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _shop() -> list[Process]:
    calendar = Calendar.objects.create(code="TWO", name="Two shifts")
    Shift.objects.create(
        calendar=calendar, name="Two", weekdays=[0, 1, 2, 3, 4], starts="06:00", ends="22:00"
    )
    processes = []
    for number in range(CENTRES):
        process = Process.objects.create(code=f"P{number}", name=f"Process {number}")
        centre = WorkCentre.objects.create(code=f"WC{number}", name=f"Centre {number}", calendar=calendar)
        centre.processes.add(process)
        for at in range(MACHINES):
            Machine.objects.create(work_centre=centre, code=f"M{number}-{at}", name=f"Machine {number}-{at}")
        processes.append(process)
    return processes


def _lines(promised: Sequence[datetime], now: datetime) -> list[OrderLine]:
    customer = Customer.objects.create(code="C", name="Customer")
    product = Product.objects.create(code="P", name="Product", base_price=100)
    found = Order.objects.bulk_create(
        Order(
            quotation_number=f"QUO-{at:06d}", number=f"SO-{at:06d}", customer=customer, currency="EUR",
            state="production", confirmed_at=now,
        )
        for at in range(len(promised))
    )  # fmt: skip
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order, position=10, product=product, quantity=1, unit_price=100, state="production",
            entered_at=now, promised_at=at,
        )
        for order, at in zip(found, promised, strict=True)
    )  # fmt: skip


def _material(now: datetime) -> None:
    """One part for the first operation of each job, bought to be there LEAD before it is due."""
    item = Item.objects.create(number="PART", description="Part")
    first = Operation.objects.filter(sequence=10).values_list("id", "line_id", "line__promised_at")
    Requirement.objects.bulk_create(
        Requirement(
            line_id=line_id, operation_id=operation_id, item=item, find_number=10, quantity=1, unit="pcs",
            expected_at=max(now, promised - LEAD),
        )
        for operation_id, line_id, promised in first
        if promised is not None
    )  # fmt: skip


if __name__ == "__main__":
    main()
