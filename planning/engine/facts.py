"""What is derived of a problem with the plan that stands, and what of that differs in another one."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from kernel.jit import BoolArray, IntArray, Table
from planning.engine.busy import by_job
from planning.engine.problem import Problem
from planning.engine.ripple import unequal
from planning.engine.seats import OUT
from planning.engine.shop import FREE, PINNED, STARTED, Shop, lasting_of, open_shop, task_rows
from planning.engine.turns import homeless, homeless_among, let_go


@dataclass(frozen=True, eq=False)
class Facts:
    """A problem with the plan that stands (SLOT rows).

    Where `pins_wait` a pin is one more reason not to begin sooner, and may wait for material, too.
    """

    problem: Problem
    standing: Table

    pins_wait: ClassVar[bool] = True

    @cached_property
    def shop(self) -> Shop:
        """As the kernels read it."""
        shop = open_shop(self.problem)
        return shop._replace(tasks=self.with_pins(shop.tasks))

    def with_pins(self, tasks: Table) -> Table:
        """The tasks, those pinned not beginning sooner where `pins_wait`. In place."""
        pinned = tasks["fixing"] == PINNED
        if self.pins_wait:
            tasks["release"][pinned] = np.maximum(tasks["release"], tasks["start"])[pinned]
        return tasks

    @cached_property
    def place(self) -> IntArray:
        """The place of each operation in the order of the shop."""
        return inverse(self.shop.order)

    @cached_property
    def lost(self) -> BoolArray:
        """Operations without a place."""
        return homeless(self.shop, self.standing)

    @cached_property
    def waiting(self) -> BoolArray:
        """Operations without a place, or whose material or gate is later than it."""
        return self.lost | self.held_up(self.shop.tasks, self.standing)

    def held_up(self, tasks: Table, standing: Table) -> BoolArray:
        """Which of these stand before their material or gate."""
        late = (tasks["release"] > standing["start"]) & (standing["start"] >= self.problem.now)
        found: BoolArray = late if self.pins_wait else late & (tasks["fixing"] == FREE)
        return found

    @cached_property
    def without_lost(self) -> IntArray:
        """The marks when those without a place are let go."""
        return let_go(self.shop, self.lost.astype(np.int64) * OUT)

    @cached_property
    def without_waiting(self) -> IntArray:
        """The marks when those that wait are let go."""
        if (self.waiting == self.lost).all():
            return self.without_lost
        return let_go(self.shop, self.waiting.astype(np.int64) * OUT)

    @cached_property
    def by_due(self) -> IntArray:
        """The order in which gaps are filled."""
        rank = self.problem.jobs["due"][self.problem.operations["job"]].copy()
        return by_job(self.problem, self.shop.order, rank)

    def rows_of(self, problem: Problem) -> IntArray | None:
        """The operations that differ in another problem, also by the gate of their job.

        None where it does not share graph, pools and runs, its machines differ in more than hours, or
        what differs has other runs on other machines.
        """
        mine = self.problem
        if any(
            getattr(problem, name) is not getattr(mine, name) for name in ("after", "lags", "pools", "runs")
        ):
            return None
        if any(getattr(problem, name) != getattr(mine, name) for name in ("now", "frozen")):
            return None
        if len(problem.jobs) != len(mine.jobs) or len(problem.machines) != len(mine.machines):
            return None
        same = ("family", "single", "size")
        if any((problem.machines[name] != mine.machines[name]).any() for name in same):
            return None
        rows = differing(problem.operations, mine.operations)
        gates = np.flatnonzero(problem.jobs["release"] != mine.jobs["release"])
        if gates.size:
            rows = np.union1d(rows, np.flatnonzero(np.isin(problem.operations["job"], gates)))
        one, other = problem.operations[rows], mine.operations[rows]
        by_machine = (one["first_run"] >= 0) | (other["first_run"] >= 0)
        names = ("first_run", "quantity", "done", "pool")
        return None if any((one[name] != other[name])[by_machine].any() for name in names) else rows


class Otherwise:
    """Another problem and plan near those of known facts: `rows` are the operations that differ in it."""

    def __init__(self, facts: Facts, problem: Problem, standing: Table, rows: IntArray) -> None:
        self.facts, self.problem, self.standing = facts, problem, standing
        self.elsewhere = other_hours(problem, facts.problem, "machines")
        self.shop = self._shop(rows)
        touched = np.union1d(rows, differing(standing, facts.standing))
        self.touched = touched
        self.lost = self._patched(facts.lost, homeless_among(self.shop, standing, touched))
        held = facts.held_up(self.shop.tasks[touched], standing[touched])
        self.waiting = self._patched(facts.waiting, self.lost[touched] | held)

    def _shop(self, rows: IntArray) -> Shop:
        """The shop; only what differs is built anew."""
        shop, problem = self.facts.shop, self.problem
        if not rows.size and not self.elsewhere.size:
            return shop._replace(jobs=problem.jobs)
        machines = shop.machines.copy()
        calendar = problem.machines["calendar"]
        machines["low"], machines["high"] = problem.window_ptr[calendar], problem.window_ptr[calendar + 1]
        tasks, mine = shop.tasks.copy(), task_rows(problem, machines, problem.operations[rows])
        for name in ("first_before", "last_before", "first_after", "last_after"):
            mine[name] = tasks[name][rows]
        mine = self.facts.with_pins(mine)
        mine["lasting"] = lasting_of(problem, mine, machines, shop.pools, shop.members)
        tasks[rows] = mine
        if self.elsewhere.size:
            tasks["lasting"] = lasting_of(problem, tasks, machines, shop.pools, shop.members)
        return shop._replace(tasks=tasks, machines=machines, windows=problem.windows, jobs=problem.jobs)

    def _patched(self, before: BoolArray, touched: BoolArray) -> BoolArray:
        found = before.copy()
        found[self.touched] = touched
        return found

    def let_go(self, out: BoolArray) -> IntArray:
        """The marks when these operations lose their places."""
        facts = self.facts
        fixing = facts.shop.tasks["fixing"][self.touched] == STARTED
        begun = self.shop.tasks["fixing"][self.touched] == STARTED
        for mine, marks in ((facts.lost, facts.without_lost), (facts.waiting, facts.without_waiting)):
            if (out == mine).all() and (fixing == begun).all():
                return marks
        return let_go(self.shop, out.astype(np.int64) * OUT)

    def by_due(self) -> IntArray | None:
        """The order in which gaps are filled; None where the jobs are due at other times."""
        same = (self.problem.jobs["due"] == self.facts.problem.jobs["due"]).all()
        return self.facts.by_due if same else None


def differing(one: Table, other: Table) -> IntArray:
    """The rows in which two tables of whole numbers differ."""
    if one is other or not len(one):
        return np.empty(0, np.int64)
    wide = [np.ascontiguousarray(each).view(np.int64).reshape(len(each), -1) for each in (one, other)]
    return unequal(*wide)


def other_hours(problem: Problem, mine: Problem, kind: str) -> IntArray:
    """The machines (or crews: `kind`) that work at other hours."""
    theirs, own = getattr(problem, kind)["calendar"], getattr(mine, kind)["calendar"]
    if problem.windows is mine.windows and (theirs == own).all():
        return np.empty(0, np.int64)
    found = []
    for row in range(len(own)):
        if not np.array_equal(hours_of(problem, kind, row), hours_of(mine, kind, row)):
            found.append(row)
    return np.array(found, np.int64)


def hours_of(problem: Problem, kind: str, row: int) -> Table:
    """The working hours of a machine or a crew (`kind`)."""
    calendar = getattr(problem, kind)["calendar"][row]
    return problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]


def inverse(order: IntArray) -> IntArray:
    """Of each number its place in an order."""
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order))
    return found
