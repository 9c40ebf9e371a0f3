"""What a configuration costs and allows, for the page that answers every click."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kernel.errors import Refused
from orders.engine import (
    CompiledProduct,
    Configuration,
    Price,
    configure,
    explode,
    price,
    specification,
    unit_cost,
)
from orders.models import Product
from orders.selectors.products import compiled_by_id, compiled_product


@dataclass(frozen=True)
class LinePreview:
    """A configuration with its price and cost estimate; both None while something is wrong.

    `configuration.availability` says for each option whether it may be chosen now, and why not. `trouble` is
    a fault of the product model itself. `specification` has rows (label, text) of what is chosen so far.
    """

    compiled: CompiledProduct
    configuration: Configuration
    specification: list[dict[str, object]]
    price: Price | None = None
    unit_cost: Decimal | None = None
    trouble: str = ""

    @property
    def margin(self) -> Decimal | None:
        """Price minus cost, as a part of the price."""
        if self.price is None or self.unit_cost is None or not self.price.unit_price:
            return None
        return (self.price.unit_price - self.unit_cost) / self.price.unit_price


def preview_line(
    product: Product, choices: Mapping[str, object], quantity: int = 1, revision_id: int | None = None
) -> LinePreview:
    """Configure, price and estimate without storing anything; no statement for a product used before."""
    compiled = compiled_by_id(revision_id) if revision_id else compiled_product(product)
    configuration = configure(compiled, choices)
    chosen = specification(compiled, configuration)
    if not configuration.valid:
        return LinePreview(compiled, configuration, chosen)
    try:
        priced = price(compiled, configuration, quantity)
        cost = unit_cost(explode(compiled, configuration, quantity), quantity)
    except Refused as error:
        return LinePreview(compiled, configuration, chosen, trouble=str(error))
    return LinePreview(compiled, configuration, chosen, priced, cost)
