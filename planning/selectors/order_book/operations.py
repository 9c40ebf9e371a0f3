"""What stands before what, and which operations a job has reached."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kernel.bases import Columns, fetch
from planning.models import Operation


@dataclass(frozen=True)
class Reached:
    """An open operation with whether its material is short, and the code of its work centre."""

    operation: Operation
    short: bool
    place: str


OPERATION = Columns(Operation, "operation", leave_out=("instructions",))
OPEN_OPERATIONS = f"""
    SELECT {OPERATION.sql},
        EXISTS (SELECT FROM planning_requirement AS need WHERE need.operation_id = operation.id
                AND need.cancelled_at IS NULL AND need.available < need.quantity),
        coalesce(
            (SELECT centre.code FROM planning_machine AS machine
             JOIN planning_workcentre AS centre ON centre.id = machine.work_centre_id
             WHERE machine.id = operation.machine_id),
            (SELECT centre.code FROM planning_workcentre AS centre
             JOIN planning_workcentre_processes AS offer ON offer.workcentre_id = centre.id
             WHERE offer.process_id = operation.process_id ORDER BY centre.position, centre.code LIMIT 1),
            '')
    FROM planning_operation AS operation
    WHERE operation.line_id = ANY(%s) AND operation.status = ANY(%s::text[]) ORDER BY operation.id
"""


def open_operations(line_ids: Collection[int], *, lock: bool = False) -> list[Reached]:
    """The open operations of these jobs, by id; locked in that order with `lock`. One statement."""
    sql = OPEN_OPERATIONS + (" FOR UPDATE OF operation" if lock else "")
    rows = fetch(sql, [list(line_ids), [str(status) for status in Operation.OPEN]])
    return [Reached(OPERATION.read(row), *row[OPERATION.count :]) for row in rows]


def reached_among(found: Iterable[Reached]) -> list[Reached]:
    """Those of the jobs' open operations whose predecessors are all complete, by job, loop and sequence.

    Predecessors are those an operation names; where it names none, whatever comes before it in its loop.
    """
    loops: dict[tuple[int, int], list[Reached]] = {}
    for each in sorted(found, key=lambda each: step_of(each.operation)):
        loops.setdefault(step_of(each.operation)[:2], []).append(each)
    return [each for loop in loops.values() for each in _reached_of(loop)]


def _reached_of(loop: Sequence[Reached]) -> Iterator[Reached]:
    still_open = {each.operation.sequence for each in loop}
    for at, each in enumerate(loop):
        named = each.operation.after
        if (at == 0) if named is None else still_open.isdisjoint(named):
            yield each


def followers(finished: Operation, left: Iterable[Reached]) -> list[Operation]:
    """The open operations that wait for this one, which is complete now."""
    job, loop, sequence = step_of(finished)
    mine = [each.operation for each in left if step_of(each.operation)[:2] == (job, loop)]
    chained = sorted(each.sequence for each in mine if each.after is None and each.sequence > sequence)
    return [
        each
        for each in mine
        if (sequence in each.after if each.after is not None else each.sequence in chained[:1])
    ]


def reached_operations(line_ids: Collection[int], *, lock: bool = False) -> list[Reached]:
    """The open operations of these jobs whose predecessors are all complete.

    With `lock` every open operation of the jobs is locked, by id. One statement.
    """
    return reached_among(open_operations(line_ids, lock=lock))


def step_of(operation: Operation) -> tuple[int, int, int]:
    """Job, loop and sequence."""
    return operation.line_id, operation.loop, operation.sequence


def first_operations_supplied(line_ids: Collection[int]) -> set[int]:
    """Which of these jobs have all material for the operations they can start with. One statement."""
    waiting = {each.operation.line_id for each in reached_operations(line_ids) if each.short}
    return set(line_ids) - waiting
