"""Reads of the planning stage."""

from planning.selectors.operations import (
    Reached,
    first_operations_supplied,
    predecessors,
    reached_operations,
    step_of,
)

__all__ = [
    "Reached",
    "first_operations_supplied",
    "predecessors",
    "reached_operations",
    "step_of",
]
