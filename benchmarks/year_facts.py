"""The facts of a simulated year: shop, orders, and what goes wrong. The same for every way of promising."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine.calendars import Windows

DAY: Final = 1440
WEEK: Final = 7 * DAY
SHIFT: Final = (6 * 60, 22 * 60)
CENTRES: Final = 8
EACH: Final = 3
YEAR: Final = 52
BEYOND: Final = 60
"""Weeks the calendars go on after the year, for what is still open."""

SETUP: Final = 20
FAMILIES: Final = 6
LEADS: Final = (0, 0, 3, 7, 14, 21)
"""Days until the parts of an order are there: from stock to three weeks."""

STOP: Final = np.dtype([("machine", np.int64), ("start", np.int64), ("end", np.int64)])
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Chances:
    """How uneven the year is.

    Orders differ in size by `sizes`, weeks in orders by `swing`, durations scatter by `noise` (log-normal).
    Machines break down `breakdown_days` apart for `breakdown_hours` and miss their operator on the share
    `absent` of the days; the share `late` of the purchases comes `late_days` later (exponential); `scrap` of
    the operations are partly done again.
    """

    sizes: float = 0.7
    swing: float = 0.25
    noise: float = 0.2
    breakdown_days: float = 30.0
    breakdown_hours: float = 8.0
    absent: float = 0.01
    late: float = 0.1
    late_days: float = 3.0
    scrap: float = 0.02

    @property
    def useful(self) -> float:
        """The share of machine time that is left for work done once."""
        down = self.breakdown_hours / 24 / self.breakdown_days
        return (1 - self.absent - down) / (1 + 0.6 * self.scrap)


@dataclass(frozen=True, eq=False)
class Facts:
    """Orders by arrival: `first[i]:first[i + 1]` are the operations of order i, a chain.

    `run` is what planning reckons with, `real` what it takes. `material` is when the first operation's parts
    were to come, `arrived` when they do. `hours` are the machines' usual windows, `stops` what takes time
    from them: STOP rows by start.
    """

    arrival: IntArray
    first: IntArray
    centre: IntArray
    family: IntArray
    run: IntArray
    real: IntArray
    material: IntArray
    arrived: IntArray
    hours: Windows
    stops: Table

    @property
    def work(self) -> IntArray:
        """Run minutes by order."""
        return np.add.reduceat(self.run, self.first[:-1])


def make_facts(orders: int, load: float, seed: int, chances: Chances) -> Facts:
    """A year of orders that load the machine time that is really there to the share `load`, with set-ups."""
    chance = np.random.default_rng(seed)
    days = working_days()
    hours = engine.windows_of(days)
    arrival = _arrivals(orders, chances, chance)
    arrival = np.array([engine.next_working(hours, each) for each in arrival.tolist()], np.int64)
    lengths = chance.integers(4, 9, orders)
    first = np.concatenate([[0], np.cumsum(lengths)])
    count = int(first[-1])
    size = np.repeat(chance.lognormal(0.0, chances.sizes, orders), lengths) * chance.lognormal(0, 0.4, count)
    room = CENTRES * EACH * YEAR * 5 * (SHIFT[1] - SHIFT[0]) * load * chances.useful - count * SETUP
    run = np.maximum(5, np.round(size * room / size.sum())).astype(np.int64)
    scrapped = np.where(chance.random(count) < chances.scrap, chance.uniform(0.2, 1.0, count), 0.0)
    real = run * chance.lognormal(-(chances.noise**2) / 2, chances.noise, count) * (1 + scrapped)
    material = arrival + DAY * chance.choice(LEADS, orders)
    late = (material > arrival) & (chance.random(orders) < chances.late)
    delay = np.round(chance.exponential(chances.late_days * DAY, orders)).astype(np.int64)
    return Facts(
        arrival=arrival,
        first=first,
        centre=chance.integers(0, CENTRES, count),
        family=chance.integers(0, FAMILIES, count),
        run=run,
        real=np.maximum(1, np.round(real)).astype(np.int64),
        material=material,
        arrived=material + np.where(late, delay, 0),
        hours=hours,
        stops=_stops(days, chances, chance),
    )


def working_days() -> Spans:
    """Two shifts on five days a week."""
    weeks = range(YEAR + BEYOND)
    mornings = (week * WEEK + day * DAY for week in weeks for day in range(5))
    return [(morning + SHIFT[0], morning + SHIFT[1]) for morning in mornings]


def _arrivals(orders: int, chances: Chances, chance: np.random.Generator) -> IntArray:
    weeks = chance.lognormal(0.0, chances.swing, YEAR)
    week = chance.choice(YEAR, orders, p=weeks / weeks.sum())
    return np.sort(week * WEEK + chance.integers(0, WEEK, orders))


def _stops(days: Spans, chances: Chances, chance: np.random.Generator) -> Table:
    found: list[tuple[int, int, int]] = []
    for machine in range(CENTRES * EACH):
        at = chance.exponential(chances.breakdown_days * DAY)
        while at < days[-1][1]:
            lasts = max(30.0, chance.exponential(chances.breakdown_hours * 60))
            found.append((machine, int(at), int(at + lasts)))
            at += lasts + chance.exponential(chances.breakdown_days * DAY)
        missing = chance.random(len(days)) < chances.absent
        found += [(machine, *span) for span, gone in zip(days, missing.tolist(), strict=True) if gone]
    return np.sort(np.array(found, STOP), order=["start", "machine"])
