"""Operations moved to another place, pinned and given free."""

from collections.abc import Sequence

from kernel.errors import Conflict, Refused
from planning.models import Operation
from planning.selectors import minute_of
from planning.selectors.changes import Change, Move, Pin, Restore, Unpin
from planning.services.changing.base import Making, makes

Status = Operation.Status
NOT_STARTED = (Status.PENDING, Status.BLOCKED, Status.READY)


@makes(Move)
def move(change: Move, made: Making) -> Sequence[Change]:
    """Pin it; the repair that follows stores the place. Conflict where it is not where the planner saw it."""
    operation = waiting(change.operation)
    stands = (operation.machine_id, minute_of(operation.planned_start))
    if change.was_machine >= 0 and stands != (change.was_machine, change.was_start):
        raise Conflict(
            f"{operation} was moved by somebody else meanwhile: it stands on {operation.machine} now.",
            field="operation",
            remedy="Look where it stands and move it again.",
        )
    Operation.objects.filter(id=operation.id).update(pinned=True)
    return [] if operation.pinned else [Unpin(operation.id)]


@makes(Restore)
def restore(change: Restore, made: Making) -> Sequence[Change]:
    """The repair that follows stores the places; what it moves is undone by another one."""
    return []


@makes(Pin)
def pin(change: Pin, made: Making) -> Sequence[Change]:
    """From now on no plan moves it; only what it waits for can make it later."""
    operation = waiting(change.operation)
    if operation.pinned:
        return []
    Operation.objects.filter(id=operation.id).update(pinned=True)
    return [Unpin(operation.id)]


@makes(Unpin)
def unpin(change: Unpin, made: Making) -> Sequence[Change]:
    """Plans may move it again."""
    operation = waiting(change.operation)
    if not operation.pinned:
        return []
    Operation.objects.filter(id=operation.id).update(pinned=False)
    return [Pin(operation.id)]


def waiting(number: int) -> Operation:
    """The operation as it stands, locked; Refused where it is gone, Conflict where it was started or over."""
    locked = Operation.objects.select_for_update(of=("self",)).select_related("line__order", "machine")
    found = locked.filter(id=number).first()
    if found is None:
        raise Refused("This operation is not there any more.", field="operation", remedy="Reload the page.")
    if found.status not in NOT_STARTED:
        label = Status(found.status).label.lower()
        raise Conflict(
            f"{found} is {label}: its place is decided.", field="operation", remedy="Reload the page."
        )
    return found
