"""Taking new jobs into the plan in force: nobody else is moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from kernel import clock
from kernel.jit import IntArray
from orders.models import Move, OrderLine, Role, Snapshot
from orders.services import Work, advance_all, open_work, record_forecasts
from planning import engine
from planning.engine import NEVER
from planning.models import Operation, Requirement
from planning.selectors import (
    Resources,
    SkillBook,
    busy_now,
    minute_of,
    moment_of,
    new_links,
    new_rows,
    operations_of,
    problem_of,
)
from planning.services.plans.requests import request_repair, request_replan
from planning.services.promises.holding import Place, held_places, take_over
from planning.services.work.needs import resources_for

PLAN_LOCK: Final = 0x4D544F01
"""Whoever writes slots holds this advisory lock until the transaction ends, and takes it before row locks."""


@dataclass(frozen=True)
class Slot:
    """Where an operation stands: machine and minutes since 1970, or NEVER and the reason why nowhere."""

    machine_id: int | None
    start: int
    end: int
    reason: str = ""

    @property
    def during(self) -> DateTimeTZRange | None:
        """The time as it is stored."""
        if self.machine_id is None:
            return None
        return DateTimeTZRange(moment_of(self.start), moment_of(self.end))


NOWHERE: Final = Slot(None, NEVER, NEVER)


def lock_plan() -> None:
    """Wait until nobody else writes slots."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLAN_LOCK])


def plan_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Give each job operations and requirements from its snapshot, slots, need-by dates and a forecast.

    New work takes the earliest gaps, the earliest promise first; a replan that may move others is asked for.
    Jobs placed in full advance; one with an operation that has no place stays, with a work item for the
    planner that says why. A job that has its operations already gets no second ones. At most 14 statements
    beside the advance, for any number of jobs.
    The caller holds `lock_jobs`.
    """
    if not moves:
        return
    now = now or clock.now()
    lock_plan()
    keys = {move.line_id: f"{move.id}:planned" for move in moves}
    known = set(Operation.objects.filter(line__in=list(keys), loop=0).values_list("line_id", flat=True))
    lines = [move.line for move in moves if move.line_id not in known]
    lines.sort(key=lambda line: (line.promised_at is None, line.promised_at or now, line.id))
    refused: dict[int, str] = {}
    if lines:
        refused, forecasts = _plan_new(lines, now)
        _ask_for_better(lines, forecasts, now)
    refused |= _unplanned(known)
    placed = {line: key for line, key in keys.items() if line not in refused}
    advance_all(keys=placed, event="planned", locked={move.line_id: move.line for move in moves})
    ask_planner(lines=[move.line for move in moves], reasons=refused, now=now)


def place_new(
    operations: Sequence[Operation], resources: Resources, now: datetime
) -> tuple[list[Slot], engine.Plan]:
    """Slots for operations not stored yet, in the gaps of the plan in force. The caller holds PLAN_LOCK."""
    names = [str(each) for each in operations]
    rows, links, skills = new_rows(operations), new_links(operations), SkillBook(resources.people)
    busy = busy_now(resources, now, skills)
    problem = problem_of(rows, resources, now, links=links, names=names, skills=skills)
    plan = engine.insert(problem, busy)
    return slots_of(plan, resources), plan


def slots_of(plan: engine.Plan, resources: Resources) -> list[Slot]:
    """The plan's slots as they are stored."""
    found = zip(plan.machine.tolist(), plan.start.tolist(), plan.end.tolist(), strict=True)
    return [
        Slot(resources.machine_ids[machine], start, end)
        if machine >= 0
        else replace(NOWHERE, reason=plan.explain(at)[:200])
        for at, (machine, start, end) in enumerate(found)
    ]


def forecasts_of(plan: engine.Plan, line_ids: Iterable[int], resources: Resources) -> dict[int, datetime]:
    """When each job placed in full will be delivered: its end and the delivery's working days.

    `line_ids` name the first jobs of the plan's problem.
    """
    ends = resources.days_after(plan.finish, settings.MTO_DELIVERY_DAYS)
    found = zip(line_ids, plan.finish.tolist(), ends.tolist(), strict=False)
    return {line_id: moment_of(end) for line_id, finish, end in found if finish != NEVER}


def need_dates(
    starts: Sequence[int] | IntArray, resources: Resources, now: datetime
) -> list[datetime | None]:
    """When material must be here for operations that start then: a safety of working days ahead, never past.

    `starts` are minutes, NEVER where there is no slot.
    """
    minutes = np.array(starts, dtype=np.int64)
    safety = np.full(len(minutes), settings.MTO_SAFETY_DAYS if len(resources.day_starts) else 0, np.int64)
    found = engine.need_by(minutes, safety, resources.day_starts)
    return [None if each == NEVER else max(now, moment_of(each)) for each in found.tolist()]


def ask_planner(*, lines: Iterable[OrderLine], reasons: Mapping[int, str], now: datetime) -> None:
    """Put jobs that have no plan on the planners' list, with the reason."""
    items = [
        Work(
            key=f"plan:{line.id}",
            role=Role.PLANNER,
            reason=f"{line.order} {line}: {reasons[line.id]}",
            url=reverse("planning:order-panel", args=[line.order.reference]),
            line=line,
            due_at=line.promised_at,
        )
        for line in lines
        if line.id in reasons
    ]
    if items:
        open_work(items=items, now=now)


