"""A year in the shop: time passes, things go wrong, the plan is mended and improved, orders are promised."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from benchmarks.year_facts import CENTRES, DAY, EACH, SETUP, WEEK, YEAR, Facts
from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.engine.assembly import pack
from planning.engine.calendars import Windows
from planning.engine.promise import book_of, promise
from planning.engine.promise_answer import NewJob, Slot, Way
from planning.engine.rows import CREW, MATERIAL, TAKE, TOOL

TICK: Final = 4 * 60
"""Minutes between two looks at the floor; what was ordered meanwhile is promised then."""

MACHINES: Final = CENTRES * EACH
LEAST_LEFT: Final = 15
OPEN, RUNNING, DONE = 0, 1, 2
SAME: Final = TICK
"""An operation that begins on its machine within so many minutes of its place has not moved."""

NOBODY: Final = engine.Ragged(np.zeros(1, np.int64), np.empty(0, np.int64))

Rule = Callable[["Floor", int], tuple[int, int]]
"""For an order that came in: the minute promised, and the minute that is planned for."""


@dataclass(eq=False)
class Floor:
    """What has happened until `now`, and the plan; arrays are by operation, or by order, of the facts.

    `could` is when an order could be done by the plan on which it was promised. `seconds` of processor time
    are spent on a better plan every night.
    """

    facts: Facts
    rule: Rule
    seconds: float
    now: int = 0
    came: int = 0
    improved: int = 0
    family: IntArray = field(default_factory=lambda: np.full(MACHINES, -1))
    free: IntArray = field(default_factory=lambda: np.zeros(MACHINES, np.int64))
    nervous: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        orders, count = len(self.facts.arrival), int(self.facts.first[-1])
        self.status, self.machine = np.zeros(count, np.int64), np.full(count, -1)
        self.start, self.ready, self.end = (np.full(count, NEVER) for _ in range(3))
        self.promised, self.planned, self.could, self.finish = (np.full(orders, NEVER) for _ in range(4))
        self.owner = np.repeat(np.arange(orders), np.diff(self.facts.first))
        self.weight = np.maximum(1, np.round(10 * self.facts.work / self.facts.work.mean())).astype(np.int64)
        self.real = self._hours(2 * YEAR * WEEK)

    def live(self) -> None:
        """The whole year, and after it until nothing is open."""
        while self.now < YEAR * WEEK or (self.finish == NEVER).any():
            until = engine.next_working(self.facts.hours, self.now + TICK)
            if until == NEVER:
                raise RuntimeError("the calendars ended before the work")
            self._work(until)
            self.now = until
            self._plan()

    def _hours(self, moment: int) -> tuple[Windows, ...]:
        """Each machine's windows without the stops that have begun by then."""
        stops = self.facts.stops
        begun = stops[(stops["start"] <= moment) & (stops["end"] > self.now)]
        spans: list[list[tuple[int, int]]] = [[] for _ in range(MACHINES)]
        for machine, start, end in begun.tolist():
            spans[machine].append((start, end))
        return tuple(engine.without(self.facts.hours, mine) if mine else self.facts.hours for mine in spans)

    def _work(self, until: int) -> None:
        """Let every machine work until then in the order of its plan, each operation as soon as it can."""
        near = np.flatnonzero((self.status == OPEN) & (self.machine >= 0) & (self.start < until + DAY))
        waits = np.zeros(MACHINES, np.bool_)
        for operation in near[np.lexsort((near, self.start[near]))].tolist():
            machine = int(self.machine[operation])
            begin = NEVER if waits[machine] else self._earliest(operation, machine)
            if begin == NEVER or begin >= until:
                waits[machine] = True
            else:
                self._start(operation, machine, begin)
        self.status[(self.status == RUNNING) & (self.end <= until)] = DONE
        last = self.facts.first[1:] - 1
        over = (self.finish == NEVER) & (self.status[last] == DONE)
        self.finish[over] = self.end[last[over]]

    def _earliest(self, operation: int, machine: int) -> int:
        """The minute it can really start, NEVER while what comes before it has not."""
        order = int(self.owner[operation])
        if operation == self.facts.first[order]:
            ready = int(self.facts.arrived[order])
        elif self.status[operation - 1] == OPEN:
            return NEVER
        else:
            ready = int(self.end[operation - 1])
        return engine.next_working(self.real[machine], max(self.now, int(self.free[machine]), ready))

    def _start(self, operation: int, machine: int, begin: int) -> None:
        """Start it; `end` is when it will really end, which the planner does not see before."""
        same = self.family[machine] == self.facts.family[operation]
        takes = int(self.facts.real[operation]) + (0 if same else SETUP)
        self.status[operation], self.start[operation] = RUNNING, begin
        self.end[operation] = engine.add_work(self.real[machine], begin, takes)
        self.free[machine], self.family[machine] = self.end[operation], self.facts.family[operation]

    def _plan(self) -> None:
        """Repair the plan, improve it at night, and promise what came in."""
        known = np.flatnonzero((self.status != DONE) & (self.owner < self.came))
        problem = self._problem(known)
        plan = self._better(problem, known)
        mine = self.status[known] == OPEN
        rows = known[mine]
        for name in ("machine", "start", "ready", "end"):
            getattr(self, name)[rows] = getattr(plan, name)[mine]
        until = int(np.searchsorted(self.facts.arrival, self.now, side="right"))
        new = range(self.came, until)
        for order, answer in zip(
            new, promise(book_of(plan), [self._asked(each) for each in new], ways=(Way.GAP,)), strict=True
        ):
            self._take(order, answer.answers[0].slots, answer.answers[0].finish)
        self.came = until

    def _take(self, order: int, slots: tuple[Slot, ...], finish: int) -> None:
        """Put a new order where it was promised."""
        mine = slice(self.facts.first[order], self.facts.first[order + 1])
        self.machine[mine], self.start[mine], self.ready[mine], self.end[mine] = np.array(slots).T
        self.could[order] = finish
        self.promised[order], self.planned[order] = self.rule(self, order)

    def _better(self, problem: engine.Problem, known: IntArray) -> engine.Plan:
        """The plan in force made possible again; a better one every night, begun as early as it can be."""
        standing = engine.standing_slots(self.machine[known], self.start[known], self.end[known])
        plan = engine.repair(problem, standing)
        free = self.status[known] == OPEN
        shifted = np.abs(plan.start - standing["start"]) > SAME
        shifted |= plan.machine != standing["machine"]
        self.nervous.append(float(shifted[free].mean()) if free.any() else 0.0)
        if self.now // DAY == self.improved or not known.size:
            return plan
        self.improved = self.now // DAY
        tried = engine.improve(problem, plan, self.seconds)
        placed = engine.standing_slots(tried.machine, tried.start, tried.end)
        early = engine.repair(problem, engine.in_turn(problem, placed))
        return min(plan, early, key=lambda each: each.tardiness)

    def _left(self, operation: int) -> int:
        """What the planner believes is left of a running operation."""
        hours = self.real[int(self.machine[operation])]
        done = engine.work_between(hours, int(self.start[operation]), self.now)
        return max(LEAST_LEFT, int(self.facts.run[operation]) - int(done))

    def _problem(self, known: IntArray) -> engine.Problem:
        """The open work as the planner knows it: a late purchase shows on the day it should have come."""
        facts = self.facts
        running = self.status[known] == RUNNING
        orders, job = np.unique(self.owner[known], return_inverse=True)
        follows = np.zeros(len(known), np.bool_)
        follows[1:] = job[1:] == job[:-1]
        follows &= ~running
        parts = np.where(facts.material <= self.now, facts.arrived, facts.material)[self.owner[known]]
        opens = (known == facts.first[self.owner[known]]) & ~running
        table = np.zeros(len(known), engine.OPERATION)
        table["job"], table["pool"], table["family"] = job, facts.centre[known], facts.family[known]
        table["setup"], table["run"] = np.where(running, 0, SETUP), facts.run[known]
        table["run"][running] = [self._left(each) for each in known[running].tolist()]
        table["release"] = np.where(opens, np.maximum(self.now, parts), self.now)
        table["fixing"] = np.where(running, engine.Fixing.STARTED, engine.Fixing.FREE)
        table["machine"] = np.where(running, self.machine[known], -1)
        table["start"] = np.where(running, self.now, NEVER)
        table["first_run"], table["quantity"], table["pauses"], table["skill"] = -1, 1, 1, -1
        jobs = np.zeros(len(orders), engine.JOB)
        jobs["due"], jobs["weight"], jobs["release"] = self.planned[orders], self.weight[orders], NEVER
        ptr = np.concatenate([[0], np.cumsum(follows)]).astype(np.int64)
        return self._shop(jobs, table, engine.Ragged(ptr, np.flatnonzero(follows) - 1))

    def _shop(self, jobs: Table, operations: Table, after: engine.Ragged) -> engine.Problem:
        """The problem of these tables on the machines as they are known now."""
        windows, window_ptr = pack(self._hours(self.now))
        nothing = engine.Ragged(np.zeros(len(operations) + 1, np.int64), np.empty(0, np.int64))
        none = np.empty(0, np.int64)
        machines = [(at, self.family[at], at // EACH, 1, 0) for at in range(MACHINES)]
        return engine.Problem(
            now=self.now,
            windows=windows,
            window_ptr=window_ptr,
            machines=np.array(machines, engine.MACHINE),
            pools=engine.ragged([range(at * EACH, (at + 1) * EACH) for at in range(CENTRES)]),
            jobs=jobs,
            operations=operations,
            after=after,
            lags=none,
            runs=none,
            changeover=none.reshape(0, 0),
            crews=np.empty(0, CREW),
            skills=NOBODY,
            tools=np.empty(0, TOOL),
            held=nothing,
            materials=np.empty(0, MATERIAL),
            takes=nothing,
            take_rows=np.empty(0, TAKE),
        )

    def _asked(self, order: int) -> NewJob:
        """A new order as it is asked for."""
        facts = self.facts
        rows = range(int(facts.first[order]), int(facts.first[order + 1]))
        parts = max(self.now, int(facts.material[order]))
        operations = tuple(
            engine.Operation(
                job=0,
                machines=tuple(range(int(facts.centre[at]) * EACH, int(facts.centre[at] + 1) * EACH)),
                run=int(facts.run[at]),
                setup=SETUP,
                family=int(facts.family[at]),
                after=(place - 1,) if place else (),
                release=self.now if place else parts,
            )
            for place, at in enumerate(rows)
        )
        return NewJob(operations, weight=int(self.weight[order]))
