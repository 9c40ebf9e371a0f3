"""The exact solver for small shops and windows: CP-SAT with the bound reported."""

from planning.engine.exact.problem import Objective, Outcome, Placement, SmallShop, Task, Unsolvable
from planning.engine.exact.solve import LARGEST, evaluate, solve

__all__ = [
    "LARGEST",
    "Objective",
    "Outcome",
    "Placement",
    "SmallShop",
    "Task",
    "Unsolvable",
    "evaluate",
    "solve",
]
