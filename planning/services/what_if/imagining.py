"""What the plan would be with the changes of a what-if: thought out, measured, and packed into few bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings

from kernel.jit import Table
from planning import engine
from planning.selectors import (
    PLACE,
    Ledger,
    altered,
    compared,
    figures_of,
    forecast_minutes,
    load_ledger,
    pack_places,
)
from planning.selectors.changes import Change, Names, check_changes
from planning.selectors.changes.rush import Copied, copies_of
from planning.services.plans.thinking import think


@dataclass(frozen=True)
class Imagined:
    """Figures of the plan in force and of the other plan, the jobs that differ, and the places that do."""

    before: dict[str, Any]
    after: dict[str, Any]
    effect: dict[str, Any]
    slots: bytes


def imagine(changes: Sequence[Change], now: datetime) -> Imagined:
    """Repair the plan in force with these changes and improve it for MTO_BRANCH_SECONDS. Nothing is stored.

    It is compared with the plan in force, made possible as of now. Refused where a change makes no sense.
    """
    check_changes(changes, Names(changes), now)
    book = load_ledger(now)
    tried, copies = altered(book, changes), copies_of(changes)
    today = engine.repair(book.problem, book.standing)
    plan = think(tried, seed=1, seconds=settings.MTO_BRANCH_SECONDS, near=True).plan or _nothing(tried)
    effect = compared([], [], (book, _slots(today)), (tried, _slots(plan)))
    return Imagined(
        before=figures_of(book, today, {}),
        after=figures_of(tried, plan, copies, moved=effect.moved) | {"jobs": _brought(tried, plan, copies)},
        effect=effect.as_json(),
        slots=pack_places(_places(tried, plan)),
    )


def _nothing(book: Ledger) -> engine.Plan:
    """The plan of an empty order book."""
    return engine.repair(book.problem, book.standing)


def _slots(plan: engine.Plan) -> Table:
    return engine.standing_slots(plan.machine, plan.start, plan.end)


def _places(book: Ledger, plan: engine.Plan) -> Table:
    """PLACE rows of the operations that stand elsewhere than is stored."""
    ids = np.array([*book.resources.machine_ids, -1], np.int64)
    rows, count = book.rows, len(book.rows)
    machine, start, end = ids[plan.machine[:count]], plan.start[:count], plan.end[:count]
    at = np.flatnonzero((machine != rows["machine"]) | (start != rows["start"]) | (end != rows["end"]))
    found = np.zeros(len(at), PLACE)
    for name, column in (("id", rows["id"]), ("machine", machine), ("start", start), ("end", end)):
        found[name] = column[at]
    return found


def _brought(book: Ledger, plan: engine.Plan, copies: Mapping[int, Copied]) -> list[list[int]]:
    """The jobs that only the changes bring: the line each copies, pieces, delivery and wish in minutes."""
    first = np.sort(np.unique(book.rows["line"], return_index=True)[1])
    wanted, delivered = book.rows["promised"][first].tolist(), forecast_minutes(book, _slots(plan)).tolist()
    return [
        [*copies[line_id], delivered[job], wanted[job]]
        for job, line_id in enumerate(book.line_ids.tolist())
        if line_id in copies
    ]
