"""Everything the order page shows, in seven statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Final, cast

from django.db.models import OuterRef, Subquery

from kernel.bases import Columns, fetch
from kernel.machine import Row, State
from kernel.marks import Step
from kernel.queries import Statement
from orders.engine import Tax, taxes
from orders.lifecycle import LIFECYCLE
from orders.models import (
    DateChange,
    Document,
    Handover,
    Milestone,
    Move,
    Order,
    OrderLine,
    PriceApproval,
    WorkItem,
)
from orders.models.orders import rail_of


@dataclass(frozen=True)
class StageWork:
    """How one stage took a job over: how long it waited for a worker, how long the worker took."""

    task: str
    worker: str
    waited: timedelta | None
    worked: timedelta | None
    attempts: int
    parked: bool
    error: str

    @property
    def done(self) -> bool:
        """Whether it was carried out."""
        return self.worked is not None


@dataclass(frozen=True)
class TimelineEntry:
    """One move of one job, as the timeline shows it; `note` says what the stages made of it.

    `by` is a person or, where nobody did it, the stage or the product; which process it was, the move keeps.
    """

    at: datetime
    line: OrderLine
    target_info: State
    title: str
    by: str
    reason: str
    note: str
    work: tuple[StageWork, ...]


@dataclass(frozen=True)
class OrderPage:
    """The facts of one order. `lines` carry product, snapshot and holder; `entries` are oldest first."""

    order: Order
    lines: tuple[OrderLine, ...]
    entries: tuple[TimelineEntry, ...]
    date_changes: tuple[DateChange, ...]
    milestones: tuple[Milestone, ...]
    documents: tuple[Document, ...]
    work_items: tuple[WorkItem, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the lines that were not cancelled."""
        return sum((line.total for line in self.lines if line.state != "cancelled"), Decimal(0))

    @property
    def taxes(self) -> list[Tax]:
        """One for each rate and wording, rounded once each."""
        kept = [line for line in self.lines if line.state != "cancelled"]
        return taxes(((line.total, line.tax_percent, line.tax_wording) for line in kept), self.order.currency)

    @property
    def gross(self) -> Decimal:
        """Total with taxes."""
        return self.total + sum((tax.amount for tax in self.taxes), Decimal(0))

    @property
    def cost(self) -> Decimal:
        """The estimated cost of these lines; never for customers or the shop floor."""
        kept = [line for line in self.lines if line.state != "cancelled"]
        return sum((line.unit_cost * line.quantity for line in kept), Decimal(0))

    @property
    def margin(self) -> Decimal:
        """Total minus cost, as a part of the total."""
        return (self.total - self.cost) / self.total if self.total else Decimal(0)

    @property
    def held(self) -> bool:
        """Whether any job is on hold."""
        return any(line.held for line in self.lines)

    @property
    def rail(self) -> tuple[Step, ...]:
        """The progress of the order: of its least advanced open job."""
        return rail_of(self.order.state_info, blocked=self.held)

    @property
    def actions(self) -> list[Row]:
        """What a person may do with the order now, in the order of the table, the primary one first."""
        return possible_actions(self.order, self.lines)

    @property
    def requested_date(self) -> object:
        """The customer's wish."""
        return self.order.requested_date

    @property
    def promised_at(self) -> datetime | None:
        """The last promise of the lines that are wanted: when the whole order is to be there."""
        return max((line.promised_at for line in self._wanted if line.promised_at), default=None)

    @property
    def forecast_at(self) -> datetime | None:
        """The last forecast."""
        return max((line.forecast_at for line in self._wanted if line.forecast_at), default=None)

    @property
    def delivered_at(self) -> datetime | None:
        """When the last line arrived; None while one is missing."""
        dates = [line.delivered_at for line in self._wanted]
        return max(cast(list[datetime], dates)) if dates and all(dates) else None

    @property
    def _wanted(self) -> list[OrderLine]:
        return [line for line in self.lines if line.state != "cancelled"]


# What was frozen for the stages and how a price came about are long, and stand on pages of their own.
_FROZEN: Final = ("snapshot__bom", "snapshot__routing", "snapshot__characteristics")
_PEOPLE: Final = ("customer", "contact", "ship_to", "owner")
ORDER: Final = Statement(
    lambda reference: Order.objects.select_related(*_PEOPLE).by_reference(reference).order_by("id")[:1], str
)
OWN_ORDER: Final = Statement(
    lambda reference, customer: (
        Order.objects.select_related(*_PEOPLE)
        .visible_to_customer(customer)
        .by_reference(reference)
        .order_by("id")[:1]
    ),
    str,
    int,
)
_LAST_ANSWER: Final = PriceApproval.objects.filter(
    order_id=OuterRef("order_id"), fingerprint=OuterRef("price_fingerprint")
).order_by("-id")
LINES: Final = Statement(
    lambda order: (
        OrderLine.objects.filter(order=order)
        .select_related("product", "snapshot", "held_by", "priced_by", "approved_by")
        .defer(*_FROZEN, "price_trace", "cost_trace")
        .annotate(
            agreed=Subquery(_LAST_ANSWER.values("agreed")[:1]),
            answer=Subquery(_LAST_ANSWER.values("note")[:1]),
        )
        .order_by("position")
    ),
    int,
)
DATE_CHANGES: Final = Statement(
    lambda order: DateChange.objects.filter(line__order=order).select_related("by").order_by("id"), int
)
MILESTONES: Final = Statement(lambda order: Milestone.objects.filter(order=order), int)
DOCUMENTS: Final = Statement(lambda order: Document.objects.filter(order=order), int)
WORK_ITEMS: Final = Statement(lambda order: WorkItem.objects.waiting().filter(order=order), int)


