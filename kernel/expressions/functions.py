"""The functions of the language: how many arguments each takes, its types, its closure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kernel.expressions import arithmetic
from kernel.expressions.arithmetic import OPERATORS, CalculationError
from kernel.expressions.errors import EvaluationError, ExpressionError, Position
from kernel.expressions.terms import (
    Convert,
    Run,
    Term,
    Values,
    as_number,
    as_text,
    bounded,
    common_type,
    converter,
    counted,
    folded,
    refused,
    shown,
)
from kernel.expressions.types import BOOLEAN, NUMBER, TEXT, ListOf, Type, Value

Numbers = Callable[[Values], list[Decimal]]
Build = Callable[[list[Term], Position], Run]


@dataclass(frozen=True, slots=True)
class Function:
    """One function; `codes_of_first`: bare codes in later arguments belong to the choice in the first."""

    least: int
    most: int
    result: Callable[[list[Term]], Type]
    build: Build
    shape: str
    codes_of_first: bool = False


def call(name: str, function: Function, arguments: list[Term], position: Position) -> Term:
    """The term of a call; ExpressionError for a wrong number or type of arguments."""
    if not function.least <= len(arguments) <= function.most:
        raise ExpressionError(
            f"{name} does not take {len(arguments)} arguments.", position, f"Write {function.shape}."
        )
    run = function.build(arguments, position)
    return folded(function.result(arguments), run, position, arguments)


def _number_result(arguments: list[Term]) -> Type:
    return NUMBER


def _text_result(arguments: list[Term]) -> Type:
    return TEXT


def _boolean_result(arguments: list[Term]) -> Type:
    return BOOLEAN


def _same_result(arguments: list[Term]) -> Type:
    return arguments[0].type


def _of_numbers(calculate: Callable[..., Decimal]) -> Build:
    """A function of single numbers."""

    def build(arguments: list[Term], position: Position) -> Run:
        runs = [as_number(argument) for argument in arguments]

        def run(values: Values) -> Value:
            try:
                return calculate(*[operand(values) for operand in runs])
            except CalculationError as error:
                raise refused(error, position) from None

        return run

    return build


def _over_numbers(fold: Callable[[list[Decimal]], Decimal], *, may_be_empty: bool) -> Build:
    """A function over any mixture of numbers and lists of numbers."""

    def build(arguments: list[Term], position: Position) -> Run:
        gather = _gathered(arguments)

        def run(values: Values) -> Value:
            numbers = gather(values)
            if not numbers and not may_be_empty:
                raise EvaluationError("The list is empty.", position, "Test count(list) > 0 before.")
            try:
                return fold(numbers)
            except CalculationError as error:
                raise refused(error, position) from None

        return run

    return build


def _gathered(arguments: Sequence[Term]) -> Numbers:
    parts = [_numbers(argument) for argument in arguments]
    return lambda values: [number for part in parts for number in part(values)]


def _numbers(term: Term) -> Numbers:
    if not isinstance(term.type, ListOf):
        single = as_number(counted(term))
        return lambda values: [single(values)]
    convert, items = _number_converter(term), _items(term)
    return lambda values: [cast(Decimal, convert(item)) for item in items(values)]


def _number_converter(term: Term) -> Convert:
    convert = converter(cast(ListOf, term.type).of, NUMBER)
    if convert is None:
        raise ExpressionError(
            "The list does not hold numbers.", term.position, "Use a numeric attribute of it."
        )
    return convert


def _items(term: Term) -> Callable[[Values], tuple[Value, ...]]:
    if not isinstance(term.type, ListOf):
        raise ExpressionError(f"Expected a list, found {term.type.words}.", term.position)
    return cast(Callable[[Values], tuple[Value, ...]], term.run)


def _total(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = OPERATORS["+"](total, number)
    return total


def _count(arguments: list[Term], position: Position) -> Run:
    items = _items(arguments[0])
    if len(arguments) == 1:
        return lambda values: Decimal(len(items(values)))
    convert, wanted = _comparable(arguments[0], arguments[1])
    return lambda values: Decimal([convert(item) for item in items(values)].count(wanted(values)))


def _comparable(group: Term, item: Term) -> tuple[Convert, Run]:
    inner = cast(ListOf, group.type).of
    target = common_type([inner, item.type])
    left = converter(inner, target) if target else None
    right = converter(item.type, target) if target else None
    if left is None or right is None:
        message = f"A list of this kind cannot hold {item.type.words}."
        raise ExpressionError(message, item.position)
    run = item.run
    return left, lambda values: right(run(values))


def _distinct(arguments: list[Term], position: Position) -> Run:
    items = _items(arguments[0])
    return lambda values: tuple(dict.fromkeys(items(values)))


def _length(arguments: list[Term], position: Position) -> Run:
    text = as_text(arguments[0])
    return lambda values: Decimal(len(text(values)))


def _changed(change: Callable[[str], str]) -> Build:
    """A function from text to text."""

    def build(arguments: list[Term], position: Position) -> Run:
        text = as_text(arguments[0])
        return lambda values: bounded(change(text(values)), position)

    return build


def _tested(test: Callable[[str, str], bool]) -> Build:
    """A function from two texts to yes or no."""

    def build(arguments: list[Term], position: Position) -> Run:
        text, part = as_text(arguments[0]), as_text(arguments[1])
        return lambda values: test(text(values), part(values))

    return build


def _written(arguments: list[Term], position: Position) -> Run:
    if isinstance(arguments[0].type, ListOf):
        raise ExpressionError("Expected a single value, found a list.", arguments[0].position)
    return shown(arguments[0])


MANY = 2_000

FUNCTIONS: dict[str, Function] = {
    "min": Function(1, MANY, _number_result, _over_numbers(min, may_be_empty=False), "min(a, b)"),
    "max": Function(1, MANY, _number_result, _over_numbers(max, may_be_empty=False), "max(a, b)"),
    "sum": Function(1, MANY, _number_result, _over_numbers(_total, may_be_empty=True), "sum(list)"),
    "abs": Function(1, 1, _number_result, _of_numbers(Decimal.copy_abs), "abs(x)"),
    "ceil": Function(1, 1, _number_result, _of_numbers(arithmetic.ceil), "ceil(x)"),
    "floor": Function(1, 1, _number_result, _of_numbers(arithmetic.floor), "floor(x)"),
    "round": Function(1, 2, _number_result, _of_numbers(arithmetic.round_half_up), "round(x, places)"),
    "sqrt": Function(1, 1, _number_result, _of_numbers(arithmetic.square_root), "sqrt(x)"),
    "count": Function(1, 2, _number_result, _count, "count(list) or count(list, value)", codes_of_first=True),
    "distinct": Function(1, 1, _same_result, _distinct, "distinct(list)"),
    "len": Function(1, 1, _number_result, _length, "len(text)"),
    "upper": Function(1, 1, _text_result, _changed(str.upper), "upper(text)"),
    "lower": Function(1, 1, _text_result, _changed(str.lower), "lower(text)"),
    "text": Function(1, 1, _text_result, _written, "text(x)"),
    "contains": Function(2, 2, _boolean_result, _tested(str.__contains__), "contains(text, part)"),
    "starts_with": Function(2, 2, _boolean_result, _tested(str.startswith), "starts_with(text, part)"),
    "ends_with": Function(2, 2, _boolean_result, _tested(str.endswith), "ends_with(text, part)"),
}
