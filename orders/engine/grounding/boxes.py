"""Formulas over spans of numbers and unknown texts: yes, no, or not the same everywhere.

Interval arithmetic (R. E. Moore, Interval Analysis, 1966): never wrong, sometimes undecided. What reads only
exact values is evaluated by the formula itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from kernel.expressions import (
    BOOLEAN,
    NUMBER,
    Boolean,
    Checked,
    EvaluationError,
    ExpressionError,
    Scope,
    Type,
    part,
)
from kernel.expressions.arithmetic import CONTEXT, ceil, floor, round_half_up
from kernel.expressions.tree import (
    Call,
    Chain,
    Comparison,
    Conditional,
    Implication,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
    SetOf,
)
from orders.engine.compiling import CompiledDerived
from orders.engine.grounding.values import AnyText, Known, Span, is_exact

Values = Mapping[str, Known]
Maybe = bool | None

MONOTONE: dict[str, Callable[[Decimal], Decimal]] = {
    "ceil": ceil,
    "floor": floor,
    "round": round_half_up,
}


@dataclass
class Boxes:
    """Evaluates nodes of one product's formulas; keeps the checked part for each node it met."""

    scope: Scope
    derived: Mapping[str, CompiledDerived]
    parts: dict[tuple[int, Type | None], Checked | None] = field(default_factory=dict)
    behind: dict[str, frozenset[str]] = field(default_factory=dict)
    held: list[Node] = field(default_factory=list)

    def checked(self, node: Node, expects: Type | None = None) -> Checked | None:
        """The node as a formula of its own, kept; None where it does not give what is expected."""
        key = id(node), expects
        if key not in self.parts:
            try:
                self.parts[key] = part(node, self.scope, expects)
            except ExpressionError:
                self.parts[key] = None
        return self.parts[key]

    def is_condition(self, node: Node) -> bool:
        """Whether a node gives yes or no by itself."""
        checked = self.checked(node)
        return checked is not None and isinstance(checked.result, Boolean)

    def keep(self, nodes: Iterable[Node]) -> None:
        """Hold nodes made on the way: parts are known by their identity."""
        self.held.extend(nodes)

    def names(self, node: Node) -> frozenset[str]:
        """The choices and parameters a node reads, derived values resolved."""
        checked = self.checked(node)
        return self.resolved(checked.names) if checked else frozenset()

    def resolved(self, names: frozenset[str]) -> frozenset[str]:
        """The choices and parameters behind these names."""
        return frozenset(deep for name in names for deep in self._behind(name))

    def _behind(self, name: str) -> frozenset[str]:
        if name not in self.derived:
            return frozenset((name,))
        if name not in self.behind:
            self.behind[name] = self.resolved(self.derived[name].formula.checked.names)
        return self.behind[name]

    def exactly(self, node: Node) -> Callable[[Node, Values], Maybe]:
        """`truth` of one node where all values are known exactly; quicker."""
        checked = self.checked(node, BOOLEAN)
        if checked is None:
            return lambda node, values: None
        return lambda node, values: cast(Maybe, self._exact(checked, values))

    def truth(self, node: Node, values: Values) -> Maybe:
        """Whether a condition holds; None where it depends, or where it cannot be evaluated."""
        checked = self.checked(node, BOOLEAN)
        if checked is None:
            return None
        if self._is_exact(checked, values):
            return cast(Maybe, self._exact(checked, values))
        match node:
            case Junction(operator, operands):
                return _joined(operator == "or", [self.truth(operand, values) for operand in operands])
            case Negation(_, operand):
                return _contrary(self.truth(operand, values))
            case Implication(left, right, excludes):
                then = self.truth(right, values)
                return _joined(
                    True, [_contrary(self.truth(left, values)), _contrary(then) if excludes else then]
                )
            case Comparison(operator, left, right):
                return self._compared(operator, left, right, values)
            case Membership(item, SetOf(items), negated):
                found = _joined(True, [self._compared("=", item, one, values) for one in items])
                return _contrary(found) if negated else found
            case Conditional(condition, then_node, otherwise):
                first, second = self.truth(then_node, values), self.truth(otherwise, values)
                choice = self.truth(condition, values)
                return (first if first == second else None) if choice is None else first if choice else second
            case Name(name) if name in self.derived:
                return self.truth(self.derived[name].formula.checked.tree, values)
        return None

    def value(self, node: Node, values: Values) -> Known | None:
        """A number or Span; None where it is not known or cannot be evaluated."""
        checked = self.checked(node, NUMBER)
        if checked is None:
            held = self.truth(node, values)
            return Span(Decimal(0), Decimal(1)) if held is None else Decimal(held)
        return self._exact(checked, values) if self._is_exact(checked, values) else self._span(node, values)

    def _is_exact(self, checked: Checked, values: Values) -> bool:
        return all(is_exact(values[name]) for name in self.resolved(checked.names))

    def _exact(self, checked: Checked, values: Values) -> Known | None:
        try:
            return checked.evaluate(self._derived(checked.names, dict(values)))
        except EvaluationError:
            return None

    def _derived(self, names: frozenset[str], values: dict[str, Known]) -> dict[str, Known]:
        """The values with the derived ones among these names."""
        for name in names:
            if name in self.derived and name not in values:
                formula = self.derived[name].formula.checked
                values[name] = formula.evaluate(self._derived(formula.names, values))
        return values

    def _span(self, node: Node, values: Values) -> Known | None:
        match node:
            case Name(name) if name in self.derived:
                return self.value(self.derived[name].formula.checked.tree, values)
            case Name(name):
                found = values[name]
                return found if isinstance(found, Span) else None
            case Negation("-", operand):
                span = _spanned(self.value(operand, values))
                return span and Span(-span.high, -span.low)
            case Chain(first, steps):
                span = _spanned(self.value(first, values))
                for step in steps:
                    span = _calculated(step.operator, span, _spanned(self.value(step.operand, values)))
                return span
            case Conditional(condition, then, otherwise):
                choice = self.truth(condition, values)
                if choice is not None:
                    return self.value(then if choice else otherwise, values)
                return _hull([_spanned(self.value(part, values)) for part in (then, otherwise)])
            case Call(function, arguments):
                return self._called(function, arguments, values)
        return None

    def _called(self, function: str, arguments: tuple[Node, ...], values: Values) -> Span | None:
        if function == "len" and isinstance(arguments[0], Name):
            text = values.get(arguments[0].name)
            return Span(Decimal(1), Decimal(text.longest)) if isinstance(text, AnyText) else None
        spans = [_spanned(self.value(argument, values)) for argument in arguments]
        known = [span for span in spans if span is not None]
        if len(known) < len(spans) or not known:
            return None
        lows, highs = [span.low for span in known], [span.high for span in known]
        match function:
            case "min":
                return Span(min(lows), min(highs))
            case "max":
                return Span(max(lows), max(highs))
            case "sum":
                return Span(sum(lows, Decimal(0)), sum(highs, Decimal(0)))
            case "abs":
                inside = lows[0] <= 0 <= highs[0]
                ends = abs(lows[0]), abs(highs[0])
                return Span(Decimal(0) if inside else min(ends), max(ends))
        change = MONOTONE.get(function)
        return Span(change(lows[0]), change(highs[0])) if change and len(known) == 1 else None

    def _compared(self, operator: str, left: Node, right: Node, values: Values) -> Maybe:
        texts = [
            node
            for node in (left, right)
            if isinstance(node, Name) and isinstance(values.get(node.name), AnyText)
        ]
        if texts:
            other = right if texts[0] is left else left
            empty = isinstance(other, Literal) and other.value in ("", None)
            return operator == "<>" if empty and operator in ("=", "<>") else None
        one, two = _spanned(self.value(left, values)), _spanned(self.value(right, values))
        return COMPARED[operator](one, two) if one and two else None


