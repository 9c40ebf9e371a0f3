"""What people do with an operation: start, pause, finish. Callers hold `lock_jobs` of its job."""

from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.wording import plain
from planning.models import Machine, Operation, Requirement
from planning.services.readiness import close_operate, refresh_readiness
from planning.services.requests import request_replan

Status = Operation.Status


def start_operation(
    *, operation: Operation, machine: Machine | None = None, now: datetime | None = None
) -> Operation:
    """Let a ready or paused operation run; returns it running, with `worked_on`, line and order.

    It runs on `machine` if given, else where it ran before, else on its planned machine, else on any free
    machine whose work centre offers the process. Conflict says what is in the way: status, hold, the first
    material not issued in full, or who occupies the machine. At most 5 statements.
    """
    now = now or clock.now()
    locked = _locked(operation, (Status.READY, Status.PAUSED), "start")
    _refuse_missing(locked)
    chosen = _free_machine(locked, machine)
    locked.status, locked.worked_on = Status.RUNNING, chosen
    locked.started_at, locked.running_since = locked.started_at or now, now
    Operation.objects.filter(id=locked.id).update(
        status=Status.RUNNING, worked_on=chosen, started_at=locked.started_at, running_since=now
    )
    if locked.machine_id not in (None, chosen.id):
        request_replan(reason=f"{locked} was started on {chosen}", line=locked.line, now=now)
    return locked


def pause_operation(*, operation: Operation, worked_minutes: int, now: datetime | None = None) -> Operation:
    """Stop working on a running operation for now; the minutes worked are added. 3 statements."""
    locked = _locked(operation, (Status.RUNNING,), "pause")
    Operation.objects.filter(id=locked.id).update(
        status=Status.PAUSED, worked_minutes=F("worked_minutes") + max(0, worked_minutes)
    )
    locked.status = Status.PAUSED
    request_replan(reason=f"{locked} was paused", line=locked.line, now=now)
    return locked


def finish_operation(
    *, operation: Operation, good: int, scrapped: int, worked_minutes: int, now: datetime | None = None
) -> list[Operation]:
    """Complete a running or paused operation; returns the operations that became ready by it.

    Quantities and minutes are added to what was booked before. Work items follow, and a replan is asked for.
    At most 7 statements.
    """
    now = now or clock.now()
    if good < 0 or scrapped < 0:
        raise Refused("Quantities cannot be negative.", field="good", remedy="Enter 0 or more.")
    locked = _locked(operation, Operation.STARTED, "finish")
    Operation.objects.filter(id=locked.id).update(
        status=Status.COMPLETE,
        finished_at=now,
        good=F("good") + good,
        scrapped=F("scrapped") + scrapped,
        worked_minutes=F("worked_minutes") + max(0, worked_minutes),
    )
    close_operate(operations=[locked], now=now)
    request_replan(reason=f"{locked} was finished", line=locked.line, now=now)
    return refresh_readiness(line_ids=[locked.line_id], release=True, now=now)


def _locked(operation: Operation, statuses: tuple[str, ...], act: str) -> Operation:
    """The operation as it stands now, locked; Conflict where hold, state or status forbid the act."""
    missing = Requirement.objects.filter(
        operation=OuterRef("pk"), cancelled_at=None, issued__lt=F("quantity")
    ).order_by("find_number")
    found = (
        Operation.objects.select_related("line__order", "worked_on")
        .annotate(missing_item=Subquery(missing.values("item__number")[:1]))
        .annotate(missing_quantity=Subquery(missing.values("quantity")[:1]))
        .annotate(missing_unit=Subquery(missing.values("unit")[:1]))
        .select_for_update(of=("self",))
        .get(id=operation.id)
    )
    line = found.line
    # A hold wants work to stop, so pausing is the one thing it lets pass.
    if line.held and act != "pause":
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    if line.state != "production":
        raise Conflict(
            f"{line.order} {line} is in state “{line.state_info.label}”, not in production.",
            remedy="Open the order to see why.",
        )
    if found.status not in statuses:
        label = Status(found.status).label.lower()
        raise Conflict(f"{found} is {label}: you cannot {act} it now.", remedy=_REMEDIES[found.status])
    return found


_REMEDIES: dict[str, str] = {
    Status.PENDING: "Finish the operations before it first.",
    Status.BLOCKED: "Its material is not here yet: see the materials of the order.",
    Status.READY: "Start it first.",
    Status.RUNNING: "Pause or finish it instead.",
    Status.PAUSED: "Resume or finish it instead.",
    Status.COMPLETE: "Nothing is left to do here.",
    Status.CANCELLED: "The order was cancelled.",
}


def _refuse_missing(operation: Any) -> None:
    if operation.missing_item:
        needed = f"{plain(operation.missing_quantity)} {operation.missing_unit}"
        raise Conflict(
            f"{operation}: {operation.missing_item} ({needed}) is not issued in full.",
            remedy="Issue its material first.",
        )


def _free_machine(operation: Operation, wanted: Machine | None) -> Machine:
    """A free machine for the operation, locked against other starts; Conflict names who occupies it."""
    offered = Machine.objects.filter(active=True, work_centre__processes=operation.process_id)
    machines = {each.id: each for each in offered.order_by("id").select_for_update(of=("self",), no_key=True)}
    running = Operation.objects.filter(worked_on__in=machines, status=Status.RUNNING).select_related(
        "line__order"
    )
    occupants = {each.worked_on_id: each for each in running}
    if wanted is not None:
        return _unoccupied(wanted, machines, occupants)
    preferred = [operation.worked_on_id, operation.machine_id, *machines]
    free = [machines[each] for each in preferred if each in machines and each not in occupants]
    if free:
        return free[0]
    if not machines:
        raise Conflict(
            f"{operation}: no active machine does this process.",
            remedy="Ask the planner to add one to a work centre.",
        )
    raise _occupied(next(iter(machines.values())), next(iter(occupants.values())))


def _unoccupied(
    wanted: Machine, machines: dict[int, Machine], occupants: dict[int | None, Operation]
) -> Machine:
    if wanted.id not in machines:
        raise Refused(
            f"{wanted} does not do this operation.", field="machine", remedy="Choose one of its work centre."
        )
    if wanted.id in occupants:
        raise _occupied(wanted, occupants[wanted.id])
    return wanted


def _occupied(machine: Machine, occupant: Operation) -> Conflict:
    return Conflict(
        f"{machine} is occupied: {occupant} of {occupant.line.order} {occupant.line} runs there.",
        remedy="Pause or finish that one first, or choose another machine.",
    )
