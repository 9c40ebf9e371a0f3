"""The propositional form of a product model: a tree of features with groups, and rules across it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int32]
BoolArray: TypeAlias = NDArray[np.bool_]

NONE: Final = -1
"""In a table: no feature of the column is true."""
ANY: Final = -2
"""In a table: the column does not matter."""


class Group(IntEnum):
    """How the children of a feature combine where the feature is true."""

    AND = 0
    ALTERNATIVE = 1
    OR = 2
    CARDINALITY = 3


@dataclass(frozen=True, slots=True)
class Var:
    """True where the feature is chosen."""

    feature: int


@dataclass(frozen=True, slots=True)
class Not:
    part: "Formula"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Implies:
    left: "Formula"
    right: "Formula"


@dataclass(frozen=True, slots=True)
class Iff:
    left: "Formula"
    right: "Formula"


Formula: TypeAlias = Var | Not | And | Or | Implies | Iff


@dataclass(frozen=True, slots=True)
class Rule:
    """One cross-tree constraint; rules, tables and budgets share one sequence of numbers."""

    number: int
    formula: Formula
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Combinations of columns that are allowed (or forbidden).

    A column is one feature, or several children of one alternative group. `rows` has one line per
    combination and holds the true feature of each column, NONE or ANY.
    """

    number: int
    columns: tuple[tuple[int, ...], ...]
    rows: IntArray
    allowed: bool = True
    label: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """The weights of the true features add up to at most `limit`."""

    number: int
    features: tuple[int, ...]
    weights: tuple[int, ...]
    limit: int
    label: str = ""


@dataclass(frozen=True, eq=False)
class FeatureTree:
    """Features by index, parents before their children.

    `parent` is -1 for a root; `mandatory` roots are always there, others are free. `mandatory` counts for
    roots and below AND parents only. `low` and `high` bound how many children of an ALTERNATIVE (1..1), OR
    (1..n) or CARDINALITY group are true where the feature itself is; below AND parents they are 0 and n.
    `hidden` marks helpers that stand for a second group of the same feature: never shown or chosen.
    """

    names: tuple[str, ...]
    parent: IntArray
    mandatory: BoolArray
    group: NDArray[np.int8]
    low: IntArray
    high: IntArray
    rules: tuple[Rule, ...] = ()
    tables: tuple[Table, ...] = ()
    budgets: tuple[Budget, ...] = ()
    hidden: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        if len(self.hidden) != len(self.names):
            object.__setattr__(self, "hidden", np.zeros(len(self.names), np.bool_))

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def index(self) -> dict[str, int]:
        """Feature by name."""
        return {name: feature for feature, name in enumerate(self.names)}

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The children of each feature, in the order of the model."""
        found: list[list[int]] = [[] for _ in self.names]
        for feature, parent in enumerate(self.parent.tolist()):
            if parent >= 0:
                found[parent].append(feature)
        return tuple(map(tuple, found))

    @cached_property
    def labels(self) -> dict[int, str]:
        """What each rule, table and budget is called, by number."""
        numbered: tuple[Rule | Table | Budget, ...] = (*self.rules, *self.tables, *self.budgets)
        return {item.number: item.label for item in numbered}

    def visible(self) -> BoolArray:
        """The features of the model, without helpers."""
        return np.logical_not(self.hidden)


def mentioned(formula: Formula) -> Iterator[int]:
    """The features a formula names, with repetitions, from left to right."""
    open_parts: list[Formula] = [formula]
    while open_parts:
        match open_parts.pop():
            case Var(feature):
                yield feature
            case Not(part):
                open_parts.append(part)
            case And(parts) | Or(parts):
                open_parts.extend(reversed(parts))
            case Implies(left, right) | Iff(left, right):
                open_parts += (right, left)


def holds(formula: Formula, chosen: BoolArray) -> bool:
    """Whether a formula is true in a complete configuration."""
    match formula:
        case Var(feature):
            return bool(chosen[feature])
        case Not(part):
            return not holds(part, chosen)
        case And(parts):
            return all(holds(part, chosen) for part in parts)
        case Or(parts):
            return any(holds(part, chosen) for part in parts)
        case Implies(left, right):
            return not holds(left, chosen) or holds(right, chosen)
        case Iff(left, right):
            return holds(left, chosen) == holds(right, chosen)
