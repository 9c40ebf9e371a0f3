"""Why a job ends when it does, and what a single fact costs: causes read off a plan."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import Table
from planning.engine.calendars import NEVER, Windows, work_between
from planning.engine.measures import finishes
from planning.engine.problem import Problem
from planning.engine.repair import in_turn
from planning.engine.rows import Fixing


class Cause(StrEnum):
    """What a stretch of a job's way to its end is spent on."""

    WORK = "work"
    SETUP = "setup"
    CLOSED = "closed"
    """Nobody is there: nights, weekends, holidays, maintenance, a machine that is down."""
    QUEUE = "queue"
    """Its machine does something else first."""
    MATERIAL = "material"
    GATE = "gate"
    """Its job may not begin yet."""
    LAG = "lag"
    """Time that passes between two operations: cooling, moving."""
    GAP = "gap"
    """Its machine is free, but for too short a time."""
    RESERVE = "reserve"
    """It could begin sooner; the plan does not need it to."""


class Link(NamedTuple):
    """So many minutes of the way: the cause, the operation that waits or works, and whom it waits behind.

    `behind` is the operation that has the machine, -1 where the cause is none.
    """

    cause: Cause
    operation: int
    minutes: int
    behind: int = -1


class Hurt(NamedTuple):
    """What a fact does to one job: minutes its end moves, and minutes its lateness grows."""

    job: int
    minutes: int
    late: int


class _Lane(NamedTuple):
    """Who stands on a machine, by start; `edge[i]` is when the first i + 1 of them are all over."""

    operations: list[int]
    starts: list[int]
    ends: list[int]
    edge: list[int]


NOBODY: Final = _Lane([], [], [], [])


@dataclass(frozen=True, eq=False)
class _Chart:
    """The plan as the walk reads it: SLOT rows, who stands on each machine, the hours."""

    problem: Problem
    slots: Table
    by_machine: dict[int, _Lane]

    def windows(self, machine: int) -> Windows:
        """The working time of a machine."""
        calendar = int(self.problem.machines["calendar"][machine])
        first, last = self.problem.window_ptr[calendar], self.problem.window_ptr[calendar + 1]
        return self.problem.windows[first:last]

    def worked(self, machine: int, first: int, last: int) -> int:
        """Its working minutes from `first` to `last`, 0 where there are none."""
        return int(work_between(self.windows(machine), first, last)) if last > first else 0


def chains(problem: Problem, slots: Table, jobs: Iterable[int]) -> Iterator[list[Link]]:
    """`chain` for several jobs of one plan, which is looked through once."""
    lanes = _lanes(problem, slots)
    for job in jobs:
        yield _chain(_Chart(problem, slots, lanes), job)


def chain(problem: Problem, slots: Table, job: int) -> list[Link]:
    """What the minutes from `problem.now` to the end of the job are spent on, the last ones first.

    Walks back from the operation that ends last: its own stretch, the wait for its machine, and what it was
    ready by; of two that it waited for only the later one counts, and only with what it is later by. The
    minutes add up to the span exactly. `slots` are SLOT rows of all operations of `problem`, which may be a
    part of the shop: the job and whoever stands before it on its machines. Empty where an operation of the
    job has no place.
    """
    return next(chains(problem, slots, [job]))


def _chain(chart: _Chart, job: int) -> list[Link]:
    slots = chart.slots
    mine = np.flatnonzero(chart.problem.operations["job"] == job)
    if not mine.size or (slots["machine"][mine] < 0).any():
        return []
    found: list[Link] = []
    here = int(mine[np.argmax(slots["end"][mine])])
    while here >= 0:
        found += _own(chart, here)
        before, ready = _ready(chart, here)
        found += _wait(chart, here, ready)
        found += _material(chart, here, before)
        here = before[1]
    return [link for link in found if link.minutes > 0]


def impact(problem: Problem, without: Problem, standing: Table) -> list[Hurt]:
    """What the facts of `problem` that `without` lacks cost: each job that ends later, the worst first.

    Both are the same shop in the order of `standing` (SLOT rows), every operation as soon as it can: what is
    soaked up by slack on the way through machines and jobs hurts nobody and is not named.
    """
    with_fact, free = (finishes(each, in_turn(each, standing)) for each in (problem, without))
    due = problem.jobs["due"]
    known = (with_fact != NEVER) & (free != NEVER)
    moved = np.where(known, with_fact - free, 0)
    late = np.maximum(with_fact - due, 0) - np.maximum(free - due, 0)
    rows = np.flatnonzero(moved > 0)
    found = [Hurt(int(job), int(moved[job]), int(late[job])) for job in rows]
    return sorted(found, key=lambda hurt: (-hurt.late, -hurt.minutes, hurt.job))


