"""Small models: drawn by hypothesis, and everything about them found by trying all configurations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from hypothesis import strategies as st

from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.solver import Compiled, compile_tree
from orders.engine.logic.tables import table_holds
from orders.engine.logic.tree import (
    NONE,
    And,
    BoolArray,
    FeatureTree,
    Formula,
    Group,
    Iff,
    Implies,
    Not,
    Or,
    Var,
    holds,
)

GROUPS = st.sampled_from([Group.AND, Group.AND, Group.ALTERNATIVE, Group.OR, Group.CARDINALITY])
PC = """
features
	PC
		mandatory
			Processor
				alternative
					Fast
					Frugal
			Case
				alternative
					Tower
					Cube
		optional
			Graphics
				or
					Render
					Game
			Quiet
constraints
	Cube => Frugal
	Graphics => Fast
	Quiet => !Game
"""
PRICES = {"Fast": 300, "Frugal": 150, "Tower": 80, "Cube": 60, "Render": 500, "Game": 400, "Quiet": 20}


@st.composite
def trees(draw: st.DrawFn, most: int = 11, rules: bool = True) -> FeatureTree:
    """A tree of up to `most` features, now and then a forest, with rules, a table and a budget."""
    builder = TreeBuilder()
    size = draw(st.integers(2, most))
    builder.feature("f0", mandatory=draw(st.sampled_from([True, True, False])))
    for number in range(1, size):
        parent = draw(st.integers(-1 if draw(st.integers(0, 9)) == 0 else 0, number - 1))
        builder.feature(f"f{number}", parent, mandatory=draw(st.booleans()))
    for feature in range(size):
        children = builder.parents.count(feature)
        if children:
            low = draw(st.integers(0, children))
            builder.combine(feature, draw(GROUPS), low, draw(st.integers(max(1, low), children)))
    if rules:
        for formula in draw(st.lists(formulas(size), max_size=3)):
            builder.rule(formula, "rule")
        _draw_table(draw, builder, size)
        _draw_budget(draw, builder, size)
    return builder.build()


def formulas(size: int) -> st.SearchStrategy[Formula]:
    """Formulas over so many features."""
    variables = st.integers(0, size - 1).map(Var)
    return st.recursive(
        variables,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
            st.builds(Implies, inner, inner),
            st.builds(Iff, inner, inner),
        ),
        max_leaves=5,
    )


def _draw_table(draw: st.DrawFn, builder: TreeBuilder, size: int) -> None:
    if draw(st.booleans()):
        return
    columns: list[tuple[int, ...]] = []
    for feature in draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=3, unique=True)):
        parent = builder.parents[feature]
        alternative = parent >= 0 and builder.groups.get(parent, (Group.AND,))[0] == Group.ALTERNATIVE
        column = tuple(f for f in range(size) if builder.parents[f] == parent) if alternative else (feature,)
        if column not in columns:
            columns.append(column)
    cells = [st.sampled_from([*column, NONE, -2]) for column in columns]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=8))
    builder.table(columns, rows, allowed=draw(st.booleans()), label="table")


def _draw_budget(draw: st.DrawFn, builder: TreeBuilder, size: int) -> None:
    if draw(st.booleans()):
        return
    features = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=6, unique=True))
    weights = [draw(st.integers(-3, 6)) for _ in features]
    builder.budget(features, weights, draw(st.integers(-2, 10)), "budget")


@dataclass
class Oracle:
    """Every valid configuration of a small tree, one per line."""

    tree: FeatureTree

    @cached_property
    def variants(self) -> BoolArray:
        found = [row for row in self._all() if self._valid(row)]
        return np.array(found, np.bool_).reshape(-1, len(self.tree))

    def left(self, chosen: Mapping[int, bool]) -> BoolArray:
        rows = self.variants
        for feature, value in chosen.items():
            rows = rows[rows[:, feature] == value]
        return rows

    def _all(self) -> Iterator[BoolArray]:
        for values in product((False, True), repeat=len(self.tree)):
            yield np.array(values, np.bool_)

    def _valid(self, row: BoolArray) -> bool:
        tree = self.tree
        return (
            all(self._fits(row, feature) for feature in range(len(tree)))
            and all(holds(rule.formula, row) for rule in tree.rules)
            and all(table_holds(table, row) for table in tree.tables)
            and all(
                sum(w for f, w in zip(b.features, b.weights, strict=True) if row[f]) <= b.limit
                for b in tree.budgets
            )
        )

    def _fits(self, row: BoolArray, feature: int) -> bool:
        tree, parent = self.tree, self.tree.parent[feature]
        below = sum(int(row[child]) for child in tree.children[feature])
        if parent < 0 and tree.mandatory[feature] and not row[feature]:
            return False
        if parent >= 0 and row[feature] and not row[parent]:
            return False
        is_and = parent >= 0 and tree.group[parent] == Group.AND
        if is_and and tree.mandatory[feature] and row[parent] and not row[feature]:
            return False
        grouped = tree.group[feature] != Group.AND
        return not (grouped and row[feature] and not tree.low[feature] <= below <= tree.high[feature])


def by_both(tree: FeatureTree) -> tuple[Compiled, Compiled]:
    """The model compiled, and the same left to SAT."""
    compiled = compile_tree(tree)
    return compiled, Compiled(compiled.frame, None)


def choices_of(tree: FeatureTree) -> st.SearchStrategy[dict[int, bool]]:
    """What a user may have chosen, sensible or not."""
    return st.dictionaries(st.integers(0, len(tree) - 1), st.booleans(), max_size=4)


def named(tree: FeatureTree, **values: bool) -> dict[int, bool]:
    """Choices by the features' names."""
    return {tree.index[name]: value for name, value in values.items()}


def names(tree: FeatureTree, features: Iterable[int]) -> set[str]:
    return {tree.names[feature] for feature in features}
