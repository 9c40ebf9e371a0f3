"""How calm the plan is: the share of operations that plans of the last days moved, and its curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils import timezone

from kernel.bases import fetch
from planning.selectors.editions import Edition
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.shop.resources import Resources

DAYS: Final = 14
WIDE, HIGH, EDGE = 160, 36, 3
"""The curve's box, and what it keeps free of it for the line's width."""

MOVED: Final = """
    SELECT (at AT TIME ZONE %s)::date AS day, sum(moved), sum(operations), count(*)
    FROM planning_planversion WHERE at > %s AND kind IN ('repaired', 'replanned') GROUP BY 1 ORDER BY 1
"""


class CalmDay(NamedTuple):
    """What the plans of one day moved, of how many operations in all of them, and how many plans."""

    day: date
    moved: int
    operations: int
    plans: int

    @property
    def percent(self) -> float:
        """The share of operations a plan moved on average."""
        return round(100 * self.moved / self.operations, 2) if self.operations else 0.0


@dataclass(frozen=True)
class Stability:
    """The days on which plans were stored, oldest first, and their curve."""

    days: Sequence[CalmDay]

    @property
    def plans(self) -> int:
        """How many plans were stored."""
        return sum(day.plans for day in self.days)

    @property
    def percent(self) -> float:
        """The share of operations that a plan moved on average."""
        operations = sum(day.operations for day in self.days)
        return round(100 * sum(day.moved for day in self.days) / operations, 2) if operations else 0.0

    @property
    def worst(self) -> CalmDay:
        """The day on which most was moved."""
        return max(self.days, key=lambda day: day.percent)

    @property
    def points(self) -> str:
        """The curve as points of an SVG polyline in a box of WIDE by HIGH."""
        return " ".join(f"{x:g},{y:g}" for x, y in self._places)

    @property
    def last(self) -> tuple[float, float]:
        """Where the curve ends."""
        return self._places[-1]

    @property
    def _places(self) -> list[tuple[float, float]]:
        most = max((day.percent for day in self.days), default=0) or 1
        step = (WIDE - 2 * EDGE) / max(1, len(self.days) - 1)
        room = HIGH - 2 * EDGE
        return [
            (round(EDGE + at * step, 1), round(HIGH - EDGE - room * day.percent / most, 1))
            for at, day in enumerate(self.days)
        ]


def stability(now: datetime, resources: Resources, plan: Edition) -> Stability:
    """The plans of the last DAYS days, by day. One statement, once a minute for each edition of the plan."""
    return _stability(resources, minute_of(now), plan)


@lru_cache(maxsize=4)
def _stability(resources: Resources, at: int, plan: Edition) -> Stability:
    """What plans moved, as of this edition."""
    rows = fetch(MOVED, [timezone.get_default_timezone_name(), moment_of(at) - timedelta(days=DAYS)])
    return Stability(
        [CalmDay(day, int(moved), int(operations), plans) for day, moved, operations, plans in rows]
    )
