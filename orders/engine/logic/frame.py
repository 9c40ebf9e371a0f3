"""What both solvers share: the user's choices carried from all features to the variables kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from orders.engine.logic import forest_kernels as walk
from orders.engine.logic.answers import Domains
from orders.engine.logic.circuit_kernels import NEVER, Costs, Reals
from orders.engine.logic.clauses import encode
from orders.engine.logic.cnf import Cnf, cnf_of
from orders.engine.logic.reduction import Forest, forest, keep, named_features
from orders.engine.logic.tree import BoolArray, FeatureTree


class Settled(NamedTuple):
    """What the choices leave of each holder, by what hangs below it; not `fine`: nothing of some holder."""

    can: BoolArray
    cannot: BoolArray
    fine: bool


@dataclass(frozen=True)
class Frame:
    """A model made ready: the tree, the variables kept, what hangs below them, the clauses."""

    tree: FeatureTree
    forest: Forest
    cnf: Cnf

    @property
    def size(self) -> int:
        """How many kept variables there are; helpers follow behind."""
        return len(self.forest.pivots)

    @property
    def holders(self) -> int:
        return len(self.forest.starts) - 1

    def literals(self, settled: Settled) -> list[int]:
        """The variables (from 1, negative for false) that the choices decide."""
        can, cannot = settled.can[self.forest.pivots], settled.cannot[self.forest.pivots]
        return [*(np.flatnonzero(~cannot) + 1).tolist(), *(-1 - np.flatnonzero(~can)).tolist()]

    def above(self, feature: int) -> int:
        """The variable (from 1) whose subtree holds the feature."""
        return int(self.forest.above[feature]) + 1

    def settle(self, chosen: Mapping[int, bool]) -> Settled:
        """Carry choices up to the pivots."""
        state = np.zeros(len(self.tree), np.int8)
        for feature, value in chosen.items():
            state[feature] = walk.YES if value else walk.NO
        can, cannot = np.empty(self.holders, np.bool_), np.empty(self.holders, np.bool_)
        return Settled(can, cannot, walk.settle(self.forest, state, can, cannot))

    def allowed(self, settled: Settled) -> BoolArray:
        """Which literals (2 * variable + 1 for true) the choices leave; helpers are free."""
        allowed = np.ones(2 * self.cnf.variables, np.bool_)
        allowed[1 : 2 * self.size : 2] = settled.can[self.forest.pivots]
        allowed[0 : 2 * self.size : 2] = settled.cannot[self.forest.pivots]
        return allowed

    def domains(self, settled: Settled, found: BoolArray) -> Domains:
        """All features, from the literals `found` possible of the kept variables."""
        yes, no = np.empty(self.holders, np.bool_), np.empty(self.holders, np.bool_)
        yes[self.forest.pivots] = found[1 : 2 * self.size : 2]
        no[self.forest.pivots] = found[0 : 2 * self.size : 2]
        walk.spread(self.forest, settled.can, settled.cannot, yes, no)
        return Domains(yes[: len(self.tree)], ~no[: len(self.tree)])

    def costs(self, settled: Settled, weights: Costs) -> tuple[Costs, Costs]:
        """The cost of each literal with all that hangs below it, and of each holder for `assign`."""
        cost = np.empty(self.holders, np.int64)
        walk.price(self.forest, settled.can, settled.cannot, weights, cost)
        literals = np.zeros(2 * self.cnf.variables, np.int64)
        literals[1 : 2 * self.size : 2] = cost[self.forest.pivots]
        literals[0 : 2 * self.size : 2] = np.where(settled.cannot[self.forest.pivots], 0, NEVER)
        return literals, cost

    def assign(self, settled: Settled, cost: Costs, kept: BoolArray) -> BoolArray:
        """A value for every feature, from those of the kept variables."""
        value = np.zeros(self.holders, np.bool_)
        value[self.forest.pivots] = kept[: self.size]
        walk.assign(self.forest, settled.cannot, cost, value)
        return value[: len(self.tree)]

    def logarithms(self, settled: Settled) -> Reals:
        """The logarithm of the number of ways behind each literal."""
        size = np.empty(self.holders, np.float64)
        walk.count_below(self.forest, settled.can, settled.cannot, size)
        literals = np.zeros(2 * self.cnf.variables, np.float64)
        literals[1 : 2 * self.size : 2] = size[self.forest.pivots]
        literals[0 : 2 * self.size : 2] = np.where(settled.cannot[self.forest.pivots], 0.0, -np.inf)
        return literals


def frame_of(tree: FeatureTree) -> Frame:
    """Reduce a tree and write its clauses."""
    kept = keep(tree, named_features(tree))
    return Frame(tree, forest(tree, kept), cnf_of(encode(tree, kept)))
