"""The other opinion: models written down flat, feature by feature, for plain SAT and for CP-SAT.

Nothing of the engine's reduction, clauses or circuits is used: only the tree itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from pysat.solvers import Solver as Sat

from orders.engine.logic.tree import (
    ANY,
    NONE,
    And,
    FeatureTree,
    Formula,
    Group,
    Iff,
    Implies,
    Not,
    Or,
    Table,
    Var,
)

Clause = list[int]


@dataclass
class Flat:
    """Clauses over feature + 1 and helpers behind them; those of a rule need its switch."""

    tree: FeatureTree
    clauses: list[Clause] = field(default_factory=list)
    switches: dict[int, int] = field(default_factory=dict)
    last: int = 0

    def __post_init__(self) -> None:
        self.last = len(self.tree)
        for feature in range(len(self.tree)):
            self.clauses.extend(self.around(feature))
        for rule in self.tree.rules:
            self.clauses.append([-self.switch(rule.number), self.literal(rule.formula)])
        for table in self.tree.tables:
            self.add_table(table)
        if self.tree.budgets:
            raise ValueError("the oracle knows no budgets")

    def new(self) -> int:
        self.last += 1
        return self.last

    def switch(self, number: int) -> int:
        self.switches[number] = self.new()
        return self.switches[number]

    def around(self, feature: int) -> Iterator[Clause]:
        """What the tree says of a feature and of its children."""
        tree, this, parent = self.tree, feature + 1, int(self.tree.parent[feature])
        if parent >= 0:
            yield [-this, parent + 1]
        if tree.mandatory[feature] and (parent < 0 or tree.group[parent] == Group.AND):
            yield [this] if parent < 0 else [-parent - 1, this]
        children = [child + 1 for child in tree.children[feature]]
        low, high = int(tree.low[feature]), int(tree.high[feature])
        if tree.group[feature] == Group.AND:
            return
        if low == 1:
            yield [-this, *children]
        if high == 1:
            yield from self.at_most_one(children)
        elif low > 1 or high < len(children):
            raise ValueError("the oracle knows no cardinalities")

    def at_most_one(self, literals: list[int]) -> Iterator[Clause]:
        """A ladder: rung i is true once one of the first i is (Sinz 2005)."""
        rungs = [self.new() for _ in literals]
        for literal, rung in zip(literals, rungs, strict=True):
            yield [-literal, rung]
        for rung, above in pairwise(rungs):
            yield [-rung, above]
        for rung, literal in zip(rungs, literals[1:], strict=False):
            yield [-rung, -literal]

    def literal(self, formula: Formula) -> int:
        """A literal equivalent to the formula (Tseitin 1968)."""
        match formula:
            case Var(feature):
                return feature + 1
            case Not(part):
                return -self.literal(part)
            case Or(parts):
                return self.any([self.literal(part) for part in parts])
            case And(parts):
                return -self.any([-self.literal(part) for part in parts])
            case Implies(left, right):
                return self.any([-self.literal(left), self.literal(right)])
            case Iff(left, right):
                one, two, both = self.literal(left), self.literal(right), self.new()
                self.clauses += [[-both, -one, two], [-both, one, -two], [both, one, two], [both, -one, -two]]
                return both

    def any(self, literals: list[int]) -> int:
        whole = self.new()
        self.clauses.append([-whole, *literals])
        self.clauses.extend([whole, -literal] for literal in literals)
        return whole

    def add_table(self, table: Table) -> None:
        """Allowed: one variable per row, one of them true. Forbidden: a clause per row."""
        switch = self.switch(table.number)
        rows = [self.row(table, row) for row in table.rows.tolist()]
        if not table.allowed:
            self.clauses.extend([-switch, *(-literal for literal in row)] for row in rows)
            return
        taken = [self.new() for _ in rows]
        self.clauses.append([-switch, *taken])
        for variable, row in zip(taken, rows, strict=True):
            self.clauses.extend([-variable, literal] for literal in row)

    def row(self, table: Table, cells: list[int]) -> list[int]:
        literals: list[int] = []
        for column, cell in zip(table.columns, cells, strict=True):
            if cell == NONE:
                literals += [-feature - 1 for feature in column]
            elif cell != ANY:
                literals.append(cell + 1)
        return literals


class SatOracle:
    """Plain SAT over the flat model, with all rules or some."""

    def __init__(self, flat: Flat) -> None:
        self.switches = flat.switches
        self.solver = Sat(name="cadical195", bootstrap_with=flat.clauses)
        self.whole = Sat(name="minisat22", bootstrap_with=flat.clauses)
        for switch in flat.switches.values():
            self.whole.add_clause([switch])

    def possible(self, chosen: Mapping[int, bool]) -> bool:
        """Whether a variant is left."""
        return bool(self.whole.solve(assumptions=_literals(chosen)))

    def possible_with(self, chosen: Mapping[int, bool], rules: set[int]) -> bool:
        """Whether one were left if only these rules held."""
        on = [switch for number, switch in self.switches.items() if number in rules]
        return bool(self.solver.solve(assumptions=[*_literals(chosen), *on]))


def _literals(chosen: Mapping[int, bool]) -> list[int]:
    return [feature + 1 if value else -feature - 1 for feature, value in chosen.items()]


class CpOracle:
    """CP-SAT over the flat model, for the cheapest completion."""

    def __init__(self, flat: Flat, weights: NDArray[np.int64]) -> None:
        self.model = cp_model.CpModel()
        self.size = len(flat.tree)
        variables = [self.model.new_bool_var("") for _ in range(flat.last)]
        for clause in flat.clauses:
            self.model.add_bool_or(
                [variables[lit - 1] if lit > 0 else ~variables[-lit - 1] for lit in clause]
            )
        for switch in flat.switches.values():
            self.model.add(variables[switch - 1] == 1)
        self.model.minimize(cp_model.LinearExpr.weighted_sum(variables[: self.size], weights.tolist()))

    def cheapest(self, chosen: Mapping[int, bool], limit_s: float) -> int | None:
        """The smallest sum of weights; None where it was not proved in time."""
        model = self.model.clone()
        for feature, value in chosen.items():
            variable = model.get_bool_var_from_proto_index(feature)
            model.add(variable == int(value))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.max_time_in_seconds = limit_s
        done = solver.solve(model)
        return round(solver.objective_value) if done == cp_model.OPTIMAL else None
