"""How much the lateness of an order weighs."""

from orders.models import Order, Priority


def set_priority(*, order: Order, priority: Priority) -> int:
    """Give all open lines of an order this priority; how many had another one. One statement."""
    return order.lines.open().exclude(priority=priority).update(priority=priority)
