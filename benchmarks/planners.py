"""What planners leave behind in two years, and a plan in force with what-ifs and remedies."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db.models import F

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.volume import STEP
from orders.models import OrderLine, User
from planning import engine, services
from planning.models import Branch, Downtime, Machine, Overtime, PlanEdit, PlanVersion, Remedy, Upload
from planning.selectors.changes import Weigh

EDITS, DOWNTIMES, OVERTIMES, VERSIONS, REMEDIES, UPLOADS, CLOSED = 3000, 3000, 1000, 9000, 1500, 300, 300
SEARCHES, BRANCHES = 4, 3
Value = TypeVar("Value")
WORDS = "Op 30 of SO-1 line 10 moves from M1-1 to M1-2, two hours later"


def make_planners_past(now: datetime) -> None:
    """Changes, downtimes, overtime, plan versions, remedies that were taken, uploads, what-ifs."""
    planner = User.objects.filter(roles__contains=["planner"])[0]
    machines = list(Machine.objects.all())
    Downtime.objects.bulk_create(
        Downtime(machine=machine, starts=at, ends=at + timedelta(hours=4), note="Spindle", by=planner, at=at)
        for at, machine in zip(_times(now, DOWNTIMES), _again(machines, DOWNTIMES), strict=True)
    )
    Overtime.objects.bulk_create(
        Overtime(machine=machine, starts=at, ends=at + timedelta(hours=4), note="Rush", by=planner, at=at)
        for at, machine in zip(_times(now, OVERTIMES), _again(machines, OVERTIMES), strict=True)
    )
    edits = PlanEdit.objects.bulk_create(
        PlanEdit(by=planner, at=at, words=WORDS, changes=[], inverse=[], moved=3) for at in _times(now, EDITS)
    )
    PlanVersion.objects.bulk_create(
        PlanVersion(kind="repaired", reason="Progress", at=at, took_ms=900, operations=60000, moved=12)
        for at in _times(now, VERSIONS, timedelta(days=90))
    )
    Upload.objects.bulk_create(
        Upload(name="dates.xlsx", by=planner, at=at, changes=[], standing="0") for at in _times(now, UPLOADS)
    )
    Branch.objects.bulk_create(
        Branch(name=f"Rush order {at:%d %b %H:%M}", by=planner, at=at, state="dropped", closed_at=at)
        for at in _times(now, CLOSED)
    )
    _remedies(now, edits, planner)


def _remedies(now: datetime, edits: list[PlanEdit], planner: User) -> None:
    lines = OrderLine.objects.filter(state="delivered").order_by("id")[:REMEDIES]
    days = timedelta(days=1)
    Remedy.objects.bulk_create(
        Remedy(
            line=line, kind=kind, place=1, words="Two hours of overtime on M3-1", changes=[], effect={},
            promised_at=at, before=at + 2 * days, after=at, saved_minutes=2880, cost=120, currency="EUR",
            worth=900, found_at=at - 9 * days, taken_at=at - 9 * days, taken_by=planner, edit=edit,
            actual_at=at, actual_cost=130, kept=True, settled=True,
        )
        for line, at, edit, kind in zip(
            lines, _times(now, REMEDIES), islice(edits, REMEDIES), _again(Remedy.Kind.values, REMEDIES),
            strict=False,
        )
    )  # fmt: skip


def make_plan() -> None:
    """Plan what is open, promise every twentieth job too early, look for remedies, plan three what-ifs."""
    engine.warm_up()
    engine.warm_up_improvement()
    services.replan(reason="Measured")
    early = OrderLine.objects.annotate(place=F("id") / STEP % 20).filter(state="production", place=0)
    early.update(promised_at=F("forecast_at") - timedelta(days=2))
    for _ in range(SEARCHES):
        found = services.find_remedies()
        if found is None or not found.left:
            break
    planner = User.objects.filter(roles__contains=["planner"])[0]
    for line in early.order_by("-id")[:BRANCHES]:
        branch = services.make_branch(name=f"Rush {line.pk}", by=planner, changes=[Weigh(line.order_id, 9)])
        services.plan_branch(branch_id=branch.pk)


def _times(now: datetime, count: int, over: timedelta = timedelta(days=730)) -> Iterator[datetime]:
    """So many moments until a day ago, oldest first."""
    return (now - timedelta(days=1) - over * (count - at) / count for at in range(count))


def _again(values: Iterable[Value], count: int) -> Iterator[Value]:
    """The values over and over."""
    every = list(values)
    return (every[at % len(every)] for at in range(count))
