"""A rush order that is not entered yet: a quotation that may be confirmed, or one more of a job there is."""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from django.utils import timezone

from kernel import clock
from kernel.errors import Refused
from kernel.formats import absolute
from orders.engine import Release, configure, effectivity, explode
from orders.models import OrderLine, Priority
from orders.selectors import compiled_line
from planning.selectors.changes.base import Change, RawBook, change
from planning.selectors.changes.names import Names
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.order_book.book import new_links, new_rows
from planning.selectors.order_book.routing import Row, operations_of
from planning.selectors.order_book.supplies import items_of, ways_for
from planning.selectors.shop.resources import load_resources

DAY: Final = 1440
FURTHER: Final = 10**12
"""Imagined jobs have the negative id of the line they copy; further copies lie so far off."""


class Copied(NamedTuple):
    """A job that only a what-if has: the line it is a copy of, and how many pieces."""

    line: int
    quantity: int


@change
@dataclass(frozen=True)
class Rush(Change):
    """So many pieces of what a line asks for, wanted at `due`, go before everybody else.

    The line of a quotation that may be confirmed (`quoted`), or of a job of which one more is wanted.
    """

    kind: ClassVar[str] = "rush"
    line: int
    quantity: int
    due: int
    quoted: bool = False

    def book(self, raw: RawBook) -> None:
        """One more job; a quotation that became a job meanwhile only goes before the others."""
        there = raw.rows["line"] == self.line
        if self.quoted and there.any():
            raw.rows["weight"][there] = Priority.RUSH
            return
        lines = OrderLine.objects.select_related("order", "product__in_force", "revision")
        source = lines.filter(id=self.line).first()
        if source is None:
            raise Refused("The line is not there any more.", field="line", remedy="Choose another one.")
        now = clock.now()
        release = _release(source, self.quantity, now)
        steps = sorted(release.routing, key=lambda row: int(str(row["sequence"])))
        number = copy_id(self.line, set(raw.rows["line"].tolist()))
        operations = operations_of(self._job(source, number), steps, load_resources(now))
        rows, links = new_rows(operations), new_links(operations)
        base = min(0, int(raw.rows["id"].min(initial=0)))
        rows["id"] += base
        links["operation"] += base
        rows["not_before"] = minute_of(now) + DAY * np.array(_days(release, steps), np.int64)
        raw.rows, raw.links = np.concatenate([raw.rows, rows]), np.concatenate([raw.links, links])

    def words(self, names: Names) -> str:
        """What, how many and when."""
        source = f"{self.quantity} × as in {names.name('line', self.line)}"
        return f"Rush order: {source}, wanted {absolute(moment_of(self.due), today=names.today)}"

    def _job(self, source: OrderLine, number: int) -> OrderLine:
        """The job as it would be; it is never stored."""
        job = copy(source)
        job.id, job.quantity, job.priority = number, self.quantity, Priority.RUSH
        job.promised_at, job.forecast_at, job.held_at = moment_of(self.due), None, None
        return job


def copy_id(line: int, taken: Collection[int]) -> int:
    """The id of a job that copies this line; further copies lie FURTHER off each."""
    found = -line
    while found in taken:
        found -= FURTHER
    return found


def copies_of(changes: Iterable[Change]) -> dict[int, Copied]:
    """The jobs that only these changes bring, by their ids."""
    found: dict[int, Copied] = {}
    for each in changes:
        if isinstance(each, Rush):
            found[copy_id(each.line, found)] = Copied(each.line, each.quantity)
    return found


def _release(source: OrderLine, quantity: int, now: datetime) -> Release:
    """What so many pieces need. Refused where the line cannot be built."""
    compiled = compiled_line(source)
    at = effectivity(
        source.serial, source.requested_date, source.order.requested_date, timezone.localdate(now)
    )
    return explode(compiled, configure(compiled, source.choices), quantity, at)


def _days(release: Any, steps: Sequence[Row]) -> list[int]:
    """For each step the days from now until its material could be here, by the surest way."""
    needs: dict[int, Decimal] = {}
    for item, quantity in items_of(release):
        needs[item] = needs.get(item, Decimal(0)) + quantity
    ways, days = ways_for(needs), [0] * len(steps)
    at = {row["sequence"]: number for number, row in enumerate(steps)}
    for row in release.bom:
        if row["customer_supplied"] or row["item_id"] not in ways:
            continue
        if not ways[row["item_id"]]:
            raise Refused(f"Nobody sells {row['item']}.", field="line", remedy="Add a supplier of it first.")
        step = at.get(row["operation"], 0)
        days[step] = max(days[step], ways[row["item_id"]][0][0])
    return days
