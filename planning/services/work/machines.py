"""Which machines started operations run on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from kernel.bases import Columns, fetch
from kernel.errors import Conflict, Refused
from planning.models import Machine, Operation

MACHINE = Columns(Machine, "machine")
FREE = f"""
    SELECT wish.process_id, {MACHINE.sql}, machine.several
    FROM unnest(%(processes)s::bigint[], %(counts)s::int[]) AS wish(process_id, count)
    CROSS JOIN LATERAL (
        SELECT machine.*, machine.places > 0 OR centre.unlimited AS several FROM planning_machine AS machine
        JOIN planning_workcentre AS centre ON centre.id = machine.work_centre_id
        JOIN planning_workcentre_processes AS offer
            ON offer.workcentre_id = machine.work_centre_id AND offer.process_id = wish.process_id
        WHERE machine.active AND (%(wanted)s IS NULL OR machine.id = %(wanted)s)
            AND (machine.places > 0 OR centre.unlimited OR NOT EXISTS (
                SELECT FROM planning_operation WHERE worked_on_id = machine.id AND status = 'running'))
        ORDER BY array_position(%(preferred)s::bigint[], machine.id), machine.id LIMIT wish.count
        FOR NO KEY UPDATE OF machine SKIP LOCKED
    ) AS machine
"""
"""As many machines of each process as wished, the preferred ones first, that are free and not about to be
taken by somebody else. Those that take several operations are always free."""

START = """
    WITH started AS (
        UPDATE planning_operation SET status = 'running', worked_on_id = data.machine_id,
            started_at = coalesce(started_at, %(now)s), running_since = %(now)s
        FROM unnest(%(operations)s::bigint[], %(machines)s::bigint[]) AS data(operation_id, machine_id)
        WHERE id = data.operation_id
    )
    INSERT INTO planning_planrequest (reason, line_id, at)
    SELECT reason, line_id, %(now)s
    FROM unnest(%(reasons)s::text[], %(lines)s::bigint[]) AS data(reason, line_id)
"""


def occupy_machines(*, operations: Sequence[Operation], wanted: Machine | None, now: datetime) -> None:
    """Start locked operations, each on a machine of its own where that does one at a time.

    A replan is asked for where it is another machine than planned.

    Conflict where one finds no machine. 2 statements, more where a machine must be waited for.
    """
    chosen = _matched(operations, _free_machines(operations, wanted))
    left = [operation for operation in operations if operation.id not in chosen]
    if left and len(operations) > 1:
        # Waiting for one machine while others are locked could end in a ring.
        raise Conflict(f"No machine is left for {left[0]}.", remedy="Start fewer at once, or try again.")
    chosen |= {operation.id: _machine_for(operation, wanted) for operation in left}
    for operation in operations:
        operation.status, operation.worked_on = Operation.Status.RUNNING, chosen[operation.id]
        operation.started_at, operation.running_since = operation.started_at or now, now
    moved = [each for each in operations if each.machine_id not in (None, each.worked_on_id)]
    values: dict[str, Any] = {
        "operations": [operation.id for operation in operations],
        "machines": [operation.worked_on_id for operation in operations],
        "reasons": [f"{operation} was started on {operation.worked_on}"[:200] for operation in moved],
        "lines": [operation.line_id for operation in moved],
        "now": now,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(START, values)
    except IntegrityError as error:
        raise Conflict(
            f"The machine for {operations[0]} was taken at this moment.", remedy="Try again."
        ) from error


def _preferred(operation: Operation) -> list[int]:
    """Where it ran before, then where it is planned."""
    return [each for each in (operation.worked_on_id, operation.machine_id) if each is not None]


def _free_machines(
    operations: Sequence[Operation], wanted: Machine | None
) -> dict[int, dict[int, tuple[Machine, bool]]]:
    """Free machines, locked, by process and id: as many of each process as there are operations of it.

    With each whether it takes several operations at once.
    """
    counts = Counter(operation.process_id for operation in operations)
    values = {
        "processes": list(counts),
        "counts": list(counts.values()),
        "wanted": wanted and wanted.id,
        "preferred": [machine_id for operation in operations for machine_id in _preferred(operation)],
    }
    free: dict[int, dict[int, tuple[Machine, bool]]] = {process: {} for process in counts}
    for row in fetch(FREE, values):
        machine = MACHINE.read(row, 1)
        free[row[0]][machine.id] = machine, bool(row[-1])
    return free


def _matched(
    operations: Sequence[Operation], free: Mapping[int, Mapping[int, tuple[Machine, bool]]]
) -> dict[int, Machine]:
    """A machine for each operation that finds one, by its id: first the preferred, then what is left."""
    chosen: dict[int, Machine] = {}
    taken: set[int] = set()
    wishes = [(each, _preferred(each)) for each in operations]
    wishes += [(each, list(free[each.process_id])) for each in operations]
    for operation, wished in wishes:
        offered = free[operation.process_id]
        found = next((id_ for id_ in wished if id_ in offered and id_ not in taken), None)
        if found is not None and operation.id not in chosen:
            machine, several = offered[found]
            chosen[operation.id] = machine
            if not several:
                taken.add(found)
    return chosen


def _machine_for(operation: Operation, wanted: Machine | None) -> Machine:
    """A machine that has become free since, locked against other starts; Conflict names who occupies it."""
    offered = Machine.objects.filter(active=True, work_centre__processes=operation.process_id)
    offered = offered.select_related("work_centre").order_by("id")
    machines = {each.id: each for each in offered.select_for_update(of=("self",), no_key=True)}
    if not machines:
        raise Conflict(
            f"{operation}: no active machine does this process.",
            remedy="Ask the planner to add one to a work centre.",
        )
    if wanted is not None and wanted.id not in machines:
        raise Refused(
            f"{wanted} does not do this operation.", field="machine", remedy="Choose one of its work centre."
        )
    running = Operation.objects.filter(worked_on__in=machines, status=Operation.Status.RUNNING)
    occupants = {each.worked_on_id: each for each in running.select_related("line__order")}
    wished = [wanted.id] if wanted else [*_preferred(operation), *machines]
    free = [
        machines[each]
        for each in wished
        if each in machines and (machines[each].takes_several or each not in occupants)
    ]
    if free:
        return free[0]
    machine = wanted or next(iter(machines.values()))
    occupant = occupants[machine.id]
    raise Conflict(
        f"{machine} is occupied: {occupant} of {occupant.line.order} {occupant.line} runs there.",
        remedy="Pause or finish that one first, or choose another machine.",
    )
