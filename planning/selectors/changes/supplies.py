"""Material that comes at another time than it is expected."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from kernel import clock
from kernel.formats import plural
from planning.engine import NEVER
from planning.selectors.changes.base import Change, RawBook, change
from planning.selectors.changes.calendars import check_number
from planning.selectors.changes.names import Names
from planning.selectors.moments import minute_of

DAY: Final = 1440
MOST_DAYS: Final = 3650


@change
@dataclass(frozen=True)
class Expect(Change):
    """What some requirements wait for comes `days` later, or at `expected` and no sooner.

    Days count from when it is expected, from today where nobody has said a date. `source` is who fails. It
    tells what would be: nobody can decide it, so nothing is written where it is made.
    """

    kind: ClassVar[str] = "expect"
    requirements: tuple[int, ...]
    source: str
    days: int = 0
    expected: int = NEVER

    def book(self, raw: RawBook) -> None:
        """The dates of what is not here yet."""
        mine, today = np.isin(raw.short["id"], self.requirements), minute_of(clock.now())
        later = np.maximum(raw.short["expected"], today) + self.days * DAY
        raw.short["expected"][mine] = np.maximum(later, self.expected)[mine]

    def check(self, names: Names, now: int) -> None:
        """Nobody is years late."""
        check_number(self.days, 0, MOST_DAYS, "days")

    def words(self, names: Names) -> str:
        """Who fails, what waits, and how long."""
        waiting = plural(len(self.requirements), "requirement")
        when = f"{plural(self.days, 'day')} later" if self.days else f"on {names.moment(self.expected)}"
        return f"{self.source} fails: {waiting} covered {when}"
