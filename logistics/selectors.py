"""Reads of the logistics stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import QuerySet

from logistics.models import Carrier, PackedLine, Shipment
from orders.models import Order, OrderLine
from orders.selectors import CappedPaginator

PAGE = 50


def shipments(*, status: str = "", page: int = 1) -> Page[Shipment]:
    """Shipments with their order and customer, newest first."""
    found = Shipment.objects.select_related("order__customer", "carrier")
    found = found.filter(status=status) if status else found.exclude(status=Shipment.Status.CANCELLED)
    return CappedPaginator(found, PAGE).get_page(page)


@dataclass(frozen=True)
class Bench:
    """What a shipper sees of one order: its shipments and the lines that wait to be packed."""

    order: Order
    shipments: Sequence[Shipment]
    to_pack: Sequence[OrderLine]
    not_yet: Sequence[OrderLine]

    @property
    def planned(self) -> Shipment | None:
        """The shipment to pack now."""
        return next((each for each in self.shipments if each.status == Shipment.Status.PLANNED), None)


def bench(reference: str) -> Bench | None:
    """Everything about the delivery of one order, None where it does not exist."""
    order = Order.objects.by_reference(reference).select_related("customer", "ship_to").first()
    if order is None:
        return None
    packed = set(PackedLine.objects.filter(line__order=order).values_list("line_id", flat=True))
    lines = [line for line in order.lines.select_related("product") if not line.state_info.final]
    return Bench(
        order=order,
        shipments=list(_with_packages().filter(order=order)),
        to_pack=[line for line in lines if line.state == "logistics" and line.id not in packed],
        not_yet=[line for line in lines if line.state_info.rank < 6],
    )


def shipment(number: str) -> Shipment | None:
    """One shipment with its packages and their contents."""
    return _with_packages().filter(number=number).first()


def _with_packages() -> QuerySet[Shipment]:
    return Shipment.objects.select_related(
        "order__customer", "order__ship_to", "carrier", "shipped_by"
    ).prefetch_related("packages__contents__line__product")


def carriers() -> QuerySet[Carrier]:
    """Whom goods can be handed to."""
    return Carrier.objects.all()


def is_unwanted(shipment: Shipment) -> bool:
    """Whether every job in it was cancelled."""
    lines = OrderLine.objects.filter(packed__package__shipment=shipment)
    return lines.exists() and not lines.exclude(state="cancelled").exists()
