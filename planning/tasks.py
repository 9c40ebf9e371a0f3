"""Celery entry points of planning."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_init

from orders.services import handling
from planning import engine, services


@shared_task(name="planning.plan_jobs")
def plan_jobs(handover_id: int) -> None:
    """Take confirmed jobs into the plan."""
    with handling(handover_id) as moves:
        services.plan_jobs(moves=moves)


@shared_task(name="planning.withdraw_jobs")
def withdraw_jobs(handover_id: int) -> None:
    """Take cancelled jobs out of the plan."""
    with handling(handover_id) as moves:
        services.withdraw_jobs(moves=moves)


@shared_task(name="planning.replan")
def replan() -> None:
    """Plan all open operations anew."""
    services.replan()


@shared_task(name="planning.repair")
def repair() -> None:
    """Make the plan in force possible again after an event."""
    services.repair_plan()


@shared_task(name="planning.plan_branch")
def plan_branch(branch_id: int) -> None:
    """Plan a what-if."""
    services.plan_branch(branch_id=branch_id)


@shared_task(name="planning.decide")
def decide() -> None:
    """Look for remedies of jobs in danger."""
    services.find_remedies()


@worker_process_init.connect
def load_kernels(**_: Any) -> None:
    """No job waits for the compiler."""
    engine.warm_up()
    engine.warm_up_improvement()
