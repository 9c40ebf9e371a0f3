"""Reads of the production stage."""

from production.selectors.terminal import (
    Bench,
    Job,
    Terminal,
    choices_of_work_centre,
    job_of,
    place_of,
    terminal,
)
from production.selectors.work_orders import (
    Floor,
    floor_of_order,
    rework_loops,
    traveller,
    with_progress,
    work_order_page,
    work_orders,
)

__all__ = [
    "Bench",
    "Floor",
    "Job",
    "Terminal",
    "choices_of_work_centre",
    "floor_of_order",
    "job_of",
    "place_of",
    "rework_loops",
    "terminal",
    "traveller",
    "with_progress",
    "work_order_page",
    "work_orders",
]
