"""Celery entry points of the logistics stage."""

from celery import shared_task

from logistics import services
from orders.services import handling


@shared_task(name="logistics.prepare_deliveries")
def prepare_deliveries(handover_id: int) -> None:
    """Plan shipments for jobs that passed inspection."""
    with handling(handover_id) as moves:
        services.prepare_deliveries(moves=moves)


@shared_task(name="logistics.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Take cancelled jobs out of shipments."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)
