"""Proofs of impossibility by SAT: which choices, rules and relations of the tree are to blame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Final

from pysat.solvers import Solver as SatSolver

from orders.engine.logic.answers import Relation
from orders.engine.logic.clauses import Encoding, Key, encode_relations
from orders.engine.logic.frame import Frame
from orders.engine.logic.reduction import keep

ENGINE: Final = "glucose4"


@dataclass
class Prover:
    """One incremental solver over the kept variables, each rule behind a switch."""

    frame: Frame
    lock: Lock = field(default_factory=Lock)

    @cached_property
    def switches(self) -> dict[int, int]:
        """The variable that switches each rule on."""
        first = self.frame.cnf.variables + 1
        return {number: first + place for place, number in enumerate(self.frame.cnf.by_rule)}

    @cached_property
    def solver(self) -> SatSolver:
        """Relations and definitions always hold, rules where their switch is on."""
        cnf = self.frame.cnf
        solver = SatSolver(name=ENGINE)
        keys = cnf.keys
        for clause, owner, defining in zip(
            cnf.clauses, cnf.owner.tolist(), cnf.defining.tolist(), strict=True
        ):
            key = keys[owner]
            switched = not defining and not isinstance(key, Relation)
            solver.add_clause([*clause, -self.switches[key]] if switched else clause)
        return solver

    def blame(self, assumed: Mapping[int, bool]) -> tuple[list[int], list[int]] | None:
        """Choices and rules that together leave no variant, not yet irreducible; None where one is left."""
        settled = self.frame.settle(assumed)
        below: dict[int, list[int]] = {}
        for feature in assumed:
            below.setdefault(self.frame.above(feature), []).append(feature)
        if not settled.fine:
            pivots = self.frame.forest.pivots
            broken = ~(settled.can[pivots] | settled.cannot[pivots])
            return below[int(broken.argmax()) + 1], []
        with self.lock:
            literals = self.frame.literals(settled)
            if self.solver.solve(assumptions=[*literals, *self.switches.values()]):
                return None
            core = set(self.solver.get_core() or ())
        choices = [feature for literal in literals if literal in core for feature in below[abs(literal)]]
        return choices, [number for number, switch in self.switches.items() if switch in core]


def smallest_proof(
    frame: Frame, assumed: Mapping[int, bool], rules: Iterable[int]
) -> tuple[tuple[int, ...], tuple[Relation, ...]]:
    """Irreducible rules, then irreducible relations, that exclude what is assumed.

    Only features that the assumptions and the rules name, and what stands above them, can take part: every
    subtree nothing is said about has a variant of its own. Deletion with cores (Marques-Silva, 2010).
    """
    proof = _Proof(frame, assumed, list(rules))
    with proof.solver:
        needed = proof.reduce(
            [key for key in proof.switches if not isinstance(key, Relation)], proof.relations
        )
        relations = proof.reduce(proof.relations, needed)
    numbers = tuple(sorted(key for key in needed if not isinstance(key, Relation)))
    return numbers, tuple(sorted(key for key in relations if isinstance(key, Relation)))


class _Proof:
    """A solver of its own over the few features that matter, each rule and relation behind a switch."""

    def __init__(self, frame: Frame, assumed: Mapping[int, bool], rules: list[int]) -> None:
        cnf, pivots = frame.cnf, frame.forest.pivots.tolist()
        clauses = {number: list(cnf.of_rule(number)) for number in rules}
        used = {abs(lit) for part in clauses.values() for clause, _ in part for lit in clause}
        named = {pivots[variable - 1] for variable in used if variable <= frame.size}
        kept = keep(frame.tree, {*named, *assumed})
        made = Encoding(kept, variables=kept.size, exact=False)
        encode_relations(frame.tree, made)
        rename = {
            variable: kept.variable[pivots[variable - 1]] if variable <= frame.size else made.new_variable()
            for variable in used
        }
        self.solver = SatSolver(name=ENGINE)
        self.switches: dict[Key, int] = {key: made.new_variable() for key in (*made.clauses, *rules)}
        self.relations: list[Key] = list(made.clauses)
        for feature, value in assumed.items():
            self.solver.add_clause([kept.variable[feature] if value else -kept.variable[feature]])
        for key, own in made.clauses.items():
            self.solver.append_formula(made.defining.get(key, []))
            self.solver.append_formula([[*clause, -self.switches[key]] for clause in own])
        for number, part in clauses.items():
            for clause, defining in part:
                literals = [rename[lit] if lit > 0 else -rename[-lit] for lit in clause]
                self.solver.add_clause(literals if defining else [*literals, -self.switches[number]])

    def reduce(self, candidates: list[Key], fixed: list[Key]) -> list[Key]:
        """The candidates without which, beside the fixed ones, the assumptions would be possible."""
        key_of = {switch: key for key, switch in self.switches.items()}
        base = [self.switches[key] for key in fixed]
        needed: list[Key] = []
        open_keys = self.core(candidates, base, key_of)
        while open_keys:
            tried = open_keys.pop()
            core = self.core([*needed, *open_keys], base, key_of)
            if core is None:
                needed.append(tried)
            else:
                open_keys = [key for key in open_keys if key in core]
        return needed

    def core(self, candidates: list[Key], base: list[int], key_of: dict[int, Key]) -> list[Key] | None:
        """Candidates that take part in a proof; None where there is none."""
        if self.solver.solve(assumptions=[*base, *(self.switches[key] for key in candidates)]):
            return None
        found = {key_of[switch] for switch in self.solver.get_core() or ()}
        return [key for key in candidates if key in found]
