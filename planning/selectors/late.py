"""Late jobs, and what binds each of them most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import Count, F, Window

from kernel.queries import Statement
from orders.lifecycle import LIFECYCLE
from orders.models import OrderLine
from planning.selectors.editions import Edition
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.resources import Resources
from planning.selectors.why import Why, why_jobs

SHOWN: Final = 25


class LateLine(NamedTuple):
    """What the list reads of a job."""

    id: int
    position: int
    state: str
    promised_at: datetime
    forecast_at: datetime
    hold_reason: str
    number: str | None
    quotation_number: str
    customer: str

    @property
    def reference(self) -> str:
        """The order number, or the quotation number before confirmation."""
        return self.number or self.quotation_number


LINE: Final = ("id", "position", "state", "promised_at", "forecast_at", "hold_reason", "order__number",
               "order__quotation_number", "order__customer__name")  # fmt: skip


@dataclass(frozen=True)
class LateJob:
    """A job whose forecast lies behind its promise, with the binding reason in words."""

    line: LateLine
    kind: str
    reason: str


LATEST: Final = Statement(
    lambda: (
        OrderLine.objects.late()
        .annotate(in_all=Window(Count("*")))
        .order_by((F("forecast_at") - F("promised_at")).desc(), "id")
        .values_list(*LINE, "in_all")[:SHOWN]
    )
)


def late_jobs(now: datetime, resources: Resources, plan: Edition) -> tuple[Sequence[LateJob], int]:
    """The SHOWN latest jobs, worst slip first, and how many there are in all.

    One statement, three more the first time a minute that anybody looks at this edition of the plan.
    """
    rows = LATEST()
    total = rows[0][-1] if rows else 0
    return _explained(tuple(LateLine(*row[:-1]) for row in rows), resources, minute_of(now), plan), total


@lru_cache(maxsize=8)
def _explained(
    lines: tuple[LateLine, ...], resources: Resources, minute: int, plan: Edition
) -> Sequence[LateJob]:
    """Why these jobs are late by this edition of the plan: reading the causes costs more than the page."""
    reasons = why_jobs([line.id for line in lines], moment_of(minute), resources)
    return [_job(line, reasons.get(line.id)) for line in lines]


def _job(line: LateLine, why: Why | None) -> LateJob:
    if line.hold_reason:
        return LateJob(line, "hold", f"On hold: {line.hold_reason}")
    if why is not None and why.nowhere:
        return LateJob(line, "plan", why.nowhere)
    if why is None:
        stage = LIFECYCLE.states[line.state].label.lower()
        return LateJob(line, "stage", f"All operations are done: it stands in {stage}")
    binding = why.binding
    return LateJob(line, binding.kind, f"{binding.words}: {binding.length}")
