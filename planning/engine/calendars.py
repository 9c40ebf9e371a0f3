"""Working time: shift patterns turned into windows of UTC minutes, and arithmetic that pauses over breaks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from kernel.jit import IntArray, Table, fields, kernel, part

DAY: Final = 1440
NEVER: Final = -(2**62)
"""Answer of the arithmetic when the calendar has no (or not enough) working time."""

WINDOW: Final = fields("start", "end", "before")
Windows: TypeAlias = Table
"""Rows of WINDOW: sorted [start, end) minutes that neither overlap nor touch; `before` is the work ahead."""

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Shift:
    """Weekly working time in minutes of the local day; an end at or before the start lies on the next day.

    Breaks are minutes of the day too; one that begins before the shift does is taken after midnight.
    """

    weekday: int
    start: int
    end: int
    breaks: tuple[Span, ...] = ()


@dataclass(frozen=True)
class ExtraShift:
    """Working time on one date, holiday or not: overtime, a Saturday, a moved day."""

    day: date
    start: int
    end: int
    breaks: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """When people are there. A closed day drops every weekly shift that begins on it."""

    zone: str
    shifts: tuple[Shift, ...]
    closed: frozenset[date] = frozenset()
    extra: tuple[ExtraShift, ...] = ()


def build_windows(pattern: Pattern, first: date, last: date, epoch: int) -> Windows:
    """The windows of all shifts that begin on `first`..`last`, in minutes since `epoch`.

    `epoch` is minute zero in UTC minutes since 1970. On days when clocks change a shift is as long as it
    really is. Raises ValueError for an unknown zone or a malformed shift.
    """
    spans = (span for _, parts in _days(pattern, first, last, epoch) for span in parts)
    return windows_of(spans)


def build_day_starts(pattern: Pattern, first: date, last: date, epoch: int) -> IntArray:
    """The sorted moments (minutes since `epoch`) at which the working days of `first`..`last` begin."""
    starts = [min(parts)[0] for _, parts in _days(pattern, first, last, epoch) if parts]
    return np.unique(np.array(starts, dtype=np.int64))


def windows_of(spans: Iterable[Span]) -> Windows:
    """Windows from any [start, end) spans: sorted, overlaps and touching ends merged, empty ones dropped."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return numbered(np.array([(start, end, 0) for start, end in merged], dtype=WINDOW))


def numbered(windows: Windows) -> Windows:
    """The windows with `before` filled anew."""
    work = windows["end"] - windows["start"]
    windows["before"] = np.cumsum(work) - work
    return windows


def joined(windows: Windows, extra: Sequence[Span]) -> Windows:
    """The windows with absolute [start, end) spans beside them, such as overtime."""
    spans = [(int(a), int(b)) for a, b in zip(windows["start"], windows["end"], strict=True)]
    return windows_of([*spans, *extra]) if extra else windows


def without(windows: Windows, blocked: Sequence[Span]) -> Windows:
    """The windows less absolute [start, end) spans, such as maintenance or an absence."""
    if not blocked:
        return windows
    spans = [(int(a), int(b)) for a, b in zip(windows["start"], windows["end"], strict=True)]
    return windows_of(_minus(spans, blocked))


def _days(pattern: Pattern, first: date, last: date, epoch: int) -> Iterator[tuple[date, list[Span]]]:
    zone = _zone(pattern.zone)
    weekly: dict[int, list[Shift]] = {}
    for shift in pattern.shifts:
        if not 0 <= shift.weekday <= 6:
            raise ValueError(f"Weekday {shift.weekday} is unknown: use 0 (Monday) to 6 (Sunday).")
        weekly.setdefault(shift.weekday, []).append(shift)
    extra: dict[date, list[ExtraShift]] = {}
    for more in pattern.extra:
        extra.setdefault(more.day, []).append(more)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        regular = () if day in pattern.closed else weekly.get(day.weekday(), ())
        parts = [span for shift in regular for span in _worked(shift, day, zone, epoch)]
        parts += [span for more in extra.get(day, ()) for span in _worked(more, day, zone, epoch)]
        yield day, parts


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"Time zone {name!r} is unknown. Use an IANA name such as Europe/Berlin.") from error


def _worked(shift: Shift | ExtraShift, day: date, zone: ZoneInfo, epoch: int) -> list[Span]:
    end = shift.end if shift.end > shift.start else shift.end + DAY
    if not (0 <= shift.start < DAY and shift.start < end <= shift.start + DAY):
        raise ValueError(f"A shift from minute {shift.start} to {shift.end} of the day is no working time.")
    breaks = []
    for begin, stop in shift.breaks:
        begin, stop = (begin, stop) if begin >= shift.start else (begin + DAY, stop + DAY)
        stop = stop if stop >= begin else stop + DAY
        if stop > end:
            raise ValueError(
                f"The break {begin}-{stop} lies outside its shift {shift.start}-{end} (minutes)."
            )
        breaks.append((_utc(day, begin, zone) - epoch, _utc(day, stop, zone) - epoch))
    return _minus([(_utc(day, shift.start, zone) - epoch, _utc(day, end, zone) - epoch)], breaks)


