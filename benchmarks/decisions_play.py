"""Makes the jobs of `benchmarks.decisions`, looks for their remedies and opens the pages."""

import argparse
import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.replan_play import make, settled
from orders.models import DateChange, Order, OrderLine, User
from planning import engine, services
from planning.models import Decision, Remedy

HURRIED = 200


def main() -> None:
    """Make the jobs, plan them, promise some too early, search, look."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--delivered", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    now = timezone.now().replace(second=0, microsecond=0)
    engine.warm_up()
    make(options.orders, random.Random(options.seed), now)
    deliver(options.delivered, random.Random(options.seed), now)
    services.replan(reason="Measured", now=now)
    hurry(random.Random(options.seed))
    settled()
    services.find_remedies(now=now)
    figures = {"orders": options.orders, "delivered": options.delivered, **searched(now)}
    figures |= {f"{name}_{key}": value for name in ("home", "list") for key, value in opened(name).items()}
    options.out.write_text(json.dumps(figures))


def deliver(count: int, chance: random.Random, now: datetime) -> None:
    """Orders of the last two years, delivered about when they were promised."""
    first = OrderLine.objects.select_related("order").earliest("id")
    at = [now - timedelta(days=chance.uniform(0, 730)) for _ in range(count)]
    customer = first.order.customer
    orders = Order.objects.bulk_create(
        (
            Order(
                quotation_number=f"QUO-D{n:06d}",
                number=f"SO-D{n:06d}",
                customer=customer,
                currency="EUR",
                state="delivered",
                confirmed_at=day - timedelta(days=40),
                requested_date=day.date(),
            )
            for n, day in enumerate(at)
        ),
        batch_size=5000,
    )
    lines = OrderLine.objects.bulk_create(
        (
            OrderLine(
                order=order,
                position=10,
                product_id=first.product_id,
                quantity=1,
                unit_price=100,
                state="delivered",
                entered_at=day,
                promised_at=day + timedelta(days=chance.uniform(-2, 4)),
                delivered_at=day,
            )
            for order, day in zip(orders, at, strict=True)
        ),
        batch_size=5000,
    )
    DateChange.objects.bulk_create(
        (
            DateChange(
                line=line,
                kind="promised",
                value=line.promised_at or day,
                reason="Promised",
                at=day - timedelta(days=40),
            )
            for line, day in zip(lines, at, strict=True)
        ),
        batch_size=5000,
    )


def hurry(chance: random.Random) -> None:
    """Some jobs were promised too early: up to five days before, or just at, their forecast."""
    lines = list(OrderLine.objects.filter(forecast_at__isnull=False, delivered_at=None).order_by("id"))
    for line in chance.sample(lines, min(HURRIED, len(lines))):
        line.promised_at = (line.forecast_at or timezone.now()) - timedelta(days=chance.uniform(-0.1, 5))
        line.save(update_fields=["promised_at"])


def searched(now: datetime) -> dict[str, Any]:
    """One search after the first, which compiled what it needs."""
    began = time.process_time()
    found = services.find_remedies(now=now)
    took = time.process_time() - began
    if found is None:
        raise RuntimeError("another search is under way")
    return {
        "search_cpu_s": round(took, 2),
        "in_danger": found.jobs,
        "looked": found.looked,
        "left": found.left,
        "per_job_s": round(took / max(1, found.looked), 2),
        "late": Decision.objects.filter(late=True).count(),
        "remedies": Remedy.objects.count(),
    }


def opened(name: str) -> dict[str, Any]:
    """CPU milliseconds and statements of the page, the first time and then."""
    client, address = (
        Client(SERVER_NAME="127.0.0.1"),
        "/planning/" if name == "home" else "/planning/decisions/",
    )
    person = User.objects.filter(email="planner@example.com").first()
    client.force_login(person or User.objects.create_user("planner@example.com", roles=["planner"]))
    client.get("/planning/downtimes/")
    found: dict[str, Any] = {}
    for key in ("first", "again"):
        with CaptureQueriesContext(connection) as statements:
            began, wall = time.process_time(), time.perf_counter()
            page = client.get(address)
        found[f"{key}_cpu_ms"] = round(1000 * (time.process_time() - began), 1)
        found[f"{key}_ms"] = round(1000 * (time.perf_counter() - wall), 1)
        found[f"{key}_statements"] = len(statements)
        found["bytes"] = len(page.content)
    return found


if __name__ == "__main__":
    main()
