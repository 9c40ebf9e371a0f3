"""The one call that plans with every feature, and small problems exactly where the solver is handed in."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from planning.engine.floor import Goal
from planning.engine.grid import EVEN, GRID
from planning.engine.improve import LEAST_LATE, improve
from planning.engine.lacking import why_without
from planning.engine.planner import schedule
from planning.engine.problem import Problem
from planning.engine.result import Plan, Status

Prover: TypeAlias = Callable[[Problem, Plan, float, int, int], Plan]
"""From problem, plan, seconds, seed and workers to a plan no later: `planning.engine.exact.prove`."""

SEARCHED: Final = 0.3
"""Share of the time in which a small problem is improved before the exact solver takes over."""

WORTH_IT: Final = 1.0
"""Seconds from which the exact solver is asked."""

SMALL: Final = 450
"""Operations up to which it is."""


def plan(
    problem: Problem,
    seconds: float = 0.0,
    *,
    seed: int = 1,
    goal: Goal = LEAST_LATE,
    workers: int = 1,
    prove: Prover | None = None,
) -> Plan:
    """A plan that honours everything the problem asks for, improved for `seconds` of CPU time.

    Problems without people, tools, racks, lots or unbroken runs take the fast way (schedule, improve); the
    others are built serially, which never breaks a rule but plans some hundred thousand operations a second.
    Small problems whose goal is least lateness are then given to `prove`: `least_tardiness` is the bound that
    it proved, and the status tells whether the plan reaches it. (The solver takes a second and 50 MB to load,
    so whoever plans in the background hands it in.) What has no place says which resource, skill or calendar
    it lacks.
    """
    begun = time.thread_time()
    made = schedule(problem, grid=EVEN if goal.beyond > 0 else GRID)
    small = len(problem) <= SMALL and seconds >= WORTH_IT and goal == LEAST_LATE
    exact = prove if small and made.status is Status.FEASIBLE else None
    if seconds > 0:
        share = SEARCHED if exact else 1.0
        made = improve(problem, made, seconds * share, seed=seed, goal=goal, workers=workers)
    if exact and made.status is not Status.OPTIMAL:
        left = max(seconds - (time.thread_time() - begun), 0.1)
        made = exact(problem, made, left, seed, workers)
    return replace(made, notes=why_without(problem, made))