def _lanes(problem: Problem, slots: Table) -> dict[int, _Lane]:
    placed = np.flatnonzero(slots["machine"] >= 0)
    placed = placed[problem.machines["single"][slots["machine"][placed]] != 0]
    order = placed[np.lexsort((slots["start"][placed], slots["machine"][placed]))]
    machines, first = np.unique(slots["machine"][order], return_index=True)
    lanes = {}
    for machine, mine in zip(machines.tolist(), np.split(order, first[1:]), strict=False):
        ends = slots["end"][mine].tolist()
        lanes[machine] = _Lane(mine.tolist(), slots["start"][mine].tolist(), ends, [*accumulate(ends, max)])
    return lanes


def _own(chart: _Chart, operation: int) -> Iterator[Link]:
    """The operation's own stretch from now on: run, set-up, and what its machine is closed."""
    row, slot = chart.problem.operations[operation], chart.slots[operation]
    start, end = max(int(slot["start"]), chart.problem.now), int(slot["end"])
    span = max(end - start, 0)
    busy = chart.worked(int(slot["machine"]), start, end)
    if row["unattended"]:
        busy = min(span, max(busy, int(row["run"])))
    run = min(busy, int(row["run"]))
    yield Link(Cause.WORK, operation, run)
    yield Link(Cause.SETUP, operation, busy - run)
    yield Link(Cause.CLOSED, operation, span - busy)


def _ready(chart: _Chart, operation: int) -> tuple[tuple[int, int], int]:
    """What came last before the operation but material, as (minute, predecessor or -1); when it was ready."""
    problem = chart.problem
    best = (problem.now, -1)
    if _runs(problem, operation):
        return best, problem.now
    for at in range(problem.after.ptr[operation], problem.after.ptr[operation + 1]):
        lag = int(problem.lags[at]) if problem.lags.size else 0
        before = int(problem.after.value[at])
        best = max(best, (int(chart.slots["end"][before]) + lag, before))
    started = max(int(chart.slots["start"][operation]), problem.now)
    return best, min(max(best[0], *_releases(problem, operation)), started)


def _releases(problem: Problem, operation: int) -> tuple[int, int]:
    """From when its material is there, and from when its job may begin."""
    job = int(problem.operations["job"][operation])
    return int(problem.operations["release"][operation]), int(problem.jobs["release"][job])


def _material(chart: _Chart, operation: int, before: tuple[int, int]) -> Iterator[Link]:
    """Waiting for material or the gate beyond what came before, and the time that passed since then."""
    moment, earlier = before
    started = max(int(chart.slots["start"][operation]), chart.problem.now)
    if not _runs(chart.problem, operation):
        material, gate = _releases(chart.problem, operation)
        cause = Cause.GATE if gate > material else Cause.MATERIAL
        yield Link(cause, operation, min(max(material, gate), started) - moment)
    if earlier >= 0:
        yield Link(Cause.LAG, operation, min(moment, started) - max(_end(chart, earlier), chart.problem.now))


def _runs(problem: Problem, operation: int) -> bool:
    """What has started waits for nothing but its machine."""
    return bool(problem.operations["fixing"][operation] == Fixing.STARTED)


def _end(chart: _Chart, operation: int) -> int:
    return int(chart.slots["end"][operation])


def _wait(chart: _Chart, operation: int, ready: int) -> Iterator[Link]:
    """From ready to start: who has the machine, when it is closed, and when it is free."""
    slot = chart.slots[operation]
    machine, start = int(slot["machine"]), int(slot["start"])
    edge = ready
    lane = chart.by_machine.get(machine, NOBODY)
    for at in range(bisect_right(lane.edge, ready), len(lane.operations)):
        other, first, last = lane.operations[at], lane.starts[at], lane.ends[at]
        if first >= start:
            break
        if other == operation or last <= edge:
            continue
        yield from _free(chart, operation, edge, max(first, edge))
        edge, until = max(first, edge), min(last, start)
        taken = _taken(chart, other, edge, until)
        yield Link(Cause.QUEUE, operation, taken, other)
        yield Link(Cause.CLOSED, operation, until - edge - taken)
        edge = until
    yield from _free(chart, operation, edge, start)


def _taken(chart: _Chart, other: int, first: int, last: int) -> int:
    """The minutes another operation works in this stretch; an unattended run works at night, too."""
    if chart.problem.operations["unattended"][other]:
        return last - first
    return chart.worked(int(chart.slots["machine"][other]), first, last)


def _free(chart: _Chart, operation: int, first: int, last: int) -> Iterator[Link]:
    """A stretch in which nobody has the machine: closed, too short, or left free on purpose."""
    if last <= first:
        return
    row, machine = chart.problem.operations[operation], int(chart.slots["machine"][operation])
    open_minutes = chart.worked(machine, first, last)
    fits = open_minutes >= int(row["setup"]) + int(row["run"])
    yield Link(Cause.RESERVE if fits else Cause.GAP, operation, open_minutes)
    yield Link(Cause.CLOSED, operation, last - first - open_minutes)
