"""Making a feature tree step by step, checked where it is complete."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orders.engine.logic.tree import (
    ANY,
    NONE,
    Budget,
    FeatureTree,
    Formula,
    Group,
    IntArray,
    Rule,
    Table,
    mentioned,
)


@dataclass
class TreeBuilder:
    """Features first, parents before their children; then groups, rules, tables and budgets in any order.

    Mistakes of the caller are ValueErrors: readers find those of the user before.
    """

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    mandatory: list[bool] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    groups: dict[int, tuple[Group, int, int | None]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)

    def feature(self, name: str, parent: int = -1, *, mandatory: bool = False, hidden: bool = False) -> int:
        """Add a feature and answer its index."""
        if not -1 <= parent < len(self.names):
            raise ValueError(f"{name}: parent {parent} does not exist yet")
        self.names.append(name)
        self.parents.append(parent)
        self.mandatory.append(mandatory)
        self.hidden.append(hidden)
        return len(self.names) - 1

    def combine(self, feature: int, group: Group, low: int = 0, high: int | None = None) -> None:
        """Say how the children of a feature combine; `low` and `high` count for CARDINALITY only."""
        self.groups[feature] = (group, low, high)

    def next_number(self) -> int:
        """The number of the next rule, table or budget, from 1."""
        return len(self.rules) + len(self.tables) + len(self.budgets) + 1

    def rule(self, formula: Formula, label: str = "", number: int | None = None) -> int:
        """Add a rule and answer its number."""
        number = number or self.next_number()
        self.rules.append(Rule(number, formula, label))
        return number

    def table(
        self,
        columns: Sequence[Sequence[int]],
        rows: IntArray | Sequence[Sequence[int]],
        *,
        allowed: bool = True,
        label: str = "",
        number: int | None = None,
    ) -> int:
        """Add a table and answer its number."""
        number = number or self.next_number()
        cells = np.asarray(rows, np.int32).reshape(-1, len(columns))
        self.tables.append(Table(number, tuple(map(tuple, columns)), cells, allowed, label))
        return number

    def budget(
        self,
        features: Sequence[int],
        weights: Sequence[int],
        limit: int,
        label: str = "",
        number: int | None = None,
    ) -> int:
        """Add a budget and answer its number."""
        number = number or self.next_number()
        self.budgets.append(Budget(number, tuple(features), tuple(weights), limit, label))
        return number

    def build(self) -> FeatureTree:
        """The tree; ValueError names what does not fit together."""
        sizes = np.bincount([parent for parent in self.parents if parent >= 0], minlength=len(self.names))
        group = np.zeros(len(self.names), np.int8)
        low, high = np.zeros(len(self.names), np.int32), sizes.astype(np.int32)
        for feature, (kind, least, most) in self.groups.items():
            if not sizes[feature]:
                continue
            group[feature] = kind
            if kind == Group.ALTERNATIVE:
                low[feature] = high[feature] = 1
            elif kind == Group.OR:
                low[feature] = 1
            elif kind == Group.CARDINALITY:
                low[feature], high[feature] = (
                    least,
                    min(sizes[feature], sizes[feature] if most is None else most),
                )
        tree = FeatureTree(
            names=tuple(self.names),
            parent=np.array(self.parents, np.int32),
            mandatory=np.array(self.mandatory, np.bool_),
            group=group,
            low=low,
            high=high,
            rules=tuple(self.rules),
            tables=tuple(self.tables),
            budgets=tuple(self.budgets),
            hidden=np.array(self.hidden, np.bool_),
        )
        _check(tree)
        return tree


def _check(tree: FeatureTree) -> None:
    """Unique names and numbers, features that exist, columns that exclude each other."""
    if len(tree.index) != len(tree.names):
        raise ValueError("two features have the same name")
    numbers = [item.number for items in (tree.rules, tree.tables, tree.budgets) for item in items]
    if len(set(numbers)) != len(numbers):
        raise ValueError("two rules have the same number")
    if ((tree.high < 1) & (tree.group != Group.AND)).any() or (tree.low > tree.high).any():
        raise ValueError("a group asks for none, or for more than it has")
    named = {feature for rule in tree.rules for feature in mentioned(rule.formula)}
    named |= {feature for table in tree.tables for column in table.columns for feature in column}
    named |= {feature for budget in tree.budgets for feature in budget.features}
    if named and not 0 <= min(named) <= max(named) < len(tree):
        raise ValueError("a rule names a feature that does not exist")
    for table in tree.tables:
        for place, column in enumerate(table.columns):
            _check_column(tree, table, place, column)
    for budget in tree.budgets:
        if len(set(budget.features)) != len(budget.features) or len(budget.features) != len(budget.weights):
            raise ValueError(f"budget {budget.number}: one weight for each feature, each feature once")


def _check_column(tree: FeatureTree, table: Table, place: int, column: tuple[int, ...]) -> None:
    parents = {int(tree.parent[feature]) for feature in column}
    alone = len(column) == 1
    if not alone and (len(parents) != 1 or tree.group[parents.pop()] != Group.ALTERNATIVE):
        raise ValueError(
            f"table {table.number}: a column is one feature or children of one alternative group"
        )
    if not np.isin(table.rows[:, place], (*column, NONE, ANY)).all():
        raise ValueError(f"table {table.number}: a row holds a feature that is not in its column")
