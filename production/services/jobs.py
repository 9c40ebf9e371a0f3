"""Jobs come to the floor, come back for rework, and are taken away."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from kernel import clock
from orders.models import Move, OrderLine, User
from orders.services import add_milestones, advance_all
from planning.models import Operation
from planning.services import add_rework, release_operations
from production.engine.rework import Step, repeat
from production.models import TimeEntry, WorkOrder
from production.selectors import rework_loops

Status = WorkOrder.Status


@transaction.atomic
def release_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Give every job its work order and release its first operations to the floor.

    Creates only what is missing; a job without any open operation is passed on at once. 4 statements and
    those of `release_operations` for the whole batch; the caller holds `lock_jobs`.
    """
    now = now or clock.now()
    lines = _in_production(moves)
    there = set(WorkOrder.objects.filter(line__in=lines).values_list("line_id", flat=True))
    fresh = [line for line in lines.values() if line.id not in there]
    WorkOrder.objects.bulk_create(WorkOrder(line=line, number=work_order_number(line)) for line in fresh)
    release_operations(lines=list(lines.values()), now=now)
    add_milestones(lines=fresh, code="released", text="Work on your order can begin", now=now)
    _pass_on_finished(lines.values(), now)


@transaction.atomic
def rework_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Open the operation of the current rework loop of every job that failed its inspection.

    The loop is the number of failed inspections so far. A job that has moved on is left alone, an operation
    that is there is left as it is. The caller holds `lock_jobs`.
    """
    now = now or clock.now()
    lines = _in_production(moves)
    loops = rework_loops(lines.keys())
    reasons = {move.line_id: move.reason for move in moves}
    steps = _steps(lines.keys())
    for line in lines.values():
        step = repeat(steps.get(line.id, ()))
        if step:
            add_rework(
                line=line,
                loop=loops.get(line.id, 1),
                name=f"Rework after {reasons[line.id].partition(':')[0]}"[:120],
                process_id=step.process_id,
                minutes=step.minutes,
                now=now,
            )
    reopened = WorkOrder.objects.filter(line__in=lines, status=Status.COMPLETED)
    reopened.update(status=Status.IN_PROGRESS, completed_at=None)
    _pass_on_finished(lines.values(), now)


@transaction.atomic
def withdraw_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Cancel the work orders of cancelled jobs and stop the clocks; time worked stays booked. 2 statements.

    The caller holds `lock_jobs`; the operations themselves are cancelled by planning.
    """
    now = now or clock.now()
    line_ids = [move.line_id for move in moves]
    running = TimeEntry.objects.filter(operation__line__in=line_ids, ended_at=None)
    running.update(ended_at=now)
    not_done = WorkOrder.objects.filter(line__in=line_ids).exclude(status=Status.COMPLETED)
    not_done.update(status=Status.CANCELLED)


def complete_jobs(*, lines: Collection[OrderLine], by: User | None, now: datetime) -> None:
    """Nothing is left to build of these jobs: complete their work orders and hand them to inspection."""
    work_orders = WorkOrder.objects.filter(line__in=[line.id for line in lines])
    work_orders.update(status=Status.COMPLETED, completed_at=now)
    keys = {line.id: f"produced:{line.id}:{line.moves_made}" for line in lines}
    advance_all(keys=keys, event="produced", by=by, locked={line.id: line for line in lines}, now=now)


def work_order_number(line: OrderLine) -> str:
    """WO-2026-00117-01 for line 1 of SO-2026-00117."""
    return f"WO{line.order.reference.removeprefix('SO')}-{line.position:02d}"


def _in_production(moves: Sequence[Move]) -> dict[int, OrderLine]:
    return {move.line_id: move.line for move in moves if move.line.state == "production"}


def _pass_on_finished(lines: Iterable[OrderLine], now: datetime) -> None:
    waiting = {line.id: line for line in lines}
    working = Operation.objects.open().filter(line__in=waiting).values_list("line_id", flat=True)
    finished = [waiting[line_id] for line_id in sorted(set(waiting) - set(working))]
    if finished:
        complete_jobs(lines=finished, by=None, now=now)


def _steps(line_ids: Collection[int]) -> dict[int, list[Step]]:
    """The routing as ordered of each job; rework is never made of rework."""
    rows = Operation.objects.filter(line__in=line_ids, loop=0).order_by("line", "sequence")
    steps: dict[int, list[Step]] = {}
    for row in rows:
        steps.setdefault(row.line_id, []).append(Step(row.process_id, row.run_minutes, row.unattended))
    return steps