def _utc(day: date, minute: int, zone: ZoneInfo) -> int:
    # Adding to an aware datetime moves the wall clock, which is what a shift plan means by its times.
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return int(wall.timestamp() // 60)


def _minus(spans: list[Span], blocked: Sequence[Span]) -> list[Span]:
    for low, high in blocked:
        if high <= low:
            continue
        pieces = [((a, min(b, low)), (max(a, high), b)) for a, b in spans]
        spans = [(a, b) for pair in pieces for a, b in pair if a < b]
    return spans


# Kernels. Those ending in `_in` work on rows low..high, so that many calendars share one table.


@part
def find_window(windows: Windows, low: int, high: int, moment: int) -> int:
    """Index of the first window in low..high that ends after `moment`; `high` when there is none.

    Fast when that window is near `low`.
    """
    step = 1
    while low + step <= high and windows[low + step - 1].end <= moment:
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        middle = (low + high) // 2
        if windows[middle].end > moment:
            high = middle
        else:
            low = middle + 1
    return low


@part
def next_working_in(windows: Windows, low: int, high: int, moment: int) -> int:
    """The first working minute at or after `moment`, or NEVER."""
    index = find_window(windows, low, high, moment)
    if index == high:
        return NEVER
    begin: int = max(moment, windows[index].start)
    return begin


@part
def add_work_in(windows: Windows, low: int, high: int, moment: int, minutes: int) -> int:
    """When `minutes` of work begun at `moment` are done, or NEVER; no work is done where it begins."""
    if minutes <= 0:
        return moment
    index = find_window(windows, low, high, moment)
    if index == high:
        return NEVER
    goal = windows[index].before + max(0, moment - windows[index].start) + minutes
    while windows[index].before + windows[index].end - windows[index].start < goal:
        index += 1
        if index == high:
            return NEVER
    found: int = windows[index].start + goal - windows[index].before
    return found


@part
def subtract_work_in(windows: Windows, low: int, high: int, moment: int, minutes: int) -> int:
    """The latest start from which `minutes` of work are done by `moment`, or NEVER."""
    if minutes <= 0:
        return moment
    index = find_window(windows, low, high, moment)
    if index == high or windows[index].start >= moment:
        index -= 1
    if index < low:
        return NEVER
    goal = windows[index].before + min(moment, windows[index].end) - windows[index].start - minutes
    while windows[index].before > goal:
        index -= 1
        if index < low:
            return NEVER
    found: int = windows[index].start + goal - windows[index].before
    return found


@part
def work_until(windows: Windows, low: int, high: int, moment: int) -> int:
    """Working minutes of the slice before `moment`, counted from its first window."""
    if low == high:
        return 0
    index = find_window(windows, low, high, moment)
    row = windows[min(index, high - 1)]
    done: int = row.before + max(0, min(moment, row.end) - row.start) - windows[low].before
    return done


@part
def setup_and_run_in(
    windows: Windows, low: int, high: int, start: int, setup: int, run: int, unattended: bool
) -> tuple[int, int]:
    """When set-up and run are done if begun at `start`: set-up needs people, an unattended run does not.

    Both are NEVER when the working time does not suffice.
    """
    ready = add_work_in(windows, low, high, start, setup)
    if ready == NEVER:
        return NEVER, NEVER
    if unattended:
        return ready, ready + run
    end = add_work_in(windows, low, high, ready, run)
    if end == NEVER:
        return NEVER, NEVER
    return ready, end


@kernel
def next_working(windows: Windows, moment: int) -> int:
    """The first working minute at or after `moment`, or NEVER."""
    return next_working_in(windows, 0, len(windows), moment)


@kernel
def add_work(windows: Windows, moment: int, minutes: int) -> int:
    """When `minutes` of work begun at `moment` are done, pausing outside the windows, or NEVER."""
    return add_work_in(windows, 0, len(windows), moment, minutes)


@kernel
def subtract_work(windows: Windows, moment: int, minutes: int) -> int:
    """The latest start from which `minutes` of work are done by `moment`, or NEVER."""
    return subtract_work_in(windows, 0, len(windows), moment, minutes)


@kernel
def work_between(windows: Windows, first: int, last: int) -> int:
    """Working minutes from `first` to `last`; negative when `last` is the earlier."""
    count = len(windows)
    return work_until(windows, 0, count, last) - work_until(windows, 0, count, first)
