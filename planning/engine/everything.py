"""Planning with every feature: the order of a dispatched plan, realised and then improved late job by job."""

import time
from dataclasses import dataclass, replace

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.features import DISPATCH, IMPROVEMENT, features
from planning.engine.floor import Goal
from planning.engine.improve import LEAST_LATE, improve
from planning.engine.lacking import why_without
from planning.engine.material import granted
from planning.engine.planner import schedule
from planning.engine.problem import Problem
from planning.engine.realise import Turns, realised
from planning.engine.result import Plan, cost, finished_plan
from planning.engine.rows import Ragged
from planning.engine.shop import FAR, Shop
from planning.engine.yard import Yard, open_yard


def plan(
    problem: Problem, seconds: float = 0.0, *, seed: int = 1, goal: Goal = LEAST_LATE, workers: int = 1
) -> Plan:
    """A plan that honours everything the problem asks for, improved for `seconds` of CPU time.

    Problems without people, tools, racks, lots or unbroken runs take the fast way (schedule, improve); the
    others are built serially, which never breaks a rule but plans some hundred thousand operations a second.
    What has no place says which resource, skill or calendar it lacks.
    """
    used = features(problem)
    if used <= DISPATCH:
        first = schedule(problem)
        if used <= IMPROVEMENT and seconds > 0:
            first = improve(problem, first, seconds, seed=seed, goal=goal, workers=workers)
        return replace(first, notes=why_without(problem, first))
    return _Serial.of(problem).searched(seconds, np.random.default_rng(seed))


def relaxed(problem: Problem) -> Problem:
    """The same work without people, tools, racks, lots and unbroken runs: what dispatching can order."""
    operations, machines = problem.operations.copy(), problem.machines.copy()
    operations["skill"], operations["transfer"], operations["pauses"] = -1, 0, 1
    machines["size"] = 0
    none = Ragged(np.zeros(1, np.int64), np.empty(0, np.int64))
    return replace(problem, operations=operations, machines=machines, held=none)


@dataclass(frozen=True, eq=False)
class _Serial:
    """Serial planning of one problem; `keys` order the operations, predecessors first."""

    problem: Problem
    shop: Shop
    yard: Yard
    ready: IntArray
    pins: IntArray

    @classmethod
    def of(cls, problem: Problem) -> "_Serial":
        shop, yard = open_yard(problem)
        ready = granted(problem, shop)
        return cls(problem, shop, yard, ready, np.maximum(shop.tasks["start"], ready))

    def searched(self, seconds: float, chance: np.random.Generator) -> Plan:
        """The best of what can be built in that time; late jobs are ordered earlier on trial."""
        begun = time.thread_time()
        keys = self.first_keys()
        slots, persons = self.built(keys)
        best, rounds = cost(self.shop, slots), 0
        while best[1] > 0 and time.thread_time() - begun < seconds:
            tried = self.nudged(keys, slots, chance)
            other, theirs = self.built(tried)
            rounds += 1
            found = cost(self.shop, other)
            if found <= best:
                best, keys, slots, persons = found, tried, other, theirs
        made = finished_plan(self.problem, self.shop, slots, f"serial, {rounds} orders tried")
        made = replace(made, persons=persons)
        return replace(made, notes=why_without(self.problem, made))

    def first_keys(self) -> IntArray:
        """Starts of the relaxed plan; what has no place there comes last."""
        start = schedule(relaxed(self.problem)).start
        return np.where(start > -FAR, start, FAR)

    def built(self, keys: IntArray) -> tuple[Table, IntArray]:
        """Slots and persons of the plan built in the order of the keys."""
        rank = np.empty(len(keys), np.int64)
        rank[self.shop.order] = np.arange(len(keys))
        order = np.lexsort((rank, self.behind(keys)))
        return realised(self.shop, self.yard, Turns(order, self.ready, self.pins))

    def behind(self, keys: IntArray) -> IntArray:
        """Keys raised to those of the predecessors."""
        found = keys.copy()
        for operation in self.shop.order.tolist():
            task = self.shop.tasks[operation]
            mine = self.shop.before[task["first_before"] : task["last_before"]]
            if len(mine):
                found[operation] = max(int(found[operation]), int(found[mine].max()))
        return found

    def nudged(self, keys: IntArray, slots: Table, chance: np.random.Generator) -> IntArray:
        """Keys with a late job (or, now and then, any) moved ahead."""
        finish = np.full(len(self.shop.jobs), 0)
        np.maximum.at(finish, self.shop.tasks["job"], slots["end"])
        late = np.flatnonzero((finish > self.shop.jobs["due"]) & (self.shop.jobs["weight"] > 0))
        job = chance.choice(late) if len(late) and chance.random() < 0.8 else chance.integers(len(finish))
        mine = self.shop.tasks["job"] == job
        tried = keys.copy()
        sooner = max(int(finish[job] - self.shop.jobs["due"][job]), 60)
        tried[mine] -= np.int64(chance.uniform(-0.3, 2.0) * sooner)
        return tried
