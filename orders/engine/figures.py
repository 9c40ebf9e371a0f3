"""Figures that open: an amount with the quantity, rate, rule and figures it was made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from kernel.money import rounded
from kernel.wording import plain

EXACT: Final = Context(prec=34)
"""Sums and products of money are exact; a quotient carries 34 digits, as IEEE 754 decimal128 does."""

ONE, HUNDRED, HOUR = Decimal(1), Decimal(100), Decimal(60)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in a currency and how it came about.

    amount = (quantity or, without one, the sum of the parts) × rate / per; without quantity and parts it is
    given. Where `final`, it is rounded half up to the currency's places.
    `rule` says it in words or as a formula, `source` names the row of master data behind it.
    """

    label: str
    amount: Decimal
    currency: str
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None
    per: Decimal = ONE
    rule: str = ""
    source: str = ""
    final: bool = False
    parts: tuple["Figure", ...] = ()


def given(label: str, amount: Decimal, currency: str, *, rule: str = "", source: str = "") -> Figure:
    """An amount as it stands in the master data, or as a formula gave it."""
    return Figure(label, amount, currency, rule=rule, source=source)


def product(label: str, quantity: Decimal, unit: str, rate: Decimal, currency: str, **more: Any) -> Figure:
    """A quantity at a rate; `per` divides, such as 60 for minutes at a rate per hour."""
    return _made(Figure(label, ONE, currency, quantity, unit, rate, **more))


def share(label: str, percent: Decimal, base: Decimal, currency: str, **more: Any) -> Figure:
    """A percentage of an amount; below zero a discount."""
    return product(label, percent, "%", base, currency, per=HUNDRED, **more)


def total(label: str, parts: Sequence[Figure], currency: str, **more: Any) -> Figure:
    """The sum of figures in one currency."""
    return _made(Figure(label, ONE, currency, parts=tuple(parts), **more))


def scaled(part: Figure, label: str, currency: str, *, rate: Decimal = ONE, **more: Any) -> Figure:
    """A figure times a rate, or divided by `per`: into another currency, or for one piece of a job."""
    return _made(Figure(label, ONE, currency, rate=rate, parts=(part,), **more))


def opened(figure: Figure) -> Decimal:
    """What the amount must be by all that it opens to."""
    if figure.quantity is None and not figure.parts:
        amount = figure.amount
    else:
        amount = figure.quantity if figure.quantity is not None else summed(figure.parts)
        if figure.rate is not None:
            amount = EXACT.multiply(amount, figure.rate)
        if figure.per != ONE:
            amount = EXACT.divide(amount, figure.per)
    return rounded(amount, figure.currency) if figure.final else amount


def summed(parts: Sequence[Figure]) -> Decimal:
    """The sum of the amounts, in their order."""
    amount = Decimal(0)
    for part in parts:
        amount = EXACT.add(amount, part.amount)
    return amount


def faults(figure: Figure, path: str = "") -> Iterator[str]:
    """Every figure below that is not what it opens to, and every sum across currencies; none is right."""
    here = f"{path} › {figure.label}".removeprefix(" › ")
    if opened(figure) != figure.amount:
        yield f"{here}: {figure.amount} opens to {opened(figure)}"
    if figure.rate is None and any(part.currency != figure.currency for part in figure.parts):
        yield f"{here}: {figure.currency} is added up from other currencies"
    for part in figure.parts:
        yield from faults(part, here)


def stored(figure: Figure) -> dict[str, Any]:
    """The figure as JSON: numbers as text, what is empty left out."""
    row: dict[str, Any] = {"label": figure.label, "amount": plain(figure.amount), "currency": figure.currency}
    numbers = {"quantity": figure.quantity, "rate": figure.rate}
    row |= {name: plain(value) for name, value in numbers.items() if value is not None}
    row |= {"per": plain(figure.per)} if figure.per != ONE else {}
    row |= {name: text for name in ("unit", "rule", "source") if (text := getattr(figure, name))}
    row |= {"final": True} if figure.final else {}
    return row | ({"parts": [stored(part) for part in figure.parts]} if figure.parts else {})


def restored(row: Mapping[str, Any]) -> Figure | None:
    """The figure that `stored` made; None of nothing."""
    return _restored(row) if row else None


def _restored(row: Mapping[str, Any]) -> Figure:
    numbers: dict[str, Any] = {
        name: Decimal(row[name]) for name in ("quantity", "rate", "per") if name in row
    }
    texts = {name: row[name] for name in ("unit", "rule", "source") if name in row}
    parts = tuple(_restored(part) for part in row.get("parts", ()))
    final = bool(row.get("final"))
    return Figure(
        row["label"], Decimal(row["amount"]), row["currency"], **numbers, **texts, final=final, parts=parts
    )


def _made(figure: Figure) -> Figure:
    values = {name: getattr(figure, name) for name in Figure.__dataclass_fields__}
    return Figure(**{**values, "amount": opened(figure)})
