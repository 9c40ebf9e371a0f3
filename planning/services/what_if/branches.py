"""What-ifs: made, changed, planned in the background, copied and dropped."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import User
from orders.services import send
from planning.models import Branch, PlanState
from planning.selectors import newest_edition
from planning.selectors.changes import Change, read_changes, write_changes
from planning.services.changing import rehearse
from planning.services.what_if.imagining import Imagined, imagine

logger = logging.getLogger(__name__)
State = Branch.State

MOST_OPEN: Final = 20
MOST_CHANGES: Final = 50
UNDER_WAY: Final = timedelta(seconds=30)
"""A what-if that was sent to be planned and is not by then is sent again."""

MOST_ATTEMPTS: Final = 3
KEPT: Final = timedelta(days=30)
"""What was adopted or dropped is forgotten after that long."""


def make_branch(
    *, name: str, by: User | None, changes: Sequence[Change] = (), now: datetime | None = None
) -> Branch:
    """A what-if with these changes; it is planned in the background. Nothing of the order book is read.

    Refused with MOST_OPEN of them open already, or without a name.
    """
    now, name = now or clock.now(), name.strip()[:80]
    if not name:
        raise Refused("A what-if has a name.", field="name", remedy="Say in a few words what you try.")
    if Branch.objects.open().count() >= MOST_OPEN:
        raise Refused(
            f"There are {MOST_OPEN} what-ifs already.",
            field="name",
            remedy="Drop one you do not need any more.",
        )
    with transaction.atomic():
        branch = Branch.objects.create(name=name, by=by, at=now, changes=write_changes(changes))
        _begin(branch, now)
    return branch


def copy_branch(*, branch_id: int, by: User | None, now: datetime | None = None) -> Branch:
    """A second one with the same changes, to be changed further."""
    source = _found(branch_id)
    name = f"{source.name[:70]} (copy)"
    return make_branch(name=name, by=by, changes=_changes(source), now=now)


def change_branch(
    *,
    branch_id: int,
    revision: int,
    add: Sequence[Change] = (),
    remove: int | None = None,
    now: datetime | None = None,
) -> Branch:
    """Add changes, or take out the one of that number, and plan it anew.

    Conflict where it is at another revision, adopted or dropped; Refused with more than MOST_CHANGES, or what
    could not be made real as it is: its figures would promise what nobody may do.
    """
    now = now or clock.now()
    with transaction.atomic():
        branch = open_branch(branch_id)
        if branch.revision != revision:
            raise Conflict(
                f"Somebody else changed “{branch}” meanwhile.", remedy="Look at its changes and try again."
            )
        entries = [each for at, each in enumerate(branch.changes) if at != remove] + write_changes(add)
        if len(entries) > MOST_CHANGES:
            raise Refused(f"A what-if has {MOST_CHANGES} changes at most.", remedy="Take one out first.")
        if add:
            rehearse(changes=add, after=_changes(branch), now=now)
        branch.changes = entries
        _begin(branch, now)
    return branch


def plan_again(*, branch_id: int, now: datetime | None = None) -> Branch:
    """Plan it anew on the plan of now. Conflict where it is adopted or dropped."""
    with transaction.atomic():
        branch = open_branch(branch_id)
        _begin(branch, now or clock.now())
    return branch


def drop_branch(*, branch_id: int, now: datetime | None = None) -> Branch:
    """Give it up: its places are forgotten, its changes and figures stay readable for a while."""
    with transaction.atomic():
        branch = open_branch(branch_id)
        close(branch, State.DROPPED, now or clock.now())
    return branch


def close(branch: Branch, state: Branch.State, now: datetime) -> None:
    """It is adopted or dropped. The caller holds its row."""
    branch.state, branch.closed_at, branch.slots, branch.send_at = state, now, None, None
    branch.revision += 1
    branch.save()


def plan_branch(*, branch_id: int, now: datetime | None = None) -> bool:
    """Plan a what-if that waits for it; whether a plan was stored.

    Thinks outside any transaction. What was changed, dropped or planned meanwhile is left alone, so repeats
    are harmless. What cannot be planned says why.
    """
    waiting = Branch.objects.filter(id=branch_id, state=State.PLANNING)
    if not waiting.update(attempts=F("attempts") + 1):
        return False
    branch = waiting.first()
    if branch is None:
        return False
    now, began, edition = now or clock.now(), time.monotonic(), newest_edition()
    try:
        found = imagine(_changes(branch), now)
    except Refused as refusal:
        return _store(branch, State.FAILED, reason=str(refusal)[:400])
    found.before["improving"] = PlanState.objects.filter(settled=False).exists()
    took = round(1000 * (time.monotonic() - began))
    return _store(branch, State.PLANNED, found, took_ms=took, edition=edition, planned_at=now, reason="")


def sweep_branches(*, now: datetime | None = None) -> int:
    """Send what-ifs again that nobody planned in time, here where the broker is away; how many.

    One that was tried MOST_ATTEMPTS times in vain is given up; closed ones are forgotten after KEPT.
    """
    now = now or clock.now()
    due = Branch.objects.filter(state=State.PLANNING, send_at__lte=now)
    due.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.FAILED,
        send_at=None,
        reason="The planner did not come to an end. Take a change out and try again.",
    )
    Branch.objects.filter(closed_at__lt=now - KEPT).delete()
    found = list(due.order_by("send_at").values_list("id", flat=True)[:1])
    for branch_id in found:
        Branch.objects.filter(id=branch_id).update(send_at=now + UNDER_WAY)
        if not send("planning.plan_branch", branch_id):
            plan_branch(branch_id=branch_id, now=now)
    return len(found)


def _begin(branch: Branch, now: datetime) -> None:
    """It waits to be planned, and a worker is told; without changes there is nothing to plan."""
    branch.revision += 1
    branch.attempts, branch.reason, branch.slots = 0, "", None
    branch.before, branch.after, branch.effect, branch.planned_at = {}, {}, {}, None
    branch.state = State.PLANNING if branch.changes else State.EMPTY
    branch.send_at = now + UNDER_WAY if branch.changes else None
    branch.save()
    if branch.changes:
        branch_id = branch.id
        transaction.on_commit(lambda: _send(branch_id), robust=True)


def _send(branch_id: int) -> None:
    """Wake a worker; where the broker is away the sweeper plans it at its next look."""
    if not send("planning.plan_branch", branch_id):
        Branch.objects.filter(id=branch_id, state=State.PLANNING).update(send_at=clock.now())


def _store(branch: Branch, state: Branch.State, found: Imagined | None = None, **fields: object) -> bool:
    """Write what was thought, only if nobody changed the what-if meanwhile."""
    if found is not None:
        fields |= {"before": found.before, "after": found.after, "effect": found.effect, "slots": found.slots}
    same = Branch.objects.filter(id=branch.id, state=State.PLANNING, revision=branch.revision)
    return bool(same.update(state=state, send_at=None, **fields))


def _changes(branch: Branch) -> tuple[Change, ...]:
    return read_changes(branch.changes) if branch.changes else ()


def _found(branch_id: int) -> Branch:
    branch = Branch.objects.light().filter(id=branch_id).first()
    if branch is None:
        raise Refused("This what-if is not there any more.", remedy="Go back to the list.")
    return branch


def open_branch(branch_id: int) -> Branch:
    """A what-if, locked; Conflict where it is gone, adopted or dropped."""
    branch = Branch.objects.select_for_update(of=("self",)).filter(id=branch_id).first()
    if branch is None or not branch.is_open:
        word = "not there any more" if branch is None else branch.get_state_display().lower()
        raise Conflict(f"This what-if is {word}.", remedy="Open another one, or make a new one.")
    return branch
