"""The one call that plans with every feature, and small problems exactly; it loads the exact solver."""

import time
from dataclasses import replace
from typing import Final

from planning.engine.exact import LARGEST, can_be_exact, plan_exactly
from planning.engine.floor import Goal
from planning.engine.improve import LEAST_LATE, improve
from planning.engine.lacking import why_without
from planning.engine.planner import schedule
from planning.engine.problem import Problem
from planning.engine.result import Plan, Status

SEARCHED: Final = 0.3
"""Share of the time in which a small problem is improved before the exact solver takes over."""

WORTH_IT: Final = 1.0
"""Seconds from which the exact solver is asked."""


def plan(
    problem: Problem, seconds: float = 0.0, *, seed: int = 1, goal: Goal = LEAST_LATE, workers: int = 1
) -> Plan:
    """A plan that honours everything the problem asks for, improved for `seconds` of CPU time.

    Problems without people, tools, racks, lots or unbroken runs take the fast way (schedule, improve); the
    others are built serially, which never breaks a rule but plans some hundred thousand operations a second.
    Small problems on one calendar whose goal is least lateness are then planned exactly: `least_tardiness` is
    the bound that was proven, and the status tells whether the plan reaches it. What has no place says which
    resource, skill or calendar it lacks.
    """
    begun = time.thread_time()
    made = schedule(problem)
    small = len(problem) <= LARGEST and seconds >= WORTH_IT and goal == LEAST_LATE
    small = small and made.status is Status.FEASIBLE and can_be_exact(problem)
    if seconds > 0:
        share = SEARCHED if small else 1.0
        made = improve(problem, made, seconds * share, seed=seed, goal=goal, workers=workers)
    if small and made.status is not Status.OPTIMAL:
        left = max(seconds - (time.thread_time() - begun), 0.1)
        made = _proven(problem, made, left, seed, workers)
    return replace(made, notes=why_without(problem, made))


def _proven(problem: Problem, made: Plan, seconds: float, seed: int, workers: int) -> Plan:
    """The plan, or a less late one, with the bound that the exact solver proved."""
    found = plan_exactly(problem, seconds=seconds, workers=workers, seed=seed, known=made)
    best = found.plan if found.plan is not None and found.plan.tardiness < made.tardiness else made
    least = min(max(best.least_tardiness, found.bound), best.tardiness)
    status = Status.OPTIMAL if least == best.tardiness else Status.FEASIBLE
    return replace(best, least_tardiness=least, status=status)
