"""What a plan is worth: the figures by which plans are put side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.calendars import NEVER, Windows
from planning.engine.problem import Problem

FAR: Final = 2**40
"""More minutes than any moment has: one axis for all machines."""


@dataclass(frozen=True)
class Measures:
    """The figures of one plan; moments are minutes since the caller's epoch.

    `promised` jobs have a promise, `on_time` of them are delivered by then; those with an operation that has
    no place are not on time, but have no tardiness. `unplaced` are operations without a place.
    `tardiness` are minutes that deliveries lie behind promises, `weighted` the same times the jobs' weights.
    `in_progress` is the average number of jobs on the floor from now to the end of the period.
    `used` is the share (0 to 1) of the open machine minutes of the period that work takes, by work centre;
    `bottleneck` the centre with the largest share, -1 for none. `makespan` is the last end. `moved` are
    operations that stand elsewhere than in the plan in force. `tied_up` is value x minutes by kind of value.
    """

    promised: int
    on_time: int
    unplaced: int
    tardiness: int
    weighted: int
    in_progress: float
    used: Mapping[int, float]
    bottleneck: int
    makespan: int
    moved: int
    tied_up: Mapping[int, int]


@dataclass(frozen=True, eq=False)
class Worth:
    """What is known of the jobs beside the problem, a row for each of its first jobs.

    `promised` is when it is promised to be delivered, `begun` the minute it was first worked on; NEVER for
    neither. `value` is what it costs, in the smallest unit (cents) of its `kind`, a number for a currency.
    """

    promised: IntArray
    begun: IntArray
    value: IntArray
    kind: IntArray


def finishes(problem: Problem, slots: Table) -> IntArray:
    """Per job the end of its last operation, NEVER where one has no place or the job has none."""
    finish = np.full(len(problem.jobs), NEVER, np.int64)
    np.maximum.at(finish, problem.operations["job"], slots["end"])
    finish[problem.operations["job"][slots["end"] == NEVER]] = NEVER
    return finish


def measure(
    problem: Problem, slots: Table, worth: Worth, delivered: IntArray, until: int, moved: int = 0
) -> Measures:
    """The figures of the plan that `slots` (SLOT rows) are, for the period from now to `until`.

    `worth` has a row for each of the first jobs; jobs behind them (what promises hold) count for the use of
    machines only. `delivered` is when each of these jobs reaches its customer, NEVER where it has no finish.
    Pure; O(n log n).
    """
    count = len(worth.promised)
    finish = finishes(problem, slots)[:count]
    wanted = worth.promised != NEVER
    known = wanted & (delivered != NEVER)
    late = np.where(known, np.maximum(delivered - worth.promised, 0), 0)
    begin = _begins(problem, slots, worth)
    used = utilisation(problem, slots, until)
    return Measures(
        promised=int(wanted.sum()),
        on_time=int((known & (late == 0)).sum()),
        unplaced=int((slots["machine"] < 0).sum()),
        tardiness=int(late.sum()),
        weighted=int((late * problem.jobs["weight"][:count]).sum()),
        in_progress=_in_progress(begin, finish, problem.now, until),
        used=used,
        bottleneck=max(used, key=lambda centre: (used[centre], -centre), default=-1),
        makespan=int(slots["end"].max(initial=problem.now)),
        moved=moved,
        tied_up=_tied_up(begin, delivered, worth),
    )


def utilisation(problem: Problem, slots: Table, until: int) -> dict[int, float]:
    """By work centre the share of the open minutes of its machines from now to `until` that are taken.

    Machines that take any number of jobs are left out, and those on which nothing may be planned. A minute
    in which several operations share a machine counts once; what runs while a machine is closed not at all.
    """
    machines, now = problem.machines, problem.now
    offered = np.unique(np.concatenate([problem.pools.value, slots["machine"][slots["machine"] >= 0]]))
    offered = offered[machines["single"][offered] != 0]
    taken, open_time = (np.zeros(len(machines), np.int64) for _ in range(2))
    machine, start, end = _stretches(slots, now, until)
    for at in offered.tolist():
        calendar = int(machines["calendar"][at])
        windows = problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]
        first, last = np.searchsorted(machine, [at, at + 1])
        spent = worked(windows, end[first:last]) - worked(windows, start[first:last])
        taken[at] = spent.sum()
        open_time[at] = np.diff(worked(windows, np.array([now, until], np.int64)))[0]
    found = {}
    for centre in np.unique(machines["centre"][offered]).tolist():
        mine = offered[machines["centre"][offered] == centre]
        whole = int(open_time[mine].sum())
        found[int(centre)] = int(taken[mine].sum()) / whole if whole else 0.0
    return found


def worked(windows: Windows, moments: IntArray) -> IntArray:
    """Working minutes of the windows before each moment."""
    if not len(windows):
        return np.zeros(len(moments), np.int64)
    at = np.maximum(np.searchsorted(windows["start"], moments, side="right") - 1, 0)
    length = windows["end"][at] - windows["start"][at]
    found: IntArray = windows["before"][at] + np.clip(moments - windows["start"][at], 0, length)
    return found


def _stretches(slots: Table, now: int, until: int) -> tuple[IntArray, IntArray, IntArray]:
    """Machine, start and end of what is taken between now and `until`, by machine, without overlaps."""
    mine = slots[(slots["machine"] >= 0) & (slots["end"] > now) & (slots["start"] < until)]
    mine = mine[np.lexsort((mine["start"], mine["machine"]))]
    machine, base = mine["machine"], mine["machine"] * FAR
    start = np.clip(mine["start"], now, until)
    end = np.clip(mine["end"], now, until)
    reach = np.maximum.accumulate(np.concatenate([[NEVER], base + end]))[:-1]
    return machine, np.clip(reach - base, start, end), end


def _begins(problem: Problem, slots: Table, worth: Worth) -> IntArray:
    """When each job begins or began, NEVER where it never does."""
    first = np.full(len(problem.jobs), FAR, np.int64)
    placed = slots["machine"] >= 0
    np.minimum.at(first, problem.operations["job"][placed], slots["start"][placed])
    first = first[: len(worth.begun)]
    return np.where(worth.begun != NEVER, worth.begun, np.where(first == FAR, NEVER, first))


def _in_progress(begin: IntArray, finish: IntArray, now: int, until: int) -> float:
    """Jobs on the floor on average; one without an end stays there to the end of the period."""
    if until <= now:
        return 0.0
    leaves = np.clip(np.where(finish == NEVER, until, finish), now, until)
    spent = np.where(begin == NEVER, 0, np.maximum(leaves - np.clip(begin, now, until), 0))
    return int(spent.sum()) / (until - now)


def _tied_up(begin: IntArray, delivered: IntArray, worth: Worth) -> dict[int, int]:
    """Value x minutes from the first start to delivery, by kind; jobs without either are left out."""
    known = (begin != NEVER) & (delivered != NEVER)
    minutes = np.where(known, np.maximum(delivered - begin, 0), 0)
    found: dict[int, int] = {}
    # Sums of cents times minutes may leave 64 bits: they are added as Python's integers.
    for kind, value, span in zip(worth.kind.tolist(), worth.value.tolist(), minutes.tolist(), strict=True):
        found[kind] = found.get(kind, 0) + value * span
    return found
