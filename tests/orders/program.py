"""A customer's program, as the API sees it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from orders.models import ApiKey, Customer, Order, OrderLine, Product
from orders.services import SCOPES, LineInput, confirm_order, create_api_key, create_quotation, send_quotation
from tests.orders import cast

API = "/api/v1"


def wished() -> date:
    """A day in a month, by the real clock: the API has no other."""
    return timezone.localdate() + timedelta(days=30)


class Program:
    """Calls the API with a key of one customer."""

    def __init__(self, customer: Customer | None = None, scopes: tuple[str, ...] = SCOPES) -> None:
        self.customer = customer or cast.customer()
        self.key, self.text = create_api_key(customer=self.customer, name="ERP", scopes=scopes)
        self.http = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {self.text}"})

    def get(self, address: str, **headers: str) -> Any:
        """GET below the API, or of an absolute address."""
        return self.http.get(self._at(address), headers=headers or None)

    def post(self, address: str, body: Any, **headers: str) -> Any:
        """POST JSON."""
        return self.http.post(
            self._at(address), body, content_type="application/json", headers=headers or None
        )

    def request(self, body: Any, key: str | None = None) -> Any:
        """POST orders."""
        return self.post("/orders", body, **{"Idempotency-Key": key or str(uuid4())})

    def confirmed(
        self, *lines: LineInput, product: Product | None = None, now: datetime | None = None
    ) -> Order:
        """An order of this customer in planning."""
        return confirm_order(order=self.quoted(*lines, product=product, now=now), by=None, now=now)

    def quoted(self, *lines: LineInput, product: Product | None = None, now: datetime | None = None) -> Order:
        """A sent quotation of this customer."""
        wanted = list(lines) or [LineInput(product or cast.published_desk(), 2)]
        draft = create_quotation(customer=self.customer, lines=wanted, by=None, now=now)
        return send_quotation(order=draft, by=None, now=now)

    def _at(self, address: str) -> str:
        return address if address.startswith(API) else f"{API}{address}"


def wish(product: Product, **more: Any) -> dict[str, Any]:
    """The body of a request for two of a product."""
    return {"lines": [{"product": product.code, "quantity": 2}], "requested_date": str(wished()), **more}


def place(order: Order, state: str, **columns: Any) -> None:
    """Put an order and its jobs into a state, as its stages would have left them."""
    delivered = {"delivered_at": timezone.now()} if state in ("delivered", "closed") else {}
    OrderLine.objects.filter(order=order).update(state=state, **delivered, **columns)
    Order.objects.filter(pk=order.pk).update(state=state)


def expired(key: ApiKey, at: datetime) -> None:
    """Let a key end."""
    ApiKey.objects.filter(pk=key.pk).update(expires_at=at)
