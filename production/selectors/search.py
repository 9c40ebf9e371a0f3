"""Work orders for the search over everything."""

from django.urls import reverse

from orders.models import STAFF_ROLES, User
from orders.selectors import Hit
from production.models import WorkOrder

PER_KIND = 6


def search_work_orders(text: str, user: User) -> list[Hit]:
    """Work orders by number, which carries the number of the order; newest first, staff only."""
    if not set(user.roles) & set(STAFF_ROLES):
        return []
    found = WorkOrder.objects.filter(number__icontains=text).select_related("line__product")
    return [
        Hit(
            "Work orders",
            order.number,
            f"{order.line.quantity} × {order.line.product.name}",
            reverse("production:work-order", args=[order.number]),
            "tool",
            order.get_status_display(),
        )
        for order in found.order_by("-id")[:PER_KIND]
    ]
