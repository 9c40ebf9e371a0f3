"""So many working days later and earlier, also from a day on which nobody works."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from planning.selectors import load_resources, minute_of, moment_of
from planning.selectors.shop.resources import Resources
from tests.planning.shop import MONDAY, build_shop

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def resources() -> Resources:
    """Eight to four, Monday to Friday."""
    build_shop()
    return load_resources(MONDAY)


def at(weekday: int, hour: int) -> datetime:
    """A moment of that week, Monday being 0."""
    return datetime(2026, 11, 23, hour, tzinfo=BERLIN) + timedelta(days=weekday)


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        (at(0, 10), 1, at(1, 10)),
        (at(4, 10), 1, at(7, 10)),
        (at(5, 12), 1, at(7, 12)),
        (at(6, 12), 2, at(8, 12)),
        (at(7, 10), -1, at(4, 10)),
        (at(6, 12), -1, at(4, 7) + timedelta(minutes=59)),
        (at(5, 12), 0, at(5, 12)),
    ],
)
def test_days_are_counted_from_working_day_to_working_day(
    resources: Resources, moment: datetime, days: int, expected: datetime
) -> None:
    assert moment_of(resources.days_later(minute_of(moment), days)) == expected


def test_what_ends_a_day_before_is_there_a_day_later(resources: Resources) -> None:
    moments = minute_of(at(0, 9)) + np.arange(0, 14 * 1440, 37)
    for days in (1, 2, 5):
        assert (resources.days_after(resources.days_after(moments, -days), days) <= moments).all()
