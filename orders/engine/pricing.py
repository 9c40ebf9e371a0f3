"""The price of a configuration, with the trace of how it came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from kernel.errors import Refused
from kernel.money import rounded
from kernel.wording import plain
from orders.engine.compiling import CompiledProduct
from orders.engine.configuring import Configuration
from orders.engine.model import QUANTITY, FeatureRow


class PriceStep(NamedTuple):
    """One line of the trace: an exact amount per unit."""

    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """Price of one unit, rounded half up once; the trace holds the exact parts."""

    currency: str
    unit_price: Decimal
    quantity: int
    trace: tuple[PriceStep, ...]

    @property
    def total(self) -> Decimal:
        """Unit price times quantity."""
        return self.unit_price * self.quantity

    def stored(self) -> list[dict[str, str]]:
        """The trace as JSON."""
        return [{"label": step.label, "amount": plain(step.amount)} for step in self.trace]


def price(compiled: CompiledProduct, configuration: Configuration, quantity: int) -> Price:
    """Base price, adders of the chosen options, price rules, then percentages of what was added up so far.

    The configuration must be valid. Raises FormulaFailed naming the price rule, Refused below zero.
    """
    model = compiled.model
    values = {**configuration.values, QUANTITY: quantity}
    chosen = [pair for group in compiled.features.values() for pair in _chosen(group, configuration)]
    trace = [PriceStep("Base price", model.base_price)]
    trace += [PriceStep(_label(*pair), pair[1].price_adder) for pair in chosen if pair[1].price_adder]
    for rule in compiled.prices:
        if rule.row.kind != "price":
            continue
        if rule.condition is None or rule.condition.holds(values):
            trace.append(PriceStep(rule.row.label, rule.amount.number(values, least=None)))
    subtotal = sum((step.amount for step in trace), Decimal(0))
    for group, option in chosen:
        if option.price_percent:
            label = f"{_label(group, option)} ({plain(option.price_percent)} %)"
            trace.append(PriceStep(label, subtotal * option.price_percent / 100))
    exact = sum((step.amount for step in trace), Decimal(0))
    if exact < 0:
        raise Refused(f"The price of {model.code} would be below zero.", remedy="Correct its price rules.")
    kept = tuple(step for step in trace if step.amount)
    return Price(model.currency, rounded(exact, model.currency), quantity, kept)


def _chosen(group: FeatureRow, configuration: Configuration) -> Iterator[tuple[FeatureRow, FeatureRow]]:
    """Each option that is taken with its group; a feature that is there stands for itself."""
    value = configuration.values.get(group.code)
    if value is True:
        yield group, group
    for code in value if isinstance(value, tuple) else (value,):
        if (option := group.option(code)) is not None:
            yield group, option


def _label(group: FeatureRow, option: FeatureRow) -> str:
    return group.label if option is group else f"{group.label}: {option.label}"
