"""What people do with an operation: start, pause, finish. Callers hold `lock_jobs` of its job."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import F

from kernel import clock
from kernel.bases import Columns, fetch
from kernel.errors import Conflict, Refused
from kernel.wording import plain
from orders.models import OrderLine
from orders.services import lock_jobs, open_work
from planning.models import Machine, Operation, Requirement
from planning.selectors import open_operations, reached_among
from planning.services.readiness import changes_among, operate_key, operate_work
from planning.services.requests import request_replan

Status = Operation.Status
MACHINE = Columns(Machine, "machine")
OPERATION = Columns(Operation, "operation", leave_out=("instructions",))
LOCK = f"""
    SELECT {OPERATION.sql}, EXISTS (
        SELECT FROM planning_requirement AS need
        WHERE need.operation_id = operation.id AND need.cancelled_at IS NULL AND need.issued < need.quantity)
    FROM planning_operation AS operation WHERE operation.id = %s FOR UPDATE
"""

RUN = f"""
    WITH free AS (
        SELECT machine.id FROM planning_machine AS machine
        JOIN planning_workcentre_processes AS offer
            ON offer.workcentre_id = machine.work_centre_id AND offer.process_id = %(process)s
        WHERE machine.active AND (%(wanted)s IS NULL OR machine.id = %(wanted)s) AND NOT EXISTS (
            SELECT FROM planning_operation WHERE worked_on_id = machine.id AND status = 'running')
        ORDER BY array_position(%(preferred)s::bigint[], machine.id), machine.id LIMIT 1
        FOR NO KEY UPDATE OF machine SKIP LOCKED
    ), started AS (
        UPDATE planning_operation SET status = 'running', worked_on_id = free.id,
            started_at = coalesce(started_at, %(now)s), running_since = %(now)s
        FROM free WHERE planning_operation.id = %(id)s
    )
    SELECT {MACHINE.sql} FROM planning_machine AS machine JOIN free USING (id)
"""
"""Start on the most preferred machine that is free and that nobody else is about to take."""

FINISH = """
    WITH finished AS (
        UPDATE planning_operation SET status = 'complete', finished_at = %(now)s, good = good + %(good)s,
            scrapped = scrapped + %(scrapped)s, worked_minutes = worked_minutes + %(minutes)s
        WHERE id = %(id)s
    ), following AS (
        UPDATE planning_operation
        SET status = CASE WHEN id = ANY(%(ready)s::bigint[]) THEN 'ready' ELSE 'blocked' END
        WHERE id = ANY(%(ready)s::bigint[] || %(short)s::bigint[])
    )
    INSERT INTO planning_planrequest (reason, line_id, at) VALUES (%(reason)s, %(line)s, %(now)s)
