"""Storing a plan: only what changed, of operations still open, and whoever must know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from kernel.bases import fetch, update_rows
from kernel.jit import IntArray, Table
from orders.models import OrderLine
from orders.services import close_work, record_forecasts
from planning import engine
from planning.engine import NEVER
from planning.models import Operation, Requirement
from planning.selectors import Ledger, held_slots, minute_of, next_minute
from planning.services.plan import NOWHERE, Slot, ask_planner, forecasts_of, need_dates
from planning.services.requests import request_replan

DAY: Final = 1440
AT_ONCE: Final = 50

LOCK: Final = """
    SELECT id FROM planning_operation WHERE id = ANY(%s) AND status = ANY(%s::text[])
    ORDER BY id FOR NO KEY UPDATE
"""
UPDATE: Final = """
    UPDATE planning_operation AS target
    SET machine_id = data.machine, unplanned_reason = data.reason,
        during = CASE WHEN data.start IS NOT NULL
                 THEN tstzrange(to_timestamp(data.start * 60), to_timestamp(data.until * 60)) END,
        baseline = coalesce(target.baseline, CASE WHEN data.start IS NOT NULL
                 THEN tstzrange(to_timestamp(data.start * 60), to_timestamp(data.until * 60)) END)
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
         AS data(id, machine, start, until, reason)
    WHERE target.id = data.id
