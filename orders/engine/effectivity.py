"""Which BOM lines count for a job: by the day it is wanted and the serial numbers it is built for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.errors import Refused
from orders.engine.model import BomRow


@dataclass(frozen=True, slots=True)
class Effectivity:
    """The day a job is wanted, and the serial or line number of its first piece; further pieces count on.

    Where either is unknown, BOM lines that depend on it do not count.
    """

    day: date | None = None
    serial: int | None = None


NOT_SAID = Effectivity()


def effectivity(serial: int | None, *days: date | None) -> Effectivity:
    """As of the first of these days that is known.

    Their order is the same everywhere: promised, requested for the line, requested for the order, today.
    """
    return Effectivity(next((day for day in days if day), None), serial)


def is_effective(row: BomRow, at: Effectivity, quantity: int) -> bool:
    """Whether the line counts for every piece of this job, both ends of its windows included.

    Refused with the line where it counts for some of the pieces only: one job has one BOM.
    """
    if not _within(at.day, row.valid_from, row.valid_to):
        return False
    first = _within(at.serial, row.serial_from, row.serial_to)
    if at.serial is not None and quantity > 1:
        _check_whole(row, at.serial, at.serial + quantity - 1)
    return first


def _within(value: Any, first: Any, last: Any) -> bool:
    if first is None and last is None:
        return True
    return value is not None and (first is None or first <= value) and (last is None or value <= last)


def _check_whole(row: BomRow, first: int, last: int) -> None:
    since, until = row.serial_from, row.serial_to
    inside = (since is None or since <= first) and (until is None or last <= until)
    outside = (since is not None and last < since) or (until is not None and until < first)
    if not inside and not outside:
        window = f"from {since or 'the first'} to {until or 'the last'}"
        raise Refused(
            f"BOM line {row.find_number} counts for serial numbers {window}, "
            f"the job is for {first} to {last}.",
            field="serial",
            remedy="Enter the pieces on either side of that number as lines of their own.",
        )
