"""What each line of the order page opens to, the entries of its timeline, and the token of its live part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min

from kernel.errors import Refused
from kernel.marks import Mark, Marked
from orders.engine import margin_percent
from orders.models import DateChange, Milestone, Order, OrderLine
from orders.selectors.configuring import specification_of
from orders.selectors.detail import OrderPage, TimelineEntry

SHOWN = 30
SAME_STATE: dict[str, Mark] = {
    "Hold job": Mark("On hold", "hand-stop", "warn"),
    "Resume job": Mark("Resumed", "player-play", "info"),
}


@dataclass(frozen=True)
class Job:
    """One line with what it opens to: its specification and the history of its dates."""

    line: OrderLine
    specification: Sequence[dict[str, Any]]
    changes: Sequence[DateChange]

    @property
    def margin_percent(self) -> Decimal | None:
        """What remains of the price, in percent of it; None for a price of zero."""
        return margin_percent(self.line.unit_price, self.line.unit_cost)


@dataclass(frozen=True)
class Happened:
    """One entry, as the timeline component reads it."""

    at: datetime
    target_info: Marked
    by: str
    reason: str
    note: str


def jobs_of(page: OrderPage) -> list[Job]:
    """The lines of the page in order; no statement for what was released."""
    changes: dict[int, list[DateChange]] = {}
    for change in page.date_changes:
        changes.setdefault(change.line_id, []).append(change)
    return [
        Job(
            line=line,
            specification=_specification(line),
            changes=changes.get(line.pk, []),
        )
        for line in page.lines
    ]


def happened(entries: Sequence[TimelineEntry], *, everything: bool = False) -> list[Happened]:
    """The latest SHOWN entries, or all of them, oldest first; several lines are told apart by number."""
    shown = entries if everything else entries[-SHOWN:]
    several = len({entry.line.pk for entry in entries}) > 1
    return [_happened(entry, several) for entry in shown]


def order_token(order: Order) -> str:
    """Changes with every move, milestone and forecast of the order; two statements."""
    dates = OrderLine.objects.filter(order=order).aggregate(a=Min("forecast_at"), b=Max("forecast_at"))
    last = Milestone.objects.filter(order=order).aggregate(last=Max("id"))["last"]
    return _token(order, last, [dates["a"], dates["b"]])


def page_token(page: OrderPage) -> str:
    """The same token of a page that was read already."""
    dates = [line.forecast_at for line in page.lines if line.forecast_at]
    last = max((milestone.pk for milestone in page.milestones), default=None)
    return _token(page.order, last, [min(dates, default=None), max(dates, default=None)])


def _token(order: Order, last: int | None, dates: Sequence[datetime | None]) -> str:
    stamps = [f"{moment.timestamp():.0f}" if moment else "0" for moment in dates]
    return "-".join([str(order.version), str(last or 0), *stamps])


def _specification(line: OrderLine) -> Sequence[dict[str, Any]]:
    """What was frozen, or what a draft says; a product that no longer compiles shows the bare choices."""
    if hasattr(line, "snapshot"):
        frozen: list[dict[str, Any]] = line.snapshot.specification
        return frozen
    try:
        return specification_of(line)
    except Refused:
        return [{"label": code, "text": value} for code, value in line.choices.items()]


def _happened(entry: TimelineEntry, several: bool) -> Happened:
    shown: Marked = SAME_STATE.get(entry.title, entry.target_info)
    if several:
        shown = Mark(f"Line {entry.line.position}: {shown.label}", shown.icon, shown.tint)
    return Happened(entry.at, shown, entry.by, entry.reason, entry.note)
