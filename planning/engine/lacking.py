"""Why an operation has no place: the machine, skill, tool or calendar that is missing, in a sentence."""

import numpy as np

from kernel.jit import IntArray
from planning.engine.busy import overlap
from planning.engine.problem import Problem
from planning.engine.result import Plan, Reason


def why_without(problem: Problem, plan: Plan) -> dict[int, str]:
    """Sentences for the operations without a place whose Reason alone does not say what is missing."""
    found = {}
    for operation in plan.unplaced:
        sentence = _missing(problem, operation)
        if sentence and plan.reason[operation] != Reason.WAITS:
            found[operation] = f"{problem.name(operation)} {sentence}"
    return found


def _missing(problem: Problem, operation: int) -> str:
    row = problem.operations[operation]
    pool = int(row["pool"])
    if pool < 0:
        return ""
    tools = problem.held.value[_row(problem.held.ptr, operation)] if len(problem.held.ptr) > 1 else ()
    gone = [tool for tool in tools if problem.tools["size"][tool] < 1]
    if gone:
        tool = problem.label("tools", int(gone[0]))
        return f"needs {tool}, of which there is none. Enter one or change the step."
    skill = int(row["skill"])
    crews = [crew for crew in range(len(problem.crews)) if skill in _skills(problem, crew)]
    crews = [crew for crew in crews if problem.crews["size"][crew] > 0]
    if skill >= 0 and not crews:
        wanted = problem.label("skills", skill)
        return f"needs {wanted}, which nobody has. Train or hire somebody, or change the step."
    members = problem.pools.value[_row(problem.pools.ptr, pool)].tolist()
    names = ", ".join(problem.label("machines", machine) for machine in members[:3])
    shifts = {machine: _spans(problem, int(problem.machines["calendar"][machine])) for machine in members}
    if not any(shifts.values()):
        return f"finds no working time on {names}. Check the calendar."
    if skill >= 0 and not any(
        overlap(mine, _spans(problem, int(problem.crews["calendar"][crew])))
        for mine in shifts.values()
        for crew in crews
    ):
        who = problem.label("skills", skill)
        return f"never finds {who} and {names} at work at the same time. Check the shifts of both."
    if not row["pauses"] and not row["unattended"]:
        longest = max((end - start for mine in shifts.values() for start, end in mine), default=0)
        if row["setup"] + row["run"] > longest:
            return (
                f"must not pause, and lasts longer than any stretch of work on {names}. "
                "Let it pause, run it unattended or plan a longer shift."
            )
    return ""


def _row(ptr: IntArray, at: int) -> slice:
    return slice(int(ptr[at]), int(ptr[at + 1]))


def _skills(problem: Problem, crew: int) -> set[int]:
    return set(problem.skills.value[_row(problem.skills.ptr, crew)].tolist())


def _spans(problem: Problem, calendar: int) -> list[tuple[int, int]]:
    mine = problem.windows[_row(problem.window_ptr, calendar)]
    mine = mine[mine["end"] > problem.now]
    start = np.maximum(mine["start"], problem.now)
    return list(zip(start.tolist(), mine["end"].tolist(), strict=True))
