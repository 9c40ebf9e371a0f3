"""Celery entry points, addressed by name from the lifecycle."""

from celery import shared_task

from orders.services import handling
from procurement import services


@shared_task(name="procurement.source_jobs")
def source_jobs(handover_id: int) -> None:
    """Cover the material of planned jobs."""
    with handling(handover_id) as moves:
        services.source_jobs(moves=moves)


@shared_task(name="procurement.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Undo what was bought and kept for cancelled jobs."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)
