"""Typed terms: a checked part of a formula as type and closure, and how types turn into each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kernel.expressions.arithmetic import CalculationError
from kernel.expressions.errors import EvaluationError, ExpressionError, Position
from kernel.expressions.types import (
    BOOLEAN,
    NUMBER,
    TEXT,
    YES_CODES,
    Boolean,
    Choice,
    ListOf,
    Nothing,
    Number,
    Text,
    Type,
    Value,
)
from kernel.wording import plain

Values = Mapping[str, object]
Run = Callable[[Values], Value]
Convert = Callable[[Value], Value]

MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Term:
    """A checked part of a formula; `fixed` terms give the same value whatever was chosen."""

    type: Type
    run: Run
    position: Position
    fixed: bool = False


def fixed(type_: Type, value: Value, position: Position) -> Term:
    """A term that is always `value`."""
    return Term(type_, lambda values: value, position, fixed=True)


def folded(type_: Type, run: Run, position: Position, parts: Sequence[Term]) -> Term:
    """A term built from `parts`, calculated now if all of them are fixed.

    What fails with fixed parts fails always, so it is an ExpressionError.
    """
    if not all(part.fixed for part in parts):
        return Term(type_, run, position)
    try:
        return fixed(type_, run({}), position)
    except EvaluationError as error:
        raise ExpressionError(error.reason, Position(error.line, error.column), error.hint) from None


def refused(error: CalculationError, position: Position) -> EvaluationError:
    """An arithmetic failure with its place."""
    return EvaluationError(str(error), position)


def _same(value: Value) -> Value:
    return value


def _code_text(value: Value) -> Value:
    return "" if value is None else value


def _numeric_table(choice: Choice) -> Convert:
    table: dict[Value, Value] = {None: Decimal(0), **{code: Decimal(code) for code in choice.real_codes}}
    return lambda value: table[value]


def _yes(value: Value) -> Value:
    return isinstance(value, str) and value.casefold() in YES_CODES


def converter(source: Type, target: Type) -> Convert | None:
    """How a value of one type becomes one of another without saying so; None where it must not."""
    if source == target or (isinstance(source, Choice) and isinstance(target, Choice)):
        return _same
    match source, target:
        case (Choice(is_numeric=True), Number()):
            return _numeric_table(source)
        case (Choice(is_boolean=True), Boolean()):
            return _yes
        case (Choice() | Nothing(), Text()):
            return _code_text
        case (Nothing(), Choice()):
            return _same
        case (ListOf(), ListOf()):
            return _each(source, target)
    return None


def _each(source: ListOf, target: ListOf) -> Convert | None:
    convert = converter(source.of, target.of)
    if convert is None:
        return None
    return lambda value: tuple(convert(item) for item in cast(tuple[Value, ...], value))


def common_type(types: Sequence[Type]) -> Type | None:
    """The type in which values of all `types` can be compared or returned; None if there is none."""
    choices = [type_ for type_ in types if isinstance(type_, Choice)]
    merged = [_merged(choices)] if choices else []
    for target in (*merged, NUMBER, BOOLEAN, TEXT, *types[:1]):
        if all(converter(type_, target) for type_ in types):
            return target
    return None


def _merged(choices: Sequence[Choice]) -> Choice:
    if all(choice == choices[0] for choice in choices):
        return choices[0]
    codes = dict.fromkeys(code for choice in choices for code in choice.codes)
    return Choice(tuple(codes), optional=any(choice.takes_none for choice in choices))


def converted(term: Term, target: Type) -> Term | None:
    """The term as another type, or None."""
    convert = converter(term.type, target)
    if convert is None or convert is _same:
        return convert and Term(target, term.run, term.position, term.fixed)
    run = term.run
    return folded(target, lambda values: convert(run(values)), term.position, [term])


def required(term: Term, target: Type, hint: str = "") -> Term:
    """The term as another type; ExpressionError if it cannot be one."""
    result = converted(term, target)
    if result is None:
        message = f"Expected {target.words}, found {term.type.words}."
        raise ExpressionError(message, term.position, hint or _hint(term.type, target))
    return result


def _hint(found: Type, target: Type) -> str:
    match found, target:
        case (Number(), Boolean()):
            return "Compare it, such as x > 0."
        case (Choice() | Text() | ListOf(), Boolean()):
            return "Compare it, such as x <> none."
        case (Choice(), Number()):
            return "Use one of its attributes, such as CPU.watt."
        case (Boolean(), Number()):
            return "Write if(condition, 1, 0)."
        case (ListOf(), Number()):
            return "Use count, sum, min or max of the list."
        case (Number(), Text()):
            return "Write text(x)."
    return ""


def as_number(term: Term) -> Callable[[Values], Decimal]:
    """The closure of a term that must be a number."""
    return cast(Callable[[Values], Decimal], required(term, NUMBER).run)


def as_boolean(term: Term) -> Callable[[Values], bool]:
    """The closure of a term that must be a condition."""
    return cast(Callable[[Values], bool], required(term, BOOLEAN).run)


def as_text(term: Term) -> Callable[[Values], str]:
    """The closure of a term that must be text or a choice."""
    return cast(Callable[[Values], str], required(term, TEXT).run)


def counted(term: Term) -> Term:
    """A term for arithmetic, where a condition counts as 1 or 0: 2*(LAYOUT <> mono)."""
    if not isinstance(term.type, Boolean):
        return required(term, NUMBER)
    run = term.run
    return folded(NUMBER, lambda values: Decimal(1 if run(values) else 0), term.position, [term])


def shown(term: Term) -> Callable[[Values], str]:
    """The closure of a term as people read it: numbers plain, a choice as its code, none as nothing."""
    run = term.run
    return lambda values: written(run(values))


def written(value: Value) -> str:
    """A single value as text."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def bounded(text: str, position: Position) -> str:
    """The text, refused beyond 10 000 characters."""
    if len(text) > MAX_TEXT:
        raise EvaluationError(f"The text is longer than {MAX_TEXT} characters.", position)
    return text
