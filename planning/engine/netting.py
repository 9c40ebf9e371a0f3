"""Requirement netting in time: when material must be there for the operation that consumes it."""

import numpy as np

from kernel.jit import IntArray
from planning.engine.calendars import NEVER


def need_by(starts: IntArray, safety_days: IntArray, day_starts: IntArray) -> IntArray:
    """Per requirement the minute by which it must be there; NEVER where the consumer has no planned start.

    `starts` are the planned starts of the consuming operations, `day_starts` the sorted moments at which
    working days begin (build_day_starts). Without safety lead that is the start itself; with a lead of n
    days the beginning of the n-th working day before the one of the start, at the earliest the first known.
    Raises ValueError for a negative lead, or a lead without any working day known.
    """
    if safety_days.size and safety_days.min() < 0:
        raise ValueError(f"A safety lead of {safety_days.min()} working days is negative. Use 0 or more.")
    planned = starts != NEVER
    early = planned & (safety_days > 0)
    if early.any() and not day_starts.size:
        raise ValueError("A safety lead in working days needs a calendar with working days.")
    found = starts.copy()
    day = np.searchsorted(day_starts, starts[early], side="right") - 1 - safety_days[early]
    found[early] = np.minimum(day_starts[np.maximum(day, 0)], starts[early])
    return found
