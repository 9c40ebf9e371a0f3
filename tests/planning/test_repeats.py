"""Stretches that repeat: maintenance every week, every month."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import Refused
from planning.forms.spans import repeated

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 21, 6, 0, tzinfo=BERLIN)


def days(start: datetime, repeat: str, until: date | None) -> list[str]:
    """On which days it begins, in local time."""
    spans = repeated(start, start + timedelta(hours=2), repeat, until)
    return [f"{begin.astimezone(BERLIN):%m-%d %H:%M}" for begin, _ in spans]


def test_once_is_once() -> None:
    assert days(START, "", None) == ["10-21 06:00"]


def test_every_week_keeps_the_time_of_day_when_clocks_change() -> None:
    assert days(START, "week", date(2026, 11, 4)) == ["10-21 06:00", "10-28 06:00", "11-04 06:00"]


def test_a_month_without_that_day_is_left_out() -> None:
    start = START.replace(day=31)
    assert days(start, "month", date(2027, 1, 31)) == ["10-31 06:00", "12-31 06:00", "01-31 06:00"]


def test_too_many_times_are_refused() -> None:
    with pytest.raises(Refused, match="more than 60 times"):
        days(START, "week", date(2036, 1, 1))
