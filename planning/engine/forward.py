"""Work drawn forward: nobody waits beside an idle machine for a start that was planned as late as is safe."""

from dataclasses import replace

import numpy as np

from planning.engine.features import INSERTION, features
from planning.engine.problem import Problem
from planning.engine.repair import in_turn
from planning.engine.result import Plan, finished_plan
from planning.engine.rows import Fixing
from planning.engine.shop import empty_slots, open_shop


def drawn_forward(problem: Problem, plan: Plan, until: int, least: int) -> Plan:
    """The same turns on the same machines; what could begin before `until` does, if that is `least` sooner.

    `until` is a moment, `least` are minutes; what gains less stays where it is, so that a plan in force is
    not stirred for nothing. Nothing begins later, so nobody becomes late by it. Plans with people, tools,
    racks or stock stay as they are: who builds them serially has drawn them forward already.
    """
    if not features(problem) <= INSERTION:
        return plan
    slots = empty_slots(len(problem))
    for name in ("machine", "start", "ready", "end"):
        slots[name] = getattr(plan, name)
    soon = in_turn(problem, slots)
    drawn = (soon["machine"] >= 0) & (soon["start"] < until) & (slots["start"] - soon["start"] >= least)
    drawn &= problem.operations["fixing"] == Fixing.FREE
    if not drawn.any():
        return plan
    operations = problem.operations.copy()
    operations["release"] = np.where(
        drawn, operations["release"], np.maximum(operations["release"], slots["start"])
    )
    found = in_turn(replace(problem, operations=operations), slots)
    made = replace(finished_plan(problem, open_shop(problem), found, plan.rule), notes=plan.notes)
    worse = len(made.unplaced) > len(plan.unplaced) or made.tardiness > plan.tardiness
    return plan if worse else made
