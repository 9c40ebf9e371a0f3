"""What planners decide, made in one act: the changes, the repair of the plan, and the way back."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.jit import Table
from orders.models import User
from planning import engine
from planning.models import Operation, PlanEdit
from planning.selectors import minute_of
from planning.selectors.changes import (
    Change,
    Move,
    Names,
    Restore,
    check_changes,
    read_changes,
    words_of,
    write_changes,
)
from planning.services.changing.base import ORDERS, Making, make
from planning.services.plans.plan import lock_plan
from planning.services.plans.replanning import Planner, Repair, repair_stored, tell_repair
from planning.services.plans.requests import request_replan

PLACES: Final = (Move, Restore)
MOST_RESTORED: Final = 5000
"""An act that moves more is undone without putting everything back where it stood."""


def apply_changes(
    *, changes: Sequence[Change], by: User | None, now: datetime | None = None, note: str = ""
) -> PlanEdit:
    """Make these changes and repair the plan; what was done, with the changes that undo it.

    All or nothing: Refused or Conflict say what stands in the way. Moves push others to the right at once;
    whether the plan can be better with the changes is for the next replan, which is asked for.
    """
    now = now or clock.now()
    # A transaction that waits for the compiler is ended by the database.
    engine.warm_up()
    with transaction.atomic():
        edit, repair = change_plan(changes, by, now, note)
    tell_repair(repair)
    return edit


def undo_edit(*, edit: PlanEdit, by: User | None, now: datetime | None = None) -> PlanEdit:
    """Undo all of it; an undo can be undone, too.

    Conflict where it is undone already (its field is `edit`: it never can be), or somebody set or moved the
    same after it.
    """
    now = now or clock.now()
    engine.warm_up()
    with transaction.atomic():
        current = PlanEdit.objects.select_for_update().get(id=edit.id)
        if PlanEdit.objects.filter(undoes=current).exists():
            raise Conflict("This change is undone already.", field="edit", remedy="Reload the page.")
        if not current.inverse:
            raise Refused("This change had no effect: there is nothing to undo.", field="edit")
        _check_newest(current)
        done, repair = change_plan(read_changes(current.inverse), by, now, "", undoes=current)
    tell_repair(repair)
    return done


def change_plan(
    changes: Sequence[Change],
    by: User | None,
    now: datetime,
    note: str,
    undoes: PlanEdit | None = None,
    plan: Planner | None = None,
) -> tuple[PlanEdit, Repair | None]:
    """As `apply_changes` with a plan of one's own: the edit, and the repair to be told of afterwards.

    The caller holds the transaction and calls `tell_repair` when it is over.
    """
    names = Names(changes)
    check_changes(changes, names, now)
    making = Making(by, now, note, names)
    words = [each.words(names) for each in changes]
    early = [each for each in changes if type(each) in ORDERS]
    inverse = make(early, making)
    lock_plan()
    inverse = [*make([each for each in changes if type(each) not in ORDERS], making), *inverse]
    moves = [each for each in changes if isinstance(each, PLACES)]
    reason = words[0] + (f", and {len(words) - 1} more" if len(words) > 1 else "")
    repair = repair_stored(reason=reason, moves=moves, by=by, now=now, planner=plan)
    if inverse:
        request_replan(reason=reason, by=by, repaired=True, now=now)
    inverse = [*_back(repair.stored.moves, now), *inverse] if repair else inverse
    words += _later_than_asked(moves, names)
    edit = PlanEdit.objects.create(
        by=by,
        at=now,
        words="\n".join(words),
        note=note[:200],
        changes=write_changes(changes),
        inverse=write_changes(inverse),
        undoes=undoes,
        moved=repair.stored.moved if repair else 0,
    )
    return edit, repair


def rehearse(*, changes: Sequence[Change], after: Sequence[Change], now: datetime) -> None:
    """Make these changes, `after` others where those can be made, and take all of it back.

    Refused or Conflict as `apply_changes` would. The plan is not touched, nor are orders locked: what they
    refuse is found out when it is made. The caller holds the transaction.
    """
    making = Making(None, now, "", Names([*after, *changes]))
    before = transaction.savepoint()
    lock_plan()
    try:
        with suppress(Refused), transaction.atomic():
            make([each for each in after if type(each) not in ORDERS], making)
        make([each for each in changes if type(each) not in ORDERS], making)
    finally:
        transaction.savepoint_rollback(before)


def _later_than_asked(moves: Sequence[Change], names: Names) -> list[str]:
    """Where operations stand that could not begin when they should."""
    asked = {each.operation: each.start for each in moves if isinstance(each, Move)}
    found = Operation.objects.filter(id__in=asked, during__isnull=False) if asked else ()
    starts = {each.id: minute_of(each.during.lower) for each in found if each.during}
    return [
        f"{names.name('operation', number)} begins {names.moment(starts[number])}, later than asked"
        for number in asked
        if starts.get(number, asked[number]) > asked[number]
    ]


def _back(moves: Table, now: datetime) -> list[Change]:
    """What puts everything that moved back where it stood, as far as that is not past."""
    moves = moves[moves["was_start"] >= minute_of(now)]
    if not 0 < len(moves) <= MOST_RESTORED:
        return []
    names = ("operation", "was_machine", "was_start")
    return [Restore(*(tuple(moves[name].tolist()) for name in names))]


def _check_newest(edit: PlanEdit) -> None:
    """Conflict where somebody set or moved again what this edit set or moved."""
    for change in read_changes(edit.changes) if edit.changes else ():
        if not change.stands():
            (words,) = words_of([change])
            raise Conflict(
                f"It was changed again since: {words}.", remedy="Undo the later change first, then this one."
            )
    for each in edit.changes:
        if each["kind"] != Move.kind:
            continue
        newer = PlanEdit.objects.filter(id__gt=edit.id, undone_by=None)
        again = [{"kind": Move.kind, "operation": each["operation"]}]
        found = newer.filter(changes__contains=again).order_by("id").first()
        if found is not None:
            raise Conflict(
                f"It was moved again since: {found}.", remedy="Undo that change first, then this one."
            )
