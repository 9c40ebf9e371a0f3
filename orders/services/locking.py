"""What every act on an order begins with: the row lock, the version, the state."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from kernel.bases import Columns, fetch
from kernel.errors import Conflict
from orders.lifecycle import LIFECYCLE
from orders.models import Customer, Move, Order, OrderLine, Product, User
from orders.services.lifecycle import advance_all

ORDER = Columns(Order, "parent")
CUSTOMER = Columns(Customer, "customer")
LOCK_ORDER = f"""
    SELECT {ORDER.sql}, {CUSTOMER.sql}
    FROM orders_order AS parent JOIN orders_customer AS customer ON customer.id = parent.customer_id
    WHERE parent.id = %s FOR NO KEY UPDATE OF parent
"""

LINE, PRODUCT = Columns(OrderLine, "line"), Columns(Product, "product")
LINES_IN = f"""
    SELECT {LINE.sql}, {PRODUCT.sql}
    FROM orders_orderline AS line JOIN orders_product AS product ON product.id = line.product_id
    WHERE line.order_id = %s AND line.state = %s ORDER BY line.position
"""


def today(now: datetime) -> date:
    """The day in the shop's own calendar."""
    return timezone.localtime(now, timezone.get_default_timezone()).date()


def lock_order(order: Order, version: int | None) -> Order:
    """The order as it stands now, with its customer, under its row lock.

    Conflict where `version` (None: whatever it is) is not the current one; it names what changed.
    """
    found = fetch(LOCK_ORDER, [order.pk])
    if not found:
        raise Order.DoesNotExist
    current = ORDER.read(found[0])
    current.customer = CUSTOMER.read(found[0], ORDER.count)
    if version is not None and version != current.version:
        raise Conflict(
            f"{current} was changed meanwhile: {_what_changed(current)}.",
            field="version",
            remedy="Look at it again, then repeat what is still wanted.",
        )
    return current


def lines_in(order: Order, state: str, event: str) -> list[OrderLine]:
    """The order's lines in `state` with their products, read under the lock; IllegalMove without any."""
    found = []
    for row in fetch(LINES_IN, [order.pk, state]):
        line = LINE.read(row)
        line.order, line.product = order, PRODUCT.read(row, LINE.count)
        found.append(line)
    if not found:
        LIFECYCLE.row(order.state, event)
        raise Conflict(f"{order} has no line in state “{LIFECYCLE.states[state].label}”.")
    return found


def act_on(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    event: str,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> list[Move]:
    """Move these lines of a locked order by one event; the order at hand stands as it does afterwards."""
    keys = {line.id: f"{event}:{line.moves_made}" for line in lines}
    for line in lines:
        line.order = order
    locked = {line.id: line for line in lines}
    return advance_all(keys=keys, event=event, by=by, reason=reason, locked=locked, now=now)


def _what_changed(order: Order) -> str:
    at = timezone.localtime(order.updated_at, timezone.get_default_timezone())
    last = Move.objects.filter(line__order=order).select_related("by").order_by("-id").first()
    who = f", last by {last.by}" if last and last.by else ""
    return f"it is now {order.state_info.label.lower()}, since {at:%d.%m.%Y %H:%M}{who}"
