"""Storing a plan: only what changed, of operations still open, and whoever must know of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from kernel.bases import fetch, update_rows
from kernel.jit import BoolArray, IntArray, Table
from orders.models import OrderLine
from orders.services import close_work, record_forecasts
from planning import engine
from planning.engine import NEVER
from planning.models import Operation, Requirement
from planning.selectors import MOVED, PLACE, Ledger, held_slots, minute_of, next_minute
from planning.services.plans.plan import ask_planner, forecasts_of, need_dates
from planning.services.plans.requests import request_replan

DAY: Final = 1440
AT_ONCE: Final = 50
FAR: Final = 2**32
"""More minutes than any moment has."""

LOCK: Final = """
    SELECT id FROM planning_operation WHERE id = ANY(%s::bigint[]) AND status = ANY(%s::text[])
    ORDER BY id FOR NO KEY UPDATE
"""
UPDATE: Final = """
    UPDATE planning_operation AS target
    SET machine_id = data.machine, during = data.during, baseline = coalesce(target.baseline, data.during),
        unplanned_reason = coalesce(%s::jsonb ->> data.id::text, '')
    FROM (
        SELECT id, nullif(machine, -1) AS machine, CASE WHEN machine >= 0
            THEN tstzrange(to_timestamp(start * 60), to_timestamp(until * 60)) END AS during
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS sent(id, machine, start, until)
    ) AS data
    WHERE target.id = data.id
"""
"""Times travel as minutes; the first place an operation has ever had is its baseline."""


@dataclass(frozen=True)
class Stored:
    """Rows written, rows given up because the world moved on, and MOVED rows of what stands elsewhere."""

    written: int
    given_up: int
    moves: Table

    @property
    def moved(self) -> int:
        """How many operations that had a place and have not started stand elsewhere than before."""
        return len(self.moves)


def store_plan(*, book: Ledger, plan: engine.Plan | None) -> Stored:
    """Write the changed slots of operations still open, need-by dates and the planners' list.

    What would overlap with work that came into the plan meanwhile loses its slot, and a replan is asked for.
    The caller holds the planners' lock and the transaction.
    """
    if plan is None:
        return Stored(0, 0, np.zeros(0, MOVED))
    wanted, reasons = _changed(book, plan)
    values = [_sent(wanted["id"]), [str(each) for each in Operation.OPEN]]
    still_open = fetch(LOCK, values) if len(wanted) else []
    written = wanted[np.isin(wanted["id"], np.array(still_open, np.int64).reshape(-1))]
    clashing = _clashing(int(book.rows["id"].max(initial=0)), written, book.now)
    clashing &= ~np.isin(written["machine"], book.resources.crowded)
    for name in ("machine", "start", "end"):
        written[name][clashing] = -1
    _update(written, reasons)
    _write_need_dates(book, plan)
    _tell_planner(book, reasons)
    if clashing.any():
        request_replan(reason="New jobs came while the plan was made", now=book.now)
    return Stored(len(written), int(clashing.sum()), _moves(book, written))


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


def _changed(book: Ledger, plan: engine.Plan) -> tuple[Table, dict[int, str]]:
    """PLACE rows that differ from what is stored, and why what has no place has none, by operation."""
    ids = np.array([*book.resources.machine_ids, -1], np.int64)
    rows, count = book.rows, len(book.rows)
    machine, start, end = ids[plan.machine[:count]], plan.start[:count], plan.end[:count]
    differs = (machine != rows["machine"]) | (start != rows["start"]) | (end != rows["end"])
    differs |= (machine < 0) | (rows["nowhere"] == 1)
    at = np.flatnonzero(differs)
    wanted = np.zeros(len(at), PLACE)
    wanted["id"], wanted["machine"], wanted["start"], wanted["end"] = (
        rows["id"][at],
        machine[at],
        start[at],
        end[at],
    )
    plan = _named(book, plan)
    nowhere = at[machine[at] < 0].tolist()
    return wanted, {int(rows["id"][row]): plan.explain(row)[:200] for row in nowhere}


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


def _moves(book: Ledger, written: Table) -> Table:
    """What had a place, has not started and stands elsewhere now: from where to where, with stored ids."""
    order = np.argsort(book.rows["id"])
    at = order[np.searchsorted(book.rows["id"][order], written["id"])]
    rows = book.rows[at]
    free = book.problem.operations["fixing"][at] != engine.Fixing.STARTED
    other = (rows["machine"] != written["machine"]) | (rows["start"] != written["start"])
    found = np.zeros(len(written), MOVED)
    found["operation"], found["was_machine"], found["was_start"] = rows["id"], rows["machine"], rows["start"]
    found["machine"], found["start"] = written["machine"], written["start"]
    moves: Table = found[(rows["machine"] >= 0) & free & other]
    return moves


def _clashing(latest: int, written: Table, now: datetime) -> BoolArray:
    """Which new slots overlap with those of operations (behind `latest`) and holds that came meanwhile."""
    came = Operation.objects.open().filter(machine__isnull=False, id__gt=latest)
    columns = ("machine_id", "during__startswith", "during__endswith")
    spans = [
        *((machine, minute_of(start), minute_of(end)) for machine, start, end in came.values_list(*columns)),
        *((held.machine_id, minute_of(held.starts), next_minute(held.ends)) for held in held_slots(now)),
    ]
    machine, start, end = np.array(spans, np.int64).reshape(-1, 3).T
    order = np.argsort(start + machine * FAR)
    # One axis for all machines; of the spans that begin before a slot ends one may reach into it.
    begins, reaches = (each[order] + machine[order] * FAR for each in (start, end))
    until = np.concatenate([[0], np.maximum.accumulate(reaches)])
    base = written["machine"] * FAR
    before = np.searchsorted(begins, base + written["end"])
    found: BoolArray = (written["machine"] >= 0) & (until[before] > base + written["start"])
    return found


def _update(slots: Table, reasons: Mapping[int, str]) -> None:
    """One UPDATE of all that changed, machine by machine in time: the indexes are walked in their order."""
    if len(slots):
        slots = slots[np.lexsort((slots["start"], slots["machine"]))]
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [json.dumps(reasons), *(_sent(slots[name]) for name in PLACE.names or ())])


def _sent(column: IntArray) -> str:
    """Numbers as PostgreSQL reads an array: many times faster than number by number."""
    return "{" + ",".join(map(str, column.tolist())) + "}"


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


def _tell_planner(book: Ledger, nowhere: Mapping[int, str]) -> None:
    """Keep the planners' list in step with the operations that have no place."""
    had = set(book.rows["line"][book.rows["nowhere"] == 1].tolist())
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
