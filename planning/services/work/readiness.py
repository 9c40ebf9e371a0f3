"""Which operations may be worked on now: statuses and the operators' work items, always written together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    return refresh_readiness(jobs={line.id: line for line in lines}, release=True, now=now)


def refresh_readiness(
    *, jobs: Mapping[int, OrderLine], release: bool = False, now: datetime | None = None
) -> list[Operation]:
    """Bring statuses and work items of the operations these jobs have reached in step with their material.

    Returns those that became ready. Pending operations are touched with `release` only. `jobs` come from
    `lock_jobs`.
    """
    found = changes_among(reached_operations(jobs, lock=True), jobs, release=release)
    _write(found.ready, Status.READY)
    _write(found.short, Status.BLOCKED)
    lost = [operate_key(each.operation) for each in found.short if each.operation.status == Status.READY]
    open_work(items=[operate_work(each) for each in found.ready], closing=lost, now=now)
    return found.now_ready()


@dataclass(frozen=True)
class Changes:
    """Reached operations whose status no longer says how their material stands."""

    ready: Sequence[Reached]
    short: Sequence[Reached]

    def now_ready(self) -> list[Operation]:
        """Those that became ready, with their new status."""
        for each in self.ready:
            each.operation.status = Status.READY
        return [each.operation for each in self.ready]


def changes_among(reached: Iterable[Reached], jobs: Mapping[int, OrderLine], *, release: bool) -> Changes:
    """What must become ready, and what blocked; pending operations count with `release` only."""
    waiting = WAITING if release else (Status.BLOCKED, Status.READY)
    looked_at = [each for each in reached if each.operation.status in waiting]
    for each in looked_at:
        each.operation.line = jobs[each.operation.line_id]
    return Changes(
        ready=[each for each in looked_at if not each.short and each.operation.status != Status.READY],
        short=[each for each in looked_at if each.short and each.operation.status != Status.BLOCKED],
    )


def close_operate(*, operations: Iterable[Operation], now: datetime | None = None) -> None:
    """Take operations off the operators' lists."""
    close_work(keys=[operate_key(operation) for operation in operations], now=now)


def operate_key(operation: Operation) -> str:
    """The key of an operation's work item."""
    return f"operate:{operation.id}"


def operate_work(reached: Reached) -> Work:
    """What stands on the list of the operation's work centre."""
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


def _write(reached: Sequence[Reached], status: str) -> None:
    if reached:
        Operation.objects.filter(id__in=[each.operation.id for each in reached]).update(status=status)
