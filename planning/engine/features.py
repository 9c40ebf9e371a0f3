"""What a problem asks for beyond machines, calendars and precedence; methods that cannot hand over."""

from enum import StrEnum
from typing import Final

from planning.engine.problem import Problem


class Feature(StrEnum):
    """A demand that not every method honours."""

    SKILLS = "operators with skills"
    TOOLS = "tools and fixtures"
    BATCHES = "batch machines"
    TRANSFER = "transfer batches"
    UNBROKEN = "operations that do not pause over a break"
    MATERIALS = "stock"
    CHANGEOVER = "a set-up matrix"
    UNATTENDED = "unattended runs"
    SETUPS = "set-ups saved by family"


DISPATCH: Final = frozenset({Feature.MATERIALS, Feature.CHANGEOVER, Feature.UNATTENDED, Feature.SETUPS})
INSERTION: Final = frozenset({Feature.UNATTENDED, Feature.SETUPS})
"""What dispatching with improvement, and gap insertion with local repair, honour."""


def features(problem: Problem) -> frozenset[Feature]:
    """What this problem really uses."""
    ops = problem.operations
    used = {
        Feature.SKILLS: (ops["skill"] >= 0).any(),
        Feature.TOOLS: problem.held.value.size > 0,
        Feature.BATCHES: (problem.machines["size"] > 0).any(),
        Feature.TRANSFER: ((ops["transfer"] > 0) & (ops["transfer"] < ops["quantity"])).any(),
        Feature.UNBROKEN: (ops["pauses"] == 0).any(),
        Feature.MATERIALS: problem.takes.value.size > 0,
        Feature.CHANGEOVER: problem.changeover.size > 0,
        Feature.UNATTENDED: (ops["unattended"] != 0).any(),
        Feature.SETUPS: ((ops["family"] >= 0) & (ops["setup"] > 0)).any(),
    }
    return frozenset(feature for feature, uses in used.items() if uses)


def refuse(problem: Problem, honoured: frozenset[Feature], method: str) -> None:
    """Raises ValueError, naming what the problem asks for and the method does not know."""
    unknown = sorted(features(problem) - honoured)
    if unknown:
        raise ValueError(f"{method} does not know {', '.join(unknown)}. Use `plan` with all features.")
