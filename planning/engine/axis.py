"""Working time as an axis: from moments to working minutes and back by one table look-up."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Row, Table, inlined
from planning.engine.calendars import WINDOW, Windows
from planning.engine.view import AXIS, axes_of, by_time_of, by_work_of, spans_of

GRAIN: Final = 8
"""Look-up tables have one entry for 2 ** GRAIN minutes."""


class Axes(NamedTuple):
    """All calendars. Work is counted on from calendar to calendar, so that a working minute tells its own.

    Calendar c is the AXIS row `rows[c]`: its windows, the moments it spans, its first working minute and the
    one behind its last; `by_time[entry + k]` is the window at or after minute k * 2 ** GRAIN of the calendar,
    `by_work[k]` the window of working minute k * 2 ** GRAIN.
    """

    windows: Windows
    rows: Table
    by_time: IntArray
    by_work: IntArray


def build_axes(calendars: list[Windows]) -> Axes:
    """The axes of these calendars."""
    windows = np.concatenate([np.empty(0, WINDOW), *calendars])
    work = windows["end"] - windows["start"]
    windows["before"] = np.cumsum(work) - work
    rows = np.zeros(len(calendars), AXIS)
    tables, low, entry = [np.zeros(0, np.int64)], 0, 0
    for at, calendar in enumerate(calendars):
        high = low + len(calendar)
        table, span = np.zeros(1, np.int64), (0, 0)
        if high > low:
            mine = windows[low:high]
            span = (int(mine["start"][0]), int(mine["end"][-1]))
            marks = np.arange(span[0], span[1] + (1 << GRAIN), 1 << GRAIN)
            table = low + np.minimum(np.searchsorted(mine["end"], marks, side="right"), high - low - 1)
        first = int(work[:low].sum())
        rows[at] = (low, high, *span, first, first + int(work[low:high].sum()), entry)
        tables.append(table)
        entry, low = entry + len(table), high
    marks = np.arange(0, int(work.sum()) + (1 << GRAIN), 1 << GRAIN)
    by_work = np.searchsorted(windows["before"] + work, marks, side="right")
    return Axes(windows, rows, np.concatenate(tables), np.minimum(by_work, max(len(windows) - 1, 0)))


@inlined
def work_at(floor: Row, calendar: int, moment: int) -> int:
    """The working minute of a calendar that runs at a moment, or the next one; `last` behind its end."""
    axis = axes_of(floor)[calendar]
    if moment >= axis.until:
        last: int = axis.last
        return last
    if moment <= axis.origin:
        first: int = axis.first
        return first
    at = by_time_of(floor)[axis.entry + ((moment - axis.origin) >> GRAIN)]
    while spans_of(floor)[at].end <= moment:
        at += 1
    window = spans_of(floor)[at]
    found: int = window.before + max(0, moment - window.start)
    return found


@inlined
def start_of(floor: Row, work: int) -> int:
    """The moment at which a working minute begins; it must lie within its calendar."""
    at = by_work_of(floor)[work >> GRAIN]
    window = spans_of(floor)[at]
    while window.before + window.end - window.start <= work:
        at += 1
        window = spans_of(floor)[at]
    found: int = window.start + work - window.before
    return found


@inlined
def end_of(floor: Row, work: int) -> int:
    """The moment at which everything before a working minute is done."""
    return start_of(floor, work - 1) + 1
