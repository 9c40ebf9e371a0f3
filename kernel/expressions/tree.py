"""The syntax tree of a formula: frozen nodes, each with its place."""

from dataclasses import dataclass
from decimal import Decimal

from kernel.expressions.errors import Position


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, yes/no (as bool) or none (as None); `source` is what was written, without quotes."""

    value: Decimal | str | bool | None
    source: str
    position: Position


@dataclass(frozen=True, slots=True)
class Name:
    """A feature, or the bare code of an option where a choice stands beside it."""

    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the chosen option: CPU.watt."""

    name: str
    attribute: str
    position: Position
    attribute_position: Position


@dataclass(frozen=True, slots=True)
class Step:
    """One operator and its right operand in a chain; the place is the operator's."""

    operator: str
    operand: "Node"
    position: Position


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one strength, left to right: + - or * / %; a ^ b is a chain of one step."""

    first: "Node"
    steps: tuple[Step, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by one operator, 'and' or 'or'."""

    operator: str
    operands: tuple["Node", ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Negation:
    """-x, or not x."""

    operator: str
    operand: "Node"
    position: Position


@dataclass(frozen=True, slots=True)
class Implication:
    """If the left holds, the right must hold; with `excludes`, must not."""

    left: "Node"
    right: "Node"
    excludes: bool
    position: Position


@dataclass(frozen=True, slots=True)
class Comparison:
    """= <> < <= > >= between two values."""

    operator: str
    left: "Node"
    right: "Node"
    position: Position


@dataclass(frozen=True, slots=True)
class Membership:
    """A value in, or not in, a set or list."""

    item: "Node"
    group: "Node"
    negated: bool
    position: Position


@dataclass(frozen=True, slots=True)
class SetOf:
    """{a, b, c}"""

    items: tuple["Node", ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Conditional:
    """if(condition, then, otherwise), or condition ? then : otherwise."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    position: Position


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language with its arguments."""

    function: str
    arguments: tuple["Node", ...]
    position: Position


Node = (
    Literal
    | Name
    | Attribute
    | Chain
    | Junction
    | Negation
    | Implication
    | Comparison
    | Membership
    | SetOf
    | Conditional
    | Call
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed formula: its source and its tree; names are not resolved yet."""

    source: str
    tree: Node
