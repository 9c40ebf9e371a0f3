"""Multi-valued decision diagrams: from what a formula gives for each combination to clauses over features.

Nodes are shared (R. E. Bryant, Graph-Based Algorithms for Boolean Function Manipulation, 1986; for several
values per level Srinivasan et al., 1990). A diagram with few paths becomes one clause per path. In a larger
one each node becomes a feature of its own, true exactly where the rest of the path ends well, so that no
variant is counted twice.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from orders.engine.grounding.values import ALWAYS, Column, Known
from orders.engine.logic.tree import And, Formula, Iff, Not, Or, Var

MOST_PATHS: Final = 400
MOST_NODES: Final = 20_000

TRUE: Final = And(())
FALSE: Final = Or(())


class TooLarge(Exception):
    """The diagram would have too many nodes."""


class Leaf(NamedTuple):
    """What comes out."""

    value: Known


@dataclass(frozen=True, eq=False, slots=True)
class Inner:
    """One column to look at; a child for each of its entries."""

    level: int
    children: tuple["Node", ...]


Node = Leaf | Inner


@dataclass(frozen=True)
class Diagram:
    """A function of columns."""

    columns: tuple[Column, ...]
    root: Node

    def values(self) -> set[Known]:
        """What may come out."""
        return {node.value for node in _all_nodes(self.root) if isinstance(node, Leaf)}


@dataclass
class _Maker:
    columns: Sequence[Column]
    step: Callable[[Hashable, int, Known], Hashable]
    settle: Callable[[int, Hashable], Leaf | None]
    known: dict[tuple[int, Hashable], Node] = field(default_factory=dict)
    unique: dict[tuple[int, tuple[int, ...]], Inner] = field(default_factory=dict)
    leaves: dict[Known, Leaf] = field(default_factory=dict)

    def node(self, level: int, state: Hashable) -> Node:
        key = level, state
        if key not in self.known:
            leaf = self.settle(level, state)
            self.known[key] = self.leaves.setdefault(leaf.value, leaf) if leaf else self.inner(level, state)
        return self.known[key]

    def inner(self, level: int, state: Hashable) -> Node:
        entries = self.columns[level].entries
        children = tuple(self.node(level + 1, self.step(state, level, entry.value)) for entry in entries)
        if all(child is children[0] for child in children):
            return children[0]
        key = level, tuple(map(id, children))
        if key not in self.unique and len(self.unique) >= MOST_NODES:
            raise TooLarge
        return self.unique.setdefault(key, Inner(level, children))


def diagram(
    columns: Sequence[Column],
    start: Hashable,
    step: Callable[[Hashable, int, Known], Hashable],
    settle: Callable[[int, Hashable], Leaf | None],
) -> Diagram:
    """The diagram of a function read column by column: `step` adds an entry's value to the state.

    `settle` ends it with a Leaf, at the latest behind the last column. Equal states share a node. Raises
    TooLarge beyond MOST_NODES nodes.
    """
    return Diagram(tuple(columns), _Maker(columns, step, settle).node(0, start))


@dataclass
class Definitions:
    """Features that stand for nodes: `define` makes one that is true exactly where a formula is."""

    define: Callable[[Formula], int]


def where(found: Diagram, wanted: Collection[Known], made: Definitions) -> Formula:
    """A formula that is true exactly where the diagram gives one of these values."""
    if isinstance(found.root, Leaf):
        return TRUE if found.root.value in wanted else FALSE
    clauses = _clauses(found, wanted)
    if clauses is None:
        return _defined(found, wanted, made)
    return And(tuple(clauses))


def _clauses(found: Diagram, wanted: Collection[Known]) -> list[Formula] | None:
    """One clause against each path that ends elsewhere; None where there are too many."""
    clauses: list[Formula] = []
    for path in _paths(found, found.root, wanted):
        if len(clauses) == MOST_PATHS:
            return None
        parts = tuple(part for column, rest in path for part in _others(column, rest))
        clauses.append(parts[0] if len(parts) == 1 else Or(parts))
    return clauses


Path = tuple[tuple[Column, tuple[int, ...]], ...]


def _paths(found: Diagram, node: Node, wanted: Collection[Known]) -> Iterator[Path]:
    """The ways to a value that is not wanted: entries taken at each column on the way."""
    if isinstance(node, Leaf):
        if node.value not in wanted:
            yield ()
        return
    for taken, child in _branches(node):
        for path in _paths(found, child, wanted):
            yield ((found.columns[node.level], taken), *path)


def _branches(node: Inner) -> list[tuple[tuple[int, ...], Node]]:
    """The entries that lead to the same child, together."""
    together: dict[int, list[int]] = {}
    for place, child in enumerate(node.children):
        together.setdefault(id(child), []).append(place)
    return [(tuple(places), node.children[places[0]]) for places in together.values()]


def _others(column: Column, taken: tuple[int, ...]) -> Iterator[Formula]:
    """That none of these entries is taken."""
    if len(taken) == 1:
        yield literal(-column.entries[taken[0]].literal)
        return
    for place, entry in enumerate(column.entries):
        if place not in taken:
            yield literal(entry.literal)


def literal(signed: int) -> Formula:
    """The formula of a literal."""
    if signed == ALWAYS:
        return TRUE
    return Var(signed - 1) if signed > 0 else Not(Var(-signed - 1))


def _defined(found: Diagram, wanted: Collection[Known], made: Definitions) -> Formula:
    """Each inner node becomes a feature, children before parents."""
    formula: dict[int, Formula] = {}
    for node in _all_nodes(found.root):
        if isinstance(node, Leaf):
            formula[id(node)] = TRUE if node.value in wanted else FALSE
            continue
        column = found.columns[node.level]
        cases: list[Formula] = []
        for taken, child in _branches(node):
            then = formula[id(child)]
            if then is not TRUE:
                others = tuple(_others(column, taken))
                cases.append(Or(others if then is FALSE else (*others, then)))
        formula[id(node)] = Var(made.define(And(tuple(cases))))
    return formula[id(found.root)]


def _all_nodes(root: Node) -> Iterator[Node]:
    """Every node once, children first."""
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done or isinstance(node, Leaf):
            if done or id(node) not in seen:
                seen.add(id(node))
                yield node
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((child, False) for child in node.children)


def both(*parts: Formula) -> Formula:
    """All of them, without what is always true."""
    kept = tuple(part for part in parts if part != TRUE)
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else And(kept)


def either(*parts: Formula) -> Formula:
    """Any of them, without what is never true."""
    kept = tuple(part for part in parts if part != FALSE)
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Or(kept)


def contrary(part: Formula) -> Formula:
    """Where it is not."""
    if isinstance(part, Not):
        return part.part
    return FALSE if part == TRUE else TRUE if part == FALSE else Not(part)


def same(left: Formula, right: Formula) -> Formula:
    """Where both are or none is."""
    if left in (TRUE, FALSE):
        left, right = right, left
    if right == TRUE:
        return left
    return contrary(left) if right == FALSE else Iff(left, right)
