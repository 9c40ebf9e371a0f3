"""What planning returns: where operations stand, what it costs, its bound, and what has no place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, builder, part
from planning.engine.calendars import NEVER
from planning.engine.problem import Problem
from planning.engine.shop import FAR, PINNED, STARTED, Shop, empty_slots, opens, timing


class Status(StrEnum):
    """How much the plan may claim."""

    OPTIMAL = "optimal"
    """Everything is placed and no plan can be less late: tardiness equals its lower bound."""
    FEASIBLE = "feasible"
    """Everything is placed."""
    PARTIAL = "partial"
    """Some operations have no place; each says why."""


class Reason(IntEnum):
    """Why an operation has no place."""

    PLACED = 0
    NO_MACHINE = 1
    NO_WORKING_TIME = 2
    BEYOND_HORIZON = 3
    WAITS = 4


NO_MACHINE, NO_WORKING_TIME = int(Reason.NO_MACHINE), int(Reason.NO_WORKING_TIME)
BEYOND_HORIZON, WAITS = int(Reason.BEYOND_HORIZON), int(Reason.WAITS)

SENTENCES = {
    Reason.PLACED: "{name} is planned.",
    Reason.NO_MACHINE: "{name} has no machine that may do it. Add one to its work centre.",
    Reason.NO_WORKING_TIME: "{name} finds no working time on any of its machines. Check their calendars.",
    Reason.BEYOND_HORIZON: "{name} does not fit before the calendars end. Extend them or add capacity.",
    Reason.WAITS: "{name} waits for an operation that has no place itself.",
}


@dataclass(frozen=True, eq=False)
class Plan:
    """Per operation machine, start, ready (set-up done) and end; per job finish and its lower bound.

    Without a place: machine -1, times NEVER, and a `reason`. Of started operations the remaining stretch
    stands here. `finish` and `bound` are NEVER for jobs that are not placed in full, or cannot be.
    `persons` says who attends each operation (people counted crew by crew; -1: nobody), where people are
    planned; `notes` hold sentences that say more than a reason. `tardiness` (weight x minutes) counts placed
    jobs; no plan can undercut `least_tardiness` for them.
    """

    problem: Problem
    machine: IntArray
    start: IntArray
    ready: IntArray
    end: IntArray
    reason: IntArray
    finish: IntArray
    bound: IntArray
    tardiness: int
    least_tardiness: int
    makespan: int
    status: Status
    rule: str
    persons: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    notes: Mapping[int, str] = field(default_factory=dict)

    @property
    def placed(self) -> BoolArray:
        """Which operations have a place."""
        return self.machine >= 0

    @property
    def slots(self) -> Table:
        """The plan as SLOT rows."""
        found = empty_slots(len(self.machine))
        for name in ("machine", "start", "ready", "end"):
            found[name] = getattr(self, name)
        return found

    @property
    def unplaced(self) -> list[int]:
        """Operations without a place."""
        return [int(each) for each in np.flatnonzero(self.machine < 0)]

    def late(self) -> IntArray:
        """Minutes each job is late, 0 where it is in time or has no finish."""
        known = self.finish != NEVER
        return np.where(known, np.maximum(self.finish - self.problem.jobs["due"], 0), 0)

    def explain(self, operation: int) -> str:
        """A sentence for people: why this operation has no place and what to do."""
        if operation in self.notes:
            return self.notes[operation]
        sentence = SENTENCES[Reason(int(self.reason[operation]))]
        return sentence.format(name=self.problem.name(operation))


def finished_plan(problem: Problem, shop: Shop, slots: Table, rule: str) -> Plan:
    """The plan of filled slots, with objective, bounds, reasons and an honest status."""
    finish = job_finish(shop, slots["end"].copy())
    bound = job_finish(shop, least_ends(shop))
    known = finish != NEVER
    late = np.where(known, np.maximum(finish - shop.jobs["due"], 0), 0)
    least = np.where(known, np.maximum(bound - shop.jobs["due"], 0), 0)
    tardiness, least_tardiness = (
        int((shop.jobs["weight"] * late).sum()),
        int((shop.jobs["weight"] * least).sum()),
    )
    status = Status.OPTIMAL if tardiness == least_tardiness else Status.FEASIBLE
    return Plan(
        problem=problem,
        machine=slots["machine"].copy(),
        start=slots["start"].copy(),
        ready=slots["ready"].copy(),
        end=slots["end"].copy(),
        reason=reasons(shop, slots),
        finish=finish,
        bound=bound,
        tardiness=tardiness,
        least_tardiness=least_tardiness,
        makespan=int(slots["end"].max(initial=problem.now)),
        status=status if bool((slots["machine"] >= 0).all()) else Status.PARTIAL,
        rule=rule,
    )


def cost(shop: Shop, slots: Table) -> tuple[int, int, int]:
    """What plans are compared by: operations without a place, weighted tardiness, makespan."""
    finish = job_finish(shop, slots["end"].copy())
    late = np.where(finish == NEVER, 0, np.maximum(finish - shop.jobs["due"], 0))
    unplaced = int((slots["machine"] < 0).sum())
    return unplaced, int((shop.jobs["weight"] * late).sum()), int(slots["end"].max(initial=shop.now))


@builder
def job_finish(shop: Shop, end: IntArray) -> IntArray:
    """Per job the end of its last operation; NEVER when one has no end, or the job has none."""
    finish = np.full(len(shop.jobs), NEVER, np.int64)
    broken = np.zeros(len(shop.jobs), np.bool_)
    for operation in range(len(end)):
        job = shop.tasks[operation].job
        finish[job] = max(finish[job], end[operation])
        broken[job] = broken[job] or end[operation] == NEVER
    for job in range(len(shop.jobs)):
        if broken[job]:
            finish[job] = NEVER
    return finish


@part
def least_begin(shop: Shop, operation: int, ends: IntArray) -> int:
    """The earliest begin that pin, release and predecessors allow; NEVER if one of those has no end."""
    task = shop.tasks[operation]
    if task.fixing == STARTED:
        return shop.now
    begin: int = max(task.release, task.start) if task.fixing == PINNED else task.release
    for at in range(task.first_before, task.last_before):
        if ends[shop.before[at]] == NEVER:
            return NEVER
        if shop.tasks[shop.before[at]].transfer > 0:
            continue
        begin = max(begin, ends[shop.before[at]] + shop.lag_before[at])
    return begin


@builder
def least_ends(shop: Shop) -> IntArray:
    """Per operation the earliest end on a shop without anybody else; NEVER when there is none at all.

    Set-ups that a family may save are not counted, so no plan can end an operation earlier.
    """
    ends = np.full(len(shop.tasks), NEVER, np.int64)
    for operation in shop.order:
        task, begin = shop.tasks[operation], least_begin(shop, operation, ends)
        if begin == NEVER or task.pool < 0:
            continue
        setup = 0 if task.family >= 0 and task.fixing != STARTED else task.setup
        runs_on = task.fixing == STARTED and task.setup == 0 and task.unattended
        best, pool = FAR, shop.pools[task.pool]
        for at in range(pool.first, pool.last):
            start = begin if runs_on else opens(shop, shop.members[at], begin)
            if start == NEVER:
                continue
            end = timing(shop, shop.members[at], operation, start, setup)[1]
            if end != NEVER:
                best = min(best, end)
        if best != FAR:
            ends[operation] = best
    return ends


@builder
def reasons(shop: Shop, slots: Table) -> IntArray:
    """The Reason of every operation, given the slots of those that have a place."""
    found = np.zeros(len(shop.tasks), np.int64)
    for operation in range(len(shop.tasks)):
        if slots[operation].machine >= 0:
            continue
        task = shop.tasks[operation]
        found[operation] = NO_MACHINE
        if task.pool < 0:
            continue
        pool = shop.pools[task.pool]
        for at in range(pool.first, pool.last):
            open_at_all = opens(shop, shop.members[at], shop.now) != NEVER
            found[operation] = max(found[operation], BEYOND_HORIZON if open_at_all else NO_WORKING_TIME)
        if found[operation] != BEYOND_HORIZON or task.fixing == STARTED:
            continue
        for at in range(task.first_before, task.last_before):
            if slots[shop.before[at]].machine < 0:
                found[operation] = WAITS
    return found
