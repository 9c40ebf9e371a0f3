"""The buyer's page: what to order today, what is late and whom it hurts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import DecimalField, F, Sum
from django.utils import timezone

from kernel.bases import fetch
from kernel.queries import Statement
from orders.models import WorkItem
from procurement.models import PurchaseOrder, PurchaseOrderLine

DRAFTS: Final = 10
JOBS: Final = 3
HITS: Final = 8
LATE: Final = 20
MOST_LATE: Final = 1000

# The page is open all day, and building these statements anew would cost more than running them.
URGENT: Final = f"""
    SELECT parent.id, parent.number, parent.version, parent.currency, supplier.name,
        count(*) OVER (), count(*) FILTER (WHERE first.order_by < %s) OVER ()
    FROM procurement_purchaseorder AS parent
    JOIN procurement_supplier AS supplier ON supplier.id = parent.supplier_id
    LEFT JOIN LATERAL (
        SELECT min(order_by) AS order_by FROM procurement_purchaseorderline WHERE order_id = parent.id
    ) AS first ON true
    WHERE parent.status = 'draft' ORDER BY first.order_by NULLS LAST, parent.id LIMIT {DRAFTS}
"""
LINES: Final = f"""
    SELECT line.order_id, item.number, item.description, line.quantity, line.unit, line.price,
        coalesce(need.first - make_interval(days => line.lead_time_days), line.order_by),
        need.jobs, need.named
    FROM procurement_purchaseorderline AS line
    JOIN orders_item AS item ON item.id = line.item_id
    CROSS JOIN LATERAL (
        SELECT min(need.need_by) AS first, count(DISTINCT need.line_id) AS jobs, coalesce((array_agg(
            ARRAY[coalesce(parent.number, parent.quotation_number), job.position::text]
            ORDER BY need.need_by, peg.id))[1:{JOBS}], '{{}}') AS named
        FROM procurement_peg AS peg
        JOIN planning_requirement AS need ON need.id = peg.requirement_id
        JOIN orders_orderline AS job ON job.id = need.line_id
        JOIN orders_order AS parent ON parent.id = job.order_id
        WHERE peg.purchase_line_id = line.id
    ) AS need
    WHERE line.order_id = ANY(%s) ORDER BY line.order_id, need.first, line.id
"""
COMING_LATE: Final = f"""
    SELECT line.id, parent.number, item.number, line.quantity - line.received, line.unit, supplier.name,
        CASE WHEN judged.slipped THEN line.agreed_at ELSE need.first END AS wanted,
        line.expected_at, need.jobs
    FROM procurement_purchaseorderline AS line
    JOIN procurement_purchaseorder AS parent ON parent.id = line.order_id
    JOIN procurement_supplier AS supplier ON supplier.id = parent.supplier_id
    JOIN orders_item AS item ON item.id = line.item_id
    CROSS JOIN LATERAL (
        SELECT min(need.need_by) AS first, count(DISTINCT need.line_id) AS jobs,
            count(DISTINCT need.line_id) FILTER (WHERE job.forecast_at > job.promised_at) AS hurt
        FROM procurement_peg AS peg
        JOIN planning_requirement AS need ON need.id = peg.requirement_id
        JOIN orders_orderline AS job ON job.id = need.line_id
        WHERE peg.purchase_line_id = line.id AND peg.received < peg.quantity
    ) AS need
    CROSS JOIN LATERAL (
        SELECT (greatest(line.expected_at, %(now)s) AT TIME ZONE %(zone)s)::date AS coming
    ) AS day
    CROSS JOIN LATERAL (
        SELECT coalesce(day.coming > (line.agreed_at AT TIME ZONE %(zone)s)::date, false) AS slipped
    ) AS judged
    WHERE parent.status IN ('sent', 'partial') AND line.received < line.quantity
        AND line.expected_at IS NOT NULL
        AND (judged.slipped OR (need.hurt > 0 AND day.coming > (need.first AT TIME ZONE %(zone)s)::date))
    ORDER BY need.hurt DESC, wanted, line.id LIMIT {MOST_LATE}
"""
WAITING: Final = f"""
    SELECT shown.id, coalesce(parent.number, parent.quotation_number), job.position, customer.name,
        job.promised_at, job.forecast_at
    FROM unnest(%s) WITH ORDINALITY AS shown(id, place)
    CROSS JOIN LATERAL (
        SELECT peg.id, job.order_id, job.position, job.promised_at, job.forecast_at
        FROM procurement_peg AS peg
        JOIN planning_requirement AS need ON need.id = peg.requirement_id
        JOIN orders_orderline AS job ON job.id = need.line_id
        WHERE peg.purchase_line_id = shown.id AND peg.received < peg.quantity
        ORDER BY job.promised_at - job.forecast_at NULLS LAST, peg.id LIMIT {HITS}
    ) AS job
    JOIN orders_order AS parent ON parent.id = job.order_id
    JOIN orders_customer AS customer ON customer.id = parent.customer_id
    ORDER BY shown.place, job.promised_at - job.forecast_at NULLS LAST, job.id
