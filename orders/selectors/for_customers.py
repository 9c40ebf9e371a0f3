"""What one customer may read of the own orders, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.queries import ROWS, Statement
from orders.engine import configure, specification
from orders.models import DateChange, Document, Milestone, Order, OrderLine, Product
from orders.selectors.products import compiled_line

Row = dict[str, object]

HIDDEN = (
    *("snapshot__bom", "snapshot__routing", "snapshot__characteristics"),
    *("price_trace", "cost_trace", "unit_cost", "approval_reason", "price_fingerprint"),
)
SUMMED = (
    *("order_id", "quantity", "unit_price", "state"),
    *("promised_at", "forecast_at", "delivered_at", "held_at"),
)
"""The columns of a job that the list of orders adds up."""


@dataclass(frozen=True)
class Wanted:
    """Which orders: states (empty: all), changed since, PO number; `before` is the cursor, an order's id."""

    states: tuple[str, ...] = ()
    updated_since: datetime | None = None
    customer_po: str = ""
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class CustomerOrder:
    """One order with its jobs; `specifications` has rows (code, label, value, text, unit) by job id."""

    order: Order
    lines: tuple[OrderLine, ...]
    specifications: dict[int, list[Row]] = field(default_factory=dict)
    milestones: tuple[Milestone, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def kept(self) -> tuple[OrderLine, ...]:
        """The jobs that were not cancelled; all of them where every one was."""
        return tuple(line for line in self.lines if line.state != "cancelled") or self.lines

    @property
    def held(self) -> bool:
        """Whether a hold blocks any job."""
        return any(line.held for line in self.lines)

    @property
    def total(self) -> Decimal:
        """The sum of these jobs in the order's currency."""
        return sum((line.total for line in self.kept), Decimal(0))

    @property
    def promised_at(self) -> datetime | None:
        """When the last job was promised."""
        return max((line.promised_at for line in self.kept if line.promised_at), default=None)

    @property
    def forecast_at(self) -> datetime | None:
        """When the last job is expected."""
        return max((line.forecast_at for line in self.kept if line.forecast_at), default=None)

    @property
    def delivered_at(self) -> datetime | None:
        """When the last job arrived; None while one is missing."""
        arrived = [line.delivered_at for line in self.kept]
        return max(cast(list[datetime], arrived)) if arrived and all(arrived) else None


BY_REFERENCE: Final = Statement(
    lambda customer, reference: (
        Order.objects.visible_to_customer(customer).by_reference(reference).order_by("id")[:1]
    ),
    int,
    str,
)
LINES: Final = Statement(
    lambda orders: (
        OrderLine.objects.filter(order__in=orders)
        .order_by("order_id", "position")
        .select_related("product", "snapshot")
        .defer(*HIDDEN)
    ),
    ROWS,
)
SUMS: Final = Statement(
    lambda orders: OrderLine.objects.filter(order__in=orders).order_by("order_id", "position").only(*SUMMED),
    ROWS,
)
MILESTONES: Final = Statement(lambda order: Milestone.objects.filter(order=order), int)
DOCUMENTS: Final = Statement(lambda order: Document.objects.filter(order=order, customer_may_see=True), int)


def find_order(customer_id: int, reference: str) -> Order | None:
    """The customer's order by order number, quotation number or public id; None for everybody else's."""
    public_id = _uuid(reference)
    if public_id is not None:
        return Order.objects.visible_to_customer(customer_id).filter(public_id=public_id).first()
    return BY_REFERENCE.first(customer_id, reference) if reference.isprintable() else None


def customer_order(order: Order) -> CustomerOrder:
    """All a customer may know of the order, in at most five statements."""
    lines = _lines([order])
    return CustomerOrder(
        order=order,
        lines=tuple(lines),
        specifications=_specifications(lines),
        milestones=_milestones(order, lines),
        documents=tuple(DOCUMENTS(order.pk)),
    )


def customer_orders(customer_id: int, wanted: Wanted) -> tuple[list[CustomerOrder], bool]:
    """The newest orders first, and whether there are more behind them; two statements."""
    orders = list(_matching(customer_id, wanted).order_by("-id")[: wanted.limit + 1])
    page = orders[: wanted.limit]
    jobs: dict[int, list[OrderLine]] = {order.pk: [] for order in page}
    for line in SUMS([order.pk for order in page]):
        jobs[line.order_id].append(line)
    return [CustomerOrder(order, tuple(jobs[order.pk])) for order in page], len(orders) > len(page)


def milestones_after(order: Order, after: int, limit: int) -> tuple[list[Milestone], bool]:
    """What happened after the milestone with this id, oldest first, and whether there is more."""
    found = list(order.milestones.filter(id__gt=after).select_related("line")[: limit + 1])
    return found[:limit], len(found) > limit


def orderable_products(after: str, limit: int) -> tuple[list[Product], bool]:
    """Published products by code, after this one, and whether there are more behind them."""
    found = list(_orderable().filter(code__gt=after).order_by("code")[: limit + 1])
    return found[:limit], len(found) > limit


def orderable_product(code: str) -> Product | None:
    """The published product with this code."""
    return _orderable().filter(code=code).first() if code.isprintable() else None


def orderable_codes() -> list[str]:
    """The codes of all published products."""
    return list(_orderable().order_by("code").values_list("code", flat=True))


def _orderable() -> QuerySet[Product]:
    return Product.objects.filter(status=Product.Status.PUBLISHED, non_catalogue=False)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _matching(customer_id: int, wanted: Wanted) -> QuerySet[Order]:
    orders = Order.objects.visible_to_customer(customer_id)
    if wanted.states:
        orders = orders.filter(state__in=wanted.states)
    if wanted.customer_po:
        orders = orders.filter(customer_po=wanted.customer_po)
    if wanted.before is not None:
        orders = orders.filter(id__lt=wanted.before)
    if wanted.updated_since is not None:
        orders = orders.filter(_changed_since(wanted.updated_since))
    return orders


def _changed_since(moment: datetime) -> Q:
    """A forecast that moves and a milestone of a stage leave the order's own row alone."""
    told = Milestone.objects.filter(order=OuterRef("pk"), at__gte=moment)
    moved = DateChange.objects.filter(line__order=OuterRef("pk"), at__gte=moment)
    return Q(updated_at__gte=moment) | Exists(told) | Exists(moved)


def _lines(orders: Sequence[Order]) -> list[OrderLine]:
    """The jobs of these orders with product and specification; nothing of what they cost or need."""
    by_id = {order.pk: order for order in orders}
    found = LINES(list(by_id))
    for line in found:
        line.order = by_id[line.order_id]
    return found


def _milestones(order: Order, lines: Sequence[OrderLine]) -> tuple[Milestone, ...]:
    """What happened, each with the job it happened to."""
    by_id = {line.pk: line for line in lines}
    found = tuple(MILESTONES(order.pk))
    for row in found:
        row.line = by_id[row.line_id] if row.line_id else None
    return found


def _specifications(lines: Sequence[OrderLine]) -> dict[int, list[Row]]:
    """As it was released; before that, the choices in the words of the revision they were made with."""
    rows = {line.pk: list(line.snapshot.specification) for line in lines if hasattr(line, "snapshot")}
    open_lines = [line for line in lines if line.pk not in rows]
    return rows | words_of(open_lines)


def words_of(lines: Sequence[OrderLine]) -> dict[int, list[Row]]:
    """What jobs that were not released yet are to be, in the words of the revision they were made with."""
    rows: dict[int, list[Row]] = {}
    for line in lines:
        compiled = compiled_line(line)
        rows[line.pk] = [*specification(compiled, configure(compiled, line.choices)), *line.extras]
    return rows
