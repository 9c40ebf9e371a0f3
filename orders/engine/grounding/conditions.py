"""Conditions as formulas over features: what surely holds and what possibly does."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Final, NamedTuple, cast

from kernel.expressions.tree import (
    Comparison,
    Conditional,
    Implication,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
)
from orders.engine.grounding.boxes import Boxes
from orders.engine.grounding.diagrams import (
    Definitions,
    Diagram,
    Leaf,
    TooLarge,
    both,
    diagram,
    either,
    where,
)
from orders.engine.grounding.sums import compared, difference
from orders.engine.grounding.values import Column, Known, assembled, is_exact
from orders.engine.logic.tree import Formula

MOST_ENUMERATED: Final = 200_000
FEW: Final = 4_096


class Pair(NamedTuple):
    """Where a condition surely holds, and where it may; the same where everything is known."""

    surely: Formula
    possibly: Formula


class Signed(NamedTuple):
    """A condition, or its contrary."""

    node: Node
    sign: bool = True


def parts_of(signed: Signed, boxes: Boxes) -> tuple[bool, tuple[Signed, ...]] | None:
    """The conditions that this one joins, and whether all of them must hold; None for an atom."""
    node, sign = signed
    match node:
        case Junction(operator, operands):
            return (operator == "and") is sign, tuple(Signed(operand, sign) for operand in operands)
        case Negation("not", operand):
            return True, (Signed(operand, not sign),)
        case Implication(left, right, excludes):
            return not sign, (Signed(left, not sign), Signed(right, sign is not excludes))
        case Conditional(condition, then, otherwise) if boxes.is_condition(node):
            cases = (
                Implication(condition, then, excludes=False, position=node.position),
                Junction("or", (condition, otherwise), node.position),
            )
            boxes.keep(cases)
            return sign, tuple(Signed(case, sign) for case in cases)
        case Name(name) if name in boxes.derived and boxes.is_condition(node):
            return True, (Signed(boxes.derived[name].formula.checked.tree, sign),)
    return None


def atoms_of(node: Node, boxes: Boxes) -> Iterator[Node]:
    """The conditions within that join no others."""
    joined = parts_of(Signed(node), boxes)
    if joined is None:
        yield node
        return
    for signed in joined[1]:
        yield from atoms_of(signed.node, boxes)


@dataclass
class Conditions:
    """Grounds one product's conditions; remembers each atom's diagram, and the atoms that were too large."""

    boxes: Boxes
    columns: Mapping[str, tuple[Column, ...]]
    made: Definitions
    diagrams: dict[int, Diagram | None] = field(default_factory=dict)

    def ground(self, node: Node, sign: bool = True) -> Pair:
        """A condition or its contrary as formulas."""
        joined = parts_of(Signed(node, sign), self.boxes)
        if joined is None:
            return self._atom(node, sign)
        every, parts = joined
        pairs = [self.ground(*part) for part in parts]
        join = both if every else either
        return Pair(join(*(pair.surely for pair in pairs)), join(*(pair.possibly for pair in pairs)))

    def is_exact(self, node: Node) -> bool:
        """Whether a condition is known for every combination."""
        return all(
            (found := self.diagram(atom)) is not None and None not in found.values()
            for atom in atoms_of(node, self.boxes)
        )

    def diagram(self, atom: Node) -> Diagram | None:
        """What an atom gives for each combination; None where there are too many."""
        key = id(atom)
        if key not in self.diagrams:
            try:
                self.diagrams[key] = self._made(atom)
            except TooLarge:
                self.diagrams[key] = None
        return self.diagrams[key]

    def _atom(self, atom: Node, sign: bool) -> Pair:
        found = self.diagram(atom)
        if found is None:
            return Pair(either(), both())
        if None not in found.values():
            exact = where(found, {sign}, self.made)
            return Pair(exact, exact)
        return Pair(where(found, {sign}, self.made), where(found, {sign, None}, self.made))

    def _made(self, atom: Node) -> Diagram | None:
        if (listed := self._in_list(atom)) is not None:
            return listed
        names = sorted(self.boxes.names(atom))
        columns = tuple(column for name in names for column in self.columns[name])
        size = prod(len(column.entries) for column in columns)
        if size > FEW and isinstance(atom, Comparison):
            form = difference(atom.left, atom.right, self.boxes, self.columns)
            if form is not None:
                return compared(form, atom.operator)
        return self._enumerated(atom, columns) if size <= MOST_ENUMERATED else None

    def _enumerated(self, atom: Node, columns: tuple[Column, ...]) -> Diagram:
        exact = all(is_exact(entry.value) for column in columns for entry in column.entries)
        truth = self.boxes.exactly(atom) if exact else self.boxes.truth

        def step(state: Hashable, level: int, value: Known) -> Hashable:
            return (*cast(tuple[Known, ...], state), value)

        def settle(level: int, state: Hashable) -> Leaf | None:
            if level < len(columns):
                return None
            return Leaf(truth(atom, assembled(columns, cast(tuple[Known, ...], state))))

        return diagram(columns, (), step, settle)

    def _in_list(self, atom: Node) -> Diagram | None:
        """`D2 in DISKS` reads one column only."""
        if not (isinstance(atom, Membership) and isinstance(atom.group, Name)):
            return None
        item = atom.item
        code = item.name if isinstance(item, Name) else item.source if isinstance(item, Literal) else ""
        found = [column for column in self.columns.get(atom.group.name, ()) if column.option == code]
        if not found or (isinstance(item, Name) and item.name in self.boxes.scope):
            return None

        def settle(level: int, state: Hashable) -> Leaf | None:
            return Leaf(state is not atom.negated) if level else None

        return diagram(found, False, lambda state, level, value: bool(value), settle)
