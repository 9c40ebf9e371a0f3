"""Orders that have passed inspection and wait for the shipper."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from logistics.models import Carrier
from orders.models import Company, Customer, Move, Order, OrderLine, Product, Role, User
from orders.services import advance_all

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def carrier(db: None) -> Carrier:
    return Carrier.objects.create(code="RD", name="Rapid Day")


@pytest.fixture
def shipper(db: None) -> User:
    return User.objects.create_user("shipper@shop.example", "a long passphrase", roles=[Role.SHIPPER])


@pytest.fixture
def passed(db: None) -> Callable[..., tuple[Order, list[Move]]]:
    """Makes an order whose lines are in the given states; gives the moves of those in logistics."""

    def make(*states: str, ship_policy: str = "complete") -> tuple[Order, list[Move]]:
        Company.objects.get_or_create(name="Northbyte", defaults={"address": "Dock 1\nKiel"})
        customer, _ = Customer.objects.get_or_create(code="ACME", defaults={"name": "Acme"})
        product, _ = Product.objects.get_or_create(code="P", defaults={"name": "Part", "base_price": 1})
        count = Order.objects.count() + 1
        order = Order.objects.create(
            quotation_number=f"QUO-{count}", number=f"SO-{count}", confirmed_at=NOW, customer=customer,
            currency="EUR", ship_policy=ship_policy, state="quality",
        )  # fmt: skip
        lines = [_line(order, product, index, state) for index, state in enumerate(states, 1)]
        keys = {line.id: "passed" for line in lines if line.state == "quality"}
        moves = advance_all(keys=keys, event="passed", now=NOW) if keys else []
        return order, moves

    return make


def _line(order: Order, product: Product, index: int, state: str) -> OrderLine:
    return OrderLine.objects.create(
        order=order, position=index * 10, product=product, quantity=2, unit_price=Decimal(5),
        state="quality" if state == "logistics" else state, entered_at=NOW,
    )  # fmt: skip
