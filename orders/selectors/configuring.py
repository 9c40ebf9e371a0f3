"""What a configuration costs and allows, for the page that answers every click."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.errors import Refused
from orders.engine import (
    CompiledProduct,
    Configuration,
    Effectivity,
    Offer,
    configure,
    effectivity,
    offer,
    specification,
)
from orders.models import Customer, Order, OrderLine, Product
from orders.selectors.conditions import conditions, shop_day
from orders.selectors.products import compiled_by_id, compiled_line, compiled_product
from orders.selectors.releases import release_of

ZERO = Decimal(0)
NOT_SAID = Effectivity()


@dataclass(frozen=True)
class Buyer:
    """For whom a price is shown, in that currency and with the seller's discount, as of a day or today.

    `at` says when it is wanted and for which serial number; without a day there it is wanted that same day.
    """

    customer: Customer
    discount_percent: Decimal = ZERO
    day: date | None = None
    at: Effectivity = NOT_SAID


@dataclass(frozen=True)
class LinePreview:
    """A configuration with its price and cost; no offer while something is wrong.

    `trouble` is a fault of the product model itself. `specification` has rows (label, text) of what is chosen
    so far.
    """

    compiled: CompiledProduct
    configuration: Configuration
    specification: list[dict[str, object]]
    offer: Offer | None = None
    trouble: str = ""


def preview_line(
    product: Product,
    choices: Mapping[str, object],
    quantity: int = 1,
    revision_id: int | None = None,
    buyer: Buyer | None = None,
) -> LinePreview:
    """Configure, price and cost without storing anything; one statement for a product used before.

    Without a buyer it is the price for anybody, in the product's own currency.
    """
    compiled = compiled_by_id(revision_id) if revision_id else compiled_product(product)
    configuration = configure(compiled, choices)
    chosen = specification(compiled, configuration)
    if not configuration.valid:
        return LinePreview(compiled, configuration, chosen)
    try:
        made = offer_for(product, compiled, configuration, quantity, buyer)
    except Refused as error:
        return LinePreview(compiled, configuration, chosen, trouble=str(error))
    return LinePreview(compiled, configuration, chosen, made)


def offer_for(
    product: Product,
    compiled: CompiledProduct,
    configuration: Configuration,
    quantity: int,
    buyer: Buyer | None,
) -> Offer:
    """Price and cost of a valid configuration by the conditions of the day; raises what `offer` does."""
    customer = buyer.customer if buyer else None
    currency = customer.currency if customer else product.currency
    day = (buyer and buyer.day) or shop_day()
    found = conditions(customer=customer, currency=currency, products=[product.pk], day=day)
    terms = found.terms(product.pk, buyer.discount_percent if buyer else ZERO)
    at = buyer.at if buyer else NOT_SAID
    wanted = effectivity(at.serial, at.day, day)
    release = release_of(compiled, configuration, quantity, wanted)
    return offer(compiled, configuration, quantity, terms, found.basis, release)


def line_to_copy(text: str, product: Product, customer: Customer | None = None) -> OrderLine | None:
    """The line with this number, to begin with what was decided on it; None where it is of another product.

    With a customer, only a line of the customer's own; one statement, none for what is no number.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    lines = OrderLine.objects.filter(pk=int(text), product=product)
    if customer is not None:
        lines = lines.filter(order__in=Order.objects.visible_to_customer(customer.pk))
    return lines.first()


def specification_of(line: OrderLine) -> list[dict[str, object]]:
    """Rows (label, text) of what is chosen on a line; no statement for a revision used before."""
    compiled = compiled_line(line)
    return [*specification(compiled, configure(compiled, line.choices)), *line.extras]
