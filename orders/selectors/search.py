"""Search by number, name or customer PO, over everything the person may see."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from kernel.machine import State
from orders.models import Customer, Item, Order, Role, User
from orders.models.people import STAFF_ROLES
from orders.selectors.listing import matching

SHORTEST = 2
LONGEST = 80
PER_KIND = 6


@dataclass(frozen=True)
class Hit:
    """One thing found: `kind` groups the results, `number` is what it is called, `title` says more."""

    kind: str
    number: str
    title: str
    url: str
    icon: str = "arrow-right"
    state: State | str | None = None


Searcher = Callable[[str, User], list[Hit]]


def search(text: str, user: User) -> list[Hit]:
    """Hits of every stage (settings.MTO_SEARCH), grouped by kind; nothing below two characters."""
    wanted = text.strip()[:LONGEST]
    if len(wanted) < SHORTEST:
        return []
    return [hit for find in _searchers() for hit in find(wanted, user)]


def search_orders(text: str, user: User) -> list[Hit]:
    """Orders and quotations by number, customer or PO number; a customer finds the own ones."""
    orders = Order.objects.select_related("customer")
    if not _is_staff(user):
        orders = orders.visible_to_customer(user.customer_id or 0)
    found = orders.filter(matching(text)).order_by("-id")[:PER_KIND]
    return [
        Hit(
            "Orders",
            order.reference,
            " · ".join(filter(None, (order.customer.name, order.customer_po))),
            order.get_absolute_url(),
            "file-text",
            order.state_info,
        )
        for order in found
    ]


def search_customers(text: str, user: User) -> list[Hit]:
    """Customers by name or code."""
    if not _is_staff(user):
        return []
    found = Customer.objects.filter(Q(name__icontains=text) | Q(code__iexact=text))[:PER_KIND]
    return [
        Hit("Customers", customer.code, customer.name, f"/customers/{customer.code}/", "building")
        for customer in found
    ]


def search_items(text: str, user: User) -> list[Hit]:
    """Items by number or description."""
    if not user.has_role(Role.BUYER, Role.PLANNER, Role.MANAGER, Role.SALES):
        return []
    found = Item.objects.filter(Q(number__icontains=text) | Q(description__icontains=text))[:PER_KIND]
    return [
        Hit("Items", item.number, item.description, f"/items/{item.number}/", "package") for item in found
    ]


def _is_staff(user: User) -> bool:
    return bool(set(user.roles) & set(STAFF_ROLES))


@lru_cache(maxsize=1)
def _searchers() -> tuple[Searcher, ...]:
    return tuple(import_string(name) for name in settings.MTO_SEARCH)
