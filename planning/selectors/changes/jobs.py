"""What a job weighs and when it may begin."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from orders.models import Priority
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors.changes.base import Change, RawBook, change
from planning.selectors.changes.names import Names
from planning.selectors.order_book.book import STATUSES


@change
@dataclass(frozen=True)
class Weigh(Change):
    """An order has another priority."""

    kind: ClassVar[str] = "weigh"
    order: int
    priority: int

    def book(self, raw: RawBook) -> None:
        """The weight of its jobs."""
        raw.rows["weight"][np.isin(raw.rows["line"], raw.lines_of(self.order))] = self.priority

    def words(self, names: Names) -> str:
        """Order and priority."""
        label = dict(Priority.choices).get(self.priority, str(self.priority)).lower()
        return f"{names.name('order', self.order)} has the priority “{label}”"


@change
@dataclass(frozen=True)
class Gate(Change):
    """Nothing of a job that has not started begins before then; NEVER opens the gate."""

    kind: ClassVar[str] = "gate"
    line: int
    not_before: int = NEVER

    def book(self, raw: RawBook) -> None:
        """The gate of its operations."""
        started = np.isin(raw.rows["status"], [STATUSES.index(each) for each in Operation.STARTED])
        raw.rows["not_before"][(raw.rows["line"] == self.line) & ~started] = self.not_before

    def words(self, names: Names) -> str:
        """Job and moment."""
        job = names.name("line", self.line)
        if self.not_before == NEVER:
            return f"{job} may begin at any time"
        return f"{job} begins no sooner than {names.moment(self.not_before)}"
