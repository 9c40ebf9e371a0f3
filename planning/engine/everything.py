"""The one call that plans with every feature."""

from dataclasses import replace

from planning.engine.floor import Goal
from planning.engine.improve import LEAST_LATE, improve
from planning.engine.lacking import why_without
from planning.engine.planner import schedule
from planning.engine.problem import Problem
from planning.engine.result import Plan


def plan(
    problem: Problem, seconds: float = 0.0, *, seed: int = 1, goal: Goal = LEAST_LATE, workers: int = 1
) -> Plan:
    """A plan that honours everything the problem asks for, improved for `seconds` of CPU time.

    Problems without people, tools, racks, lots or unbroken runs take the fast way (schedule, improve); the
    others are built serially, which never breaks a rule but plans some hundred thousand operations a second.
    What has no place says which resource, skill or calendar it lacks.
    """
    first = schedule(problem)
    if seconds > 0:
        first = improve(problem, first, seconds, seed=seed, goal=goal, workers=workers)
    return replace(first, notes=why_without(problem, first))
