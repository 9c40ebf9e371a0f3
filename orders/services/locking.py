"""What every act on an order begins with: the row lock, the version, the state."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from kernel.errors import Conflict
from orders.lifecycle import LIFECYCLE
from orders.models import Move, Order, OrderLine, User
from orders.services.lifecycle import advance_all


def today(now: datetime) -> date:
    """The day in the shop's own calendar."""
    return timezone.localtime(now, timezone.get_default_timezone()).date()


def lock_order(order: Order, version: int | None) -> Order:
    """The order as it stands now, with its customer, under its row lock.

    Conflict where `version` (None: whatever it is) is not the current one; it names what changed.
    """
    current = (
        Order.objects.select_related("customer").select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    )
    if version is not None and version != current.version:
        raise Conflict(
            f"{current} was changed meanwhile: {_what_changed(current)}.",
            field="version",
            remedy="Look at it again, then repeat what is still wanted.",
        )
    return current


def lines_in(order: Order, state: str, event: str) -> list[OrderLine]:
    """The order's lines in `state` with their products, read under the lock; IllegalMove without any."""
    lines = OrderLine.objects.filter(order=order, state=state).select_related("product")
    found = list(lines.order_by("position"))
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
