"""The exact solver for small shops and windows: CP-SAT with the bound reported."""

from planning.engine.exact.problem import Due, Objective, Outcome, Placement, SmallShop, Task, Unsolvable
from planning.engine.exact.solve import LARGEST, evaluate, solve
from planning.engine.exact.window import Exact, plan_exactly, prove

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
    "evaluate",
    "plan_exactly",
    "prove",
    "solve",
]
