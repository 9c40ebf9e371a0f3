"""Celery entry points of orders."""

from celery import shared_task

from orders import services


@shared_task(name="orders.prove_revision", soft_time_limit=590, time_limit=600)
def prove_revision(revision_id: int) -> None:
    """Prove a product model and publish or refuse it."""
    services.prove_revision(revision_id=revision_id)
