"""Answers to each click: what is valid, implied or blocked, why, what would help, what completes it best."""

from orders.engine.deciding.answers import (
    Clash,
    Completion,
    Decision,
    Explanation,
    Fix,
    Made,
    PriceSpan,
    Range,
    Reason,
    Slot,
    Standing,
)
from orders.engine.deciding.decider import Decider
from orders.engine.deciding.judging import Availability, Available, availability, beside, mended
from orders.engine.deciding.ready import ready, solver_for, void_faults

__all__ = [
    "Availability",
    "Available",
    "Clash",
    "Completion",
    "Decider",
    "Decision",
    "Explanation",
    "Fix",
    "Made",
    "PriceSpan",
    "Range",
    "Reason",
    "Slot",
    "Standing",
    "availability",
    "beside",
    "mended",
    "ready",
    "solver_for",
    "void_faults",
]
