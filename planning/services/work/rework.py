"""The operation of a rework loop."""

from datetime import datetime

from orders.models import OrderLine
from planning.models import Operation
from planning.services.plans.requests import request_replan
from planning.services.work.readiness import refresh_readiness

FIRST_REWORK = 900


def add_rework(
    *, line: OrderLine, loop: int, name: str, process_id: int, minutes: int, now: datetime | None = None
) -> Operation:
    """The operation of rework loop `loop` (1, 2, …), ready for work; asked again, the one that is there.

    The caller holds `lock_jobs`. It is planned by the replan asked for here.
    """
    operation, created = Operation.objects.get_or_create(
        line=line,
        loop=loop,
        sequence=FIRST_REWORK + loop * 10,
        defaults={"name": name[:120], "process_id": process_id, "run_minutes": max(1, minutes)},
    )
    if created:
        refresh_readiness(jobs={line.id: line}, release=True, now=now)
        request_replan(reason=f"Rework of {line.order} {line}", line=line, now=now)
        operation.refresh_from_db()
    return operation
