"""The days a board shows."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from django.utils import timezone

from planning.selectors.moments import minute_of

USUAL_DAYS: Final = 7
MOST_DAYS: Final = 190
FARTHEST: Final = 400
"""Days from today beyond which no working time is known."""


@dataclass(frozen=True)
class Window:
    """What the board asks for: whole local days."""

    first: date
    days: int

    @cached_property
    def begin(self) -> datetime:
        """The first moment."""
        return timezone.make_aware(datetime.combine(self.first, time()))

    @cached_property
    def end(self) -> datetime:
        """The moment behind the last one."""
        return timezone.make_aware(datetime.combine(self.first + timedelta(days=self.days), time()))

    @cached_property
    def minutes(self) -> tuple[int, int]:
        """Begin and end in minutes."""
        return minute_of(self.begin), minute_of(self.end)

    def moved(self, days: int) -> "Window":
        """The window so many days later."""
        return Window(self.first + timedelta(days=days), self.days)

    @property
    def query(self) -> str:
        """The window as it stands in the address."""
        return f"from={self.first.isoformat()}&days={self.days}"


def read_window(first: str, days: str, today: date) -> Window:
    """The window an address asks for; what cannot be read falls back to the usual days from today.

    Where it names a time of day as well, or parts of days, the window is the days around.
    """
    try:
        begin = date.fromisoformat(first[:10])
    except ValueError:
        begin = today
    if abs((begin - today).days) > FARTHEST:
        begin = today
    try:
        wanted = min(float(days), MOST_DAYS)
    except ValueError:
        wanted = USUAL_DAYS
    return Window(begin, -int(-wanted // 1) if wanted > 0 else USUAL_DAYS)
