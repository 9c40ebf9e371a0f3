"""The terms of an offer: price list, quantity breaks, currency, discount, tax, approval limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kernel.money import rounded
from kernel.wording import plain
from orders.engine.exchange import Exchange
from orders.engine.figures import EXACT, HUNDRED

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class BreakRow:
    """From this quantity on: another base price, or a percentage off the price."""

    from_quantity: int
    base_price: Decimal | None = None
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AdderRow:
    """What an option adds by a list: the choice, its option (empty for a feature by itself), the amount."""

    choice: str
    option: str
    adder: Decimal


@dataclass(frozen=True, slots=True)
class ListTerms:
    """What a price list says of one product; `adders` by (choice, option), breaks in any order."""

    name: str
    currency: str
    base_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    adders: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    breaks: tuple[BreakRow, ...] = ()

    def reached(self, quantity: int) -> BreakRow | None:
        """The break with the highest quantity that is reached."""
        within = [row for row in self.breaks if row.from_quantity <= quantity]
        return max(within, key=lambda row: row.from_quantity, default=None)


@dataclass(frozen=True, slots=True)
class Terms:
    """The currency of the offer with the rates of the day, a price list, and the seller's discount."""

    currency: str
    exchange: Exchange = field(default_factory=lambda: Exchange(date.min))
    price_list: ListTerms | None = None
    discount_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax for a country, kind of customer and kind of product; empty stands for any."""

    country: str
    customer: str
    product: str
    percent: Decimal
    wording: str


class Tax(NamedTuple):
    """One tax of an offer: what it is on, and how much, rounded half up once."""

    wording: str
    percent: Decimal
    net: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """How far somebody may go alone; no margin means any."""

    most_discount_percent: Decimal = ZERO
    least_margin_percent: Decimal | None = None


def tax_for(rows: Iterable[TaxRow], country: str, customer: str, product: str) -> TaxRow | None:
    """The most specific row: the country counts before the customer, the customer before the product."""
    wanted = (country, customer, product)
    fitting = [
        row for row in rows if all(said in ("", is_) for said, is_ in zip(_said(row), wanted, strict=True))
    ]
    return max(fitting, key=lambda row: tuple(bool(said) for said in _said(row)), default=None)


def taxes(lines: Iterable[tuple[Decimal, Decimal | None, str]], currency: str) -> list[Tax]:
    """The taxes on lines (net, percent, wording), one for each percent and wording, in order of appearance.

    Each is rounded once, on the sum of its lines. A line without a percentage has no tax.
    """
    nets: dict[tuple[str, Decimal], Decimal] = {}
    for net, percent, wording in lines:
        if percent is not None:
            nets[wording, percent] = nets.get((wording, percent), ZERO) + net
    return [
        Tax(wording, percent, net, rounded(EXACT.divide(net * percent, HUNDRED), currency))
        for (wording, percent), net in nets.items()
    ]


def margin_percent(price: Decimal, cost: Decimal) -> Decimal | None:
    """What remains of the price, in percent of it; None of a price of zero."""
    return EXACT.divide((price - cost) * HUNDRED, price) if price else None


def beyond(discount: Decimal, margin: Decimal | None, limits: Sequence[Limit]) -> str:
    """Why this needs a second person, in words; empty where one of the limits allows it.

    Without any limit no discount may be given alone, and every margin is allowed.
    """
    reasons = [_beyond(discount, margin, limit) for limit in limits or [Limit()]]
    return "" if "" in reasons else min(reasons, key=len)


def _beyond(discount: Decimal, margin: Decimal | None, limit: Limit) -> str:
    reasons = []
    if discount > limit.most_discount_percent:
        reasons.append(f"discount {plain(discount)} % is above {plain(limit.most_discount_percent)} %")
    least = limit.least_margin_percent
    if least is not None and (margin is None or margin < least):
        shown = "none" if margin is None else f"{margin:.1f} %"
        reasons.append(f"margin {shown} is below {plain(least)} %")
    return " and ".join(reasons)


def _said(row: TaxRow) -> tuple[str, str, str]:
    return row.country, row.customer, row.product
