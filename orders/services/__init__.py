"""Writes of the orders stage: keyword-only verbs, each one transaction."""

from orders.services.desk import (
    Work,
    add_document,
    add_milestones,
    close_work,
    open_work,
    promise,
    record_forecasts,
)
from orders.services.handling import beat, handling, retry_parked, sweep_handovers
from orders.services.lifecycle import advance, advance_all, lock_jobs, lock_orders
from orders.services.wake import send, wake_after_commit

__all__ = [
    "Work",
    "add_document",
    "add_milestones",
    "advance",
    "advance_all",
    "beat",
    "close_work",
    "handling",
    "lock_jobs",
    "lock_orders",
    "open_work",
    "promise",
    "record_forecasts",
    "retry_parked",
    "send",
    "sweep_handovers",
    "wake_after_commit",
]
