"""From one currency into another by the rates of a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kernel.errors import Refused
from orders.engine.figures import ONE, Figure, scaled


@dataclass(frozen=True, slots=True)
class RateRow:
    """One unit of the first currency is `rate` of the second, since a day."""

    rate: Decimal
    valid_from: date


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates of `day`, by (from, to). A pair that is kept the other way round is divided by."""

    day: date
    rates: Mapping[tuple[str, str], RateRow] = field(default_factory=dict)

    def knows(self, source: str, target: str) -> bool:
        """Whether there is a way from one currency into the other."""
        return source == target or (source, target) in self.rates or (target, source) in self.rates

    def into(self, figure: Figure, currency: str) -> Figure:
        """The figure in `currency`, not rounded; Refused, at `currency`, without a rate of the day."""
        source = figure.currency
        if source == currency:
            return figure
        row, direct = self.rates.get((source, currency)), True
        if row is None:
            row, direct = self.rates.get((currency, source)), False
        if row is None:
            raise Refused(
                f"There is no rate from {source} to {currency} on {self.day:%d.%m.%Y}.",
                field="currency",
                remedy=f"Enter the currency rate {source} to {currency}, or a price list in {currency}.",
            )
        pair = f"{source} to {currency}" if direct else f"{currency} to {source}, divided by"
        more = {"rate": row.rate} if direct else {"rate": ONE, "per": row.rate}
        named = f"Currency rate {pair}, since {row.valid_from:%d.%m.%Y}"
        return scaled(figure, figure.label, currency, source=named, **more)
