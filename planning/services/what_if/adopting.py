"""A what-if made real: its changes are made, its plan comes in force as far as it is still true."""

from datetime import datetime
from functools import partial
from typing import Final

import numpy as np
from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.jit import Table
from orders.models import User
from planning import engine
from planning.models import Branch, Machine, PlanEdit
from planning.selectors import Ledger, compared, load_ledger, moves_after, obstacles_of, unpack_places
from planning.selectors.changes import Change, read_changes
from planning.selectors.changes.machines import FIRST, NewMachine
from planning.selectors.changes.supplies import Expect
from planning.services.changing import change_plan
from planning.services.plans.replanning import Repair, tell_repair
from planning.services.what_if.branches import close, open_branch, plan_again

NAMED: Final = 3
REMEDY: Final = "It is being planned again: look at the new figures in a few seconds, and adopt it then."


class Outdated(Conflict):
    """What the figures of the what-if told is not what it would do by now."""


def adopt_branch(*, branch_id: int, by: User | None, now: datetime | None = None) -> PlanEdit:
    """Make its changes and put its plan in force, in one act that can be undone.

    What was started, moved or planned meanwhile stays possible: the plan is repaired around it. Where the
    plan in force has moved since and a job would become late that its figures do not name, nothing is done
    but to plan it again, and Conflict names the job. Refused where a change cannot be made real, naming what
    would make it possible.
    """
    now = now or clock.now()
    engine.warm_up()
    try:
        with transaction.atomic():
            edit, repair = _adopted(branch_id, by, now)
    except Outdated:
        plan_again(branch_id=branch_id, now=now)
        raise
    tell_repair(repair)
    return edit


def _adopted(branch_id: int, by: User | None, now: datetime) -> tuple[PlanEdit, Repair | None]:
    """The edit and the repair to tell of. The caller holds the transaction."""
    branch = open_branch(branch_id)
    if branch.state != Branch.State.PLANNED or branch.slots is None:
        raise Conflict(f"“{branch}” is not planned yet.", remedy="Wait until its figures are there.")
    changes = read_changes(branch.changes)
    real = _real(changes)
    before = load_ledger(now) if moves_after(branch.edition).exists() else None
    placed = partial(_placed, branch=branch, changes=changes, before=before)
    done = change_plan(real, by, now, f"What-if “{branch}”", plan=placed)
    close(branch, Branch.State.ADOPTED, now)
    return done


def _real(changes: tuple[Change, ...]) -> list[Change]:
    """The changes that are made; Refused where one cannot be, or none is left."""
    for obstacle in obstacles_of(changes):
        if obstacle.blocks:
            raise Refused(obstacle.words, remedy=obstacle.remedy)
    real = [each for each in changes if not isinstance(each, Expect)]
    if not real:
        raise Refused(
            "There is nothing to adopt: material that comes late is not yours to decide.",
            remedy="Ask the buyers to confirm the dates, or add what you would do about it.",
        )
    return real


def _placed(
    book: Ledger, *, branch: Branch, changes: tuple[Change, ...], before: Ledger | None
) -> engine.Plan:
    """The plan of the what-if made possible in the order book as it is now; `before` is without its changes.

    The repaired plan in force where that leaves fewer operations without a place or, where the plan has moved
    since, is better. Outdated where it does more harm than was told. The caller holds the planners' lock.
    """
    standing = _standing(book, unpack_places(bytes(branch.slots or b"")), changes)
    wanted = engine.repair(book.problem, standing)
    moved = moves_after(branch.edition).exists()
    if moved or wanted.unplaced:
        tried = (wanted, engine.repair(book.problem, book.standing))
        wanted = min(
            tried, key=lambda plan: (len(plan.unplaced), engine.price(book.problem, plan, book.standing))
        )
    if moved:
        _check_told(branch, before, book, wanted)
    return wanted


def _standing(book: Ledger, places: Table, changes: tuple[Change, ...]) -> Table:
    """The plan in force as SLOT rows, with the places of the what-if where its operations are free still."""
    standing = book.standing.copy()
    known = _seats(book, changes)
    seats = np.array([known.get(each, -1) for each in places["machine"].tolist()], np.int64)
    at = np.searchsorted(places["id"], book.rows["id"])
    at = np.minimum(at, max(len(places) - 1, 0))
    free = book.problem.operations["fixing"][: len(book.rows)] == engine.Fixing.FREE
    if len(places):
        mine = np.flatnonzero((places["id"][at] == book.rows["id"]) & free)
        mine = mine[seats[at[mine]] >= 0]
        theirs = places[at[mine]]
        standing[mine] = engine.standing_slots(seats[at[mine]], theirs["start"], theirs["end"])
    return standing


def _check_told(branch: Branch, before: Ledger | None, book: Ledger, plan: engine.Plan) -> None:
    """Outdated where a job becomes late that the figures do not name."""
    if before is None:
        raise Outdated("The plan has moved at this very moment.", remedy=REMEDY)
    today = engine.repair(before.problem, before.standing).slots
    effect = compared([], [], (before, today), (book, plan.slots))
    told = {job["line_id"] for job in branch.effect.get("late", ())}
    untold = [job for job in effect.late if job.line_id not in told]
    if untold or effect.late_count > branch.effect.get("late_count", 0):
        names = ", ".join(f"{job.reference} line {job.position}" for job in untold[:NAMED]) or "more jobs"
        raise Outdated(
            f"The plan has moved since this what-if was planned: by now {names} would become late, too.",
            remedy=REMEDY,
        )


def _seats(book: Ledger, changes: tuple[Change, ...]) -> dict[int, int]:
    """The engine's numbers of machines by the ids the what-if has for them: new ones have one of its own."""
    codes = [each.code for each in changes if isinstance(each, NewMachine)]
    made = dict(Machine.objects.filter(code__in=codes).values_list("code", "id")) if codes else {}
    new = {FIRST - at: book.resources.index.get(made.get(code, 0), -1) for at, code in enumerate(codes)}
    return {**book.resources.index, **new}