def _spanned(value: Known | None) -> Span | None:
    if isinstance(value, Decimal):
        return Span(value, value)
    return value if isinstance(value, Span) else None


def _before(surely: bool, never: bool) -> Maybe:
    return True if surely else False if never else None


def _equal(left: Span, right: Span) -> Maybe:
    if left.high < right.low or right.high < left.low:
        return False
    return True if left.low == left.high == right.low == right.high else None


def _contrary(held: Maybe) -> Maybe:
    return None if held is None else not held


def _joined(stop: bool, parts: list[Maybe]) -> Maybe:
    """Any of them (`stop` true) or all of them."""
    if stop in parts:
        return stop
    return None if None in parts else not stop


def _hull(spans: list[Span | None]) -> Span | None:
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    return Span(min(span.low for span in known), max(span.high for span in known))


def _calculated(operator: str, left: Span | None, right: Span | None) -> Span | None:
    if left is None or right is None:
        return None
    match operator:
        case "+":
            return Span(CONTEXT.add(left.low, right.low), CONTEXT.add(left.high, right.high))
        case "-":
            return Span(CONTEXT.subtract(left.low, right.high), CONTEXT.subtract(left.high, right.low))
        case "*":
            return _corners(CONTEXT.multiply, left, right)
        case "/" if right.low > 0 or right.high < 0:
            return _corners(CONTEXT.divide, left, right)
    return None


def _corners(calculate: Callable[[Decimal, Decimal], Decimal], left: Span, right: Span) -> Span:
    ends = [calculate(one, two) for one in (left.low, left.high) for two in (right.low, right.high)]
    return Span(min(ends), max(ends))


COMPARED: dict[str, Callable[[Span, Span], Maybe]] = {
    "<": lambda left, right: _before(left.high < right.low, left.low >= right.high),
    "<=": lambda left, right: _before(left.high <= right.low, left.low > right.high),
    ">": lambda left, right: _before(left.low > right.high, left.high <= right.low),
    ">=": lambda left, right: _before(left.low >= right.high, left.high < right.low),
    "=": _equal,
    "<>": lambda left, right: _contrary(_equal(left, right)),
}
