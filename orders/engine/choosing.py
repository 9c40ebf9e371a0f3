"""What a customer chooses of a quotation, and what that costs: options and quantities of what was sent."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kernel.wording import plain
from orders.engine.terms import Tax, taxes

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Total:
    """Net, its taxes and the sum of both; `gross` is None where the tax of a line is not known."""

    net: Decimal
    taxes: tuple[Tax, ...] = ()
    gross: Decimal | None = None


def offers_of(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A line of a quotation's content for each quantity it is offered in, its own first."""
    return [row, *({**row, **other} for other in row["alternatives"])]


def picked(
    content: Mapping[str, Any], options: Collection[int], quantities: Mapping[int, int]
) -> list[Mapping[str, Any]]:
    """The lines taken: each at the quantity chosen, the options only where their position is among `options`.

    A quantity that is not offered counts as the line's own.
    """
    rows = (row for row in content["lines"] if not row["optional"] or row["position"] in options)
    return [_at(row, quantities.get(row["position"])) for row in rows]


def total_of(rows: Iterable[Mapping[str, Any]], currency: str) -> Total:
    """The sum of lines of a content; each tax is rounded once, on the sum of its lines."""
    listed = list(rows)
    net = sum((Decimal(row["total"]) for row in listed), ZERO)
    rates = [row.get("tax_percent", "") for row in listed]
    if not listed or "" in rates:
        return Total(net)
    bases = ((Decimal(row["total"]), Decimal(row["tax_percent"]), row["tax_wording"]) for row in listed)
    found = tuple(taxes(bases, currency))
    return Total(net, found, net + sum((tax.amount for tax in found), ZERO))


def tax_words(percent: Decimal | None, wording: str) -> str:
    """How a tax stands on documents; empty where the rate is not known."""
    return "" if percent is None else wording or f"VAT {plain(percent)} %"


def _at(row: Mapping[str, Any], quantity: int | None) -> Mapping[str, Any]:
    return next((offer for offer in offers_of(row) if offer["quantity"] == quantity), row)