"""


def start_operation(
    *,
    operation: Operation,
    machine: Machine | None = None,
    job: OrderLine | None = None,
    now: datetime | None = None,
) -> Operation:
    """Let a ready or paused operation run; returns it running, with `worked_on`, line and order.

    It runs on `machine` if given, else where it ran before, else on its planned machine, else on any free
    machine whose work centre offers the process. Conflict says what is in the way: status, hold, the first
    material not issued in full, or who occupies the machine. `job` is the locked job where the caller has it.
    2 statements.
    """
    now = now or clock.now()
    locked, lacks_material = _locked(operation, job)
    _check(locked, (Status.READY, Status.PAUSED), "start")
    if lacks_material:
        raise _missing(locked)
    chosen = _run(locked, machine, now) or _run(locked, _free_machine(locked, machine), now)
    if chosen is None:
        raise Conflict(f"The machine for {locked} was taken at this moment.", remedy="Try again.")
    locked.status, locked.worked_on = Status.RUNNING, chosen
    locked.started_at, locked.running_since = locked.started_at or now, now
    if locked.machine_id not in (None, chosen.id):
        request_replan(reason=f"{locked} was started on {chosen}", line=locked.line, now=now)
    return locked


def pause_operation(
    *,
    operation: Operation,
    worked_minutes: int,
    job: OrderLine | None = None,
    now: datetime | None = None,
) -> Operation:
    """Stop working on a running operation for now; the minutes worked are added. 3 statements."""
    locked, _ = _locked(operation, job)
    _check(locked, (Status.RUNNING,), "pause")
    Operation.objects.filter(id=locked.id).update(
        status=Status.PAUSED, worked_minutes=F("worked_minutes") + max(0, worked_minutes)
    )
    locked.status = Status.PAUSED
    request_replan(reason=f"{locked} was paused", line=locked.line, now=now)
    return locked


def finish_operation(
    *,
    operation: Operation,
    good: int,
    scrapped: int,
    worked_minutes: int,
    job: OrderLine | None = None,
    now: datetime | None = None,
) -> list[Operation]:
    """Complete a running or paused operation; returns the operations that became ready by it.

    Quantities and minutes are added to what was booked before. Work items follow, and a replan is asked for.
    3 statements.
    """
    now = now or clock.now()
    if good < 0 or scrapped < 0:
        raise Refused("Quantities cannot be negative.", field="good", remedy="Enter 0 or more.")
    job = job or lock_jobs([operation.line_id])[operation.line_id]
    still_open = open_operations([job.id], lock=True)
    found = [each.operation for each in still_open if each.operation.id == operation.id]
    locked = found[0] if found else _locked(operation, job)[0]
    locked.line = job
    _check(locked, Operation.STARTED, "finish")
    left = [each for each in still_open if each.operation is not locked]
    changes = changes_among(reached_among(left), {job.id: job}, release=True)
    lost = [operate_key(each.operation) for each in changes.short if each.operation.status == Status.READY]
    values: dict[str, Any] = {
        "id": locked.id,
        "good": good,
        "scrapped": scrapped,
        "minutes": max(0, worked_minutes),
        "ready": [each.operation.id for each in changes.ready],
        "short": [each.operation.id for each in changes.short],
        "reason": f"{locked} was finished"[:200],
        "line": job.id,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISH, values)
    done = [operate_key(locked), *lost]
    open_work(items=[operate_work(each) for each in changes.ready], closing=done, now=now)
    return changes.now_ready()


def _locked(operation: Operation, job: OrderLine | None) -> tuple[Operation, bool]:
    """The operation as it stands now, locked, with its job; and whether material is still to be issued."""
    row = fetch(LOCK, [operation.id])[0]
    found = OPERATION.read(row)
    found.line = job or lock_jobs([found.line_id])[found.line_id]
    return found, row[-1]


def _check(operation: Operation, statuses: tuple[str, ...], act: str) -> None:
    """Conflict where hold, state or status forbid the act."""
    line = operation.line
    # A hold wants work to stop, so pausing is the one thing it lets pass.
    if line.held and act != "pause":
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    if line.state != "production":
        raise Conflict(
            f"{line.order} {line} is in state “{line.state_info.label}”, not in production.",
            remedy="Open the order to see why.",
        )
    if operation.status not in statuses:
        label = Status(operation.status).label.lower()
        raise Conflict(
            f"{operation} is {label}: you cannot {act} it now.", remedy=_REMEDIES[operation.status]
        )


_REMEDIES: dict[str, str] = {
    Status.PENDING: "Finish the operations before it first.",
    Status.BLOCKED: "Its material is not here yet: see the materials of the order.",
    Status.READY: "Start it first.",
    Status.RUNNING: "Pause or finish it instead.",
    Status.PAUSED: "Resume or finish it instead.",
    Status.COMPLETE: "Nothing is left to do here.",
    Status.CANCELLED: "The order was cancelled.",
}


def _missing(operation: Operation) -> Conflict:
    """Names the first material that is not issued in full."""
    wanted = Requirement.objects.filter(operation=operation, cancelled_at=None, issued__lt=F("quantity"))
    first = wanted.select_related("item").order_by("find_number")[0]
    return Conflict(
        f"{operation}: {first.item.number} ({plain(first.quantity)} {first.unit}) is not issued in full.",
        remedy="Issue its material first.",
    )


def _run(operation: Operation, machine: Machine | None, now: datetime) -> Machine | None:
    """Start on this machine, or on the most preferred free one; None where there is none."""
    values = {
        "id": operation.id,
        "process": operation.process_id,
        "wanted": machine and machine.id,
        "preferred": [operation.worked_on_id, operation.machine_id],
        "now": now,
    }
    try:
        return next((MACHINE.read(row) for row in fetch(RUN, values)), None)
    except IntegrityError as error:
        raise Conflict(
            f"The machine for {operation} was taken at this moment.", remedy="Try again."
        ) from error


def _free_machine(operation: Operation, wanted: Machine | None) -> Machine:
    """A machine that has become free since, locked against other starts; Conflict names who occupies it."""
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
