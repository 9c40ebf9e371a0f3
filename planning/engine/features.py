"""What a problem asks for beyond machines, calendars and precedence; methods that cannot hand over."""

from enum import StrEnum
from typing import Final

import numpy as np

from planning.engine.problem import Problem
from planning.engine.rows import Fixing


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
        Feature.BATCHES: _on_racks(problem),
        Feature.TRANSFER: ((ops["transfer"] > 0) & (ops["transfer"] < ops["quantity"])).any(),
        Feature.UNBROKEN: (ops["pauses"] == 0).any(),
        Feature.MATERIALS: problem.takes.value.size > 0,
        Feature.CHANGEOVER: problem.changeover.size > 0,
        Feature.UNATTENDED: (ops["unattended"] != 0).any(),
        Feature.SETUPS: ((ops["family"] >= 0) & (ops["setup"] > 0)).any(),
    }
    return frozenset(feature for feature, uses in used.items() if uses)


def _on_racks(problem: Problem) -> bool:
    """Whether any operation may lie in a rack: one that nobody uses changes nothing."""
    racks = np.concatenate([[0], np.cumsum(problem.machines["size"][problem.pools.value] > 0)])
    among = racks[problem.pools.ptr[1:]] > racks[problem.pools.ptr[:-1]]
    pool, fixed = problem.operations["pool"], problem.operations["fixing"] != Fixing.FREE
    there = problem.machines["size"][problem.operations["machine"][fixed]] > 0
    return bool(among[pool[pool >= 0]].any() or there.any())


def refuse(problem: Problem, honoured: frozenset[Feature], method: str) -> None:
    """Raises ValueError, naming what the problem asks for and the method does not know."""
    unknown = sorted(features(problem) - honoured)
    if unknown:
        raise ValueError(f"{method} does not know {', '.join(unknown)}. Use `plan` with all features.")
