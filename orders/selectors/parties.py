"""Customers and what belongs to them, and how much makes a product."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from orders.lifecycle import OPEN
from orders.models import ApiKey, Customer, Order

PER_PAGE = 30
LATEST = 12


def customer_page(query: Mapping[str, str]) -> Page[Any]:
    """Customers by name with `open_orders`, filtered by `q`; three statements."""
    words = query.get("q", "").strip()[:80]
    customers = Customer.objects.order_by("name")
    if words:
        customers = customers.filter(Q(name__icontains=words) | Q(code__icontains=words))
    page = Paginator(customers, PER_PAGE).get_page(query.get("page"))
    page.object_list = list(page.object_list)
    _count_open_orders(page.object_list)
    return page


def _count_open_orders(customers: list[Customer]) -> None:
    """Only of the customers shown: counting all of them would read every order."""
    ids = [customer.id for customer in customers]
    rows = Order.objects.filter(customer_id__in=ids, state__in=OPEN).order_by().values_list("customer_id")
    counts = dict(rows.annotate(count=Count("id")))
    for customer in customers:
        customer.open_orders = counts.get(customer.id, 0)  # type: ignore[attr-defined]


def customer_by_code(code: str) -> Customer | None:
    """A customer with contacts and addresses."""
    return Customer.objects.filter(code=code).prefetch_related("contacts", "addresses").first()


def latest_orders(customer: Customer) -> list[Order]:
    """The latest orders and quotations of a customer."""
    return list(Order.objects.filter(customer=customer).select_related("customer").order_by("-id")[:LATEST])


def api_keys(customer: Customer | None = None) -> QuerySet[ApiKey]:
    """Keys, live ones first, newest first."""
    keys = ApiKey.objects.select_related("customer", "created_by").order_by(
        F("revoked_at").desc(nulls_first=True), "-id"
    )
    return keys.filter(customer=customer) if customer else keys
