"""The solver over a compiled circuit: every answer is one or two walks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic import circuit_kernels as walk
from orders.engine.logic.answers import Conflict, Domains, Repair, Unsatisfiable
from orders.engine.logic.circuit import Circuit
from orders.engine.logic.counting import exact_count
from orders.engine.logic.explaining import explain, repairs
from orders.engine.logic.frame import Frame
from orders.engine.logic.prover import Prover
from orders.engine.logic.tree import BoolArray, FeatureTree

METHOD: Final = "d-DNNF"


@dataclass
class CircuitSolver:
    """Answers by walks over the circuit and the forest; safe to share between threads."""

    frame: Frame
    circuit: Circuit
    prover: Prover = field(init=False)

    def __post_init__(self) -> None:
        self.prover = Prover(self.frame)

    @property
    def method(self) -> str:
        return METHOD

    @property
    def tree(self) -> FeatureTree:
        return self.frame.tree

    def domains(self, chosen: Mapping[int, bool]) -> Domains:
        """What is left of every feature."""
        settled = self.frame.settle(chosen)
        allowed = self.frame.allowed(settled)
        usable = np.empty(len(self.circuit.child), np.bool_)
        if not (settled.fine and walk.possible(self.circuit, allowed, usable)):
            raise self._unsatisfiable(chosen)
        found = np.zeros(len(allowed), np.bool_)
        walk.reached(self.circuit, allowed, usable, found)
        return self.frame.domains(settled, found)

    def feasible(self, chosen: Mapping[int, bool]) -> bool:
        """Whether a variant is left."""
        settled = self.frame.settle(chosen)
        usable = np.empty(len(self.circuit.child), np.bool_)
        return settled.fine and walk.possible(self.circuit, self.frame.allowed(settled), usable)

    def explain(self, chosen: Mapping[int, bool], feature: int, value: bool) -> Conflict:
        """Why `feature` cannot take `value`; ValueError if it can."""
        conflict = explain(self.prover, self.feasible, chosen, {feature: value})
        if conflict is None:
            raise ValueError(f"{self.tree.names[feature]} can be {value}")
        return conflict

    def repairs(
        self, chosen: Mapping[int, bool], feature: int, value: bool, limit: int = 3
    ) -> tuple[Repair, ...]:
        """Ways to make `feature` take `value`, fewest choices given up first."""
        return repairs(self, chosen, feature, value, limit)

    def complete(self, chosen: Mapping[int, bool], weights: NDArray[np.int64]) -> BoolArray:
        """A variant with the smallest sum of weights of its true features."""
        settled = self.frame.settle(chosen)
        if settled.fine:
            literals, cost = self.frame.costs(settled, weights)
            kept = np.zeros(self.circuit.variables, np.bool_)
            if walk.cheapest(self.circuit, literals, kept):
                return self.frame.assign(settled, cost, kept)
        raise self._unsatisfiable(chosen)

    def count(self, chosen: Mapping[int, bool]) -> int:
        """How many variants are left, exactly."""
        settled = self.frame.settle(chosen)
        return exact_count(self.frame, self.circuit, settled) if settled.fine else 0

    def log10_count(self, chosen: Mapping[int, bool]) -> float:
        """The decimal logarithm of that number."""
        settled = self.frame.settle(chosen)
        if not settled.fine:
            return -np.inf
        return float(walk.logarithm(self.circuit, self.frame.logarithms(settled)) / log(10))

    def _unsatisfiable(self, chosen: Mapping[int, bool]) -> Unsatisfiable:
        conflict = explain(self.prover, self.feasible, chosen, {})
        return Unsatisfiable(conflict or Conflict((), ()))
