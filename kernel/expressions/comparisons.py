"""Comparing: equality, order and membership over the types that may meet."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import cast

from kernel.expressions.errors import ExpressionError, Position
from kernel.expressions.terms import Run, Term, Values, as_number, common_type, folded, required
from kernel.expressions.types import BOOLEAN, ListOf, Nothing, Number, Text, Type, Value

_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def ordering(sign: str, left: Term, right: Term, position: Position) -> Term:
    """left < right and its like: numbers only."""
    compare = _ORDER[sign]
    low, high = as_number(left), as_number(right)
    return folded(BOOLEAN, lambda values: compare(low(values), high(values)), position, [left, right])


def equality(sign: str, left: Term, right: Term, position: Position) -> Term:
    """left = right or left <> right; `none` equals an empty text, an empty list and an unchosen option."""
    wanted = sign == "="
    parts = [left, right]
    sides = _emptiness(left, right) or _emptiness(right, left) or _alike(left, right, position)
    one, other = sides

    def run(values: Values) -> Value:
        return (one(values) == other(values)) is wanted

    return folded(BOOLEAN, run, position, parts)


def _emptiness(empty: Term, side: Term) -> tuple[Run, Run] | None:
    """Both closures where one side is `none` and the other a list."""
    if not isinstance(empty.type, Nothing) or not isinstance(side.type, ListOf):
        return None
    return side.run, lambda values: ()


def _alike(left: Term, right: Term, position: Position) -> tuple[Run, Run]:
    target = common_type([left.type, right.type])
    if target is None or isinstance(target, ListOf):
        message = f"{left.type.words.capitalize()} cannot be compared with {right.type.words}."
        raise ExpressionError(message, position, _hint(left.type, right.type))
    return required(left, target).run, required(right, target).run


def _hint(left: Type, right: Type) -> str:
    kinds = {type(left), type(right)}
    if ListOf in kinds:
        return "Write 'in', or compare count(list)."
    if kinds == {Number, Text}:
        return "Write the number without quotes."
    if kinds == {Number, Nothing}:
        return "A number always has a value."
    return ""


def membership(item: Term, group: Term, *, negated: bool, position: Position) -> Term:
    """item in group; ExpressionError where the group is no set or cannot hold such an item."""
    if not isinstance(group.type, ListOf):
        message = f"'in' needs a set or list, found {group.type.words}."
        raise ExpressionError(message, group.position, "Write a set in braces: {A, B}.")
    target = common_type([item.type, group.type.of])
    if target is None or isinstance(target, (ListOf, Nothing)):
        raise ExpressionError(f"A list of {group.type.of.words} cannot hold {item.type.words}.", position)
    sought = required(item, target).run
    held = cast(Callable[[Values], tuple[Value, ...]], required(group, ListOf(target)).run)
    return folded(BOOLEAN, _search(sought, held, group, negated), position, [item, group])


def _search(sought: Run, held: Callable[[Values], tuple[Value, ...]], group: Term, negated: bool) -> Run:
    if group.fixed:
        known = frozenset(held({}))
        return lambda values: (sought(values) in known) is not negated
    return lambda values: (sought(values) in held(values)) is not negated
