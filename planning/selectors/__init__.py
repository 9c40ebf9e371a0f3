"""Reads of the planning stage."""

from planning.selectors.book import Book, OpenOperation, Short, busy_machines, load_book, problem_of
from planning.selectors.moments import minute_of, moment_of, next_minute
from planning.selectors.operations import (
    Reached,
    first_operations_supplied,
    predecessors,
    reached_operations,
    step_of,
)
from planning.selectors.resources import Resources, load_resources
from planning.selectors.schedule import OrderSchedule, ScheduledOperation, order_schedule

__all__ = [
    "Book",
    "OpenOperation",
    "OrderSchedule",
    "Reached",
    "Resources",
    "ScheduledOperation",
    "Short",
    "busy_machines",
    "first_operations_supplied",
    "load_book",
    "load_resources",
    "minute_of",
    "moment_of",
    "next_minute",
    "order_schedule",
    "predecessors",
    "problem_of",
    "reached_operations",
    "step_of",
]
