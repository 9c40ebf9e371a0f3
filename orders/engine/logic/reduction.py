"""Structural reduction: the solver sees the features rules speak of; the tree itself answers for the rest.

Kept are the features named by a rule and their ancestors, and one variable OTHER per alternative or or-group
for "one of the children left out". What is left out hangs below one kept variable each, its pivot, and is
independent of everything else once the pivot's value is known: domains, counts and costs stay exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic.tree import BoolArray, FeatureTree, Group, IntArray, mentioned

AND: Final = 0
BETWEEN: Final = 1


@dataclass(frozen=True)
class Kept:
    """The variables, from 1: kept features in the order of the tree, then OTHERs by their parent."""

    variable: dict[int, int]
    other: dict[int, int]
    children: dict[int, tuple[int, ...]]
    """The kept children of each kept feature."""

    @property
    def size(self) -> int:
        return len(self.variable) + len(self.other)


class Forest(NamedTuple):
    """What was left out, in arrays.

    Holders are features (their index) and OTHERs (number of features and up). `pivots[v]` is the holder
    behind variable v + 1; `children[starts[h]:starts[h + 1]]` are the left-out children of a holder: where it
    is true, so are the mandatory ones (AND), or between `low` and `high` of them (BETWEEN). `above` is the
    variable (from 0) whose subtree a feature belongs to; `upward` are all holders, children before parents.
    """

    pivots: IntArray
    upward: IntArray
    starts: IntArray
    children: IntArray
    kind: NDArray[np.int8]
    low: IntArray
    high: IntArray
    mandatory: BoolArray
    above: IntArray


def named_features(tree: FeatureTree) -> set[int]:
    """The features any rule, table or budget speaks of, and the roots."""
    named = {feature for rule in tree.rules for feature in mentioned(rule.formula)}
    named |= {feature for table in tree.tables for column in table.columns for feature in column}
    named.update(np.flatnonzero(tree.parent < 0).tolist())
    return named | {feature for budget in tree.budgets for feature in budget.features}


def keep(tree: FeatureTree, named: Iterable[int]) -> Kept:
    """The variables a solver needs to speak of `named` features.

    Groups with other bounds than at most one, exactly one or at least one keep all their children. For a
    forest of what is left out, `named` holds all roots.
    """
    kept: set[int] = set()
    open_features = [*named]
    while open_features:
        feature = open_features.pop()
        if feature in kept:
            continue
        kept.add(feature)
        parent = int(tree.parent[feature])
        if parent >= 0 and parent not in kept:
            open_features.append(parent)
        if parent >= 0 and not _has_other(tree, parent):
            open_features.extend(tree.children[parent])
    variable = {feature: place for place, feature in enumerate(sorted(kept), 1)}
    children: dict[int, list[int]] = {}
    for feature in variable:
        children.setdefault(int(tree.parent[feature]), []).append(feature)
    grouped = [
        parent
        for parent, below in sorted(children.items())
        if parent >= 0 and tree.group[parent] != Group.AND and len(below) < len(tree.children[parent])
    ]
    other = {parent: place for place, parent in enumerate(grouped, len(variable) + 1)}
    return Kept(variable, other, {parent: tuple(below) for parent, below in children.items()})


def _has_other(tree: FeatureTree, parent: int) -> bool:
    """Whether one variable can stand for all children left out."""
    low, high = int(tree.low[parent]), int(tree.high[parent])
    return tree.group[parent] == Group.AND or high == 1 or (low <= 1 and high == len(tree.children[parent]))


def forest(tree: FeatureTree, kept: Kept) -> Forest:
    """The features left out by `keep`, below their pivots."""
    size, others = len(tree), len(kept.other)
    holder = np.concatenate([tree.parent, np.full(others, -1, np.int32)])
    kind = np.where(tree.group == Group.AND, AND, BETWEEN).astype(np.int8)
    kind = np.concatenate([kind, np.full(others, BETWEEN, np.int8)])
    low = np.concatenate([tree.low, np.ones(others, np.int32)])
    high = np.concatenate([tree.high, np.ones(others, np.int32)])
    is_kept = np.zeros(size, np.bool_)
    is_kept[list(kept.variable)] = True
    for place, parent in enumerate(kept.other):
        below = [child for child in tree.children[parent] if not is_kept[child]]
        holder[below] = size + place
        high[size + place] = min(len(below), int(tree.high[parent]))
        kind[parent] = AND
    for feature in kept.variable:
        if kept.children.get(feature):
            kind[feature] = AND
    left_out = np.flatnonzero(~is_kept).astype(np.int32)
    held = holder[left_out]
    order = np.argsort(held, kind="stable")
    counts = np.bincount(held, minlength=size + others)
    above = np.full(size, -1, np.int32)
    above[list(kept.variable)] = np.arange(len(kept.variable))
    for feature in left_out.tolist():
        place = holder[feature]
        above[feature] = above[place] if place < size else len(kept.variable) + place - size
    pivots = np.array([*kept.variable, *range(size, size + others)], np.int32)
    return Forest(
        pivots=pivots,
        upward=np.concatenate([left_out[::-1], pivots]),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        children=left_out[order],
        kind=kind,
        low=low,
        high=high,
        mandatory=tree.mandatory.copy(),
        above=above,
    )
