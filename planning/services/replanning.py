"""A new plan for the whole shop: load, think without any lock, store what is still true."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from kernel import clock
from kernel.bases import update_rows
from orders.models import OrderLine
from orders.services import advance_all, close_work, lock_jobs, record_forecasts, send
from planning import engine
from planning.models import Operation, PlanRequest, PlanState, Requirement
from planning.selectors import Book, OpenOperation, held_slots, load_book, minute_of, next_minute
from planning.services.plan import (
    NOWHERE,
    Slot,
    ask_planner,
    forecasts_of,
    lock_plan,
    need_dates,
    slots_of,
)
from planning.services.requests import request_replan

LEAST_PAUSE: Final = timedelta(seconds=1)
SHARE: Final = 10
"""After a replan that took t seconds the next one waits SHARE * t, so that others get the machine."""

UNDER_WAY: Final = timedelta(seconds=30)
"""A replan that was sent and has not reported by then is sent again."""

LOOK_AGAIN: Final = timedelta(minutes=1)
NOT_STARTED: Final = (Operation.Status.PENDING, Operation.Status.BLOCKED, Operation.Status.READY)


@dataclass(frozen=True)
class Replanned:
    """What a replan did: rows written, rows given up because the world moved on, milliseconds per step."""

    written: int
    given_up: int
    load_ms: int
    think_ms: int
    store_ms: int


def replan(*, reason: str = "", now: datetime | None = None) -> Replanned | None:
    """Plan all open operations anew and store it as the plan in force; None where another came first.

    Running operations stay on their machines; one past its time is reckoned to end soon. What was started,
    finished, cancelled or planned while this thought is left alone; what would overlap with it loses its slot
    and is planned by the next replan, which is asked for.
    """
    now = now or clock.now()
    began = time.monotonic()
    state, _ = PlanState.objects.get_or_create(id=1)
    requests = list(PlanRequest.objects.values_list("id", "reason"))
    book = load_book(now)
    loaded = time.monotonic()
    plan = engine.schedule(book.problem) if book.rows else None
    thought = time.monotonic()
    reason = reason or _why(requests)
    counts = _store(state, book, plan, [each for each, _ in requests], reason, began)
    if counts is None:
        return None
    if plan is not None:
        _tell_orders(book, plan, reason)
        _let_go(now)
    spans = (loaded - began, thought - loaded, time.monotonic() - thought)
    return Replanned(*counts, *(round(1000 * span) for span in spans))


def sweep_plan(*, now: datetime | None = None) -> int:
    """Start the replan that was asked for, or that missed slots call for; 1 where one started.

    At most one at a time and not before PlanState.next_at. Where the broker is away it is done here.
    """
    now = now or clock.now()
    if not PlanRequest.objects.exists() and not _missed_slots(now):
        return 0
    PlanState.objects.get_or_create(id=1)
    due = PlanState.objects.filter(id=1).exclude(next_at__gt=now)
    if not due.update(next_at=now + UNDER_WAY):
        return 0
    if not send("planning.replan"):
        replan(now=now)
    return 1


def replan_soon(*, reason: str, now: datetime | None = None) -> None:
    """Ask for a replan without the usual pause."""
    now = now or clock.now()
    request_replan(reason=reason, now=now)
    PlanState.objects.filter(id=1).update(next_at=now)


def _missed_slots(now: datetime) -> bool:
    """True where operations that have not started should be over; looked up once a minute only."""
    fresh = PlanState.objects.filter(id=1, computed_at__gt=now - LOOK_AGAIN).exists()
    missed = Operation.objects.filter(status__in=NOT_STARTED, during__fully_lt=(now, now + LOOK_AGAIN))
    return not fresh and missed.exists()


def _why(requests: Sequence[tuple[int, str]]) -> str:
    """The first reason, and how many more there were."""
    if not requests:
        return "Operations were not started in time"
    more = len(requests) - 1
    return requests[0][1] + (f", and {more} more" if more else "")


def _store(
    state: PlanState,
    book: Book,
    plan: engine.Plan | None,
    requests: Sequence[int],
    reason: str,
    began: float,
) -> tuple[int, int] | None:
    """Make the plan the one in force, unless another one came first: rows written, rows given up."""
    with transaction.atomic():
        lock_plan()
        if PlanState.objects.get(id=state.id).version != state.version:
            return None
        slots = slots_of(plan, book.resources)[: len(book.rows)] if plan is not None else []
        written, given_up = _write_slots(book, slots)
        _write_need_dates(book, slots)
        _tell_planner(book, slots)
        PlanRequest.objects.filter(id__in=requests).delete()
        if given_up:
            request_replan(reason="New jobs came while the plan was made", now=book.now)
        _note(state, book, plan, reason, began)
    return written, given_up


def _write_slots(book: Book, slots: Sequence[Slot]) -> tuple[int, int]:
    """Write the changed slots of operations still open; returns how many, and how many had to be given up."""
    pairs = zip(book.rows, slots, strict=True)
    wanted = {row.id: slot for row, slot in pairs if _differs(row, slot)}
    still_open = (
        Operation.objects.open()
        .filter(id__in=list(wanted))
        .order_by("id")
        .select_for_update(no_key=True)
        .values_list("id", flat=True)
    )
    written = {row_id: wanted[row_id] for row_id in still_open}
    clashing = _clashing([row.id for row in book.rows], written, book.now)
    written |= dict.fromkeys(clashing, NOWHERE)
    _update(written)
    return len(written), len(clashing)


def _differs(row: OpenOperation, slot: Slot) -> bool:
    stands = (row.machine_id, minute_of(row.starts), minute_of(row.ends), row.unplanned_reason)
    return stands != (slot.machine_id, slot.start, slot.end, slot.reason)


def _clashing(known: Sequence[int], written: Mapping[int, Slot], now: datetime) -> list[int]:
    """Which new slots overlap with those of operations and holds that came while the plan was made."""
    came = Operation.objects.open().filter(machine__isnull=False).exclude(id__in=known)
    taken: dict[int | None, list[tuple[int, int]]] = {}
    for machine_id, start, end in came.values_list("machine_id", "during__startswith", "during__endswith"):
        taken.setdefault(machine_id, []).append((minute_of(start), minute_of(end)))
    for held in held_slots(now):
        taken.setdefault(held.machine_id, []).append((minute_of(held.starts), next_minute(held.ends)))
    return [
        row_id
        for row_id, slot in written.items()
        if any(start < slot.end and slot.start < end for start, end in taken.get(slot.machine_id, ()))
    ]


def _update(slots: Mapping[int, Slot]) -> None:
    """One UPDATE; times travel as minutes."""
    rows = [
        (row_id, slot.machine_id, None if slot.machine_id is None else slot.start, slot.end, slot.reason)
        for row_id, slot in slots.items()
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE planning_operation AS target
            SET machine_id = data.machine, unplanned_reason = data.reason,
                during = CASE WHEN data.start IS NOT NULL
                         THEN tstzrange(to_timestamp(data.start * 60), to_timestamp(data.until * 60)) END
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
                 AS data(id, machine, start, until, reason)
            WHERE target.id = data.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def _write_need_dates(book: Book, slots: Sequence[Slot]) -> None:
    """Move the need-by dates of what is not here yet; one that is due at once stays as it was.

    What is received or issued at this moment is left to the next replan: it holds operations, and whoever
    books material comes to the operations last.
    """
    starts = {row.id: slot.start for row, slot in zip(book.rows, slots, strict=True)}
    dates = need_dates([starts[each.operation_id] for each in book.short], book.resources, book.now)
    moved = {
        each.id: date
        for each, date in zip(book.short, dates, strict=True)
        if date != each.need_by and not (date == book.now and each.need_by and each.need_by < book.now)
    }
    if moved:
        rows = Requirement.objects.filter(id__in=list(moved)).order_by("id")
        free = rows.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)
        update_rows(
            "planning_requirement", "id", {"need_by": "timestamptz"}, [(id_, moved[id_]) for id_ in free]
        )


def _note(state: PlanState, book: Book, plan: engine.Plan | None, reason: str, began: float) -> None:
    """Say which plan is in force, how good it is, and when the next one may come."""
    took = time.monotonic() - began
    late = plan.late() if plan is not None else np.zeros(0, np.int64)
    PlanState.objects.filter(id=state.id).update(
        version=state.version + 1,
        computed_at=book.now,
        took_ms=round(took * 1000),
        operations=len(book.rows),
        late_jobs=int((late > 0).sum()),
        tardiness_minutes=int(late.sum()),
        next_at=book.now + timedelta(seconds=took) + max(LEAST_PAUSE, SHARE * timedelta(seconds=took)),
        reason=reason[:200],
    )


def _tell_orders(book: Book, plan: engine.Plan, reason: str) -> None:
    """Write the forecasts that moved. A job somebody works on at this moment is left to the next replan.

    Waiting for one line while holding others could end in a circle with acts that write lines in their order.
    """
    before = {row.line_id: row.forecast_at for row in book.rows}
    found = forecasts_of(plan, book.line_ids, book.resources)
    moved = {line_id: at for line_id, at in found.items() if before[line_id] != at}
    with transaction.atomic():
        lines = OrderLine.objects.filter(id__in=list(moved)).order_by("id")
        free = lines.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)
        told = {line_id: moved[line_id] for line_id in free}
        record_forecasts(forecasts=told, reason=reason, now=book.now)
    if len(told) < len(moved):
        request_replan(reason="A forecast could not be written yet", now=book.now)


def _tell_planner(book: Book, slots: Sequence[Slot]) -> None:
    """Keep the planners' list in step with the operations that have no place."""
    pairs = list(zip(book.rows, slots, strict=True))
    had = {row.line_id for row, _ in pairs if row.unplanned_reason}
    reasons = {row.line_id: slot.reason for row, slot in reversed(pairs) if slot.reason}
    fresh = [line_id for line_id in reasons if line_id not in had]
    if fresh:
        lines = OrderLine.objects.filter(id__in=fresh).select_related("order")
        ask_planner(lines=lines, reasons=reasons, now=book.now)
    close_work(keys=[f"plan:{line_id}" for line_id in had if line_id not in reasons], now=book.now)


def _let_go(now: datetime) -> None:
    """Jobs that waited in planning for a place and have one now go on."""
    waiting = OrderLine.objects.filter(state="planning", held_at=None)
    nowhere = Operation.objects.open().filter(line=OuterRef("pk"), machine=None)
    placed = waiting.filter(Exists(Operation.objects.open().filter(line=OuterRef("pk"))), ~Exists(nowhere))
    ids = list(placed.values_list("id", flat=True))
    if not ids:
        return
    with transaction.atomic():
        locked = lock_jobs(ids)
        free = [line for line in locked.values() if line.state == "planning" and not line.held]
        keys = {line.id: f"planned:{line.id}:{line.moves_made}" for line in free}
        advance_all(keys=keys, event="planned", locked=locked, now=now)