"""
"""Times travel as minutes; the first place an operation has ever had is its baseline."""


@dataclass(frozen=True)
class Stored:
    """Rows written, rows given up because the world moved on, operations that stand elsewhere than before."""

    written: int
    given_up: int
    moved: int


def store_plan(*, book: Ledger, plan: engine.Plan | None) -> Stored:
    """Write the changed slots of operations still open, need-by dates and the planners' list.

    What would overlap with work that came into the plan meanwhile loses its slot, and a replan is asked for.
    The caller holds the planners' lock and the transaction.
    """
    if plan is None:
        return Stored(0, 0, 0)
    wanted = _changed(book, plan)
    still_open = fetch(LOCK, [list(wanted), [str(each) for each in Operation.OPEN]]) if wanted else []
    written = {row_id: wanted[row_id] for (row_id,) in still_open}
    clashing = _clashing(book.rows["id"].tolist(), written, book.now)
    written |= dict.fromkeys(clashing, NOWHERE)
    _update(written)
    _write_need_dates(book, plan)
    _tell_planner(book, wanted)
    if clashing:
        request_replan(reason="New jobs came while the plan was made", now=book.now)
    return Stored(len(written), len(clashing), _moved(book, plan, written))


def tell_orders(*, book: Ledger, plan: engine.Plan, reason: str) -> list[int]:
    """Write the forecasts that moved; the jobs that fell behind their promise by it, AT_ONCE at most.

    A job somebody works on at this moment is left to the next replan.

    Waiting for one line while holding others could end in a circle with acts that write lines in their order.
    """
    first = np.unique(book.rows["line"], return_index=True)[1]
    before = dict(zip(book.line_ids.tolist(), book.rows["forecast"][first].tolist(), strict=True))
    found = forecasts_of(plan, book.line_ids.tolist(), book.resources)
    moved = {line_id: at for line_id, at in found.items() if before[line_id] != minute_of(at)}
    if not moved:
        return []
    with transaction.atomic():
        lines = OrderLine.objects.filter(id__in=list(moved)).order_by("id")
        free = lines.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)
        told = {line_id: moved[line_id] for line_id in free}
        record_forecasts(forecasts=told, reason=reason[:200], now=book.now)
    if len(told) < len(moved):
        request_replan(reason="A forecast could not be written yet", repaired=True, now=book.now)
    return _fallen_behind(book, before, told)


def _fallen_behind(book: Ledger, before: Mapping[int, int], told: Mapping[int, datetime]) -> list[int]:
    """Jobs whose forecast kept the promised day before and does not any more."""
    first = np.unique(book.rows["line"], return_index=True)[1]
    promised = dict(zip(book.line_ids.tolist(), book.rows["promised"][first].tolist(), strict=True))
    edge = {line_id: at + DAY for line_id, at in promised.items() if at != NEVER}
    late = [
        line_id
        for line_id, at in told.items()
        if line_id in edge and before[line_id] < edge[line_id] <= minute_of(at)
    ]
    return late[:AT_ONCE]


def _changed(book: Ledger, plan: engine.Plan) -> dict[int, Slot]:
    """The slots that differ from what is stored, by operation."""
    ids = np.array([*book.resources.machine_ids, -1], np.int64)
    rows, count = book.rows, len(book.rows)
    machine, start, end = ids[plan.machine[:count]], plan.start[:count], plan.end[:count]
    differs = (machine != rows["machine"]) | (start != rows["start"]) | (end != rows["end"])
    differs |= (machine < 0) | (rows["nowhere"] == 1)
    at = np.flatnonzero(differs)
    plan = _named(book, plan)
    found = zip(
        at.tolist(), machine[at].tolist(), plan.start[at].tolist(), plan.end[at].tolist(), strict=True
    )
    return {
        int(rows["id"][row]): Slot(machine_id, start, end)
        if machine_id >= 0
        else replace(NOWHERE, reason=plan.explain(row)[:200])
        for row, machine_id, start, end in found
    }


def _named(book: Ledger, plan: engine.Plan) -> engine.Plan:
    """The plan with the names of the operations that have no place, for its sentences."""
    rows = {int(book.rows["id"][at]): at for at in plan.unplaced if at < len(book.rows)}
    if not rows:
        return plan
    names = [""] * len(book.rows)
    for row_id, sequence, name in Operation.objects.filter(id__in=list(rows)).values_list(
        "id", "sequence", "name"
    ):
        names[rows[row_id]] = f"Op {sequence} {name}"
    return replace(plan, problem=replace(plan.problem, names=tuple(names)))


def _moved(book: Ledger, plan: engine.Plan, written: Mapping[int, Slot]) -> int:
    """How many operations that had a place and have not started stand elsewhere now."""
    had = (book.standing["machine"] >= 0) & (book.problem.operations["fixing"] == engine.Fixing.FREE)
    other = (plan.machine != book.standing["machine"]) | (plan.start != book.standing["start"])
    count = len(book.rows)
    return int(((had & other)[:count] & np.isin(book.rows["id"], list(written))).sum())


def _clashing(known: Sequence[int], written: Mapping[int, Slot], now: datetime) -> list[int]:
    """Which new slots overlap with those of operations and holds that came while the plan was made."""
    latest = max(known, default=0)
    came = Operation.objects.open().filter(machine__isnull=False, id__gt=latest)
    taken: dict[int | None, list[tuple[int, int]]] = {}
    for machine_id, start, end in came.values_list("machine_id", "during__startswith", "during__endswith"):
        taken.setdefault(machine_id, []).append((minute_of(start), minute_of(end)))
    for held in held_slots(now):
        taken.setdefault(held.machine_id, []).append((minute_of(held.starts), next_minute(held.ends)))
    if not taken:
        return []
    return [
        row_id
        for row_id, slot in written.items()
        if any(start < slot.end and slot.start < end for start, end in taken.get(slot.machine_id, ()))
    ]


def _update(slots: Mapping[int, Slot]) -> None:
    """One UPDATE of all that changed, machine by machine in time: the indexes are walked in their order."""
    rows = [
        (row_id, slot.machine_id, None if slot.machine_id is None else slot.start, slot.end, slot.reason)
        for row_id, slot in sorted(slots.items(), key=lambda each: (each[1].machine_id or 0, each[1].start))
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [list(column) for column in zip(*rows, strict=True)])


def _write_need_dates(book: Ledger, plan: engine.Plan) -> None:
    """Move the need-by dates of what is not here yet; one that is due at once stays as it was.

    What is received or issued at this moment is left to the next replan: it holds operations, and whoever
    books material comes to the operations last.
    """
    order = np.argsort(book.rows["id"])
    at = order[np.searchsorted(book.rows["id"][order], book.short["operation"])]
    dates = need_dates(_starts(plan, at), book.resources, book.now)
    now = minute_of(book.now)
    moved = {
        row_id: date
        for row_id, date, before in zip(
            book.short["id"].tolist(), dates, book.short["need_by"].tolist(), strict=True
        )
        if minute_of(date) != before and not (date == book.now and NEVER < before < now)
    }
    if moved:
        rows = Requirement.objects.filter(id__in=list(moved)).order_by("id")
        free = rows.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)
        update_rows(
            "planning_requirement", "id", {"need_by": "timestamptz"}, [(id_, moved[id_]) for id_ in free]
        )


def _starts(plan: engine.Plan, at: IntArray) -> IntArray:
    starts: Table = plan.start[at]
    return starts


def _tell_planner(book: Ledger, wanted: Mapping[int, Slot]) -> None:
    """Keep the planners' list in step with the operations that have no place."""
    had = set(book.rows["line"][book.rows["nowhere"] == 1].tolist())
    nowhere = {row_id: slot.reason for row_id, slot in wanted.items() if slot.reason}
    if not had and not nowhere:
        return
    lines = dict(zip(book.rows["id"].tolist(), book.rows["line"].tolist(), strict=True))
    reasons: dict[int, str] = {}
    for row_id, reason in nowhere.items():
        reasons.setdefault(lines[row_id], reason)
    fresh = [line_id for line_id in reasons if line_id not in had]
    if fresh:
        found = OrderLine.objects.filter(id__in=fresh).select_related("order")
        ask_planner(lines=found, reasons=reasons, now=book.now)
    close_work(keys=[f"plan:{line_id}" for line_id in had if line_id not in reasons], now=book.now)
