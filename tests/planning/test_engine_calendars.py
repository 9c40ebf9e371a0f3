"""Working time: shifts, breaks, holidays, clock changes, and the arithmetic on it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.engine import (
    NEVER,
    ExtraShift,
    Pattern,
    Shift,
    add_work,
    build_day_starts,
    build_windows,
    next_working,
    subtract_work,
    windows_of,
    without,
    work_between,
)
from tests.planning.plan_checker import is_open, worked

BERLIN = ZoneInfo("Europe/Berlin")
DAY_SHIFT = tuple(Shift(day, 7 * 60, 15 * 60 + 30, ((12 * 60, 12 * 60 + 30),)) for day in range(5))
NIGHT = tuple(Shift(day, 22 * 60, 6 * 60, ((2 * 60, 2 * 60 + 30),)) for day in range(7))


def minute(text: str) -> int:
    """A wall-clock time in Berlin as minutes since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()) // 60


def spans(windows: np.ndarray) -> list[tuple[int, int]]:
    """Windows as pairs."""
    return [(int(start), int(end)) for start, end, _ in windows]


def test_a_break_splits_the_shift() -> None:
    windows = build_windows(Pattern("Europe/Berlin", DAY_SHIFT), date(2026, 11, 23), date(2026, 11, 23), 0)
    assert spans(windows) == [
        (minute("2026-11-23T07:00"), minute("2026-11-23T12:00")),
        (minute("2026-11-23T12:30"), minute("2026-11-23T15:30")),
    ]
    assert list(windows["before"]) == [0, 300]


def test_minutes_count_from_the_epoch_given() -> None:
    epoch = minute("2026-11-23T00:00")
    windows = build_windows(
        Pattern("Europe/Berlin", DAY_SHIFT), date(2026, 11, 23), date(2026, 11, 23), epoch
    )
    assert spans(windows) == [(420, 720), (750, 930)]


def test_a_holiday_closes_the_shifts_that_begin_on_it() -> None:
    pattern = Pattern("Europe/Berlin", DAY_SHIFT, closed=frozenset({date(2026, 12, 25)}))
    windows = build_windows(pattern, date(2026, 12, 24), date(2026, 12, 28), 0)
    assert work_between(windows, minute("2026-12-25T00:00"), minute("2026-12-28T00:00")) == 0
    assert add_work(windows, minute("2026-12-24T15:00"), 60) == minute("2026-12-28T07:30")


def test_an_extra_shift_opens_a_saturday_and_even_a_holiday() -> None:
    extra = ExtraShift(date(2026, 12, 26), 8 * 60, 12 * 60)
    pattern = Pattern("Europe/Berlin", DAY_SHIFT, closed=frozenset({date(2026, 12, 26)}), extra=(extra,))
    windows = build_windows(pattern, date(2026, 12, 26), date(2026, 12, 27), 0)
    assert spans(windows) == [(minute("2026-12-26T08:00"), minute("2026-12-26T12:00"))]


@pytest.mark.parametrize(
    ("saturday", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 11, 21), 8)]
)
def test_a_night_shift_is_as_long_as_the_clock_change_makes_it(saturday: date, hours: int) -> None:
    night = Pattern("Europe/Berlin", (Shift(saturday.weekday(), 22 * 60, 6 * 60),))
    (window,) = spans(build_windows(night, saturday, saturday, 0))
    assert window[1] - window[0] == hours * 60


def test_a_break_after_midnight_lies_inside_the_night_shift() -> None:
    windows = build_windows(Pattern("Europe/Berlin", NIGHT), date(2026, 11, 23), date(2026, 11, 23), 0)
    assert spans(windows)[1] == (minute("2026-11-24T02:30"), minute("2026-11-24T06:00"))


def test_a_day_shift_keeps_its_wall_clock_times_over_the_change() -> None:
    windows = build_windows(Pattern("Europe/Berlin", DAY_SHIFT), date(2026, 10, 23), date(2026, 10, 26), 0)
    assert [start for start, _ in spans(windows)][::2] == [
        minute("2026-10-23T07:00"),
        minute("2026-10-26T07:00"),
    ]


def test_shifts_that_touch_are_one_window() -> None:
    round_the_clock = tuple(Shift(day, 0, 0) for day in range(7))
    windows = build_windows(Pattern("UTC", round_the_clock), date(2026, 11, 23), date(2026, 11, 29), 0)
    assert len(windows) == 1
    assert int(windows["end"][0] - windows["start"][0]) == 7 * 1440


def test_working_days_begin_with_their_first_shift() -> None:
    starts = build_day_starts(Pattern("UTC", DAY_SHIFT), date(2026, 11, 20), date(2026, 11, 23), 0)
    assert [int(each) % 1440 for each in starts] == [420, 420]
    assert int(starts[1] - starts[0]) == 3 * 1440


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        (Pattern("Mars/Olympus", DAY_SHIFT), "Mars/Olympus"),
        (Pattern("UTC", (Shift(7, 0, 60),)), "Weekday 7"),
        (Pattern("UTC", (Shift(0, 1500, 1600),)), "no working time"),
        (Pattern("UTC", (Shift(0, 480, 960, ((950, 970),)),)), "outside its shift"),
    ],
)
def test_a_malformed_pattern_is_refused_by_name(pattern: Pattern, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        build_windows(pattern, date(2026, 11, 23), date(2026, 11, 29), 0)


def test_a_calendar_without_working_time_answers_never() -> None:
    empty = windows_of([])
    assert next_working(empty, 0) == NEVER
    assert add_work(empty, 0, 1) == NEVER
    assert subtract_work(empty, 0, 1) == NEVER
    assert work_between(empty, 0, 100) == 0


def test_no_work_ends_where_it_begins() -> None:
    week = windows_of([(60, 120)])
    assert add_work(week, 7, 0) == 7
    assert subtract_work(week, 7, 0) == 7


def test_work_that_fills_a_window_ends_at_its_end() -> None:
    week = windows_of([(0, 60), (100, 160)])
    assert add_work(week, 0, 60) == 60
    assert add_work(week, 60, 1) == 101
    assert subtract_work(week, 160, 60) == 100
    assert add_work(week, 0, 121) == NEVER
    assert subtract_work(week, 160, 121) == NEVER


def test_maintenance_is_cut_out_of_the_windows() -> None:
    week = windows_of([(0, 60), (100, 160)])
    assert spans(without(week, [(50, 110), (120, 130), (140, 140)])) == [(0, 50), (110, 120), (130, 160)]
    assert len(without(week, [(-5, 500)])) == 0


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), max_size=8).map(
    lambda rows: [(start, start + length) for start, length in rows]
)


@given(rows=SPANS, moment=st.integers(-10, 250), minutes=st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_the_arithmetic_agrees_with_counting_minutes(
    rows: list[tuple[int, int]], moment: int, minutes: int
) -> None:
    windows = windows_of(rows)
    pairs = spans(windows)
    assert worked(pairs, -10, 300) == sum(any(a <= t < b for a, b in rows) for t in range(-10, 300))
    opening = [t for t in range(moment, 300) if is_open(pairs, t)]
    assert next_working(windows, moment) == (opening[0] if opening else NEVER)
    if minutes:
        ended = opening[minutes - 1] + 1 if len(opening) >= minutes else NEVER
        assert add_work(windows, moment, minutes) == ended
        earlier = [t for t in range(-10, moment) if is_open(pairs, t)]
        began = earlier[-minutes] if len(earlier) >= minutes else NEVER
        assert subtract_work(windows, moment, minutes) == began
    assert work_between(windows, moment, 300) == len(opening)
