"""Numbers as sums of parts that read different choices: a form is a constant and one table for each part."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod
from typing import Final, NamedTuple, cast

from kernel.expressions.tree import Attribute, Call, Chain, Literal, Name, Negation, Node
from kernel.expressions.types import ListOf
from orders.engine.grounding.boxes import COMPARED, Boxes, Maybe
from orders.engine.grounding.diagrams import Diagram, Leaf, diagram
from orders.engine.grounding.values import Column, Known, Span, assembled

MOST_IN_PART: Final = 5_000
ZERO: Final = Decimal(0)
NOUGHT: Final = Span(ZERO, ZERO)

Columns = Mapping[str, tuple[Column, ...]]


class Part(NamedTuple):
    """Columns, and the number for each combination of their entries in the order of `itertools.product`."""

    columns: tuple[Column, ...]
    table: tuple[Decimal | Span, ...]


@dataclass(frozen=True)
class Form:
    """The number is the constant and one of each part's table together."""

    constant: Decimal
    parts: tuple[Part, ...]


class _Term(NamedTuple):
    columns: tuple[Column, ...]
    factor: Decimal
    value: Callable[[dict[str, Known]], Known | None]


class _Sums:
    """Takes one node apart."""

    def __init__(self, boxes: Boxes, columns: Columns) -> None:
        self.boxes, self.columns = boxes, columns
        self.constant = ZERO

    def terms(self, node: Node, factor: Decimal) -> Iterator[_Term]:
        """The addends; constants are added up on the way."""
        match node:
            case Literal(value=Decimal() as number):
                self.constant += factor * number
            case Negation("-", operand):
                yield from self.terms(operand, -factor)
            case Name(name) if name in self.boxes.derived:
                yield from self.terms(self.boxes.derived[name].formula.checked.tree, factor)
            case Chain(first, steps) if steps[0].operator in "+-":
                yield from self.terms(first, factor)
                for step in steps:
                    yield from self.terms(step.operand, factor if step.operator == "+" else -factor)
            case Chain() if (scaled := self._scaled(node)) is not None:
                yield from self.terms(scaled[1], factor * scaled[0])
            case Call("sum", arguments) if len(arguments) > 1 and not any(map(self._listed, arguments)):
                for argument in arguments:
                    yield from self.terms(argument, factor)
            case Call(("sum" | "count"), (argument,)) if name := self._listed(argument):
                for column in self.columns[name]:
                    yield _Term((column,), factor, lambda values: self.boxes.value(node, values))
            case _:
                names = sorted(self.boxes.names(node))
                read = tuple(column for name in names for column in self.columns[name])
                yield _Term(read, factor, lambda values: self.boxes.value(node, values))

    def _listed(self, node: Node) -> str:
        """The list of options that a node is or reads."""
        if isinstance(node, (Name, Attribute)) and isinstance(self.boxes.scope.get(node.name), ListOf):
            return node.name if node.name in self.columns else ""
        return ""

    def _scaled(self, node: Chain) -> tuple[Decimal, Node] | None:
        """A product or quotient with all but one operand fixed: its factor and that operand."""
        factor = Decimal(1)
        open_node: Node | None = None
        for operator, operand in (("*", node.first), *((step.operator, step.operand) for step in node.steps)):
            fixed = self.boxes.value(operand, {}) if not self.boxes.names(operand) else None
            if isinstance(fixed, Decimal) and operator in "*/" and (fixed or operator == "*"):
                factor = factor * fixed if operator == "*" else factor / fixed
            elif operator == "*" and fixed is None and open_node is None:
                open_node = operand
            else:
                return None
        return (factor, open_node) if open_node is not None else None


def form_of(node: Node, boxes: Boxes, columns: Columns, constant: Decimal = ZERO) -> Form | None:
    """The number as a form; None where a part reads too much at once or has no value somewhere."""
    sums = _Sums(boxes, columns)
    terms = list(sums.terms(node, Decimal(1)))
    parts = []
    for together in _groups(terms):
        part = _part(together)
        if part is None:
            return None
        parts.append(part)
    parts.sort(key=lambda part: -_spread(part))
    return Form(constant + sums.constant, tuple(parts))


