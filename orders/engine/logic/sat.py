"""The solver for models that do not compile in time: the same answers by incremental SAT, slower."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pysat.examples.rc2 import RC2Stratified
from pysat.formula import WCNF
from pysat.solvers import Solver as Engine

from orders.engine.logic.answers import Conflict, Domains, Repair, Unsatisfiable
from orders.engine.logic.circuit import compile_circuit
from orders.engine.logic.circuit_kernels import NEVER
from orders.engine.logic.ddnnf import CircuitSolver
from orders.engine.logic.explaining import explain, repairs
from orders.engine.logic.frame import Frame
from orders.engine.logic.prover import ENGINE, Prover
from orders.engine.logic.tree import BoolArray, FeatureTree

METHOD: Final = "SAT"
POOL: Final = 2_000
"""Variants kept: each shows at once that its values are possible."""
COUNT_LIMIT_S: Final = 5.0


@dataclass
class SatSolver:
    """Answers by one incremental SAT engine and a pool of variants seen; one thread at a time."""

    frame: Frame
    lock: Lock = field(default_factory=Lock)
    prover: Prover = field(init=False)
    seen: int = 0

    def __post_init__(self) -> None:
        self.prover = Prover(self.frame)
        self.pool = np.zeros((POOL, self.frame.size), np.bool_)

    @property
    def method(self) -> str:
        return METHOD

    @property
    def tree(self) -> FeatureTree:
        return self.frame.tree

    @cached_property
    def engine(self) -> Engine:
        return Engine(name=ENGINE, bootstrap_with=self.frame.cnf.clauses)

    def domains(self, chosen: Mapping[int, bool]) -> Domains:
        """What is left of every feature."""
        settled = self.frame.settle(chosen)
        if settled.fine:
            with self.lock:
                found = self._reached(self.frame.literals(settled))
            if found is not None:
                return self.frame.domains(settled, found)
        raise self._unsatisfiable(chosen)

    def feasible(self, chosen: Mapping[int, bool]) -> bool:
        """Whether a variant is left."""
        settled = self.frame.settle(chosen)
        if not settled.fine:
            return False
        with self.lock:
            return bool(self.engine.solve(assumptions=self.frame.literals(settled)))

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
        """A variant with the smallest sum of weights of its true features, by MaxSAT."""
        settled = self.frame.settle(chosen)
        if not settled.fine:
            raise self._unsatisfiable(chosen)
        literals, cost = self.frame.costs(settled, weights)
        problem = WCNF()
        problem.extend(self.frame.cnf.clauses)
        for variable, (no, yes) in enumerate(literals.reshape(-1, 2).tolist(), 1):
            if no >= NEVER or yes >= NEVER:
                problem.append([variable if no >= NEVER else -variable])
            elif no != yes:
                problem.append([-variable if yes > no else variable], weight=abs(yes - no))
        model = self._best_model(problem)
        if model is None:
            raise self._unsatisfiable(chosen)
        return self.frame.assign(settled, cost, np.array(model[: self.frame.cnf.variables]) > 0)

    def _best_model(self, problem: WCNF) -> list[int] | None:
        """A model that breaks the least weight; None where the hard clauses have none."""
        with self.lock:
            if not self.engine.solve(assumptions=[clause[0] for clause in problem.hard if len(clause) == 1]):
                return None
            if not problem.soft:
                return list(self.engine.get_model())
        with RC2Stratified(problem, solver="g4") as search:
            model: list[int] | None = search.compute()
            return model

    def count(self, chosen: Mapping[int, bool]) -> int | None:
        """How many variants are left, exactly; None where too much is open to count them in time."""
        if not self.feasible(chosen):
            return 0
        small = self._compiled(chosen)
        return None if small is None else small.count(chosen)

    def log10_count(self, chosen: Mapping[int, bool]) -> float | None:
        """The decimal logarithm of that number, or None."""
        if not self.feasible(chosen):
            return -np.inf
        small = self._compiled(chosen)
        return None if small is None else small.log10_count(chosen)

    def _compiled(self, chosen: Mapping[int, bool]) -> CircuitSolver | None:
        """The model as it is after these choices, compiled for counting."""
        cnf = self.frame.cnf
        units = [(literal,) for literal in self.frame.literals(self.frame.settle(chosen))]
        circuit = compile_circuit(cnf.variables, (*cnf.clauses, *units), COUNT_LIMIT_S)
        return None if circuit is None else CircuitSolver(self.frame, circuit)

    def _unsatisfiable(self, chosen: Mapping[int, bool]) -> Unsatisfiable:
        conflict = explain(self.prover, self.feasible, chosen, {})
        return Unsatisfiable(conflict or Conflict((), ()))

    def _reached(self, decided: list[int]) -> BoolArray | None:
        """Every literal of a kept variable that is true in some variant; None where there is none.

        Known variants answer for most literals, unit propagation for others; the rest is asked for, always
        with a wish for a variant that has as many of them as it can.
        """
        engine, size = self.engine, self.frame.size
        if not engine.solve(assumptions=decided):
            return None
        self._remember()
        found = self._known(decided)
        possible = np.ones(2 * size, np.bool_)
        for literal in engine.propagate(assumptions=decided)[1]:
            if abs(literal) <= size:
                possible[_place(-literal)] = False
        while (open_places := np.flatnonzero(possible & ~found)).size:
            wished = [_literal(place) for place in open_places.tolist()]
            engine.set_phases(wished)
            for literal in wished:
                if engine.solve(assumptions=[*decided, literal]):
                    model = self._remember()
                    found[1::2] |= model
                    found[0::2] |= ~model
                    break
                possible[_place(literal)] = False
                decided = [*decided, -literal]
                if engine.get_core() == [literal]:
                    engine.add_clause([-literal])
        return found

    def _remember(self) -> BoolArray:
        """Put the engine's variant into the pool; the oldest gives way."""
        model = np.array(self.engine.get_model()[: self.frame.size], np.int64) > 0
        self.pool[self.seen % POOL] = model
        self.seen += 1
        return model

    def _known(self, decided: list[int]) -> BoolArray:
        """The literals that variants in the pool show possible."""
        seen = self.pool[: min(self.seen, POOL)]
        places = np.abs(np.array(decided, np.int64)) - 1
        fitting = seen[(seen[:, places] == (np.array(decided) > 0)).all(axis=1)]
        found = np.empty(2 * self.frame.size, np.bool_)
        found[1::2] = fitting.any(axis=0)
        found[0::2] = ~fitting.all(axis=0)
        return found


def _place(literal: int) -> int:
    """2 * variable + 1 for true, with variables from 0."""
    return 2 * abs(literal) - 2 + (literal > 0)


def _literal(place: int) -> int:
    """The contrary of `_place`."""
    return place // 2 + 1 if place % 2 else -(place // 2) - 1
