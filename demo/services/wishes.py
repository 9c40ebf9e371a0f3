"""What customers want: seeded, valid configurations, and how sales turns one into an order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.shop.resources import CUSTOMERS
from orders.engine import CompiledProduct, configure
from orders.models import Customer, Order, Product, ShipPolicy, User
from orders.selectors import compiled_product
from orders.services import Header, LineInput, confirm_order, create_quotation, send_quotation

USUAL = 5.5


@dataclass(frozen=True)
class Wish:
    """One order to place: choices for one line, how many, and how soon."""

    customer: Customer
    choices: Mapping[str, str]
    quantity: int
    days: int
    customer_po: str
    ship_policy: str = ShipPolicy.COMPLETE


def wishes(*, product: Product, rng: Random, most: int = 12) -> Iterator[Wish]:
    """An endless, seeded stream of valid wishes for `product`, of 1 to `most` pieces."""
    compiled = compiled_product(product)
    customers = list(Customer.objects.filter(code__in=[row[0] for row in CUSTOMERS]).order_by("code"))
    number = 1000
    while True:
        number += 1
        customer = rng.choice(customers)
        yield Wish(
            customer=customer,
            choices=random_choices(compiled, rng),
            quantity=min(most, max(1, round(rng.expovariate(USUAL / most)))),
            days=rng.randint(12, 60),
            customer_po=f"{customer.code[:3]}-{number}",
            ship_policy=rng.choice([ShipPolicy.COMPLETE, ShipPolicy.AS_READY]),
        )


def random_choices(compiled: CompiledProduct, rng: Random) -> dict[str, str]:
    """Choices that break no rule: a random walk from the defaults that keeps only valid steps."""
    choices: dict[str, str] = {}
    for _ in range(rng.randint(4, 14)):
        changed = choices | _step(compiled, rng)
        if not configure(compiled, changed).problems:
            choices = changed
    return choices


def _step(compiled: CompiledProduct, rng: Random) -> dict[str, str]:
    """One to four choices changed at once, so that rules which tie several together can be met."""
    features: list[tuple[str, list[str]]] = [
        (group.code, [option.code for option in group.options])
        for group in compiled.model.groups
        if group.options
    ]
    for parameter in compiled.model.parameters:
        if parameter.kind == "number" and parameter.minimum is not None and parameter.maximum is not None:
            values = range(int(parameter.minimum), int(parameter.maximum) + 1)
            features.append((parameter.code, [str(value) for value in values]))
    picked = rng.sample(features, k=min(len(features), rng.randint(1, 4)))
    return {code: rng.choice(values) for code, values in picked}


def place_order(
    *, wish: Wish, product: Product, by: User | None, now: datetime, upto: str = "confirm"
) -> Order:
    """Sales enters the wish, sends the quotation and confirms the order; `upto` stops earlier."""
    requested = (now + timedelta(days=wish.days)).date()
    order = create_quotation(
        customer=wish.customer,
        lines=[LineInput(product=product, quantity=wish.quantity, choices=wish.choices)],
        by=by,
        header=Header(
            requested_date=requested,
            customer_po=wish.customer_po,
            ship_policy=wish.ship_policy,
            incoterm_place=wish.customer.addresses.all()[0].city if wish.customer.addresses.exists() else "",
        ),
        now=now,
    )
    if upto != "draft":
        order = send_quotation(order=order, by=by, version=None, now=now)
    return confirm_order(order=order, by=by, version=None, now=now) if upto == "confirm" else order
