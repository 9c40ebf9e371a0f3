"""Orders and requests as the tests of the pages need them."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from orders import services
from orders.models import Customer, Order, Product, User
from orders.services import Header, LineInput
from tests.orders import cast

HTMX = {"HTTP_HX_REQUEST": "true"}


def soon(days: int = 20) -> date:
    """A day from now, as forms send it."""
    return services.today(timezone.now()) + timedelta(days=days)


def draft(customer: Customer, *, product: Product | None = None, by: User | None = None) -> Order:
    """A draft of two desks for this customer."""
    wanted = [LineInput(product or cast.published_desk(), 2)]
    return services.create_quotation(
        customer=customer, lines=wanted, by=by, header=Header(requested_date=soon(), customer_po="4500-77")
    )


def sent(customer: Customer, **more: Any) -> Order:
    """A sent quotation."""
    return services.send_quotation(order=draft(customer, **more), by=None)


def running(customer: Customer, **more: Any) -> Order:
    """A confirmed order in planning."""
    return services.confirm_order(order=sent(customer, **more), by=None)


def in_part(client: Client, url: str, target: str, **query: Any) -> Any:
    """What htmx gets for the element `target`."""
    return client.get(url, query, **HTMX, HTTP_HX_TARGET=target)


def posted(client: Client, url: str, **data: Any) -> Any:
    """A form sent by hand."""
    return client.post(url, {name: value for name, value in data.items() if value is not None})
