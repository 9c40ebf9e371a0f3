"""Small bills of materials to calculate by hand, and the naive calculation to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from orders.engine.structure import (
    EPOCH,
    NORMAL,
    OPEN,
    PHANTOM,
    PRODUCT,
    SUPPLIED,
    Lines,
    Parts,
    Structure,
    build,
)


@dataclass(frozen=True)
class Line:
    """A line as a person would write it; part 0 is the product."""

    number: int
    assembly: int
    item: int
    quantity: str = "1"
    condition: str = ""
    scrap: float = 0
    phantom: bool = False
    supplied: bool = False
    since: date | None = None
    until: date | None = None
    first: int | None = None
    last: int | None = None

    def kind(self) -> int:
        return SUPPLIED if self.supplied else PHANTOM if self.phantom else NORMAL

    def window(self) -> list[int]:
        days = [OPEN if day is None else (day - EPOCH).days for day in (self.since, self.until)]
        return [*days, *(OPEN if serial is None else serial for serial in (self.first, self.last))]


def name(ids: Sequence[int]) -> list[str]:
    """Part numbers."""
    return [f"P-{part}" for part in ids]


def whole(values: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(values, dtype=np.int64)


def lines_of(rows: Sequence[Line]) -> Lines:
    """The table of these lines."""
    conditions = list(dict.fromkeys(row.condition for row in rows))
    quantities = list(dict.fromkeys(row.quantity for row in rows))
    return Lines(
        number=whole([row.number for row in rows]),
        assembly=whole([row.assembly for row in rows]),
        item=whole([row.item for row in rows]),
        condition=whole([conditions.index(row.condition) for row in rows]),
        quantity=whole([quantities.index(row.quantity) for row in rows]),
        scrap=np.array([row.scrap for row in rows], dtype=np.float64),
        kind=np.array([row.kind() for row in rows], dtype=np.int8),
        windows=np.ascontiguousarray(whole([row.window() for row in rows]).reshape(-1, 4).T),
        conditions=tuple(conditions),
        quantities=tuple(quantities),
    )


def parts_of(rows: Sequence[Line], costs: Mapping[int, float] | None = None, unit: str = "pcs") -> Parts:
    """The items of these lines; what `costs` does not name costs nothing."""
    ids = sorted({row.item for row in rows} - {PRODUCT}, reverse=True)
    cost = np.array([(costs or {}).get(part, 0.0) for part in ids], dtype=np.float64)
    return Parts(whole(ids), whole([0] * len(ids)), cost, (unit,))


def structure_of(*rows: Line) -> Structure:
    """These lines, checked and sorted."""
    return build(lines_of(rows), parts_of(rows), name)


def holding(structure: Structure, *true: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which conditions hold: those named, and the empty one."""
    return np.array([text in {"", *true} for text in structure.conditions], dtype=np.bool_)


def by_id(structure: Structure, values: Sequence[float]) -> dict[int, float]:
    """What is not zero, per part id, without the product itself."""
    rows = zip(structure.id.tolist(), list(values), strict=True)
    return {part: value for part, value in rows if value and part != PRODUCT}


class Naive:
    """The same by plain recursion over the tree in exact fractions, one path at a time."""

    def __init__(self, rows: Sequence[Line], true: set[str], costs: Mapping[int, float]) -> None:
        self.rows = [row for row in rows if row.condition in {"", *true}]
        self.costs = {part: Fraction(cost) for part, cost in costs.items()}
        self.needs: dict[int, Fraction] = {}
        self.supplied: dict[int, Fraction] = {}

    def explode(self, assembly: int, quantity: Fraction) -> dict[int, Fraction]:
        """What a quantity of this assembly needs, summed over all ways down."""
        for row in self.rows:
            if row.assembly == assembly:
                taken = quantity * self._weight(row)
                if row.supplied or not row.phantom:
                    sums = self.supplied if row.supplied else self.needs
                    sums[row.item] = sums.get(row.item, Fraction(0)) + taken
                if not row.supplied:
                    self.explode(row.item, taken)
        return self.needs

    def cost(self, part: int, *, is_phantom: bool = False) -> Fraction:
        """What one of this part costs with all below it."""
        own = Fraction(0) if is_phantom else self.costs.get(part, Fraction(0))
        below = (
            self._weight(row) * self.cost(row.item, is_phantom=row.phantom)
            for row in self.rows
            if row.assembly == part and not row.supplied
        )
        return own + sum(below, Fraction(0))

    def _weight(self, row: Line) -> Fraction:
        return Fraction(row.quantity) / (1 - Fraction(row.scrap) / 100)
