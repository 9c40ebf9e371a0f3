"""What people type: quantities and lot numbers, checked where they enter."""

from decimal import Decimal

from kernel.errors import Refused
from kernel.formats import quantity as shown
from kernel.quantities import unit as known_unit

LARGEST = Decimal(10) ** 9
PLACES = 4
LOT_NUMBER = 60


def checked_quantity(value: Decimal, unit: str, *, field: str, signed: bool = False) -> Decimal:
    """`value`, or Refused: not a number, zero or below, too large, too fine, or part of a piece."""
    if not value.is_finite():
        raise Refused("The quantity is no number.", field=field, remedy="Type digits.")
    if value == 0 or (value < 0 and not signed):
        remedy = "Give what is added, or with a minus what is taken." if signed else "Give more than 0."
        raise Refused(f"{shown(value, unit)} is no quantity.", field=field, remedy=remedy)
    if abs(value) >= LARGEST:
        raise Refused("The quantity is too large.", field=field, remedy=f"Stay below {shown(LARGEST, unit)}.")
    places = PLACES if unit != "pcs" else 0
    if value != round(value, places):
        remedy = "Give whole pieces." if unit == "pcs" else f"Give at most {PLACES} decimal places."
        raise Refused(f"{shown(value, unit)} is too fine.", field=field, remedy=remedy)
    return value


def checked_unit(typed: str, unit: str, *, field: str) -> None:
    """Refused where a quantity comes in a unit that is unknown or not the item's."""
    if typed and known_unit(typed).code != known_unit(unit).code:
        raise Refused(f"This item is counted in {unit}, not in {typed}.", field=field, remedy=f"Use {unit}.")


def checked_lot_number(value: str, *, field: str) -> str:
    """The lot number without blanks around it, or Refused: empty, overlong or unprintable."""
    number = value.strip()
    if not number:
        raise Refused("The lot number is missing.", field=field, remedy="It stands on the delivery note.")
    if len(number) > LOT_NUMBER:
        raise Refused(
            f"The lot number has {len(number)} characters.", field=field, remedy=f"Use at most {LOT_NUMBER}."
        )
    if not number.isprintable():
        raise Refused("The lot number has unprintable characters.", field=field, remedy="Type it anew.")
    return number
