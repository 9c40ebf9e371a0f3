"""Solving a small shop with CP-SAT: a plan, and the bound no plan goes below."""

import math

from ortools.sat.python import cp_model

from planning.engine.exact.model import Model, build
from planning.engine.exact.problem import Objective, Outcome, Placement, SmallShop

LARGEST = 450
"""Operations up to which the solver was worth its time in measurements."""


def solve(
    shop: SmallShop,
    *,
    objective: Objective = "makespan",
    seconds: float = 10.0,
    workers: int = 1,
    seed: int = 0,
    incumbent: Placement | None = None,
    bound: int = 0,
    solver: cp_model.CpSolver | None = None,
) -> Outcome:
    """The best plan found within the seconds, and a bound; both better the more time there is.

    An `incumbent` is begun from and only bettered: if the solver proves there is nothing better, it comes
    back as proven. A known lower `bound` helps. Pass a `solver` to be able to stop it from outside. Raises
    `Unsolvable` for a shop that contradicts itself.
    """
    shop.checked()
    known = None if incumbent is None else evaluate(shop, incumbent, objective)
    if known is not None and known <= bound:
        return Outcome(incumbent, known, bound)
    horizon = shop.horizon() if known is None or objective != "makespan" else known - 1
    model = build(shop, objective, max(horizon, 0)) if known != 0 else None
    if model is None:
        return Outcome(incumbent, known, 0)
    if incumbent is not None and known is not None:
        model.hint(incumbent, known)
        model.cp.add(model.value <= known - 1)
    model.cp.add(model.value >= bound)
    solver = solver or cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    return _outcome(shop, model, solver, incumbent, known, bound)


def _outcome(
    shop: SmallShop,
    model: Model,
    solver: cp_model.CpSolver,
    incumbent: Placement | None,
    known: int | None,
    bound: int,
) -> Outcome:
    """Run the solver and say what came out."""
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        return Outcome(incumbent, known, bound if known is None else known, impossible=known is None)
    reached = (
        max(bound, math.ceil(solver.best_objective_bound - 1e-6)) if status != cp_model.UNKNOWN else bound
    )
    if status == cp_model.UNKNOWN:
        return Outcome(incumbent, known, max(reached, _sound(solver, bound, known)))
    starts = tuple(int(solver.value(start)) for start in model.starts)
    machines = tuple(
        next(machine for machine, literal in choice.items() if solver.value(literal))
        for choice in model.choices
    )
    return Outcome(Placement(starts, machines), int(solver.value(model.value)), reached)


def _sound(solver: cp_model.CpSolver, bound: int, known: int | None) -> int:
    """The bound of a search without a solution, where the solver names one below what is known."""
    named = solver.best_objective_bound
    if not math.isfinite(named) or (known is not None and named > known):
        return bound
    return max(bound, math.ceil(named - 1e-6))


def evaluate(shop: SmallShop, placement: Placement, objective: Objective) -> int:
    """The value of a plan: its last end, or the weighted lateness of what is due."""
    ends = shop.ends(placement)
    if objective == "makespan":
        return max(ends, default=0)
    return sum(
        due.weight * max(max(shop.clock_time(ends[each]) for each in due.tasks) - due.due, 0)
        for due in shop.dues
        if due.tasks
    )
