"""The exact solver for small shops and windows: CP-SAT with the bound reported."""

from planning.engine.exact.problem import Due, Objective, Outcome, Placement, SmallShop, Task, Unsolvable
from planning.engine.exact.solve import LARGEST, evaluate, solve
from planning.engine.exact.window import Exact, can_be_exact, plan_exactly

__all__ = [
    "LARGEST",
    "Due",
    "Exact",
    "Objective",
    "Outcome",
    "Placement",
    "SmallShop",
    "Task",
    "Unsolvable",
    "can_be_exact",
    "evaluate",
    "plan_exactly",
    "solve",
]
