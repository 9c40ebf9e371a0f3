"""Celery entry points of orders."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_init

from orders import services
from orders.engine.logic.solver import warm_up


@shared_task(name="orders.prove_revision", soft_time_limit=590, time_limit=600)
def prove_revision(revision_id: int) -> None:
    """Prove a product model and publish or refuse it."""
    services.prove_revision(revision_id=revision_id)


@worker_process_init.connect
def load_kernels(**_: Any) -> None:
    """No proof waits for the compiler."""
    warm_up()
