"""Tabu search and CP-SAT side by side: the one finds short plans, the other betters small ones and proves."""

import threading
import time
from dataclasses import dataclass

import numpy as np
from ortools.sat.python.cp_model import CpSolver

from planning.engine.exact import LARGEST, Placement, SmallShop, Task
from planning.engine.exact import solve as solve_exactly
from planning.engine.jobshop.bounds import lower_bound
from planning.engine.jobshop.graph import graph_of, load
from planning.engine.jobshop.instance import JobShop, Schedule
from planning.engine.jobshop.search import Member, Pool, Searcher, member_of, schedule_of

ENDLESS = 1 << 40
FIRST_TURN, LONGEST_FIRST = 0.05, 1.0


@dataclass(frozen=True)
class Solution:
    """The best schedule found and the makespan no schedule goes below."""

    schedule: Schedule
    bound: int

    @property
    def proven(self) -> bool:
        """Whether the schedule is as short as any."""
        return self.schedule.makespan <= self.bound


def solve(shop: JobShop, *, seconds: float, workers: int = 2, seed: int = 0) -> Solution:
    """A short schedule by that many threads within the wall time; sooner if it is proven shortest.

    The last thread takes turns between tabu search and CP-SAT where the shop is small enough for it.
    """
    began = time.monotonic()
    if not shop.operations:
        return Solution(Schedule(np.zeros(0, np.int64), np.zeros(0, np.int64), 0), 0)
    pool = Pool(lower_bound(shop))
    race = Race(shop, pool, began, seconds)
    small = len(shop.operations) <= LARGEST
    threads = [
        threading.Thread(
            target=race.mixed if small and number == workers - 1 else race.search, args=(seed + number,)
        )
        for number in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Solution(schedule_of(shop, pool), pool.target)


class Race:
    """What the threads share: the shop, the pool and the time."""

    def __init__(self, shop: JobShop, pool: Pool, began: float, seconds: float) -> None:
        self.shop, self.pool, self.began, self.seconds = shop, pool, began, seconds
        self.solver: CpSolver | None = None

    def left(self) -> float:
        """Seconds until the end."""
        return self.began + self.seconds - time.monotonic()

    def search(self, seed: int) -> None:
        """Search by tabu to the end; then CP-SAT need not prove what is proven."""
        Searcher(self.shop, self.pool, seed, lambda: self.left() <= 0).run(ENDLESS)
        if self.solver is not None:
            self.solver.stop_search()

    def mixed(self, seed: int) -> None:
        """Turns of tabu search and CP-SAT, each pair twice as long as the one before."""
        turn, until = min(self.seconds * FIRST_TURN, LONGEST_FIRST), 0.0
        searcher = Searcher(self.shop, self.pool, seed, lambda: self.left() <= 0 or time.monotonic() > until)
        model = small_shop(self.shop)
        while not self.pool.done and self.left() > 0:
            until = time.monotonic() + turn
            searcher.run(ENDLESS)
            self.prove(model, min(turn, self.left()), seed)
            turn *= 2

    def prove(self, model: SmallShop, seconds: float, seed: int) -> None:
        """Let CP-SAT better the best plan or raise the bound."""
        best = self.pool.best
        if best is None or self.pool.done or seconds <= 0:
            return
        plan = schedule_of(self.shop, self.pool)
        hint = Placement(tuple(plan.starts.tolist()), tuple(plan.machines.tolist()))
        self.solver = CpSolver()
        found = solve_exactly(
            model, seconds=seconds, seed=seed, incumbent=hint, bound=self.pool.target, solver=self.solver
        )
        self.pool.target = max(self.pool.target, found.bound)
        if found.placement is not None and found.value is not None and found.value < plan.makespan:
            self.pool.offer(self.member(found.placement))

    def member(self, placement: Placement) -> Member:
        """A plan by starts as the population keeps it."""
        starts = np.array([*placement.starts, 0], np.int64)
        order = np.append(np.argsort(starts[:-1], kind="stable"), len(starts) - 1).astype(np.int64)
        graph = graph_of(self.shop, 0)
        load(graph, order, np.array([*placement.machines, 0], np.int64))
        return member_of(graph)


def small_shop(shop: JobShop) -> SmallShop:
    """The shop in the exact solver's terms."""
    tasks: list[Task] = []
    for chain in shop.jobs:
        for place, ways in enumerate(chain):
            tasks.append(Task(ways, (len(tasks) - 1,) if place else ()))
    return SmallShop(tuple(tasks))
