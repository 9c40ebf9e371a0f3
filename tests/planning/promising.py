"""Quotations that can be planned: the desk's processes stand in the small shop, its material lies there."""

from decimal import Decimal

from orders.models import Item, Order, Process, Product, QuotationRevision
from orders.services import LineInput, confirm_order, create_quotation, send_quotation
from planning.models import Operation
from procurement.models import Lot
from tests.orders import cast
from tests.planning.shop import MONDAY, Shop


def desk(shop: Shop) -> Product:
    """A published desk that the shop can build, with material for many."""
    product = cast.published_desk()
    for prefix, code in (("SAW", "CUT"), ("HAND", "FIT")):
        shop.centres[code].processes.add(*Process.objects.filter(code__startswith=prefix))
    for item in Item.objects.exclude(number="STEEL"):
        Lot.objects.create(
            item=item, number="L1", received_at=MONDAY, on_hand=Decimal(9999), reserved=Decimal(0)
        )
    return product


def quotation(product: Product, *quantities: int) -> Order:
    """A draft with a line per quantity."""
    lines = [LineInput(product, quantity) for quantity in quantities or (1,)]
    order = create_quotation(customer=cast.customer(), lines=lines, by=None, now=MONDAY)
    # The small shop numbers its own jobs.
    order.quotation_number = f"QUO-2025-{order.pk:05d}"
    order.save(update_fields=["quotation_number"])
    return order


def sent(order: Order) -> QuotationRevision:
    """What the customer got."""
    return send_quotation(order=order, by=None, now=MONDAY).revisions.get()


def accepted(order: Order, **more: object) -> Order:
    """The order it became."""
    order.refresh_from_db()
    return confirm_order(order=order, by=None, now=MONDAY, **more)  # type: ignore[arg-type]


def places(order: Order) -> list[tuple[int, int | None, object]]:
    """Sequence, machine and time of its operations."""
    rows = Operation.objects.filter(line__order=order).order_by("line", "sequence")
    return [(row.sequence, row.machine_id, row.during) for row in rows]
