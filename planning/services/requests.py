"""Asking for a new plan: a row now, the thinking later."""

from datetime import datetime

from kernel import clock
from orders.models import OrderLine
from planning.models import PlanRequest


def request_replan(*, reason: str, line: OrderLine | None = None, now: datetime | None = None) -> None:
    """Note that the plan in force is out of date. Many requests cost one replan."""
    PlanRequest.objects.create(reason=reason[:200], line=line, at=now or clock.now())
