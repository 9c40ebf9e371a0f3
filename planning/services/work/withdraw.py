"""Taking cancelled jobs out of the plan."""

from collections.abc import Sequence
from datetime import datetime

from kernel import clock
from orders.models import Move
from planning.models import Operation, Requirement
from planning.services.plans.requests import request_replan
from planning.services.work.readiness import close_operate


def withdraw_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Cancel what is not done of these jobs: operations, requirements, work items. Capacity is free again.

    What was finished stays as history. The caller holds `lock_jobs`.
    """
    if not moves:
        return
    now = now or clock.now()
    line_ids = [move.line_id for move in moves]
    open_operations = Operation.objects.open().filter(line__in=line_ids)
    operations = list(open_operations.order_by("id").select_for_update())
    Operation.objects.filter(id__in=[each.id for each in operations]).update(
        status=Operation.Status.CANCELLED
    )
    Requirement.objects.filter(line__in=line_ids, cancelled_at=None).update(cancelled_at=now)
    close_operate(operations=operations, now=now)
    if operations:
        request_replan(reason="A job was cancelled", now=now)
