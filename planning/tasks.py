"""Celery entry points of planning."""

from celery import shared_task

from orders.services import handling
from planning import services


@shared_task(name="planning.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Take cancelled jobs out of the plan."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)
