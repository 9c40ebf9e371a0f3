"""What customers are told when a forecast falls behind its promise."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kernel.formats import absolute, day_of
from orders.services import add_milestones, lock_jobs
from planning.selectors import why_jobs


def tell_customers(*, line_ids: Collection[int], now: datetime) -> None:
    """Note in the customers' history of jobs that became late what they wait for, in safe words.

    No machine, no supplier, no other customer is named. Locks the jobs.
    """
    reasons = why_jobs(line_ids, now)
    if not reasons:
        return
    with transaction.atomic():
        jobs = lock_jobs(list(reasons))
        for line_id, line in jobs.items():
            if line.forecast_at is None or line.delivered_at is not None:
                continue
            words = reasons[line_id].safe[0].words.lower()
            day = absolute(line.forecast_at, today=day_of(now))
            text = f"We now expect your order on {day}. Most of the time until then: {words}."
            add_milestones(lines=[line], code="delay", text=text, now=now)
