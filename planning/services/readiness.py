"""Which operations may be worked on now: statuses and the operators' work items, always written together."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from orders.models import OrderLine, Role
from orders.services import Work, close_work, open_work
from planning.models import Operation
from planning.selectors import Reached, reached_operations

Status = Operation.Status
WAITING = (Status.PENDING, Status.BLOCKED, Status.READY)


def release_operations(*, lines: Sequence[OrderLine], now: datetime | None = None) -> list[Operation]:
    """Give these jobs to the shop floor: what they begin with becomes ready, or blocked by material.

    Returns those that became ready, with line and order. The caller holds `lock_jobs`. At most 4 statements.
    """
    return refresh_readiness(line_ids=[line.id for line in lines], release=True, now=now)


def refresh_readiness(
    *, line_ids: Collection[int], release: bool = False, now: datetime | None = None
) -> list[Operation]:
    """Bring statuses and work items of the operations these jobs have reached in step with their material.

    Returns those that became ready. Pending operations are touched with `release` only. The caller holds
    `lock_jobs`.
    """
    waiting = (*WAITING,) if release else (Status.BLOCKED, Status.READY)
    reached = [each for each in reached_operations(line_ids, lock=True) if each.operation.status in waiting]
    ready = [each for each in reached if not each.short and each.operation.status != Status.READY]
    short = [each for each in reached if each.short and each.operation.status != Status.BLOCKED]
    lost = [each.operation for each in short if each.operation.status == Status.READY]
    _write(ready, Status.READY)
    _write(short, Status.BLOCKED)
    close_operate(operations=lost, now=now)
    open_operate(ready=ready, now=now)
    return [each.operation for each in ready]


def open_operate(*, ready: Sequence[Reached], now: datetime | None = None) -> None:
    """Put operations on the list of their work centre."""
    if ready:
        open_work(items=[_work(each) for each in ready], now=now)


def close_operate(*, operations: Iterable[Operation], now: datetime | None = None) -> None:
    """Take operations off the operators' lists."""
    close_work(keys=[operate_key(operation) for operation in operations], now=now)


def operate_key(operation: Operation) -> str:
    """The key of an operation's work item."""
    return f"operate:{operation.id}"


def _write(reached: Sequence[Reached], status: str) -> None:
    if reached:
        Operation.objects.filter(id__in=[each.operation.id for each in reached]).update(status=status)
    for each in reached:
        each.operation.status = status


def _work(reached: Reached) -> Work:
    operation, line = reached.operation, reached.operation.line
    return Work(
        key=operate_key(operation),
        role=Role.OPERATOR,
        reason=f"{operation} · {line.order} {line} · {line.quantity} pcs",
        url=f"/production/operations/{operation.id}/",
        line=line,
        due_at=line.promised_at,
        place=reached.place,
    )
