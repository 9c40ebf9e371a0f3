"""The search over plans: tabu search on a population, path relinking between its members.

Peng, Lu, Cheng 2015 (a tabu search/path relinking algorithm to solve the job shop scheduling problem).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kernel.jit import IntArray
from planning.engine.jobshop.construct import build, merge
from planning.engine.jobshop.graph import FOUND, MAKESPAN, ROUND, Graph, graph_of, load
from planning.engine.jobshop.instance import JobShop, Schedule
from planning.engine.jobshop.moves import search

PATIENCE: Final = 12_500
TASTE: Final = 500
CHUNK: Final = 2_500
SHARES: Final = (30, 40, 50, 60, 70)
MEMBERS: Final = 12
NEAR: Final = 0.03
WEARY: Final = 36


@dataclass(frozen=True)
class Member:
    """A plan kept: operations by start (a topological order), machines, machine predecessors, makespan."""

    order: IntArray
    machine: IntArray
    left: IntArray
    makespan: int


@dataclass
class Pool:
    """The plans several searchers share. `target` is the best known lower bound: nothing below is sought."""

    target: int = 0
    members: list[Member] = field(default_factory=list)
    best: Member | None = None
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def done(self) -> bool:
        """Whether the best plan is proven to be as good as any."""
        return self.best is not None and self.best.makespan <= self.target

    def offer(self, member: Member) -> None:
        """Take a plan in; of two that are nearly the same the shorter one stays, of too many the shortest."""
        with self.lock:
            if self.best is None or member.makespan < self.best.makespan:
                self.best = member
            rivals = [at for at, each in enumerate(self.members) if distance(member, each) < NEAR]
            self.refused += 1
            if any(self.members[at].makespan <= member.makespan for at in rivals):
                return
            kept = [each for at, each in enumerate(self.members) if at not in rivals]
            kept.append(member)
            if len(kept) > MEMBERS:
                worst = max(range(len(kept)), key=lambda at: kept[at].makespan)
                self.refused = self.refused if kept[worst].makespan == member.makespan else 0
                del kept[worst]
            self.members = kept

    def renew(self) -> None:
        """Leave only the best one when no better one was taken in for long."""
        with self.lock:
            if self.best is not None and self.refused > WEARY:
                self.members, self.refused = [self.best], 0


def distance(one: Member, other: Member) -> float:
    """The share of operations that follow another one on their machine in the second plan."""
    return float((one.left != other.left).mean())


def neighbours(order: IntArray, machine: IntArray) -> IntArray:
    """Per operation the one ahead of it on its machine; for a first one a negative number by machine."""
    by_machine = order[np.argsort(machine[order], kind="stable")]
    lanes = machine[by_machine]
    ahead = np.concatenate([[-1], by_machine[:-1]])
    ahead[np.concatenate([[True], lanes[1:] != lanes[:-1]])] = -1
    left = np.empty(len(order), np.int64)
    left[by_machine] = np.where(ahead < 0, -1 - lanes, ahead)
    return left


class Searcher:
    """One thread's search; with a fixed number of rounds the seed alone decides what it finds."""

    def __init__(self, shop: JobShop, pool: Pool, seed: int, ends: Callable[[], bool]) -> None:
        self.graph: Graph = graph_of(shop, seed)
        self.choosing = bool(shop.flexible)
        self.pool, self.ends = pool, ends
        self.chance = np.random.default_rng(seed)
        self.size = len(shop.operations)
        self.orders = np.empty((2, self.size + 1), np.int64)

    def run(self, rounds: int) -> None:
        """That many improved plans go to the pool, fewer if the time ends or the best is proven."""
        for number in range(rounds):
            if self.over():
                return
            self.pool.renew()
            if len(self.pool.members) < MEMBERS:
                self.begin(blur=0 if number == 0 else 10 + int(self.chance.integers(60)))
            else:
                self.relink()
            self.pool.offer(self.improved(PATIENCE))

    def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.pool.done or self.ends()

    def begin(self, blur: int) -> None:
        """Load a plan by priority rule, blurred."""
        order, machine = self.orders
        build(self.graph, order, machine, blur)
        load(self.graph, order, machine)

    def relink(self) -> None:
        """Load the most promising of some plans between two of the pool, each tried for a short while."""
        with self.pool.lock:
            first, second = self.chance.choice(len(self.pool.members), 2, replace=False)
            mine, theirs = self.pool.members[first], self.pool.members[second]
        best: Member | None = None
        for share in SHARES:
            if self.ends():
                break
            merge(self.graph, mine.order, theirs.order, mine.machine, theirs.machine, share)
            self.reload(self.graph.best_order, self.graph.best_machine)
            search(self.graph, TASTE, self.pool.target, self.choosing)
            tried = self.kept()
            if best is None or tried.makespan < best.makespan:
                best = tried
        if best is not None:
            self.reload(best.order, best.machine)

    def reload(self, order: IntArray, machine: IntArray) -> None:
        """Load a plan by copies, because loading overwrites what is remembered."""
        self.orders[0], self.orders[1] = order, machine
        load(self.graph, self.orders[0], self.orders[1])

    def improved(self, patience: int) -> Member:
        """Search on from the loaded plan until nothing better was found for that many moves."""
        state = self.graph.state
        while not self.over():
            expected = state[ROUND] + CHUNK
            search(self.graph, CHUNK, self.pool.target, self.choosing)
            if state[ROUND] < expected or state[ROUND] - state[FOUND] >= patience:
                break
        return self.kept()

    def kept(self) -> Member:
        """The best plan since the last one was loaded; it is loaded again."""
        self.reload(self.graph.best_order, self.graph.best_machine)
        return member_of(self.graph)


def member_of(graph: Graph) -> Member:
    """The loaded plan as a population keeps it."""
    size = len(graph.order) - 1
    order = graph.order[:size]
    order = order[np.argsort((graph.finish - graph.time)[order], kind="stable")]
    machine = graph.machine.copy()
    return Member(np.append(order, size), machine, neighbours(order, machine), int(graph.state[MAKESPAN]))


def tabu(shop: JobShop, *, seconds: float, seed: int = 0, rounds: int = 1 << 40, target: int = 0) -> Schedule:
    """A short schedule by one thread: within the time, or that many rounds, whatever ends first.

    One seed and enough time for all rounds give one plan. Stops at a makespan of `target`.
    """
    until = time.monotonic() + seconds
    pool = Pool(target)
    Searcher(shop, pool, seed, lambda: time.monotonic() > until).run(max(rounds, 1))
    return schedule_of(shop, pool)


def schedule_of(shop: JobShop, pool: Pool) -> Schedule:
    """The pool's best plan with all operations as early as their order allows; by rule if there is none."""
    if pool.best is None:
        searcher = Searcher(shop, pool, 0, lambda: True)
        searcher.begin(blur=0)
        pool.offer(searcher.kept())
    assert pool.best is not None
    best, graph = pool.best, graph_of(shop, 0)
    load(graph, best.order, best.machine)
    size = len(shop.operations)
    return Schedule(
        graph.finish[:size] - graph.time[:size], graph.machine[:size].copy(), int(graph.state[MAKESPAN])
    )