def difference(left: Node, right: Node, boxes: Boxes, columns: Columns) -> Form | None:
    """Left minus right."""
    sums = _Sums(boxes, columns)
    terms = [*sums.terms(left, Decimal(1)), *sums.terms(right, Decimal(-1))]
    parts = [_part(together) for together in _groups(terms)]
    if any(part is None for part in parts):
        return None
    known = sorted((part for part in parts if part), key=lambda part: -_spread(part))
    return Form(sums.constant, tuple(known))


def _groups(terms: list[_Term]) -> list[list[_Term]]:
    """Terms that share a column belong together."""
    groups: list[tuple[set[tuple[str, str | None]], list[_Term]]] = []
    for term in terms:
        keys = {(column.name, column.option) for column in term.columns}
        touched = [group for group in groups if group[0] & keys]
        groups = [group for group in groups if not group[0] & keys]
        joined = [other for _, others in touched for other in others]
        groups.append((keys.union(*(group[0] for group in touched)), [*joined, term]))
    return [together for _, together in groups]


def _part(terms: list[_Term]) -> Part | None:
    columns = tuple(dict.fromkeys(column for term in terms for column in term.columns))
    if prod(len(column.entries) for column in columns) > MOST_IN_PART:
        return None
    table: list[Decimal | Span] = []
    for picked in product(*([entry.value for entry in column.entries] for column in columns)):
        total: Decimal | Span = ZERO
        for term in terms:
            own = {(column.name, column.option) for column in term.columns}
            places = [place for place, column in enumerate(columns) if (column.name, column.option) in own]
            values = assembled(
                tuple(columns[place] for place in places), tuple(picked[place] for place in places)
            )
            value = term.value(values)
            if not isinstance(value, (Decimal, Span)):
                return None
            total = added(total, scaled(value, term.factor))
        table.append(total)
    return Part(columns, tuple(table))


def added(left: Decimal | Span, right: Decimal | Span) -> Decimal | Span:
    """The sum of numbers or spans."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left + right
    one, two = as_span(left), as_span(right)
    return Span(one.low + two.low, one.high + two.high)


def scaled(value: Decimal | Span, factor: Decimal) -> Decimal | Span:
    """A number or span times a factor."""
    if isinstance(value, Decimal):
        return value * factor
    ends = value.low * factor, value.high * factor
    return Span(min(ends), max(ends))


def as_span(value: Decimal | Span) -> Span:
    """A number as a span."""
    return value if isinstance(value, Span) else Span(value, value)


def _spread(part: Part) -> Decimal:
    spans = [as_span(value) for value in part.table]
    return max(span.high for span in spans) - min(span.low for span in spans)


def compared(form: Form, operator: str) -> Diagram:
    """The diagram of `form operator 0`: yes, no, or None where a span leaves it open.

    The state on the way is the sum so far; it ends where the rest cannot change the answer any more. Raises
    TooLarge.
    """
    columns = tuple(column for part in form.parts for column in part.columns)
    part_of = [place for place, part in enumerate(form.parts) for _ in part.columns]
    first = {place: part_of.index(place) for place in range(len(form.parts))}
    rest = _rests(form)
    sizes = [len(column.entries) for column in columns]
    places = [{entry.value: place for place, entry in enumerate(column.entries)} for column in columns]

    def step(state: Hashable, level: int, value: Known) -> Hashable:
        total, row = cast(tuple[Decimal | Span, int], state)
        row = row * sizes[level] + places[level][value]
        part = form.parts[part_of[level]]
        if level + 1 - first[part_of[level]] < len(part.columns):
            return total, row
        return added(total, part.table[row]), 0

    def settle(level: int, state: Hashable) -> Leaf | None:
        total, _ = cast(tuple[Decimal | Span, int], state)
        if level < len(columns) and level != first[part_of[level]]:
            return None
        left = rest[part_of[level]] if level < len(columns) else NOUGHT
        answer: Maybe = COMPARED[operator](as_span(added(total, left)), NOUGHT)
        return Leaf(answer) if answer is not None or level == len(columns) else None

    return diagram(columns, (form.constant, 0), step, settle)


def _rests(form: Form) -> list[Span]:
    """What the parts from each one on may add up to."""
    rests = [NOUGHT]
    for part in reversed(form.parts):
        spans = [as_span(value) for value in part.table]
        own = Span(min(span.low for span in spans), max(span.high for span in spans))
        rests.append(as_span(added(own, rests[-1])))
    return rests[:0:-1]
