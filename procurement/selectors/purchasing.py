"""Purchase orders as lists and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, F, Min, Q
from django.urls import reverse

from orders.models import Role, User, WorkItem
from orders.selectors import CappedPaginator, Hit, any_of
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine, StockMove, Supplier
from procurement.selectors.buying import total_of

PAGE = 25
PEGS = 25
RECEIPTS = 25
PER_KIND = 6


@dataclass(frozen=True)
class Listed:
    """A row of the list of purchase orders."""

    order: PurchaseOrder
    lines: int
    total: Decimal
    expected_at: datetime | None


@dataclass(frozen=True)
class Bought:
    """A purchase order with everything its page shows."""

    order: PurchaseOrder
    lines: list[PurchaseOrderLine]
    receipts: list[StockMove]
    surplus: WorkItem | None

    @property
    def total(self) -> Decimal:
        """The sum of the lines in the order's currency."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def open_lines(self) -> list[PurchaseOrderLine]:
        """The lines of which something is still to come."""
        return [line for line in self.lines if line.outstanding > 0]


def purchase_orders(*, status: str = "", text: str = "", page: int | str = 1) -> Page[Any]:
    """Purchase orders, newest first, filtered by status and by number, supplier or item. Three statements."""
    orders = PurchaseOrder.objects.select_related("supplier").order_by("-id")
    if status in PurchaseOrder.Status.values:
        orders = orders.filter(status=status)
    if text:
        every = PurchaseOrder.objects
        orders = orders.filter(
            pk__in=any_of(
                every.filter(number__icontains=text),
                every.filter(supplier__name__icontains=text),
                every.filter(lines__item__number__iexact=text),
            )
        )
    listed: Page[Any] = CappedPaginator(orders, PAGE).get_page(page)
    listed.object_list = _listed(list(listed.object_list))
    return listed


def search_purchase_orders(text: str, user: User) -> list[Hit]:
    """Purchase orders by number or supplier, for those who may open them; newest first."""
    if not user.has_role(Role.BUYER, Role.PLANNER, Role.MANAGER):
        return []
    named = Supplier.objects.filter(name__icontains=text).values("id")
    every = PurchaseOrder.objects
    newest = any_of(every.filter(number__icontains=text), every.filter(supplier__in=named))
    found = every.filter(pk__in=newest)
    return [
        Hit(
            "Purchase orders",
            order.number,
            str(order.supplier),
            reverse("procurement:order", args=[order.number]),
            "shopping-cart",
            order.get_status_display(),
        )
        for order in found.select_related("supplier").order_by("-id")[:PER_KIND]
    ]


def _listed(orders: Sequence[PurchaseOrder]) -> list[Listed]:
    lines = PurchaseOrderLine.objects.filter(order__in=[order.id for order in orders]).values("order_id")
    coming = Min("expected_at", filter=Q(received__lt=F("quantity")))
    counted = {row["order_id"]: row for row in lines.annotate(count=Count("id"), next=coming).order_by()}
    totals = total_of(orders)
    nothing: dict[str, Any] = {"count": 0, "next": None}
    return [
        Listed(order, row["count"], totals.get(order.id, Decimal(0)), row["next"])
        for order in orders
        for row in [counted.get(order.id, nothing)]
    ]


def purchase_order(number: str) -> PurchaseOrder | None:
    """A purchase order by its number."""
    return PurchaseOrder.objects.select_related("supplier", "sent_by").filter(number=number).first()


def bought(order: PurchaseOrder) -> Bought:
    """The lines of a purchase order, what came last, and whether it brings too much. Three statements."""
    received = StockMove.objects.filter(purchase_line__order=order).select_related("lot__item", "by")
    return Bought(
        order=order,
        lines=list(order.lines.select_related("item").order_by("id")),
        receipts=list(received.order_by("-id")[:RECEIPTS]),
        surplus=WorkItem.objects.waiting().filter(key=f"surplus:{order.id}").first(),
    )


def pegs(order: PurchaseOrder, page: int | str = 1) -> Page[Any]:
    """The jobs and operations a purchase order is for, the most urgent first. Two statements."""
    found = Peg.objects.filter(purchase_line__order=order).select_related(
        "purchase_line__item", "requirement__operation", "requirement__line__order__customer"
    )
    return CappedPaginator(
        found.order_by(F("requirement__need_by").asc(nulls_last=True), "id"), PEGS
    ).get_page(page)


def supplier_by_code(code: str) -> Supplier | None:
    """A supplier by its code."""
    return Supplier.objects.filter(code=code).first()


def awaited_from(supplier: Supplier) -> tuple[int, ...]:
    """The requirements that wait for something ordered, or about to be, from this supplier. One statement."""
    pegs = (
        Peg.objects.open()
        .filter(purchase_line__order__supplier=supplier, requirement__cancelled_at=None)
        .exclude(purchase_line__order__status=PurchaseOrder.Status.CANCELLED)
    )
    found = pegs.order_by("requirement_id").values_list("requirement_id", flat=True)
    return tuple(found.distinct())


def receipts_so_far(order: PurchaseOrder) -> int:
    """How many lots came in on this order."""
    return StockMove.objects.filter(purchase_line__order=order).count()
