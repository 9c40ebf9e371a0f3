"""Promises with every feature: serial insertion where nobody moves, serial repair where others do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.busy import busy_rows
from planning.engine.calendars import NEVER
from planning.engine.causes import Cause as Because
from planning.engine.causes import chain
from planning.engine.joining import joined, stock_left, work_for
from planning.engine.near import Near, inserted
from planning.engine.problem import Problem
from planning.engine.promise_answer import Answer, Cause, Displaced, NewJob, Overtime, Shift, Slot, Way
from planning.engine.promise_fast import hours_with
from planning.engine.result import Plan, Reason
from planning.engine.rows import Fixing
from planning.engine.seats import AHEAD
from planning.engine.shop import SLOT, empty_slots
from planning.engine.standing import moved

DELAYS: Final = (0.0, 0.35, 0.7)
"""Shares of the wait without moving anybody after which the new job goes ahead of others, tried in turn."""

MOST_DISPLACED: Final = 12
"""Jobs that may become later than they are allowed."""

KINDS: Final = {
    Because.WORK: "work",
    Because.SETUP: "work",
    Because.CLOSED: "closed",
    Because.QUEUE: "machine",
    Because.MATERIAL: "material",
    Because.GATE: "material",
    Because.GAP: "machine",
    Because.RESERVE: "people",
}
"""What a stretch of the critical chain is called; on a free machine people or tools are waited for."""


class Moved(NamedTuple):
    """A plan with the new job in it: slots and persons of all, when it ends, how late whom, and the harm."""

    slots: Table
    persons: IntArray | None
    finish: int
    late: IntArray
    harm: int


@dataclass(frozen=True, eq=False)
class WholeBook:
    """A plan of any features, ready to be asked."""

    problem: Problem
    slots: Table
    persons: IntArray | None

    @classmethod
    def of(cls, problem: Problem, slots: Table, fixed: IntArray, persons: IntArray | None) -> "WholeBook":
        """The book of a plan; what is `fixed` stays on its machine at its minute."""
        operations, stays = problem.operations.copy(), (fixed != 0) & (slots["machine"] >= 0)
        stays &= operations["fixing"] == Fixing.FREE
        operations["fixing"][stays] = Fixing.PINNED
        for name in ("machine", "start"):
            operations[name][stays] = slots[name][stays]
        return cls(replace(problem, operations=operations), slots, persons)

    def answers(self, jobs: Sequence[NewJob], ways: Sequence[Way]) -> list[dict[Way, Answer | str]]:
        """Per job the answer, or what is missing, in every way."""
        found: list[dict[Way, Answer | str]] = [{} for _ in jobs]
        still = self._still(jobs)
        for way in ways:
            here: WholeBook = self
            for number, job in enumerate(jobs):
                if way == Way.GAP or isinstance(still[number], str):
                    found[number][way] = still[number]
                    continue
                answer, here = here.moving(job, way)
                found[number][way] = answer
        return found

    def finish(self, job: NewJob, overtime: Overtime | None = None) -> int:
        """When the job ends if nobody is moved, one machine perhaps working more; NEVER without a place."""
        problem = _working_more(self.problem, overtime) if overtime else self.problem
        return int(self._inserted(problem, [job]).finish[0])

    def _inserted(self, problem: Problem, jobs: Sequence[NewJob]) -> Plan:
        work = work_for(problem, [job.operations for job in jobs], stock_left(problem, self.slots))
        return inserted(work, busy_rows(problem, self.slots, self.persons))

    def _still(self, jobs: Sequence[NewJob]) -> list[Answer | str]:
        """The answers when nobody is moved."""
        plan = self._inserted(self.problem, jobs)
        both, slots = joined(self.problem, plan.problem), _slots_of(self.slots, plan)
        found: list[Answer | str] = []
        for number in range(len(jobs)):
            mine = np.flatnonzero(plan.problem.operations["job"] == number)
            if (plan.machine[mine] < 0).any() or not len(mine):
                found.append(_missing(plan, mine))
                continue
            rows = slots[len(self.problem) + mine]
            causes = _causes(both, slots, len(self.problem.jobs) + number, int(len(self.problem) + mine[0]))
            found.append(Answer(Way.GAP, int(rows["end"].max()), _told(rows), (), (), causes))
        return found

    def moving(self, job: NewJob, way: Way) -> tuple[Answer | str, "WholeBook"]:
        """The answer when others may move, and the book with the job in it."""
        plan = self._inserted(self.problem, [job])
        work = work_for(self.problem, [job.operations], self.problem.materials["onhand"])
        both = joined(self.problem, work)
        persons = None if self.persons is None else np.concatenate([self.persons, plan.persons])
        still = Moved(_slots_of(self.slots, plan), persons, int(plan.finish[0]), np.zeros(0, np.int64), 0)
        tries = [still] if still.finish != NEVER else []
        tries += self._tries(both, still.finish)
        fit = [each for each in tries if not each.late.any()] if way == Way.SLACK else tries
        if not fit:
            return _missing(plan, np.arange(len(work))), self
        best = min(fit, key=lambda each: each.finish)
        if way == Way.DISPLACE:
            best = min(fit, key=lambda each: job.weight * (each.finish - both.now) + each.harm)
        return self._answer(both, best, way), WholeBook(both, best.slots, best.persons)

    def _tries(self, both: Problem, finish: int) -> list[Moved]:
        """Plans in which the new job goes ahead of others, at once or after a while."""
        count = len(self.problem)
        standing = np.concatenate([self.slots, empty_slots(len(both) - count)])
        near, marks = Near(both, standing), np.zeros(len(both), np.int64)
        marks[count:] = AHEAD
        wait = max(finish - both.now, 0)
        delays = dict.fromkeys(int(share * wait) for share in DELAYS)
        tries = [self._weighed(both, *near.way(marks, delay=delay)) for delay in delays]
        return [each for each in tries if each is not None]

    def _weighed(self, both: Problem, slots: Table, persons: IntArray) -> Moved | None:
        """What moving cost the others; None where something has no place, or too many are wronged."""
        count, jobs = len(self.problem), len(self.problem.jobs)
        placed = (slots["machine"] >= 0)[:count] | (self.slots["machine"] < 0)
        pinned = self.problem.operations["fixing"] != Fixing.FREE
        if not placed.all() or (slots["machine"][count:] < 0).any():
            return None
        if (moved(slots[:count], self.slots) & pinned).any():
            return None
        before, after = (_ends(each, both, jobs) for each in (self.slots, slots[:count]))
        late = np.maximum(after - np.maximum(before, self.problem.jobs["due"]), 0)
        late[before == NEVER] = 0
        harm = int((np.maximum(self.problem.jobs["weight"], 1) * late).sum())
        if (late > 0).sum() > MOST_DISPLACED:
            return None
        return Moved(slots, persons, int(slots["end"][count:].max()), late, harm)

    def _answer(self, both: Problem, best: Moved, way: Way) -> Answer:
        count, jobs = len(self.problem), len(self.problem.jobs)
        other = np.flatnonzero(moved(best.slots[:count], self.slots))
        other = other[self.slots["machine"][other] >= 0]
        shifts = tuple(Shift(int(at), *best.slots[at].tolist()) for at in other)
        before, after = (_ends(each, both, jobs) for each in (self.slots, best.slots[:count]))
        late = np.maximum(after - np.maximum(before, self.problem.jobs["due"]), 0)
        displaced = [
            Displaced(job, int(before[job]), int(after[job]), int(late[job]))
            for job in np.flatnonzero((before != after) & (before != NEVER)).tolist()
        ]
        displaced.sort(key=lambda each: (-each.late, each.before - each.after, each.job))
        causes = _causes(both, best.slots, jobs, count)
        return Answer(way, best.finish, _told(best.slots[count:]), shifts, tuple(displaced), causes)


def _ends(slots: Table, both: Problem, jobs: int) -> IntArray:
    """When the jobs of the plan so far end; NEVER where something of one has no place."""
    ends, owner = np.full(jobs, NEVER, np.int64), both.operations["job"][: len(slots)]
    np.maximum.at(ends, owner, slots["end"])
    ends[owner[slots["machine"] < 0]] = NEVER
    return ends


def _slots_of(slots: Table, plan: Plan) -> Table:
    """The slots so far with those of a plan behind them."""
    more = empty_slots(len(plan.problem))
    for name in SLOT.names or ():
        more[name] = getattr(plan, name)
    return np.concatenate([slots, more])


def _told(rows: Table) -> tuple[Slot, ...]:
    return tuple(Slot(*row) for row in rows[["machine", "start", "ready", "end"]].tolist())


def _missing(plan: Plan, mine: IntArray) -> str:
    """The sentence for the first operation that lacks more than what it follows."""
    lacking = [at for at in mine.tolist() if plan.machine[at] < 0]
    first = [at for at in lacking if plan.reason[at] != Reason.WAITS] or lacking
    return plan.explain(first[0]) if first else "The job has no operation. Add one to its routing."


def _working_more(problem: Problem, extra: Overtime) -> Problem:
    """The problem in which one machine works more."""
    hours, machines = hours_with(problem, extra), problem.machines.copy()
    machines["calendar"][extra.machine] = len(problem.window_ptr) - 1
    return replace(
        problem,
        windows=np.concatenate([problem.windows, hours]),
        window_ptr=np.append(problem.window_ptr, problem.window_ptr[-1] + len(hours)),
        machines=machines,
    )


def _causes(problem: Problem, slots: Table, job: int, first: int) -> tuple[Cause, ...]:
    """What the critical chain of a job is spent on, the largest part first."""
    found: dict[tuple[int, str], Cause] = {}
    for link in chain(problem, slots, job):
        kind, at = KINDS.get(link.cause), link.operation
        if kind is None:
            continue
        row = slots[at]
        until = int(row["end"]) if kind == "work" else int(row["start"])
        if kind == "material":
            until = min(int(problem.operations["release"][at]), until)
        machine = -1 if kind == "material" else int(row["machine"])
        one = found.get((at, kind), Cause(kind, at - first, 0, until, machine))
        behind = int(problem.operations["job"][link.behind]) if link.behind >= 0 else -1
        jobs = one.jobs if behind < 0 or behind in one.jobs else (*one.jobs, behind)[:3]
        found[at, kind] = one._replace(minutes=one.minutes + link.minutes, jobs=jobs)
    return tuple(sorted(found.values(), key=lambda cause: -cause.minutes))