def _plan_new(lines: Sequence[OrderLine], now: datetime) -> tuple[dict[int, str], dict[int, datetime]]:
    """Create what the jobs need; the reason for each job that has no complete plan, the others' forecasts."""
    snapshots = Snapshot.objects.filter(line__in=lines).in_bulk(field_name="line_id")
    routings = {line_id: snapshot.routing for line_id, snapshot in snapshots.items()}
    resources = resources_for(routings.values(), now)
    operations = [each for line in lines for each in operations_of(line, routings[line.id], resources)]
    slots, plan, kept = _places(operations, resources, now)
    for operation, slot in zip(operations, slots, strict=True):
        operation.machine_id, operation.during = slot.machine_id, slot.during
        operation.baseline = slot.during
        operation.unplanned_reason = slot.reason
    Operation.objects.bulk_create(operations)
    _require(snapshots, list(zip(operations, slots, strict=True)), resources, now)
    planned = list(dict.fromkeys(each.line_id for each in operations))
    free = [each for each in planned if each not in kept]
    forecasts = forecasts_of(plan, free, resources) | _forecasts_held(operations, slots, kept, resources)
    record_forecasts(forecasts=forecasts, reason="First plan", now=now)
    refused = _first_reasons(operations) | {
        line.id: "its routing has no operation. Add one to the product and enter the order anew."
        for line in lines
        if line.id not in planned
    }
    return refused, forecasts


def _places(
    operations: Sequence[Operation], resources: Resources, now: datetime
) -> tuple[list[Slot], engine.Plan, set[int]]:
    """Slots of new jobs: held ones unchanged where their promise stands, the others in gaps; who is held."""
    held = held_places({each.line_id for each in operations})
    loose = {each.line_id for each in operations if (each.line_id, each.sequence) not in held}
    kept = {each.line_id for each in operations} - loose
    found, plan = place_new([each for each in operations if each.line_id in loose], resources, now)
    free = iter(found)
    slots = [
        Slot(*_minutes(held[each.line_id, each.sequence])) if each.line_id in kept else next(free)
        for each in operations
    ]
    if held:
        taken = [place for (line_id, _), place in held.items() if line_id in kept]
        take_over(line_ids={line_id for line_id, _ in held}, places=taken, now=now)
    return slots, plan, kept


def _minutes(place: Place) -> tuple[int, int, int]:
    machine, starts, ends = place
    return machine, minute_of(starts), minute_of(ends)


def _forecasts_held(
    operations: Sequence[Operation], slots: Sequence[Slot], kept: set[int], resources: Resources
) -> dict[int, datetime]:
    """When the jobs that kept their held places will be delivered."""
    ends: dict[int, int] = {}
    for operation, slot in zip(operations, slots, strict=True):
        if operation.line_id in kept:
            ends[operation.line_id] = max(ends.get(operation.line_id, NEVER), slot.end)
    days = settings.MTO_DELIVERY_DAYS
    return {line_id: moment_of(resources.days_later(end, days)) for line_id, end in ends.items()}


def _ask_for_better(lines: Sequence[OrderLine], forecasts: Mapping[int, datetime], now: datetime) -> None:
    """Ask for a plan that may move others; at once for a job that would be late where it stands."""
    rushed = next(
        (line for line in lines if line.promised_at and forecasts.get(line.id, now) > line.promised_at), None
    )
    if rushed is not None:
        request_repair(reason=f"{rushed.order} is urgent", line=rushed, now=now)
    request_replan(reason=f"{lines[0].order} came in", repaired=True, now=now)


def _require(
    snapshots: Mapping[int, Snapshot],
    placed: Sequence[tuple[Operation, Slot]],
    resources: Resources,
    now: datetime,
) -> None:
    """Requirements of the bills of materials; a row without an operation belongs to the first one."""
    at = {(operation.line_id, operation.sequence): (operation, slot) for operation, slot in placed}
    first = {operation.line_id: (operation, slot) for operation, slot in reversed(placed)}
    wanted = [
        (*at.get((line_id, row["operation"]), pair), row)
        for line_id, pair in first.items()
        for row in snapshots[line_id].bom
    ]
    need_by = need_dates([slot.start for _, slot, _ in wanted], resources, now)
    Requirement.objects.bulk_create(
        Requirement(
            line_id=operation.line_id,
            operation=operation,
            item_id=row["item_id"],
            find_number=row["find_number"],
            quantity=Decimal(row["quantity"]),
            unit=row["unit"],
            need_by=date,
        )
        for (operation, _, row), date in zip(wanted, need_by, strict=True)
    )


def _first_reasons(operations: Iterable[Operation]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for each in operations:
        if each.unplanned_reason:
            reasons.setdefault(each.line_id, each.unplanned_reason)
    return reasons


def _unplanned(line_ids: Iterable[int]) -> dict[int, str]:
    ids = list(line_ids)
    return _first_reasons(Operation.objects.open().filter(line__in=ids, machine=None)) if ids else {}
