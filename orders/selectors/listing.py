"""The list of orders: filters, sorting, paging, with what stands in each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.core.paginator import Page
from django.db.models import F, Min, OrderBy, OuterRef, Q, QuerySet, Subquery

from kernel.machine import State
from kernel.marks import Step
from kernel.queries import ROWS, Statement
from orders.lifecycle import LIFECYCLE, OPEN
from orders.models import Customer, Order, OrderLine
from orders.models.orders import rail_of
from orders.selectors.paging import PAGE_SIZE, page_of

CUSTOMERS_SEARCHED = 200
SHORTEST_TEXT = 2

SORTS = {
    "newest": "-id",
    "number": "number",
    "customer": "customer__name",
    "requested": "requested_date",
    "promised": "first_promise",
    "state": "state",
}


@dataclass(frozen=True)
class OrderFilter:
    """What to list; `sort` is a key of SORTS, reversed with "-" before it. By promise: open orders only."""

    state: str = ""
    customer: str = ""
    late: bool = False
    held: bool = False
    open_only: bool = False
    text: str = ""
    sort: str = "newest"


class ListedOrder(NamedTuple):
    """What a list tells of the order itself."""

    id: int
    number: str | None
    quotation_number: str
    customer: str
    customer_po: str
    currency: str
    requested_date: date | None
    valid_until: date | None
    state: str

    @property
    def reference(self) -> str:
        """The order number, or the quotation number before confirmation."""
        return self.number or self.quotation_number

    @property
    def url(self) -> str:
        """The order's page."""
        return f"/orders/{self.reference}/"

    @property
    def state_info(self) -> State:
        """The words and marks of the state."""
        return LIFECYCLE.states[self.state]


ORDER = ("id", "number", "quotation_number", "customer__name", "customer_po", "currency", "requested_date",
         "valid_until", "state")  # fmt: skip


class ListedJob(NamedTuple):
    """What a list reads of a job."""

    order: int
    product: str
    quantity: int
    unit_price: Decimal
    state: str
    promised_at: datetime | None
    forecast_at: datetime | None
    delivered_at: datetime | None
    held_at: datetime | None


JOB = ("order_id", "product__name", "quantity", "unit_price", "state", "promised_at", "forecast_at",
       "delivered_at", "held_at")  # fmt: skip


JOBS: Final = Statement(
    lambda orders: OrderLine.objects.filter(order__in=orders).order_by("position").values_list(*JOB), ROWS
)


@dataclass(frozen=True)
class OrderRow:
    """An order with what its jobs add up to; dates are the first promise, the last forecast and delivery."""

    order: ListedOrder
    product: str
    quantity: int
    total: Decimal
    promised_at: datetime | None
    forecast_at: datetime | None
    delivered_at: datetime | None
    held: bool

    @property
    def rail(self) -> tuple[Step, ...]:
        """The six stages of the order; a hold blocks the current one."""
        return rail_of(self.order.state_info, blocked=self.held)


def list_orders(
    wanted: OrderFilter, *, page: int | str = 1, customer_id: int | None = None, size: int = PAGE_SIZE
) -> Page[OrderRow]:
    """One page of orders as rows, in at most five statements; `customer_id` narrows to one customer's."""
    orders = Order.objects.all()
    if customer_id is not None:
        orders = orders.visible_to_customer(customer_id)
    found = _sorted(_filtered(orders, wanted), wanted.sort).values_list(*ORDER)
    return page_of(found, page, order_rows, size)


def order_rows(found: Sequence[tuple[Any, ...]]) -> list[OrderRow]:
    """The rows of these orders (columns ORDER), in one statement more."""
    orders = [ListedOrder(*row) for row in found]
    jobs: dict[int, list[ListedJob]] = {order.id: [] for order in orders}
    for job in map(ListedJob._make, JOBS(list(jobs))):
        jobs[job.order].append(job)
    return [_row(order, jobs[order.id]) for order in orders]


def state_counts() -> dict[str, int]:
    """Open orders by state, for the filter chips; one statement over an index."""
    counts: dict[str, int] = {}
    for state in Order.objects.filter(state__in=OPEN).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def matching(text: str) -> Q:
    """Orders whose numbers, PO number or customer contain the text; uses the trigram indexes.

    A whole number is looked up as such: every other one shares most of its trigrams.
    """
    whole = Q(number=text.upper()) | Q(quotation_number=text.upper())
    if text.count("-") > 1 and Order.objects.filter(whole).exists():
        return whole
    named = Customer.objects.filter(Q(name__icontains=text) | Q(code__iexact=text))
    customers = list(named.values_list("id", flat=True)[:CUSTOMERS_SEARCHED])
    own = Q(number__icontains=text) | Q(quotation_number__icontains=text) | Q(customer_po__icontains=text)
    return own | Q(customer_id__in=customers)


def _filtered(orders: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    if wanted.state:
        orders = orders.filter(state=wanted.state)
    if wanted.open_only:
        orders = orders.filter(state__in=OPEN)
    if wanted.customer:
        orders = orders.filter(customer__code=wanted.customer)
    if wanted.late:
        orders = orders.filter(pk__in=OrderLine.objects.late().values("order_id"))
    if wanted.held:
        orders = orders.filter(pk__in=OrderLine.objects.filter(held_at__isnull=False).values("order_id"))
    text = wanted.text.strip()
    return orders.filter(matching(text)) if len(text) >= SHORTEST_TEXT else orders


def _sorted(orders: QuerySet[Order], sort: str) -> QuerySet[Order]:
    descending = sort.startswith("-")
    field = SORTS.get(sort.removeprefix("-"), "-id")
    if field == "first_promise":
        lines = OrderLine.objects.filter(order=OuterRef("pk"), state__in=OPEN).order_by()
        first = lines.values("order").annotate(first=Min("promised_at")).values("first")
        orders = orders.filter(state__in=OPEN).annotate(first_promise=Subquery(first))
    if field == "-id":
        return orders.order_by("id" if descending else "-id")
    return orders.order_by(OrderBy(F(field), descending=descending, nulls_last=True), "-id")


def _row(order: ListedOrder, jobs: Sequence[ListedJob]) -> OrderRow:
    wanted = [job for job in jobs if job.state != "cancelled"] or jobs
    delivered = [job.delivered_at for job in wanted]
    return OrderRow(
        order=order,
        product=wanted[0].product if wanted else "",
        quantity=sum(job.quantity for job in wanted),
        total=sum((job.unit_price * job.quantity for job in wanted), Decimal(0)),
        promised_at=min((job.promised_at for job in wanted if job.promised_at), default=None),
        forecast_at=max((job.forecast_at for job in wanted if job.forecast_at), default=None),
        delivered_at=max((at for at in delivered if at), default=None) if all(delivered) else None,
        held=any(job.held_at for job in wanted),
    )
