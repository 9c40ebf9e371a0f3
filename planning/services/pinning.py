"""What planners decide themselves: where an operation stays, when a job may begin, how much it weighs."""

from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import Order, OrderLine, Priority, User
from orders.services import set_priority
from planning.models import Operation
from planning.services.requests import request_repair, request_replan

Status = Operation.Status
NOT_STARTED = (Status.PENDING, Status.BLOCKED, Status.READY)


@transaction.atomic
def pin_operation(*, operation: Operation, by: User | None = None, now: datetime | None = None) -> Operation:
    """From now on no plan moves it; only what it waits for can make it later.

    Refused where it has no place yet, Conflict where it was started or is over.
    """
    found = _waiting(operation)
    if found.machine_id is None:
        raise Refused(
            f"{found} has no place in the plan yet.", remedy="Wait for the next plan, or see why it has none."
        )
    Operation.objects.filter(id=found.id).update(pinned=True)
    found.pinned = True
    request_replan(reason=f"{found} was pinned", line=found.line, by=by, repaired=True, now=now)
    return found


@transaction.atomic
def unpin_operation(
    *, operation: Operation, by: User | None = None, now: datetime | None = None
) -> Operation:
    """Plans may move it again. Conflict where it was started or is over."""
    found = _waiting(operation)
    Operation.objects.filter(id=found.id).update(pinned=False)
    found.pinned = False
    request_replan(reason=f"{found} is not pinned any more", line=found.line, by=by, now=now)
    return found


@transaction.atomic
def gate_job(
    *, line: OrderLine, not_before: datetime, by: User | None = None, now: datetime | None = None
) -> int:
    """Nothing of the job that has not started begins before then; how many operations that are.

    A moment that is over opens the gate.
    """
    now = now or clock.now()
    waiting = Operation.objects.filter(line=line, status__in=NOT_STARTED)
    found = waiting.update(not_before=not_before if not_before > now else None)
    if found:
        request_repair(reason=f"{line.order} {line} may begin at another time", line=line, by=by, now=now)
    return found


@transaction.atomic
def prioritise(*, order: Order, priority: int, by: User | None = None, now: datetime | None = None) -> int:
    """What a day of lateness of this order weighs from now on; how many lines that changed."""
    if priority not in Priority.values:
        raise Refused(
            f"There is no priority {priority}.", field="priority", remedy="Choose one of those shown."
        )
    found = set_priority(order=order, priority=Priority(priority))
    if found:
        label = Priority(priority).label.lower()
        request_replan(reason=f"{order} has priority “{label}”", by=by, now=now)
    return found


def _waiting(operation: Operation) -> Operation:
    """The operation as it stands, locked; Conflict where it was started or is over."""
    locked = Operation.objects.select_for_update(of=("self",)).select_related("line__order")
    found = locked.get(id=operation.id)
    if found.status not in NOT_STARTED:
        label = Status(found.status).label.lower()
        raise Conflict(f"{found} is {label}: its place is decided.", remedy="Reload the page.")
    return found
