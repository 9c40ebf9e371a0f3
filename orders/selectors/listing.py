"""The list of orders: filters, sorting, paging, with what stands in each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page
from django.db.models import F, Min, OrderBy, OuterRef, Q, QuerySet, Subquery

from kernel.marks import Step
from orders.lifecycle import OPEN
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


@dataclass(frozen=True)
class OrderRow:
    """An order with what its jobs add up to; dates are the first promise, the last forecast and delivery."""

    order: Order
    lines: int
    product: str
    quantity: int
    total: Decimal
    promised_at: datetime | None
    forecast_at: datetime | None
    delivered_at: datetime | None
    late: bool
    held: bool

    @property
    def rail(self) -> tuple[Step, ...]:
        """The six stages of the order; a hold blocks the current one."""
        return rail_of(self.order.state_info, blocked=self.held)


def list_orders(
    wanted: OrderFilter, *, page: int | str = 1, customer_id: int | None = None, size: int = PAGE_SIZE
) -> Page[OrderRow]:
    """One page of orders as rows, in at most four statements; `customer_id` narrows to one customer's."""
    orders = Order.objects.select_related("customer", "owner")
    if customer_id is not None:
        orders = orders.visible_to_customer(customer_id)
    return page_of(_sorted(_filtered(orders, wanted), wanted.sort), page, order_rows, size)


def order_rows(orders: Sequence[Order]) -> list[OrderRow]:
    """The rows of these orders, in one statement more."""
    jobs: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    lines = OrderLine.objects.filter(order__in=list(jobs)).select_related("product")
    for line in lines.order_by("position"):
        jobs[line.order_id].append(line)
    return [_row(order, jobs[order.pk]) for order in orders]


def state_counts() -> dict[str, int]:
    """Open orders by state, for the filter chips; one statement over an index."""
    counts: dict[str, int] = {}
    for state in Order.objects.filter(state__in=OPEN).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def matching(text: str) -> Q:
    """Orders whose numbers, PO number or customer contain the text; uses the trigram indexes."""
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


def _row(order: Order, lines: Sequence[OrderLine]) -> OrderRow:
    wanted = [line for line in lines if line.state != "cancelled"] or list(lines)
    delivered = [line.delivered_at for line in wanted]
    return OrderRow(
        order=order,
        lines=len(wanted),
        product=wanted[0].product.name if wanted else "",
        quantity=sum(line.quantity for line in wanted),
        total=sum((line.total for line in wanted), Decimal(0)),
        promised_at=min((line.promised_at for line in wanted if line.promised_at), default=None),
        forecast_at=max((line.forecast_at for line in wanted if line.forecast_at), default=None),
        delivered_at=max((at for at in delivered if at), default=None) if all(delivered) else None,
        late=any(line.slip and line.state in OPEN for line in wanted),
        held=any(line.held for line in wanted),
    )
