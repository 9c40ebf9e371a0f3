"""Quantities: a decimal value with its unit, exact conversion inside a dimension, never across."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, InvalidOperation, Overflow
from typing import Final

from kernel.errors import Refused
from kernel.wording import THIN_SPACE, did_you_mean, grouped, plain

PRECISION = 28
_CONTEXT = Context(prec=PRECISION)


class UnknownUnit(Refused):
    """A unit that is not in the table."""


class DimensionMismatch(Refused):
    """Two units that measure different things meet where only one may stand."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `code` as the shop writes it, `rec20` for documents (UNECE Rec 20; X.. are Rec 21 packages).

    `factor` says how many of the dimension's base unit one of it is.
    """

    code: str
    rec20: str
    dimension: str
    factor: Decimal
    name: str

    def __str__(self) -> str:
        return self.code


def _table(rows: Iterable[str]) -> dict[str, Unit]:
    units = {}
    for row in rows:
        code, rec20, dimension, factor, name = (cell.strip() for cell in row.split("|"))
        units[code] = Unit(code, rec20, dimension, Decimal(factor), name)
    return units


UNITS: Final[dict[str, Unit]] = _table(
    """\
pcs   | C62 | count       | 1                | piece
pair  | PR  | count       | 2                | pair
dozen | DZN | count       | 12               | dozen
set   | SET | set         | 1                | set
sheet | XST | sheet       | 1                | sheet
roll  | XRO | roll        | 1                | roll
box   | XBX | box         | 1                | box
pack  | XPK | pack        | 1                | package
bag   | XBG | bag         | 1                | bag
can   | XCA | can         | 1                | can
drum  | XDR | drum        | 1                | drum
pallet| XPX | pallet      | 1                | pallet
km    | KMT | length      | 1000             | kilometre
m     | MTR | length      | 1                | metre
dm    | DMT | length      | 0.1              | decimetre
cm    | CMT | length      | 0.01             | centimetre
mm    | MMT | length      | 0.001            | millimetre
µm    | 4H  | length      | 0.000001         | micrometre
in    | INH | length      | 0.0254           | inch
ft    | FOT | length      | 0.3048           | foot
m2    | MTK | area        | 1                | square metre
dm2   | DMK | area        | 0.01             | square decimetre
cm2   | CMK | area        | 0.0001           | square centimetre
mm2   | MMK | area        | 0.000001         | square millimetre
ft2   | FTK | area        | 0.09290304       | square foot
m3    | MTQ | volume      | 1000             | cubic metre
l     | LTR | volume      | 1                | litre
cl    | CLT | volume      | 0.01             | centilitre
ml    | MLT | volume      | 0.001            | millilitre
cm3   | CMQ | volume      | 0.001            | cubic centimetre
t     | TNE | mass        | 1000             | tonne
kg    | KGM | mass        | 1                | kilogram
g     | GRM | mass        | 0.001            | gram
mg    | MGM | mass        | 0.000001         | milligram
lb    | LBR | mass        | 0.45359237       | pound
oz    | ONZ | mass        | 0.028349523125   | ounce
week  | WEE | time        | 604800           | week
d     | DAY | time        | 86400            | day
h     | HUR | time        | 3600             | hour
min   | MIN | time        | 60               | minute
s     | SEC | time        | 1                | second
MWh   | MWH | energy      | 1000             | megawatt hour
kWh   | KWH | energy      | 1                | kilowatt hour
kW    | KWT | power       | 1000             | kilowatt
W     | WTT | power       | 1                | watt
V     | VLT | voltage     | 1                | volt
A     | AMP | current     | 1                | ampere
ohm   | OHM | resistance  | 1                | ohm
mohm  | E45 | resistance  | 0.001            | milliohm
bar   | BAR | pressure    | 100000           | bar
kPa   | KPA | pressure    | 1000             | kilopascal
Pa    | PAL | pressure    | 1                | pascal
N     | NEW | force       | 1                | newton
Nm    | NU  | torque      | 1                | newton metre
Hz    | HTZ | frequency   | 1                | hertz
°C    | CEL | temperature | 1                | degree Celsius
°     | DD  | angle       | 1                | degree of angle
dB    | 2N  | level       | 1                | decibel
%     | P1  | ratio       | 0.01             | per cent
""".splitlines()
)
"""Every unit by its code. Base units: pcs, m, m2, l, kg, s, kWh, W, Pa; a package is its own dimension."""

_ALIASES: Final[dict[str, str]] = {
    **{unit.rec20: code for code, unit in UNITS.items()},
    **dict.fromkeys(("pc", "piece", "pieces", "ea", "each", "H87", "EA"), "pcs"),
    **{"hr": "h", "hours": "h", "hour": "h", "sec": "s", "minutes": "min", "days": "d", "day": "d"},
    **{"L": "l", "mL": "ml", "m²": "m2", "mm²": "mm2", "cm²": "cm2", "m³": "m3", "um": "µm", "μm": "µm"},
    **{"Ω": "ohm", "mΩ": "mohm", "degC": "°C", "deg": "°", "percent": "%"},
}


def unit(code: str | Unit) -> Unit:
    """A unit by its code, a Rec 20 code or a usual other spelling; UnknownUnit names the nearest."""
    if isinstance(code, Unit):
        return code
    found = UNITS.get(code) or UNITS.get(_ALIASES.get(code, ""))
    if found is None:
        remedy = did_you_mean(code, UNITS, f"Units are {', '.join(UNITS)}.")
        raise UnknownUnit(f"Unknown unit '{code[:40]}'.", field="unit", remedy=remedy)
    return found


def convert(value: Decimal | int, source: str | Unit, target: str | Unit) -> Decimal:
    """`value` of one unit in another of the same dimension; exact wherever 28 digits can hold it.

    Raises UnknownUnit, DimensionMismatch, or Refused for a value that is no finite number.
    """
    here, there = unit(source), unit(target)
    if here.dimension != there.dimension:
        raise DimensionMismatch(
            f"{here.name.capitalize()} ({here.code}) cannot be converted to {there.name} ({there.code}): "
            f"one measures {here.dimension}, the other {there.dimension}.",
            field="unit",
            remedy=f"Use a unit of {here.dimension}: {', '.join(same_dimension(here))}.",
        )
    number = _checked(value)
    if here == there:
        return number
    try:
        return _CONTEXT.divide(_CONTEXT.multiply(number, here.factor), there.factor)
    except (InvalidOperation, Overflow):
        raise Refused("The quantity is too large.", field="quantity") from None


def same_dimension(of: str | Unit) -> list[str]:
    """The codes of all units that measure the same."""
    dimension = unit(of).dimension
    return [code for code, other in UNITS.items() if other.dimension == dimension]


def round_up_to_pack(value: Decimal, pack: Decimal | int) -> Decimal:
    """The smallest whole number of packs that holds `value`, as a quantity: 7 in packs of 5 is 10."""
    size = _checked(pack)
    if size <= 0:
        raise Refused("A pack holds more than nothing.", field="pack_size", remedy="Give a size above zero.")
    packs = _CONTEXT.divide(_checked(value), size).to_integral_value(ROUND_CEILING)
    return _CONTEXT.multiply(max(packs, Decimal(0)), size)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit; the unit may be given by code: Quantity(Decimal("1.5"), "g").

    Adds, subtracts and orders after converting to the left one's unit (DimensionMismatch across dimensions).
    Equality compares value and unit as written: 1 m is not == 100 cm; use `equals`.
    """

    value: Decimal
    unit: Unit

    def __init__(self, value: Decimal | int, unit_or_code: str | Unit) -> None:
        object.__setattr__(self, "value", _checked(value))
        object.__setattr__(self, "unit", unit(unit_or_code))

    def to(self, target: str | Unit) -> "Quantity":
        """The same quantity in another unit."""
        return Quantity(convert(self.value, self.unit, target), target)

    def equals(self, other: "Quantity") -> bool:
        """Whether both are the same amount, whatever the units."""
        return self.value == self._there(other)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(_CONTEXT.add(self.value, self._there(other)), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(_CONTEXT.subtract(self.value, self._there(other)), self.unit)

    def __mul__(self, factor: Decimal | int) -> "Quantity":
        if isinstance(factor, bool) or not isinstance(factor, (Decimal, int)):
            return NotImplemented
        return Quantity(_CONTEXT.multiply(self.value, Decimal(factor)), self.unit)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.value)

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < self._there(other)

    def __le__(self, other: "Quantity") -> bool:
        return self.value <= self._there(other)

    def __gt__(self, other: "Quantity") -> bool:
        return self.value > self._there(other)

    def __ge__(self, other: "Quantity") -> bool:
        return self.value >= self._there(other)

    def rounded_up_to(self, pack: "Quantity") -> "Quantity":
        """The smallest whole number of packs that holds this quantity, in this quantity's unit."""
        return Quantity(round_up_to_pack(self.value, pack.to(self.unit).value), self.unit)

    def format(self) -> str:
        """As people read it: thin spaces that do not break, no trailing zeros: '1 250.5 mm'."""
        return f"{grouped(plain(self.value))}{THIN_SPACE}{self.unit.code}"

    def __str__(self) -> str:
        return self.format()

    def _there(self, other: "Quantity") -> Decimal:
        return convert(other.value, other.unit, self.unit)


def _checked(value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise Refused("A quantity is a Decimal, never a float.", field="quantity", remedy="Give a Decimal.")
    number = Decimal(value)
    if not number.is_finite() or (number and abs(number.adjusted()) > PRECISION):
        raise Refused("The quantity is no usable number.", field="quantity", remedy="Correct the quantity.")
    return number
