"""What people do at the machines, one operation at a time."""

from datetime import datetime

from orders.services import lock_jobs
from planning import services
from planning.models import Machine, Operation


def start(operation: Operation, machine: Machine | None = None, now: datetime | None = None) -> Operation:
    """Start one operation."""
    jobs = lock_jobs([operation.line_id])
    return services.start_operations(operations=[operation], jobs=jobs, machine=machine, now=now)[0]


def pause(operation: Operation, minutes: int) -> Operation:
    """Pause it after so many minutes."""
    jobs = lock_jobs([operation.line_id])
    return services.pause_operation(operation=operation, worked_minutes=minutes, jobs=jobs)


def finish(
    operation: Operation, good: int = 1, minutes: int = 5, now: datetime | None = None
) -> list[Operation]:
    """Finish it; the operations that became ready."""
    done = [services.Done(operation, good, 0, minutes)]
    return list(services.finish_operations(done=done, jobs=lock_jobs([operation.line_id]), now=now).ready)
