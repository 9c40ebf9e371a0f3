"""Compiling a feature tree into a solver, and what is wrong with it as a whole."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from orders.engine.logic import ddnnf, sat
from orders.engine.logic.answers import Conflict, Domains, Repair, Solver, Unsatisfiable
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.circuit import Circuit, compile_circuit
from orders.engine.logic.explaining import explain
from orders.engine.logic.frame import Frame, frame_of
from orders.engine.logic.prover import Prover
from orders.engine.logic.storage import pack, unpack
from orders.engine.logic.tree import FeatureTree, Group

__all__ = [
    "Compiled",
    "Conflict",
    "Domains",
    "Oddities",
    "Repair",
    "Solver",
    "Unsatisfiable",
    "compile_tree",
    "dead_and_false_optional",
    "void_reason",
]

LIMIT_S: Final = 120.0


@dataclass(frozen=True)
class Compiled:
    """A model ready to answer, by its circuit or, where there is none, by SAT; `note` says why."""

    frame: Frame
    circuit: Circuit | None
    note: str = ""

    @property
    def method(self) -> str:
        return sat.METHOD if self.circuit is None else ddnnf.METHOD

    def solver(self) -> Solver:
        """Something to ask; keep it, for it keeps what it learns."""
        if self.circuit is None:
            return sat.SatSolver(self.frame)
        return ddnnf.CircuitSolver(self.frame, self.circuit)

    def to_bytes(self) -> bytes:
        """For storage: the tree, its reduction, clauses and circuit."""
        return pack(self.frame, self.circuit, self.note)

    @staticmethod
    def from_bytes(data: bytes) -> "Compiled":
        """What `to_bytes` stored; ValueError where another version wrote it."""
        return Compiled(*unpack(data))


class Oddities(NamedTuple):
    """Features that are never true, and optional ones that are always there with their parent."""

    dead: tuple[int, ...]
    false_optional: tuple[int, ...]


def compile_tree(tree: FeatureTree, *, limit_s: float = LIMIT_S) -> Compiled:
    """The model as a circuit where d4 finishes within `limit_s` seconds of processor time, else for SAT.

    A void model compiles, too: ask `void_reason`. The walks are loaded, so that the first question is as
    quick as the next.
    """
    frame = frame_of(tree)
    circuit = compile_circuit(frame.cnf.variables, frame.cnf.clauses, limit_s)
    note = (
        ""
        if circuit
        else f"The rules did not compile within {limit_s:.0f} s; answers come from SAT and are slower."
    )
    compiled = Compiled(frame, circuit, note)
    warm(compiled.solver())
    return compiled


def warm_up() -> None:
    """Load the walks before anybody asks; on a machine where they never ran this takes half a minute."""
    builder = TreeBuilder()
    builder.feature("A", builder.feature("R", mandatory=True))
    compile_tree(builder.build())


def warm(solver: Solver) -> None:
    """Ask each question once, so that numba's code and the SAT engines are there."""
    if solver.feasible({}):
        solver.domains({})
        solver.complete({}, np.zeros(len(solver.tree), np.int64))
        solver.log10_count({})


def void_reason(tree: FeatureTree) -> tuple[int, ...] | None:
    """An irreducible set of rules that leave no variant; None where there is one."""
    prover = Prover(frame_of(tree))
    conflict = explain(prover, lambda chosen: prover.blame(chosen) is None, {}, {})
    return None if conflict is None else conflict.rules


def dead_and_false_optional(solver: Solver) -> Oddities:
    """What the rules make impossible, or inevitable wherever its parent is."""
    tree = solver.tree
    domains = solver.domains({})
    optional: dict[int, list[int]] = {}
    for feature, parent in enumerate(tree.parent.tolist()):
        if parent >= 0 and domains.can[feature] and not _always_with_parent(tree, feature, parent):
            optional.setdefault(parent, []).append(feature)
    false_optional: list[int] = []
    for parent, children in optional.items():
        must = domains.must if domains.must[parent] else solver.domains({parent: True}).must
        false_optional += [child for child in children if must[child]]
    return Oddities(tuple(np.flatnonzero(~domains.can).tolist()), tuple(sorted(false_optional)))


def _always_with_parent(tree: FeatureTree, feature: int, parent: int) -> bool:
    """Whether the tree itself says so: mandatory, or one of a group that asks for all."""
    if tree.group[parent] == Group.AND:
        return bool(tree.mandatory[feature])
    return bool(tree.low[parent] == len(tree.children[parent]))
