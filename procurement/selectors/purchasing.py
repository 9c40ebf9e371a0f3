"""Purchase orders as lists and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from orders.models import Role, User, WorkItem
from orders.selectors import Hit
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine, StockMove, Supplier
from procurement.selectors.buying import total_of

PAGE = 25
PEGS = 10
RECEIPTS = 100
PER_KIND = 6


@dataclass(frozen=True)
class Listed:
    """A row of the list of purchase orders."""

    order: PurchaseOrder
    lines: int
    total: Decimal
    expected_at: datetime | None


@dataclass(frozen=True)
class BoughtLine:
    """A line with the jobs and operations it is for, the most urgent named."""

    line: PurchaseOrderLine
    pegs: list[Peg]
    pegs_in_all: int

    @property
    def more_pegs(self) -> int:
        """How many jobs it is for beyond the ones named."""
        return self.pegs_in_all - len(self.pegs)


@dataclass(frozen=True)
class Bought:
    """A purchase order with everything its page shows."""

    order: PurchaseOrder
    lines: list[BoughtLine]
    receipts: list[StockMove]
    surplus: WorkItem | None

    @property
    def total(self) -> Decimal:
        """The sum of the lines in the order's currency."""
        return sum((row.line.total for row in self.lines), Decimal(0))

    @property
    def open_lines(self) -> list[PurchaseOrderLine]:
        """The lines of which something is still to come."""
        return [row.line for row in self.lines if row.line.outstanding > 0]


def purchase_orders(*, status: str = "", text: str = "", page: int | str = 1) -> Page[Any]:
    """Purchase orders, newest first, filtered by status and by number, supplier or item. Three statements."""
    orders = PurchaseOrder.objects.select_related("supplier").order_by("-id")
    if status in PurchaseOrder.Status.values:
        orders = orders.filter(status=status)
    if text:
        by_item = PurchaseOrderLine.objects.filter(item__number__iexact=text).values("order_id")
        found = Q(number__icontains=text) | Q(supplier__name__icontains=text) | Q(id__in=by_item)
        orders = orders.filter(found)
    listed: Page[Any] = Paginator(orders, PAGE).get_page(page)
    listed.object_list = _listed(list(listed.object_list))
    return listed


def search_purchase_orders(text: str, user: User) -> list[Hit]:
    """Purchase orders by number or supplier, for those who may open them; newest first."""
    if not user.has_role(Role.BUYER, Role.PLANNER, Role.MANAGER):
        return []
    named = Supplier.objects.filter(name__icontains=text).values("id")
    found = PurchaseOrder.objects.filter(Q(number__icontains=text) | Q(supplier__in=named))
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
    """The lines of a purchase order, what they are for and what was received. Four statements."""
    lines: list[Any] = list(order.lines.select_related("item").annotate(jobs=Count("pegs")).order_by("id"))
    pegs = _pegs([line.id for line in lines])
    return Bought(
        order=order,
        lines=[BoughtLine(line, pegs.get(line.id, []), line.jobs) for line in lines],
        receipts=_receipts(order),
        surplus=WorkItem.objects.waiting().filter(key=f"surplus:{order.id}").first(),
    )


def _pegs(line_ids: Sequence[int]) -> dict[int, list[Peg]]:
    order = [F("requirement__need_by").asc(nulls_last=True), F("id").asc()]
    rank = Window(RowNumber(), partition_by=F("purchase_line_id"), order_by=order)
    pegs = Peg.objects.filter(purchase_line__in=line_ids).annotate(rank=rank).filter(rank__lte=PEGS)
    rows = pegs.select_related("requirement__operation", "requirement__line__order__customer")
    found: dict[int, list[Peg]] = {}
    for peg in rows.order_by("purchase_line_id", "rank"):
        found.setdefault(peg.purchase_line_id, []).append(peg)
    return found


def _receipts(order: PurchaseOrder) -> list[StockMove]:
    """What came in on this order, newest first."""
    moves = StockMove.objects.filter(purchase_line__order=order)
    return list(moves.select_related("lot__item", "by").order_by("-id")[:RECEIPTS])
