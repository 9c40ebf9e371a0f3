"""Asking for a new plan: a row now, the thinking later."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kernel import clock
from orders.models import OrderLine, User
from orders.services import send
from planning.models import Operation, PlanRequest


def request_replan(
    *,
    reason: str,
    line: OrderLine | None = None,
    by: User | None = None,
    repaired: bool = False,
    now: datetime | None = None,
) -> None:
    """Note that the plan in force is out of date. Many requests cost one repair and one replan.

    With `repaired` the plan is still possible as it is, and only a better one is asked for.
    """
    PlanRequest.objects.create(
        reason=reason[:200], line=line, by=by, repaired=repaired, at=now or clock.now()
    )


def request_repair(
    *, reason: str, line: OrderLine | None = None, by: User | None = None, now: datetime | None = None
) -> None:
    """As `request_replan`, for events that cannot wait for the sweeper: a worker repairs the plan at once."""
    request_replan(reason=reason, line=line, by=by, now=now)
    transaction.on_commit(lambda: send("planning.repair"))


def request_replans(*, reasons: Mapping[int, str], now: datetime | None = None) -> None:
    """As `request_replan` for many jobs at once: the reason of each, by id. One statement."""
    at = now or clock.now()
    PlanRequest.objects.bulk_create(
        PlanRequest(line_id=line_id, reason=reason[:200], at=at) for line_id, reason in reasons.items()
    )


def replan_held(*, line_ids: Collection[int], now: datetime | None = None) -> None:
    """Jobs were put on hold or resumed: a worker repairs the plan at once. Two statements.

    Jobs without open operations are left out. The caller holds `lock_jobs`.
    """
    open_jobs = Operation.objects.open().filter(line__in=line_ids).order_by().distinct("line")
    found = open_jobs.select_related("line__order")
    reasons = {
        each.line_id: f"{each.line.order} {each.line} {'is on hold' if each.line.held else 'goes on'}"
        for each in found
    }
    if reasons:
        request_replans(reasons=reasons, now=now)
        transaction.on_commit(lambda: send("planning.repair"))
