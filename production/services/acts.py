"""What operators do: start, pause and finish operations, with times, quantities and scrap."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import OrderLine, Role, User
from orders.services import Work, close_work, lock_jobs, open_work
from planning.models import Machine, Operation
from planning.services import finish_operation, pause_operation, start_operation
from production.models import ScrapReason
from production.services.clock import book_on_last, close_clock, open_clock
from production.services.jobs import complete_jobs, work_order_number

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Finished:
    """What a finished operation led to: operations that became ready, or the whole job being built."""

    ready: tuple[Operation, ...]
    job_done: bool


@transaction.atomic
def start(
    *, operation: Operation, by: User | None, machine: Machine | None = None, now: datetime | None = None
) -> Operation:
    """Start or resume an operation on `machine` (else where it is planned, else on a free one).

    Returns it running, with `worked_on`. Conflict says what is in the way: hold, status, material not issued,
    or who occupies the machine.
    """
    now = now or clock.now()
    job = lock_jobs([operation.line_id])[operation.line_id]
    running = start_operation(operation=operation, machine=machine, job=job, now=now)
    open_clock(operation=running, by=by, now=now)
    return running


@transaction.atomic
def pause(*, operation: Operation, by: User | None, now: datetime | None = None) -> Operation:
    """Stop the clock of a running operation; a hold does not forbid it. Conflict where it does not run."""
    now = now or clock.now()
    job = lock_jobs([operation.line_id])[operation.line_id]
    minutes = close_clock(operation=operation, now=now)
    return pause_operation(operation=operation, worked_minutes=minutes or 0, job=job, now=now)


@transaction.atomic
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
    """Complete a running or paused operation with its quantities, which together make the job's quantity.

    Scrap needs a reason and asks the planner for replacement; the job goes on. After the last operation the
    work order is completed and the job handed to inspection. Refused names the field, Conflict says why the
    operation cannot be finished.
    """
    now = now or clock.now()
    line = lock_jobs([operation.line_id])[operation.line_id]
    if line.held:
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    _check(line, good, scrapped, scrap_reason, note)
    booked = {"good": good, "scrapped": scrapped}
    minutes = close_clock(operation=operation, now=now, scrap_reason=scrap_reason, note=note, **booked)
    if minutes is None:
        book_on_last(operation=operation, scrap_reason=scrap_reason, note=note, **booked)
    ready = finish_operation(operation=operation, worked_minutes=minutes or 0, job=line, now=now, **booked)
    if scrapped:
        _ask_for_replacement(operation, line, scrapped, now)
    done = not ready and not Operation.objects.open().filter(line=line).exists()
    if done:
        complete_jobs(lines=[line], by=by, now=now)
    return Finished(tuple(ready), done)


def settle_scrap(*, operation: Operation, by: User | None, now: datetime | None = None) -> bool:
    """The planner has seen to the replacement of scrapped pieces; False where nothing waited."""
    return bool(close_work(keys=[scrap_key(operation)], by=by, now=now))


def scrap_key(operation: Operation) -> str:
    """The key of the work item that asks for replacement."""
    return f"scrap:{operation.id}"


def _check(line: OrderLine, good: int, scrapped: int, scrap_reason: ScrapReason | None, note: str) -> None:
    for field, value in (("good", good), ("scrapped", scrapped)):
        if value < 0:
            raise Refused(f"{field.capitalize()} cannot be negative.", field=field, remedy="Enter 0 or more.")
    if good + scrapped != line.quantity:
        raise Refused(
            f"{good} good and {scrapped} scrapped are {good + scrapped} pcs, the job has {line.quantity}.",
            field="good",
            remedy=f"Count again: good and scrapped together make {line.quantity}.",
        )
    if scrapped and scrap_reason is None:
        raise Refused("Scrap needs a reason.", field="scrap_reason", remedy="Choose why it was scrapped.")
    if len(note) > LONGEST_NOTE:
        raise Refused(
            f"The note has {len(note)} characters.", field="note", remedy=f"Use at most {LONGEST_NOTE}."
        )


def _ask_for_replacement(operation: Operation, line: OrderLine, scrapped: int, now: datetime) -> None:
    pieces = "1 scrapped piece" if scrapped == 1 else f"{scrapped} scrapped pieces"
    work = Work(
        key=scrap_key(operation),
        role=Role.PLANNER,
        reason=f"Replacement for {pieces}: {operation} of {line.order} {line}",
        url=f"/production/work-orders/{work_order_number(line)}/",
        line=line,
        due_at=line.promised_at,
    )
    open_work(items=[work], now=now)
