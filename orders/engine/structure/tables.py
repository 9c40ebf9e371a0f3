"""A 150 % bill of materials as tables of columns, and as the arrays one configuration is calculated in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kernel.errors import Refused
from kernel.jit import BoolArray, IntArray

FloatArray: TypeAlias = NDArray[np.float64]
KindArray: TypeAlias = NDArray[np.int8]
PlaceArray: TypeAlias = NDArray[np.int32]

PRODUCT: Final = 0
"""The part id that stands for the product itself; items count from 1."""

DEEPEST: Final = 64
EPOCH: Final = date(2000, 1, 1)
OPEN: Final = -(2**63)
"""No limit, in the columns of effectivity."""

ABOVE_ZERO: Final = "Give a quantity above zero, or a condition for when the line is not needed."

NORMAL, PHANTOM, SUPPLIED = 0, 1, 2
"""Kinds of lines: bought or made; made on the way and never stocked; given by the customer, free of cost."""

Names = Callable[[Sequence[int]], Sequence[str]]
"""The part numbers people read, for part ids; asked only for a refusal."""


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry per BOM line in every column, in any order.

    `assembly` and `item` are part ids; `condition` and `quantity` point into `conditions` and `quantities`,
    the distinct texts; `scrap` is per cent, `kind` as above. `windows` has four rows: first and last day
    (since 2000-01-01) and first and last serial number the line is effective for, both included, or OPEN.
    """

    number: IntArray
    assembly: IntArray
    item: IntArray
    condition: IntArray
    quantity: IntArray
    scrap: FloatArray
    kind: KindArray
    windows: IntArray
    conditions: tuple[str, ...]
    quantities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The items of a BOM, one entry per item: id, place of its unit in `units`, its own cost per unit.

    The own cost is what one adds by itself: the purchase price of what is bought, the work on what is made.
    """

    id: IntArray
    unit: IntArray
    cost: FloatArray
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A proven BOM without loops: parts sorted by low-level code, lines grouped by assembly in that order.

    Part 0 is the product. The lines of part p are `start[p]` up to `start[p + 1]`; `part[line]` is what goes
    in, always behind p. `factor` makes up for scrap. `constant` holds the quantity per distinct text,
    NaN where it depends on the configuration. Read only; may be shared between threads.
    """

    id: IntArray
    level: IntArray
    unit: IntArray
    start: IntArray
    part: PlaceArray
    condition: PlaceArray
    quantity: PlaceArray
    factor: FloatArray
    kind: KindArray
    number: PlaceArray
    limited: IntArray
    windows: IntArray
    constant: FloatArray
    conditions: tuple[str, ...]
    quantities: tuple[str, ...]
    units: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return int(self.part.size)

    @property
    def depth(self) -> int:
        """The deepest level; the product is level 0."""
        return int(self.level.max())

    @property
    def bytes(self) -> int:
        """How much memory the arrays take."""
        columns = (getattr(self, field.name) for field in fields(self))
        return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))

    def effective(self, day: date | None = None, serial: int | None = None) -> BoolArray:
        """Per line, whether it is effective on this day for this serial number.

        Where either is unknown, lines that depend on it are not.
        """
        mask = np.ones(self.lines, dtype=np.bool_)
        since, until, first, last = self.windows
        today = None if day is None else (day - EPOCH).days
        mask[self.limited] = _within(today, since, until) & _within(serial, first, last)
        return mask

    def places(self, ids: IntArray) -> IntArray:
        """Where the parts with these ids stand; Refused for a part the BOM does not have."""
        order = np.argsort(self.id)
        found = np.minimum(np.searchsorted(self.id, ids, sorter=order), order.size - 1)
        places = order[found]
        if not np.array_equal(self.id[places], ids):
            raise Refused("A part is not in this bill of materials.", field="item", remedy="Read both anew.")
        return places

    def costs(self, parts: Parts) -> FloatArray:
        """The own cost per part in the order of this structure; that of the product is 0."""
        costs = np.zeros(self.id.size)
        costs[self.places(parts.id)] = parts.cost
        return costs


def _within(value: int | None, first: IntArray, last: IntArray) -> BoolArray:
    inside: BoolArray = (first == OPEN) & (last == OPEN)
    if value is not None:
        inside = ((first == OPEN) | (first <= value)) & ((last == OPEN) | (value <= last))
    return inside


def refusal(number: int, field: str, message: str, remedy: str) -> Refused:
    """A refusal that names the line."""
    return Refused(f"BOM line {number}: {message}", field=field, remedy=remedy)
