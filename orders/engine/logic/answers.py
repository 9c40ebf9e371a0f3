"""What a solver is asked and what it answers; the same for d-DNNF and SAT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic.tree import BoolArray, FeatureTree

CHILD: Final = "child"
"""`feature` needs its parent."""
MANDATORY: Final = "mandatory"
"""`feature` comes with its parent (or always, where it is a root)."""
GROUP: Final = "group"
"""How many children of `feature` there may or must be."""


class Domains(NamedTuple):
    """What is left of each feature: can it still be true, is it true in every remaining variant."""

    can: BoolArray
    must: BoolArray


class Relation(NamedTuple):
    """One statement of the tree that takes part in a conflict: `kind` is CHILD, MANDATORY or GROUP."""

    kind: str
    feature: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a value is impossible: each part is irreducible, leaving any member out makes the value possible.

    `choices` are features chosen earlier, `rules` the numbers of rules, tables and budgets, `relations` what
    the tree itself contributes.
    """

    choices: tuple[int, ...]
    rules: tuple[int, ...]
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """Earlier choices to give up, so that a blocked value becomes possible; none of them is superfluous.

    `becomes` says for these features, and for others that they force, what they are afterwards.
    """

    give_up: tuple[int, ...]
    becomes: tuple[tuple[int, bool], ...]


class Unsatisfiable(Exception):
    """The choices contradict each other or the model."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__("no variant is left")
        self.conflict = conflict


class Solver(Protocol):
    """Exact answers about all features of one model. `chosen` maps features to what the user decided.

    `domains` and `complete` raise Unsatisfiable where `chosen` leaves no variant; `count` and `log10_count`
    answer 0 and minus infinity then, and None where the number cannot be found in time (SAT only).
    """

    @property
    def method(self) -> str:
        """How it answers: “d-DNNF” or “SAT”."""

    @property
    def tree(self) -> FeatureTree:
        """The model."""

    def feasible(self, chosen: Mapping[int, bool]) -> bool:
        """Whether any variant is left."""

    def domains(self, chosen: Mapping[int, bool]) -> Domains:
        """What is left of every feature."""

    def explain(self, chosen: Mapping[int, bool], feature: int, value: bool) -> Conflict:
        """Why `feature` cannot take `value` after `chosen`; ValueError if it can."""

    def repairs(
        self, chosen: Mapping[int, bool], feature: int, value: bool, limit: int = 3
    ) -> tuple[Repair, ...]:
        """Ways to make `feature` take `value`, fewest choices given up first; empty if it never can."""

    def complete(self, chosen: Mapping[int, bool], weights: NDArray[np.int64]) -> BoolArray:
        """A variant with the smallest sum of weights of its true features."""

    def count(self, chosen: Mapping[int, bool]) -> int | None:
        """How many variants are left, exactly."""

    def log10_count(self, chosen: Mapping[int, bool]) -> float | None:
        """The decimal logarithm of that number."""
