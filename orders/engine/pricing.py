"""The price of a configuration, with the trace of how it came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from kernel.errors import Refused
from kernel.wording import plain
from orders.engine.compiling import CompiledPrice, CompiledProduct, Values
from orders.engine.configuring import Configuration
from orders.engine.figures import Figure, given, share, summed, total
from orders.engine.model import QUANTITY, FeatureRow
from orders.engine.terms import ListTerms, Terms

ZERO = Decimal(0)
SO_FAR = "of what was added up so far"


class PriceStep(NamedTuple):
    """One line of the trace: an exact amount per unit."""

    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """Price of one unit, rounded half up once; the figure opens to the exact parts."""

    currency: str
    unit_price: Decimal
    quantity: int
    figure: Figure

    @property
    def total(self) -> Decimal:
        """Unit price times quantity."""
        return self.unit_price * self.quantity

    @property
    def trace(self) -> tuple[PriceStep, ...]:
        """The exact parts in the currency of the price; their sum, rounded, is the unit price."""
        return tuple(PriceStep(part.label, part.amount) for part in self.figure.parts)


def price(
    compiled: CompiledProduct, configuration: Configuration, quantity: int, terms: Terms | None = None
) -> Price:
    """Base price, options, price rules, percentages of options, price list, quantity break, discount.

    In that order, what is taken off from what was added up so far. Amounts in another currency are converted
    one by one by the rate of the day, and their sum is rounded once. The configuration must be valid. Raises
    FormulaFailed naming the price rule, Refused below zero or (at `currency`) without a rate.
    """
    model = compiled.model
    terms = terms or Terms(model.currency)
    currency = terms.currency
    listed = _list_parts(compiled, configuration, quantity, terms.price_list)
    parts = [terms.exchange.into(figure, currency) for figure in listed if figure.amount]
    parts += _option_shares(compiled, configuration, summed(parts), currency)
    for label, percent, source in _taken_off(quantity, terms):
        parts.append(share(label, -percent, summed(parts), currency, rule=SO_FAR, source=source))
    if summed(parts) < 0:
        raise Refused(f"The price of {model.code} would be below zero.", remedy="Correct its price rules.")
    kept = [part for part in parts if part.amount] or [given("Base price", ZERO, currency)]
    figure = total("Price of one piece", kept, currency, final=True)
    return Price(currency, figure.amount, quantity, figure)


def _list_parts(
    compiled: CompiledProduct, configuration: Configuration, quantity: int, prices: ListTerms | None
) -> list[Figure]:
    """Base price, what the options add, and the price rules, each in its own currency."""
    model = compiled.model
    parts = [_base(compiled, quantity, prices)]
    for group, option in _chosen(compiled, configuration):
        listed = prices.adders.get(_key(group, option)) if prices else None
        label, source = _label(group, option), _source(group, option)
        if listed is None or prices is None:
            parts.append(given(label, option.price_adder, model.currency, source=source))
        else:
            parts.append(given(label, listed, prices.currency, source=f"{source}, {prices.name}"))
    values = {**configuration.values, QUANTITY: quantity}
    rules = (_rule(rule, values, model.currency) for rule in compiled.prices)
    return [*parts, *(figure for figure in rules if figure)]


def _base(compiled: CompiledProduct, quantity: int, prices: ListTerms | None) -> Figure:
    model = compiled.model
    reached = prices.reached(quantity) if prices else None
    if prices and reached and reached.base_price is not None:
        source = f"{prices.name}, from {reached.from_quantity}"
        return given("Base price", reached.base_price, prices.currency, source=source)
    if prices and prices.base_price is not None:
        return given("Base price", prices.base_price, prices.currency, source=prices.name)
    return given("Base price", model.base_price, model.currency, source=f"Product {model.code}")


def _rule(rule: CompiledPrice, values: Values, currency: str) -> Figure | None:
    if rule.row.kind != "price" or (rule.condition is not None and not rule.condition.holds(values)):
        return None
    row = rule.row
    words = f"{row.amount}, where {row.condition}" if row.condition else row.amount
    source = f"Price rule “{row.label}”"
    return given(row.label, rule.amount.number(values, least=None), currency, rule=words, source=source)


def _option_shares(
    compiled: CompiledProduct, configuration: Configuration, base: Decimal, currency: str
) -> list[Figure]:
    """What options add in percent, each of the same base, price and price rules."""
    return [
        share(
            f"{_label(group, option)} ({plain(option.price_percent)} %)",
            option.price_percent,
            base,
            currency,
            rule="of base price, options and price rules",
            source=_source(group, option),
        )
        for group, option in _chosen(compiled, configuration)
        if option.price_percent
    ]


def _taken_off(quantity: int, terms: Terms) -> list[tuple[str, Decimal, str]]:
    """Label, percent and source of what is taken off, one after the other."""
    found = []
    prices = terms.price_list
    reached = prices.reached(quantity) if prices else None
    if prices and prices.discount_percent:
        found.append(("Price list discount", prices.discount_percent, prices.name))
    if prices and reached and reached.discount_percent:
        source = f"{prices.name}, from {reached.from_quantity}"
        found.append((f"Quantity discount from {reached.from_quantity}", reached.discount_percent, source))
    if terms.discount_percent:
        found.append(("Discount", terms.discount_percent, "Given on this line"))
    return found


def _chosen(
    compiled: CompiledProduct, configuration: Configuration
) -> Iterator[tuple[FeatureRow, FeatureRow]]:
    """Each option that is taken with its group; a feature that is there stands for itself."""
    for group in compiled.features.values():
        value = configuration.values.get(group.code)
        if value is True:
            yield group, group
        for code in value if isinstance(value, tuple) else (value,):
            if (option := group.option(code)) is not None:
                yield group, option


def _key(group: FeatureRow, option: FeatureRow) -> tuple[str, str]:
    """How a price list names it: a feature that stands for itself has no option."""
    return group.code, "" if option is group else option.code


def _label(group: FeatureRow, option: FeatureRow) -> str:
    return group.label if option is group else f"{group.label}: {option.label}"


def _source(group: FeatureRow, option: FeatureRow) -> str:
    return f"Feature {group.code}" if option is group else f"Option {group.code} = {option.code}"
