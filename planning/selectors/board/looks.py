"""What plans moved since a planner last looked: the difference, not a new picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from orders.models import User
from planning.models import Look, Machine, Operation, PlanVersion
from planning.selectors.board.moves import MOVED, unpacked
from planning.selectors.moments import minute_of, moment_of

SHOWN: Final = 100
MOST_VERSIONS: Final = 300
"""Older ones are not asked: a planner who was away that long looks at the whole plan."""

FIRST_LOOK: Final = 5
"""Who never looked sees what the last few plans moved."""

WAITING: Final = (Operation.Status.PENDING, Operation.Status.BLOCKED, Operation.Status.READY)


@dataclass(frozen=True)
class MovedOperation:
    """An operation that stands elsewhere than at the last look; `days` are positive where it comes later."""

    operation: Operation
    was_machine: Machine | None
    was_start: datetime
    start: datetime
    days: float
    why: str
    may_go_back: bool

    @property
    def was_minute(self) -> int:
        """Where it stood, as changes name it."""
        return minute_of(self.was_start)

    @property
    def minute(self) -> int:
        """Where it stands."""
        return minute_of(self.start)


@dataclass(frozen=True)
class Moves:
    """The SHOWN largest moves of operations that have not started, how many in all, and of which plans.

    `version` is the newest plan: what is seen when a planner says so.
    """

    rows: Sequence[MovedOperation]
    total: int
    plans: int
    version: int
    since: datetime | None


def moved_since_look(user: User, now: datetime) -> Moves:
    """What moved since this planner last looked. Four statements."""
    look = Look.objects.filter(by=user).first()
    newer = PlanVersion.objects.filter(id__gt=look.version) if look else PlanVersion.objects.all()
    newest = newer.order_by("-id").values_list("id", "reason", "moves")
    versions = list(newest[: MOST_VERSIONS if look else FIRST_LOOK])[::-1]
    found, which = _combined([unpacked(moves) for _, _, moves in versions])
    shift = found["start"] - found["was_start"]
    order = np.lexsort((found["operation"], -np.abs(shift)))
    reasons = [reason for _, reason, _ in versions]
    rows = _rows(found[order], which[order], reasons, now)
    newest_id = versions[-1][0] if versions else (look.version if look else 0)
    return Moves(rows, len(found), len(versions), newest_id, look.at if look else None)


def _combined(each: Sequence[Table]) -> tuple[Table, IntArray]:
    """MOVED rows from the first place of each operation to its last one, and by which plan it moved last."""
    rows = np.concatenate([np.zeros(0, MOVED), *each])
    plan = np.repeat(np.arange(len(each)), [len(moves) for moves in each])
    _, first = np.unique(rows["operation"], return_index=True)
    _, last = np.unique(rows["operation"][::-1], return_index=True)
    last = len(rows) - 1 - last
    found = rows[last]
    found["was_machine"], found["was_start"] = rows["was_machine"][first], rows["was_start"][first]
    other = (found["was_machine"] != found["machine"]) | (found["was_start"] != found["start"])
    there = other & (found["machine"] >= 0)
    return found[there], plan[last][there]


def _rows(found: Table, which: IntArray, reasons: Sequence[str], now: datetime) -> list[MovedOperation]:
    """The largest moves in words. Two statements."""
    ids = found["operation"][: 4 * SHOWN].tolist()
    related = Operation.objects.select_related("line__order__customer", "machine")
    known = {each.id: each for each in related.filter(id__in=ids, status__in=WAITING)}
    machines = Machine.objects.in_bulk(set(found["was_machine"][: 4 * SHOWN].tolist()))
    rows = []
    for row, plan in zip(found[: 4 * SHOWN], which[: 4 * SHOWN], strict=True):
        operation = known.get(int(row["operation"]))
        if operation is None:
            continue
        was, before = machines.get(int(row["was_machine"])), moment_of(row["was_start"])
        back = was is not None and was.active and before > now
        days = round(float(row["start"] - row["was_start"]) / 1440, 1)
        start = moment_of(row["start"])
        rows.append(MovedOperation(operation, was, before, start, days, reasons[int(plan)], back))
    return rows[:SHOWN]
