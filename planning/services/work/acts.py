"""What people do with operations: start, pause, finish. Callers hold `lock_jobs` of their jobs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from kernel import clock
from kernel.bases import Columns, fetch, update_rows
from kernel.errors import Conflict, Refused
from kernel.wording import plain
from orders.models import OrderLine
from orders.services import open_work
from planning.models import Machine, Operation, Requirement
from planning.selectors import Reached, followers, kept_back, open_operations, reached_among, unreleased
from planning.services.plans.requests import request_replan
from planning.services.work.machines import occupy_machines
from planning.services.work.readiness import Changes, changes_among, operate_key, operate_work

Status = Operation.Status
Jobs = Mapping[int, OrderLine]
OPERATION = Columns(Operation, "operation", leave_out=("instructions",))
LOCK = f"""
    SELECT {OPERATION.sql}, EXISTS (
        SELECT FROM planning_requirement AS need
        WHERE need.operation_id = operation.id AND need.cancelled_at IS NULL AND need.issued < need.quantity),
        {kept_back("operation")}
    FROM planning_operation AS operation WHERE operation.id = ANY(%(ids)s) ORDER BY operation.id FOR UPDATE
"""

FINISH = """
    WITH finished AS (
        UPDATE planning_operation AS operation SET status = 'complete', finished_at = %(now)s,
            good = operation.good + data.good, scrapped = operation.scrapped + data.scrapped,
            worked_minutes = operation.worked_minutes + data.minutes
        FROM unnest(%(ids)s::bigint[], %(good)s::int[], %(scrapped)s::int[], %(minutes)s::int[])
            AS data(id, good, scrapped, minutes)
        WHERE operation.id = data.id
    ), following AS (
        UPDATE planning_operation
        SET status = CASE WHEN id = ANY(%(ready)s::bigint[]) THEN 'ready' ELSE 'blocked' END
        WHERE id = ANY(%(ready)s::bigint[] || %(short)s::bigint[])
    )
    INSERT INTO planning_planrequest (reason, line_id, at)
    SELECT reason, line_id, %(now)s
    FROM unnest(%(reasons)s::text[], %(lines)s::bigint[]) AS data(reason, line_id)
