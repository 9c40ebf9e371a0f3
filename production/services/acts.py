"""What operators do: start, pause and finish operations, with times, quantities and scrap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import OrderLine, Role, User
from orders.services import Work, close_work, lock_jobs, open_work
from planning.models import Machine, Operation
from planning.services import Done, finish_operations, pause_operation, start_operations
from production.models import ScrapReason
from production.services.clock import Count, close_clocks, open_clocks
from production.services.jobs import complete_jobs, work_order_number

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Finished:
    """What finished operations led to: those that became ready, and the jobs that are built."""

    ready: Sequence[Operation]
    built: Sequence[OrderLine]

    @property
    def job_done(self) -> bool:
        """Whether a job is built by it."""
        return bool(self.built)


def start(
    *, operation: Operation, by: User | None, machine: Machine | None = None, now: datetime | None = None
) -> Operation:
    """Start or resume one operation, on `machine` where one is named; see `start_all`."""
    return start_all(operations=[operation], by=by, machine=machine, now=now)[0]


@transaction.atomic
def start_all(
    *,
    operations: Sequence[Operation],
    by: User | None,
    machine: Machine | None = None,
    now: datetime | None = None,
) -> list[Operation]:
    """Start or resume operations on `machine` (else where they are planned, else on free ones).

    Returns them running, with `worked_on`. All or nothing: Conflict says what is in the way: hold, status,
    material not issued, or who occupies the machine. 5 statements.
    """
    now = now or clock.now()
    jobs = lock_jobs({operation.line_id for operation in operations})
    running = start_operations(operations=operations, machine=machine, jobs=jobs, now=now)
    open_clocks(operations=running, by=by, now=now)
    return running


@transaction.atomic
def pause(*, operation: Operation, by: User | None, now: datetime | None = None) -> Operation:
    """Stop the clock of a running operation; a hold does not forbid it. Conflict where it does not run."""
    now = now or clock.now()
    jobs = lock_jobs([operation.line_id])
    minutes = close_clocks(counts=[Count(operation, good=0)], now=now)
    worked = minutes.get(operation.id, 0)
    return pause_operation(operation=operation, worked_minutes=worked, jobs=jobs, now=now)


def finish(
    *,
    operation: Operation,
    good: int,
    scrapped: int = 0,
    scrap_reason: ScrapReason | None = None,
    note: str = "",
    by: User | None,
    now: datetime | None = None,
) -> Finished:
    """Complete one operation with its quantities; see `finish_all`."""
    return finish_all(counts=[Count(operation, good, scrapped, scrap_reason, note)], by=by, now=now)


@transaction.atomic
def finish_all(*, counts: Sequence[Count], by: User | None, now: datetime | None = None) -> Finished:
    """Complete running or paused operations with their quantities, all or none of them.

    Scrap needs a reason and asks the planner for replacement; the job goes on. After its last operation the
    work order is completed and the job handed to inspection. Refused names the field, Conflict says why an
    operation cannot be finished. 5 statements, 1 more with scrap, and those of `complete_jobs`.
    """
    now = now or clock.now()
    jobs = lock_jobs({each.operation.line_id for each in counts})
    for each in counts:
        _check(jobs[each.operation.line_id], each)
    minutes = close_clocks(counts=counts, now=now)
    done = [
        Done(each.operation, each.good, each.scrapped, minutes.get(each.operation.id, 0)) for each in counts
    ]
    progress = finish_operations(done=done, jobs=jobs, now=now)
    scrapped = [_replacement(each, jobs[each.operation.line_id]) for each in counts if each.scrapped]
    if scrapped:
        open_work(items=scrapped, now=now)
    if progress.built:
        complete_jobs(lines=progress.built, by=by, now=now)
    return Finished(progress.ready, progress.built)


def settle_scrap(*, operation: Operation, by: User | None, now: datetime | None = None) -> bool:
    """The planner has seen to the replacement of scrapped pieces; False where nothing waited."""
    return bool(close_work(keys=[scrap_key(operation)], by=by, now=now))


def scrap_key(operation: Operation) -> str:
    """The key of the work item that asks for replacement."""
    return f"scrap:{operation.id}"


def _check(line: OrderLine, count: Count) -> None:
    if line.held:
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    good, scrapped = count.good, count.scrapped
    for field, value in (("good", good), ("scrapped", scrapped)):
        if value < 0:
            raise Refused(f"{field.capitalize()} cannot be negative.", field=field, remedy="Enter 0 or more.")
    if good + scrapped != line.quantity:
        raise Refused(
            f"{good} good and {scrapped} scrapped are {good + scrapped} pcs, the job has {line.quantity}.",
            field="good",
            remedy=f"Count again: good and scrapped together make {line.quantity}.",
        )
    if scrapped and count.scrap_reason is None:
        raise Refused("Scrap needs a reason.", field="scrap_reason", remedy="Choose why it was scrapped.")
    if len(count.note) > LONGEST_NOTE:
        raise Refused(
            f"The note has {len(count.note)} characters.", field="note", remedy=f"Use at most {LONGEST_NOTE}."
        )


def _replacement(count: Count, line: OrderLine) -> Work:
    pieces = "1 scrapped piece" if count.scrapped == 1 else f"{count.scrapped} scrapped pieces"
    return Work(
        key=scrap_key(count.operation),
        role=Role.PLANNER,
        reason=f"Replacement for {pieces}: {count.operation} of {line.order} {line}",
        url=f"/production/work-orders/{work_order_number(line)}/",
        line=line,
        due_at=line.promised_at,
    )
