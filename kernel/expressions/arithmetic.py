"""Decimal arithmetic of formulas: 28 digits, finite only, every failure a sentence."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

PRECISION = 28
MAX_EXPONENT = 1_000
MAX_PLACES = 20

CONTEXT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_EVEN,
    Emin=-999,
    Emax=999,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
# 1/3+1/3+1/3 is one rounding step below 1: floor and ceil must not see that step.
_NOISE = Decimal("1E-18")
_ONE = Decimal(1)


class CalculationError(Exception):
    """A calculation without a usable result; the message is the reason."""


def guarded(calculate: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Decimal, Decimal], Decimal]:
    """`calculate`, with the signals of decimal arithmetic as CalculationError."""

    def run(left: Decimal, right: Decimal) -> Decimal:
        try:
            return calculate(left, right)
        except DivisionByZero:
            raise CalculationError("Division by zero.") from None
        except Overflow:
            raise CalculationError("The result is too large.") from None
        except InvalidOperation:
            raise CalculationError("The result is not a number that can be shown in 28 digits.") from None

    return run


def finite(number: Decimal) -> Decimal:
    """A number from outside, rounded to 28 digits; CalculationError if it is not finite or too large."""
    if not number.is_finite():
        raise CalculationError("The value is not a finite number.")
    try:
        return CONTEXT.plus(number)
    except Overflow:
        raise CalculationError("The value is too large.") from None


def check_divisor(divisor: Decimal) -> None:
    """Refuse zero as a divisor."""
    if not divisor:
        raise CalculationError("Division by zero.")


def check_exponent(exponent: Decimal) -> None:
    """Refuse exponents beyond 1 000 either way: nothing in a shop needs them."""
    if abs(exponent) > MAX_EXPONENT:
        raise CalculationError(f"Exponents lie between -{MAX_EXPONENT} and {MAX_EXPONENT}.")


def _divide(left: Decimal, right: Decimal) -> Decimal:
    check_divisor(right)
    return CONTEXT.divide(left, right)


def _modulo(left: Decimal, right: Decimal) -> Decimal:
    check_divisor(right)
    rest = CONTEXT.remainder(left, right)
    return CONTEXT.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    check_exponent(exponent)
    if not base and exponent <= 0:
        raise CalculationError("Zero can only be raised to a positive exponent.")
    if base < 0 and exponent != exponent.to_integral_value():
        raise CalculationError("A negative number can only be raised to a whole exponent.")
    return CONTEXT.power(base, exponent)


OPERATORS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": guarded(CONTEXT.add),
    "-": guarded(CONTEXT.subtract),
    "*": guarded(CONTEXT.multiply),
    "/": guarded(_divide),
    "%": guarded(_modulo),
    "^": guarded(_power),
}


def ceil(number: Decimal) -> Decimal:
    """The next whole number up; a number within 1E-18 of a whole one counts as whole."""
    return _whole(number, ROUND_CEILING)


def floor(number: Decimal) -> Decimal:
    """The next whole number down; a number within 1E-18 of a whole one counts as whole."""
    return _whole(number, ROUND_FLOOR)


def _whole(number: Decimal, rounding: str) -> Decimal:
    near = number.to_integral_value(ROUND_HALF_EVEN)
    return near if abs(CONTEXT.subtract(number, near)) <= _NOISE else number.to_integral_value(rounding)


def round_half_up(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Round to `places` decimal places (negative: tens, hundreds), halves away from zero."""
    if places != places.to_integral_value() or abs(places) > MAX_PLACES:
        raise CalculationError(
            f"round takes a whole number of places between -{MAX_PLACES} and {MAX_PLACES}."
        )
    step = _ONE.scaleb(-int(places))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -int(places):
        return number
    return number.quantize(step, rounding=ROUND_HALF_UP, context=CONTEXT)


def square_root(number: Decimal) -> Decimal:
    """The square root; CalculationError for negative numbers."""
    if number < 0:
        raise CalculationError("A negative number has no square root.")
    return CONTEXT.sqrt(number)