"""


@dataclass(frozen=True)
class Done:
    """What came out of an operation: pieces good and scrapped, and the minutes worked on it."""

    operation: Operation
    good: int
    scrapped: int
    worked_minutes: int


@dataclass(frozen=True)
class Progress:
    """What finished operations led to: those that became ready, and the jobs that have none left."""

    ready: Sequence[Operation]
    built: Sequence[OrderLine]


def start_operations(
    *,
    operations: Sequence[Operation],
    jobs: Jobs,
    machine: Machine | None = None,
    now: datetime | None = None,
) -> list[Operation]:
    """Let ready or paused operations run; returns them running, by id, with `worked_on`, line and order.

    Each runs on `machine` if given, else where it ran before, else on its planned machine, else on any free
    machine whose work centre offers the process. All or nothing: Conflict says what is in the way of the
    first that cannot start: status, hold, the first material not issued in full, its release, or who occupies
    the machine. `jobs` are the locked jobs by id. 3 statements.
    """
    now = now or clock.now()
    found = _locked(operations, jobs)
    for operation, lacks_material, kept in found:
        _check(operation, (Status.READY, Status.PAUSED), "start")
        if lacks_material:
            raise _missing(operation)
        if kept:
            raise _unreleased(operation, now)
    locked = [operation for operation, _, _ in found]
    occupy_machines(operations=locked, wanted=machine, now=now)
    return locked


def pause_operation(
    *, operation: Operation, worked_minutes: int, jobs: Jobs, now: datetime | None = None
) -> Operation:
    """Stop working on a running operation for now; the minutes worked are added. 3 statements."""
    locked, *_ = _locked([operation], jobs)[0]
    _check(locked, (Status.RUNNING,), "pause")
    Operation.objects.filter(id=locked.id).update(
        status=Status.PAUSED, worked_minutes=F("worked_minutes") + max(0, worked_minutes)
    )
    locked.status = Status.PAUSED
    request_replan(reason=f"{locked} was paused", line=locked.line, now=now)
    return locked


def finish_operations(*, done: Sequence[Done], jobs: Jobs, now: datetime | None = None) -> Progress:
    """Complete running or paused operations, all or none of them.

    Quantities and minutes are added to what was booked before. Work items follow, and a replan is asked for.
    `jobs` are the locked jobs by id. 3 statements, one more where something must rest before it goes on.
    """
    now = now or clock.now()
    if any(each.good < 0 or each.scrapped < 0 for each in done):
        raise Refused("Quantities cannot be negative.", field="good", remedy="Enter 0 or more.")
    still_open = open_operations(jobs, lock=True)
    locked = _among(still_open, done, jobs)
    left = [each for each in still_open if each.operation.id not in locked]
    changes = changes_among(reached_among(left), jobs, release=True)
    _write_finished(done, locked, changes, now)
    _let_wait(locked.values(), left, now)
    lost = [each.operation for each in changes.short if each.operation.status == Status.READY]
    gone = [operate_key(operation) for operation in (*locked.values(), *lost)]
    open_work(items=[operate_work(each) for each in changes.ready], closing=gone, now=now)
    unfinished = {each.operation.line_id for each in left}
    built = [job for line_id, job in jobs.items() if line_id not in unfinished]
    return Progress(changes.now_ready(), built)


def _write_finished(
    done: Sequence[Done], locked: Mapping[int, Operation], changes: Changes, now: datetime
) -> None:
    values: dict[str, Any] = {
        "ids": [each.operation.id for each in done],
        "good": [each.good for each in done],
        "scrapped": [each.scrapped for each in done],
        "minutes": [max(0, each.worked_minutes) for each in done],
        "ready": [each.operation.id for each in changes.ready],
        "short": [each.operation.id for each in changes.short],
        "reasons": [f"{operation} was finished"[:200] for operation in locked.values()],
        "lines": [operation.line_id for operation in locked.values()],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISH, values)


def _let_wait(finished: Iterable[Operation], left: Sequence[Reached], now: datetime) -> None:
    """What follows begins no sooner than the waits between them have passed: curing, drying, moving."""
    gates: dict[int, datetime] = {}
    for operation in finished:
        for each in followers(operation, left):
            minutes = operation.wait_minutes + each.queue_minutes
            gate = now + timedelta(minutes=minutes)
            if minutes and gate > max(gates.get(each.id, now), each.not_before or now):
                gates[each.id] = gate
    if gates:
        update_rows("planning_operation", "id", {"not_before": "timestamptz"}, sorted(gates.items()))


def _among(still_open: Iterable[Reached], done: Sequence[Done], jobs: Jobs) -> dict[int, Operation]:
    """The operations to finish, by id, out of the open ones; Conflict for one that may not be finished."""
    found = {each.operation.id: each.operation for each in still_open}
    closed = [each.operation for each in done if each.operation.id not in found]
    found |= {operation.id: operation for operation, *_ in _locked(closed, jobs)} if closed else {}
    locked = {each.operation.id: found[each.operation.id] for each in done}
    for operation in locked.values():
        operation.line = jobs[operation.line_id]
        _check(operation, Operation.STARTED, "finish")
    return locked


def _locked(operations: Collection[Operation], jobs: Jobs) -> list[tuple[Operation, bool, bool]]:
    """The operations as they stand now, locked by id.

    Each with whether material is still to be issued, and whether the planner's rule keeps it from the floor.
    """
    found = []
    ids = [operation.id for operation in operations]
    for row in fetch(LOCK, {"ids": ids, "now": clock.now(), "open": list(map(str, Operation.OPEN))}):
        operation = OPERATION.read(row)
        operation.line = jobs[operation.line_id]
        found.append((operation, bool(row[-2]), bool(row[-1])))
    return found


def _unreleased(operation: Operation, now: datetime) -> Conflict:
    why = unreleased([operation.id], now).get(operation.id, "Not released yet")
    return Conflict(f"{why}.", remedy="Take what is released, or ask the planner to release it.")


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
