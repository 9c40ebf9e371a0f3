"""Asking for a new plan: a row now, the thinking later."""

from datetime import datetime

from django.db import transaction

from kernel import clock
from orders.models import OrderLine, User
from orders.services import send
from planning.models import PlanRequest


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
