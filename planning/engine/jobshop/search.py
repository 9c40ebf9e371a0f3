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
from planning.engine.jobshop.fixed import search_fixed
from planning.engine.jobshop.flexible import search_flexible
from planning.engine.jobshop.graph import BEST, FOUND, MAKESPAN, ROUND, Graph, graph_of, load
from planning.engine.jobshop.instance import JobShop, Schedule

PATIENCE: Final = 12_500
TASTE: Final = 500
CHUNK: Final = 2_500
SHARES: Final = (30, 40, 50, 60, 70)
MEMBERS: Final = 12


@dataclass(frozen=True)
class Member:
    """A plan kept: a topological order, the machines, and the makespan."""

    order: IntArray
    machine: IntArray
    makespan: int


@dataclass
class Pool:
    """The plans several searchers share. `target` is the best known lower bound: nothing below is sought."""

    target: int = 0
    members: list[Member] = field(default_factory=list)
    best: Member | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def done(self) -> bool:
        """Whether the best plan is proven to be as good as any."""
        return self.best is not None and self.best.makespan <= self.target

    def offer(self, member: Member) -> None:
        """Take a plan in: while there is room, later in place of the worst; never one like another."""
        with self.lock:
            if self.best is None or member.makespan < self.best.makespan:
                self.best = member
            if any(alike(member, each) for each in self.members):
                return
            self.members.append(member)
            if len(self.members) > MEMBERS:
                del self.members[max(range(len(self.members)), key=lambda at: self.members[at].makespan)]


def alike(one: Member, other: Member) -> bool:
    """Whether two plans are the same for a population: equal makespan and nearly equal order and machines."""
    if one.makespan != other.makespan:
        return False
    size = len(one.order)
    rank, second = np.empty(size, np.int64), np.empty(size, np.int64)
    rank[one.order], second[other.order] = np.arange(size), np.arange(size)
    moved = np.abs(rank - second).mean() + (one.machine != other.machine).sum()
    return bool(moved < 1)


class Searcher:
    """One thread's search; with a fixed number of rounds the seed alone decides what it finds."""

    def __init__(self, shop: JobShop, pool: Pool, seed: int, ends: Callable[[], bool]) -> None:
        self.graph: Graph = graph_of(shop, seed)
        self.kernel = search_flexible if shop.flexible else search_fixed
        self.pool, self.ends = pool, ends
        self.chance = np.random.default_rng(seed)
        self.size = len(shop.operations)
        self.orders = np.empty((2, self.size + 1), np.int64)

    def run(self, rounds: int) -> None:
        """That many improved plans go to the pool, fewer if the time ends or the best is proven."""
        for number in range(rounds):
            if self.over():
                return
            if len(self.pool.members) < MEMBERS or self.stale():
                self.begin(blur=0 if number == 0 else 10 + int(self.chance.integers(60)))
            else:
                self.relink()
            self.pool.offer(self.improved(PATIENCE))

    def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.pool.done or self.ends()

    def stale(self) -> bool:
        """Whether all plans of the pool are equally long: then all but one give way to new ones."""
        with self.pool.lock:
            spans = {each.makespan for each in self.pool.members}
            if len(spans) == 1:
                del self.pool.members[1:]
            return len(spans) == 1

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
            self.kernel(self.graph, TASTE, self.pool.target)
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
            self.kernel(self.graph, CHUNK, self.pool.target)
            if state[ROUND] < expected or state[ROUND] - state[FOUND] >= patience:
                break
        return self.kept()

    def kept(self) -> Member:
        """The best plan since the last one was loaded."""
        return Member(
            self.graph.best_order.copy(), self.graph.best_machine.copy(), int(self.graph.state[BEST])
        )


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
