"""Reads the values of features: what the caller gives, as the type the scope promises."""

from collections.abc import Callable
from decimal import Decimal

from kernel.expressions.arithmetic import CalculationError, finite
from kernel.expressions.errors import EvaluationError, Position
from kernel.expressions.terms import MAX_TEXT, Run, Values
from kernel.expressions.types import Boolean, Choice, ListOf, Number, Text, Type, Value

MAX_ITEMS = 1_000

Read = Callable[[object], Value]


class _UnreadableError(Exception):
    """A value that is not what the scope promises; the message ends the sentence 'CPU ...'."""


def reader(name: str, type_: Type, position: Position) -> Run:
    """A closure that reads the feature `name`; EvaluationError where it is missing or of a wrong kind."""
    read = _reading(type_)

    def run(values: Values) -> Value:
        try:
            return read(values[name])
        except KeyError:
            raise EvaluationError(f"{name} has no value.", position, f"Give {name} a value.") from None
        except (_UnreadableError, CalculationError) as error:
            raise EvaluationError(f"{name}: {error}", position) from None

    return run


def _reading(type_: Type) -> Read:
    match type_:
        case Number():
            return _number
        case Text():
            return _text
        case Boolean():
            return _boolean
        case ListOf():
            return _list(_reading(type_.of))
        case Choice():
            return _choice(type_)
    raise TypeError("a feature has a type")


def _number(value: object) -> Value:
    if isinstance(value, Decimal):
        return finite(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return finite(Decimal(value))
    raise _unreadable(value, "a number (Decimal or int)")


def _text(value: object) -> Value:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _unreadable(value, "text")
    if len(value) > MAX_TEXT:
        raise _UnreadableError(f"the text is longer than {MAX_TEXT} characters.")
    return value


def _boolean(value: object) -> Value:
    if not isinstance(value, bool):
        raise _unreadable(value, "yes or no")
    return value


def _choice(choice: Choice) -> Read:
    table = choice.table

    def read(value: object) -> Value:
        try:
            return table[str(value) if isinstance(value, bool) else value]
        except (KeyError, TypeError):
            raise _unreadable(value, "one of its options") from None

    return read


def _list(read: Read) -> Read:
    def read_all(value: object) -> Value:
        if value is None:
            return ()
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise _unreadable(value, "a list")
        if len(value) > MAX_ITEMS:
            raise _UnreadableError(f"the list has more than {MAX_ITEMS} entries.")
        return tuple(read(item) for item in value)

    return read_all


def _unreadable(value: object, wanted: str) -> _UnreadableError:
    shown = f"'{str(value)[:40]}'" if isinstance(value, (str, Decimal)) else type(value).__name__
    return _UnreadableError(f"{'nothing' if value is None else shown} is not {wanted}.")
