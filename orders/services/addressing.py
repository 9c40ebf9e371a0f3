"""Where a quotation goes, said as late as at its confirmation."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kernel.errors import Conflict, Refused
from orders.lifecycle import BEFORE_ORDER
from orders.models import Address, Order
from orders.services.locking import lock_order
from orders.services.pricing import tax_anew


@transaction.atomic
def name_ship_to(
    *, order: Order, ship_to: Address, version: int | None = None, now: datetime | None = None
) -> Order:
    """Write the delivery address of a quotation, and its taxes; its version stays, for the confirmation.

    Conflict once it is an order or `version` is stale, Refused for another customer's address.
    """
    order = lock_order(order, version)
    if order.state not in BEFORE_ORDER:
        raise Conflict(f"{order} is {order.state_info.label.lower()}; its address stands.")
    if ship_to.customer_id != order.customer_id:
        raise Refused(f"{ship_to} does not belong to {order.customer}.", field="ship_to")
    now = now or timezone.now()
    Order.objects.filter(pk=order.pk).update(ship_to=ship_to, updated_at=now)
    tax_anew(order=order, ship_to=ship_to, now=now)
    order.ship_to = ship_to
    return order
