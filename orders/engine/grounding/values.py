"""What a name in a formula may stand for: single values, spans of numbers, texts not yet known."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

ALWAYS: Final = 0
"""The literal that is always true. Others are a feature's index plus one, negative for its absence."""

FINEST: Final = Decimal("1E-9")
"""A number without a step is taken to nine decimals."""
FARTHEST: Final = Decimal(10) ** 12
MOST_PIECES: Final = Decimal(10) ** 6


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from `low` to `high`, both included."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class AnyText:
    """Some text that is not empty, of at most `longest` characters."""

    longest: int


Cell = tuple[int, int]
"""The first and last place in a grid that belong together."""

Known = object
"""A value as formulas take it, or Span or AnyText where it is not known exactly."""


class Entry(NamedTuple):
    """One way a column can stand, and the literal that says so."""

    value: Known
    literal: int


class Column(NamedTuple):
    """A name, or one option of a list, with all its ways: exactly one of their literals is true."""

    name: str
    option: str | None
    entries: tuple[Entry, ...]


class Grid(NamedTuple):
    """The numbers a parameter may take: `base` plus whole multiples of `step`, from `first` to `last`."""

    base: Decimal
    step: Decimal
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.last - self.first + 1

    def number(self, index: int) -> Decimal:
        """The number at this place."""
        return self.base + index * self.step

    def below(self, number: Decimal) -> int:
        """The place of the largest number that is not above this one; may lie outside."""
        return int((number - self.base) // self.step) - (1 if (number - self.base) % self.step < 0 else 0)

    def value(self, cell: tuple[int, int]) -> Known:
        """What a cell stands for."""
        low, high = self.number(cell[0]), self.number(cell[1])
        return low if low == high else Span(low, high)


def is_exact(value: Known) -> bool:
    """Whether a value is known exactly."""
    return not isinstance(value, (Span, AnyText))


def assembled(columns: tuple[Column, ...], picked: tuple[Known, ...]) -> dict[str, Known]:
    """Values by name, from one value for each column; the options of a list become a tuple again."""
    values: dict[str, Known] = {}
    for column, value in zip(columns, picked, strict=True):
        if column.option is None:
            values[column.name] = value
            continue
        taken = values.setdefault(column.name, ())
        assert isinstance(taken, tuple)
        values[column.name] = (*taken, column.option) if value else taken
    return values


def merged(cells: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbouring cells as one."""
    held: tuple[int, int] | None = None
    for first, last in sorted(cells):
        if held is not None and first == held[1] + 1:
            held = (held[0], last)
            continue
        if held is not None:
            yield held
        held = (first, last)
    if held is not None:
        yield held
