"""Celery entry points of production."""

from celery import shared_task

from orders.services import handling
from production import services


@shared_task(name="production.release_jobs")
def release_jobs(handover_id: int) -> None:
    """Release supplied jobs to the floor."""
    with handling(handover_id) as moves:
        services.release_jobs(moves=moves)


@shared_task(name="production.rework_jobs")
def rework_jobs(handover_id: int) -> None:
    """Bring jobs that failed their inspection back to the floor."""
    with handling(handover_id) as moves:
        services.rework_jobs(moves=moves)


@shared_task(name="production.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Take cancelled jobs off the floor."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)