def order_page(reference: str, *, customer_id: int | None = None) -> OrderPage | None:
    """The order by number or quotation number, whatever it is now; None where it is unknown.

    With `customer_id` another customer's order is unknown too.
    """
    if not reference.isprintable():
        return None
    order = ORDER.first(reference) if customer_id is None else OWN_ORDER.first(reference, customer_id)
    if order is None:
        return None
    lines = _lines(order)
    return OrderPage(
        order=order,
        lines=lines,
        entries=timeline(lines),
        date_changes=tuple(DATE_CHANGES(order.pk)),
        milestones=tuple(MILESTONES(order.pk)),
        documents=tuple(DOCUMENTS(order.pk)),
        work_items=tuple(WORK_ITEMS(order.pk)),
    )


def order_for_act(reference: str) -> Order | None:
    """Just the order with its customer, for an act on it."""
    return Order.objects.select_related("customer").by_reference(reference).first()


MOVE: Final = Columns(Move, "move")
HANDOVER: Final = Columns(Handover, "handover")
HISTORY: Final = f"""
    SELECT {MOVE.sql},
        coalesce(nullif(trim(concat(person.first_name, ' ', person.last_name)), ''), person.email),
        {HANDOVER.sql}
    FROM orders_move AS move
    LEFT JOIN orders_user AS person ON person.id = move.by_id
    LEFT JOIN orders_handover AS handover ON handover.move_id = move.id
    WHERE move.line_id = ANY(%s) ORDER BY move.id, handover.id
"""


def timeline(lines: Sequence[OrderLine]) -> tuple[TimelineEntry, ...]:
    """The moves of these jobs with the handovers behind them, oldest first; one statement."""
    by_id = {line.pk: line for line in lines}
    entries = []
    for _, group in groupby(fetch(HISTORY, [list(by_id)]), itemgetter(0)):
        rows = list(group)
        move, by = MOVE.read(rows[0]), rows[0][MOVE.count]
        start = MOVE.count + 1
        work = tuple(_work(HANDOVER.read(row, start)) for row in rows if row[start] is not None)
        entries.append(_entry(move, by or "", by_id[move.line_id], work))
    return tuple(entries)


def possible_actions(order: Order, lines: Sequence[OrderLine]) -> list[Row]:
    """Rows of the lifecycle a person may choose for the whole order now; primary first."""
    states = {line.state for line in lines}
    open_lines = [line for line in lines if not line.state_info.final]
    rows = [
        row
        for row in LIFECYCLE.rows
        if row.by == "person"
        and states & set(row.sources)
        and not (row.event == "hold" and all(line.held for line in open_lines))
        and not (row.event == "resume" and not any(line.held for line in open_lines))
        and not (row.event == "close" and any(line.state != "delivered" for line in open_lines))
    ]
    return sorted(rows, key=lambda row: not row.primary)


def _lines(order: Order) -> tuple[OrderLine, ...]:
    found = tuple(LINES(order.pk))
    for line in found:
        line.order = order
    return found


def _entry(move: Move, by: str, line: OrderLine, work: tuple[StageWork, ...]) -> TimelineEntry:
    row = next(
        (row for row in LIFECYCLE.rows if row.event == move.event and move.source in row.sources), None
    )
    return TimelineEntry(
        at=move.at,
        line=line,
        target_info=move.target_info,
        title=row.label if row else move.event,
        by=by or _system(move, row),
        reason=move.reason,
        note="; ".join(_said(part) for part in work),
        work=work,
    )


def _system(move: Move, row: Row | None) -> str:
    """Who moved a job where no account did: its stage or the product; a customer's own answer has no name."""
    if row is None or row.by == "person":
        return ""
    return LIFECYCLE.states[move.source].label if row.by == "stage" else "MTO"


def _work(handover: Handover) -> StageWork:
    started = handover.started_at
    return StageWork(
        task=handover.task,
        worker=handover.worker,
        waited=started - handover.created_at if started else None,
        worked=handover.done_at - started if started and handover.done_at else None,
        attempts=handover.attempts,
        parked=handover.parked_at is not None,
        error=handover.last_error,
    )


def _said(work: StageWork) -> str:
    """A handover in words: planning took it over after 0.4 s."""
    stage = work.task.partition(".")[0]
    if work.parked:
        return f"{stage} needs attention"
    if work.waited is None:
        return f"{stage} has not taken it over yet"
    return f"{stage} took it over after {work.waited.total_seconds():.1f} s"
