"""Stock: what is on hand, reserved and free, and the moves that made it so."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from orders.models import Item
from orders.selectors import CappedPaginator
from procurement.models import Lot, PurchaseOrderLine, Reservation, StockMove, SupplierItem

PAGE = 25
LOTS = 50
MOVES = 25
NUMBER: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=4)


@dataclass(frozen=True)
class ItemStock:
    """An item with its lots, who keeps what, what is coming and who sells it."""

    item: Any
    lots: list[Lot]
    reservations: list[Reservation]
    coming: list[PurchaseOrderLine]
    offers: list[SupplierItem]


def stock(*, text: str = "", only: str = "", page: int | str = 1) -> Page[Any]:
    """Items with `on_hand`, `reserved`, `free` and `coming`, in number order. Two statements.

    `only` is "stocked" for items that are here and "coming" for items on order.
    """
    items = _with_sums(Item.objects.all()).order_by("number")
    if text:
        items = items.filter(Q(number__icontains=text) | Q(description__icontains=text))
    if only == "stocked":
        items = items.filter(id__in=Lot.objects.filter(on_hand__gt=0).values("item_id"))
    if only == "coming":
        items = items.filter(id__in=_open_lines().values("item_id"))
    return CappedPaginator(items, PAGE).get_page(page)


def item_stock(number: str) -> ItemStock | None:
    """One item with everything its page shows but the ledger. Five statements."""
    item = _with_sums(Item.objects.filter(number=number)).first()
    if item is None:
        return None
    item_id = item.id
    lots = Lot.objects.filter(item=item_id, on_hand__gt=0).select_related("supplier")
    kept = Reservation.objects.filter(lot__item=item_id, issued__lt=F("quantity"))
    coming = _open_lines().filter(item=item_id).select_related("order__supplier")
    return ItemStock(
        item=item,
        lots=list(lots.order_by("received_at", "id")[:LOTS]),
        reservations=list(
            kept.select_related("lot", "requirement__line__order", "requirement__operation")[:LOTS]
        ),
        coming=list(coming.order_by("expected_at", "id")[:LOTS]),
        offers=list(SupplierItem.objects.filter(item=item_id).select_related("supplier")),
    )


def ledger(item_id: int, page: int | str = 1) -> Page[Any]:
    """The stock moves of an item, newest first. Two statements."""
    moves = StockMove.objects.filter(lot__item=item_id).order_by("-id")
    rows = moves.select_related("lot", "by", "requirement__line__order", "requirement__operation")
    return CappedPaginator(rows, MOVES).get_page(page)


def lot(lot_id: int) -> Lot | None:
    """A lot with its item."""
    return Lot.objects.select_related("item").filter(id=lot_id).first()


def _open_lines() -> QuerySet[PurchaseOrderLine]:
    return PurchaseOrderLine.objects.filter(
        order__status__in=("draft", "sent", "partial"), received__lt=F("quantity")
    )


def _with_sums(items: QuerySet[Item]) -> QuerySet[Any]:
    """Each sum is read for the rows of the page only."""
    lots = Lot.objects.filter(item=OuterRef("pk"), on_hand__gt=0).order_by().values("item")
    coming = _open_lines().filter(item=OuterRef("pk")).order_by().values("item")
    return items.annotate(
        on_hand=_sum(lots, F("on_hand")),
        reserved=_sum(lots, F("reserved")),
        free=_sum(lots, F("on_hand") - F("reserved")),
        coming=_sum(coming, F("quantity") - F("received")),
    )


def _sum(rows: QuerySet[Any, Any], what: Any) -> Coalesce:
    total = rows.annotate(total=Sum(what, output_field=NUMBER)).values("total")
    return Coalesce(Subquery(total), Value(Decimal(0)), output_field=NUMBER)
