"""Celery entry points of quality."""

from celery import shared_task

from orders.services import handling
from quality import services


@shared_task(name="quality.plan_inspections")
def plan_inspections(handover_id: int) -> None:
    """Give planned jobs their first inspection."""
    with handling(handover_id) as moves:
        services.plan_inspections(moves=moves)


@shared_task(name="quality.inspect_jobs")
def inspect_jobs(handover_id: int) -> None:
    """Open the inspections of jobs that were built."""
    with handling(handover_id) as moves:
        services.inspect_jobs(moves=moves)


@shared_task(name="quality.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Cancel what is still to be inspected of cancelled jobs."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)
