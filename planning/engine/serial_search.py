"""Serial planning and search: the order of a dispatched plan, then late jobs ahead on trial."""

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.grid import dispatched
from planning.engine.material import granted
from planning.engine.near import Near, told
from planning.engine.problem import Problem
from planning.engine.realise import Turns, realised
from planning.engine.result import Plan, cost
from planning.engine.rows import Ragged
from planning.engine.seats import AHEAD, OUT
from planning.engine.shop import FAR, Shop, empty_slots, open_shop
from planning.engine.standing import price, score
from planning.engine.yard import Yard, open_yard

AT_ONCE: Final = 0.5
"""Share of trials near a plan in force in which a job goes ahead of others as soon as it can."""


def serial_plan(problem: Problem) -> Plan:
    """The plan built in the order of a dispatched plan of the relaxed problem."""
    serial = Serial.of(problem)
    return told(problem, serial.shop, serial.built(serial.first_keys()), "serial")


def searched(
    problem: Problem, plan: Plan, seconds: float, seed: int = 1, standing: Table | None = None
) -> Plan:
    """A plan no worse than this one, every feature honoured, after so many seconds of search.

    With the slots `standing` of a plan in force plans are compared by their price, and whatever is not
    ordered ahead keeps its turn.
    """
    chance = np.random.default_rng(seed)
    if standing is None:
        return Serial.of(problem).searched(plan, seconds, chance)
    return _searched_near(problem, plan, standing, seconds, chance)


def _searched_near(
    problem: Problem, plan: Plan, standing: Table, seconds: float, chance: np.random.Generator
) -> Plan:
    begun, rounds, shop = time.thread_time(), 0, open_shop(problem)
    slots, persons = _slots(plan), plan.persons
    best, near = price(problem, plan, standing), Near(problem, slots)
    while time.thread_time() - begun < seconds:
        ends = np.zeros(len(problem.jobs), np.int64)
        np.maximum.at(ends, problem.operations["job"], slots["end"])
        late = np.flatnonzero((ends > problem.jobs["due"]) & (problem.jobs["weight"] > 0))
        if not len(late):
            break
        job = chance.choice(late) if chance.random() < 0.8 else chance.integers(len(ends))
        marks = near.waiting.astype(np.int64) * OUT
        marks[problem.operations["job"] == job] = AHEAD
        wait = max(int(ends[job]) - problem.now, 0)
        delay = 0 if chance.random() < AT_ONCE else int(chance.uniform(0, 1) * wait)
        other, theirs = near.way(marks, delay=delay)
        rounds += 1
        found = score(shop, other, standing)
        if found < best:
            best, slots, persons = found, other, theirs
            near = Near(problem, slots)
    if not rounds or best >= price(problem, plan, standing):
        return plan
    return told(problem, shop, (slots, persons), f"serial, {rounds} orders tried")


def _slots(plan: Plan) -> Table:
    slots = empty_slots(len(plan.problem))
    for name in ("machine", "start", "ready", "end"):
        slots[name] = getattr(plan, name)
    return slots


def relaxed(problem: Problem) -> Problem:
    """The same work without people, tools, racks, lots and unbroken runs: what dispatching can order."""
    operations, machines = problem.operations.copy(), problem.machines.copy()
    operations["skill"], operations["transfer"], operations["pauses"] = -1, 0, 1
    machines["size"] = 0
    none = Ragged(np.zeros(1, np.int64), np.empty(0, np.int64))
    return replace(problem, operations=operations, machines=machines, held=none)


@dataclass(frozen=True, eq=False)
class Serial:
    """Serial planning of one problem; `keys` order the operations, predecessors first."""

    problem: Problem
    shop: Shop
    yard: Yard
    ready: IntArray
    pins: IntArray

    @classmethod
    def of(cls, problem: Problem) -> "Serial":
        shop, yard = open_yard(problem)
        ready = granted(problem, shop)
        return cls(problem, shop, yard, ready, np.maximum(shop.tasks["start"], ready))

    def searched(self, plan: Plan, seconds: float, chance: np.random.Generator) -> Plan:
        """The best of this plan and what is built in that time, late jobs ahead on trial."""
        begun = time.thread_time()
        keys, slots, rounds, better = np.where(plan.placed, plan.start, FAR), _slots(plan), 0, None
        best = cost(self.shop, slots)
        while best[1] > 0 and time.thread_time() - begun < seconds:
            tried = self.nudged(keys, slots, chance) if rounds else keys
            other, theirs = self.built(tried)
            rounds += 1
            found = cost(self.shop, other)
            if found <= best:
                best, keys, slots, better = found, tried, other, theirs
        if better is None:
            return plan
        return told(self.problem, self.shop, (slots, better), f"serial, {rounds} orders tried")

    def first_keys(self) -> IntArray:
        """Starts of the relaxed plan; what has no place there comes last."""
        start = dispatched(relaxed(self.problem)).start
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