"""


@dataclass(frozen=True)
class ToOrder:
    """A line of a draft: when it must be ordered, and which jobs (order, position) need it first."""

    item: str
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    order_by: datetime | None
    jobs: int
    first_jobs: tuple[tuple[str, str], ...]

    @property
    def total(self) -> Decimal:
        """Price times quantity, in the order's currency."""
        return self.price * self.quantity

    @property
    def more_jobs(self) -> int:
        """How many jobs need it beyond the ones named."""
        return self.jobs - len(self.first_jobs)


@dataclass(frozen=True)
class Draft:
    """A draft purchase order with its lines, the most urgent first."""

    id: int
    number: str
    version: int
    currency: str
    supplier: str
    lines: tuple[ToOrder, ...]

    @property
    def order_by(self) -> datetime | None:
        """When the most urgent line must be ordered."""
        return min((line.order_by for line in self.lines if line.order_by), default=None)

    @property
    def total(self) -> Decimal:
        """The sum of the lines in the order's currency."""
        return sum((line.total for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class ToSend:
    """The most urgent drafts, how many there are, and how many of them must go out by the end of today."""

    drafts: tuple[Draft, ...]
    count: int
    due: int


class Hit(NamedTuple):
    """A job that waits for a late line; slack is promise minus forecast, negative where it will be late."""

    order: str
    position: int
    customer: str
    promised_at: datetime | None
    forecast_at: datetime | None

    @property
    def slack(self) -> timedelta | None:
        """None while one of the dates is missing."""
        if self.promised_at is None or self.forecast_at is None:
            return None
        return self.promised_at - self.forecast_at

    @property
    def slack_days(self) -> int:
        """Whole days of slack."""
        return self.slack.days if self.slack else 0

    @property
    def hurts(self) -> bool:
        """True where the customer's promise does not hold any more."""
        return self.slack is not None and self.slack < timedelta(0)


@dataclass(frozen=True)
class Late:
    """A purchase line that comes after the day it is wanted; overdue goods may come today at the earliest."""

    number: str
    item: str
    outstanding: Decimal
    unit: str
    supplier: str
    wanted: datetime
    expected_at: datetime
    jobs: int
    overdue: bool
    hits: tuple[Hit, ...]

    @property
    def more_jobs(self) -> int:
        """How many jobs wait for it beyond the ones named."""
        return self.jobs - len(self.hits)


def drafts_to_send(now: datetime) -> ToSend:
    """The most urgent drafts with their lines and the jobs behind each. At most two statements."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = fetch(URGENT, [midnight])
    lines = _lines([row[0] for row in rows]) if rows else {}
    drafts = tuple(Draft(*(*row[:5], lines.get(row[0], ()))) for row in rows)
    return ToSend(drafts, *(rows[0][5:] if rows else (0, 0)))


def _lines(order_ids: Sequence[int]) -> dict[int, tuple[ToOrder, ...]]:
    """The lines by order. To be ordered by today's need-by date minus the lead time."""
    rows = fetch(LINES, [list(order_ids)])
    return {order: tuple(_to_order(row[1:]) for row in own) for order, own in groupby(rows, itemgetter(0))}


def _to_order(row: tuple[Any, ...]) -> ToOrder:
    first_jobs = tuple(dict.fromkeys((order, position) for order, position in row[-1]))
    return ToOrder(*(*row[:-1], first_jobs))


def late_lines(*, now: datetime, page: int | str = 1) -> Page[Any]:
    """Purchase lines that come late, worst first, with the jobs they hit. At most two statements.

    Late is what comes after the day agreed, and what comes after the need-by date of a job that will miss its
    promise. A plan that waits for material moves need-by dates along, and keeps a safety before each start:
    on its own, a need-by date missed hurts nobody. Overdue goods count as coming today at the earliest.
    """
    rows = fetch(COMING_LATE, {"now": now, "zone": timezone.get_current_timezone_name()})
    found: Page[Any] = Paginator(rows, LATE).get_page(page)
    shown = list(found.object_list)
    hits = _hits([row[0] for row in shown]) if shown else {}
    found.object_list = [Late(*(*row[1:], row[7] < now, hits.get(row[0], ()))) for row in shown]
    return found


def _hits(line_ids: Sequence[int]) -> dict[int, tuple[Hit, ...]]:
    """Per purchase line the jobs that wait for it, the ones with the least slack first."""
    rows = fetch(WAITING, [list(line_ids)])
    return {line: tuple(Hit(*row[1:]) for row in own) for line, own in groupby(rows, itemgetter(0))}


UNSUPPLIED: Final = Statement(
    lambda: WorkItem.objects.waiting().filter(key__startswith="supplier:").order_by("due_at", "id")[:DRAFTS]
)


def without_supplier() -> list[WorkItem]:
    """Items that jobs need and nobody supplies."""
    return UNSUPPLIED()


def total_of(orders: Sequence[PurchaseOrder]) -> dict[int, Decimal]:
    """The totals of purchase orders, by id."""
    lines = PurchaseOrderLine.objects.filter(order__in=[order.id for order in orders]).order_by()
    worth = Sum(F("quantity") * F("price"), output_field=DecimalField())
    return dict(lines.values_list("order_id").annotate(worth=worth))
