"""Load per work centre and week: planned minutes against capacity."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Final

import numpy as np
from django.utils import timezone

from kernel.jit import IntArray
from planning.engine.calendars import Windows
from planning.models import Operation
from planning.selectors.editions import Edition
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.order_book.book import copied, minute
from planning.selectors.shop.resources import Resources

WEEKS: Final = 4


@dataclass(frozen=True)
class WeekLoad:
    """One week of one work centre, in working minutes; of the running week only what is left counts."""

    week: int
    planned: int
    capacity: int

    @property
    def percent(self) -> int:
        """Planned of capacity; 100 where there is work but no capacity."""
        if self.capacity:
            return round(100 * self.planned / self.capacity)
        return 100 if self.planned else 0

    @property
    def over(self) -> int:
        """Minutes planned beyond the capacity."""
        return max(0, self.planned - self.capacity)

    @property
    def room(self) -> str:
        """What is free of the capacity, in full hours."""
        return f"{max(0, self.capacity - self.planned) // 60} of {self.capacity // 60} h free"

    @property
    def word(self) -> str:
        """How much of the week is taken, in words."""
        if not self.planned:
            return "nothing planned" if self.capacity else "closed"
        return f"{self.percent} % taken" if self.percent else "under 1 % taken"


@dataclass(frozen=True)
class CentreLoad:
    """The next weeks of one work centre."""

    code: str
    name: str
    machines: int
    weeks: tuple[WeekLoad, ...]


@dataclass(frozen=True)
class Load:
    """Work centres that have work in the next weeks, and the names of those that have none."""

    busy: tuple[CentreLoad, ...]
    idle: tuple[str, ...]


def load_per_centre(resources: Resources, now: datetime, plan: Edition) -> Load:
    """Every work centre with its next weeks: an operation counts where it takes working time from now on.

    One statement, once a minute for each edition of the plan.
    """
    return _loads(resources, minute_of(now), plan)


@lru_cache(maxsize=8)
def _loads(resources: Resources, minute: int, plan: Edition) -> Load:
    """The loads of this edition of the plan, kept while it stands."""
    now = moment_of(minute)
    local = timezone.localtime(now)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [monday + timedelta(weeks=number) for number in range(WEEKS + 1)]
    edges = [max(minute_of(now), minute_of(begin)) for begin in begins]
    planned = _planned(resources, edges)
    found = [
        CentreLoad(
            *resources.centres[centre],
            len(machines),
            tuple(
                WeekLoad(
                    begins[number].isocalendar().week,
                    int(planned[centre][number]),
                    worked[number + 1] - worked[number],
                )
                for number in range(WEEKS)
            ),
        )
        for centre, machines in resources.capacity.items()
        for worked in [worked_by(machines, edges)]
    ]
    busy = [any(week.planned for week in each.weeks) for each in found]
    names = [each.name for each, works in zip(found, busy, strict=True) if not works]
    return Load(tuple(compress(found, busy)), tuple(names))


def worked_by(machines: Sequence[Windows], moments: list[int]) -> list[int]:
    """The working minutes of all these machines before each of these moments."""
    each = Counter(map(id, machines))
    known = {id(windows): windows for windows in machines}
    sums = np.zeros(len(moments), np.int64)
    for name, many in each.items():
        sums += many * np.array(worked_until(known[name], moments), np.int64)
    minutes: list[int] = sums.tolist()
    return minutes


def worked_until(windows: Windows, moments: list[int]) -> list[int]:
    """The working minutes of a calendar before each of these moments."""
    minutes: list[int] = worked_before(windows, np.array(moments, np.int64)).tolist()
    return minutes


def worked_before(windows: Windows, moments: IntArray) -> IntArray:
    """The same as arrays."""
    if not len(windows):
        return np.zeros(len(moments), np.int64)
    row = np.clip(np.searchsorted(windows["start"], moments, side="right") - 1, 0, None)
    inside = np.clip(np.minimum(moments, windows["end"][row]) - windows["start"][row], 0, None)
    found: IntArray = windows["before"][row] + inside
    return found


PLANNED: Final = {
    "machine": "machine_id",
    "start": minute("lower(during)"),
    "end": minute("upper(during)"),
}
OPEN: Final = [str(status) for status in Operation.OPEN]
PLACED: Final = """FROM planning_operation
    WHERE status = ANY(%s::text[]) AND machine_id IS NOT NULL AND during && tstzrange(%s, %s)"""


def _planned(resources: Resources, edges: list[int]) -> dict[int, IntArray]:
    """The working minutes that open operations take between each two edges, by work centre.

    As the board reckons: nights and weekends that an unattended run goes on through are no capacity.
    """
    rows = copied(PLANNED, PLACED, [OPEN, moment_of(edges[0]), moment_of(edges[-1])])
    found = {centre: np.zeros(len(edges) - 1, np.int64) for centre in resources.capacity}
    rows = rows[np.argsort(rows["machine"], kind="stable")]
    for mine in np.split(rows, np.flatnonzero(np.diff(rows["machine"])) + 1):
        machine = int(mine["machine"][0]) if mine.size else 0
        if machine not in resources.index:
            continue
        windows = resources.windows_of(machine)
        starts, ends = (
            worked_before(windows, np.clip(mine[side][:, None], edges[:-1], edges[1:]))
            for side in ("start", "end")
        )
        found[resources.machines[resources.index[machine]].centre] += (ends - starts).sum(axis=0)
    return found
