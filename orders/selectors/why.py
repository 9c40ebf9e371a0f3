"""Why a line costs what it costs: the stored figures of price and cost, in words that open."""

from dataclasses import dataclass
from decimal import Decimal

from kernel import formats
from kernel.wording import MINUS, plain
from orders.engine import Figure, margin_percent, restored
from orders.engine.figures import HOUR, HUNDRED, ONE, summed
from orders.models import Order, OrderLine, PriceApproval


@dataclass(frozen=True)
class Why:
    """A figure for people: `how` is the calculation, `opens` whether there is more to see."""

    figure: Figure
    how: str
    parts: tuple["Why", ...]

    @property
    def opens(self) -> bool:
        """Whether anything stands behind the amount."""
        return bool(self.parts or self.how or self.figure.rule or self.figure.source)


@dataclass(frozen=True)
class LineWhy:
    """The price and the cost of one line, what remains, and who agreed to it."""

    order: Order
    line: OrderLine
    price: Why | None
    cost: Why | None
    approvals: tuple[PriceApproval, ...]

    @property
    def margin_percent(self) -> Decimal | None:
        """What remains of the price, in percent of it."""
        return margin_percent(self.line.unit_price, self.line.unit_cost)


def line_why(order: Order, line_id: int) -> LineWhy | None:
    """The figures of one line of the order as they were stored with it; two statements."""
    lines = order.lines.select_related("product", "priced_by", "approved_by")
    line = lines.filter(pk=line_id).first()
    if line is None:
        return None
    approvals = order.price_approvals.filter(fingerprint=line.price_fingerprint)
    return LineWhy(
        order=order,
        line=line,
        price=why(restored(line.price_trace)),
        cost=why(restored(line.cost_trace)),
        approvals=tuple(approvals.select_related("approved_by", "priced_by")),
    )


def why(figure: Figure | None) -> Why | None:
    """A figure with its calculation in words; None of nothing."""
    return _why(figure) if figure is not None else None


def _why(figure: Figure) -> Why:
    return Why(figure, _how(figure), tuple(_why(part) for part in figure.parts))


def _how(figure: Figure) -> str:
    """`12 min × EUR 38.00 an hour`, `−8 % of EUR 1 136.67`, `EUR 900.00 × 1.0835`."""
    said = [_calculation(figure)] if figure.rate is not None or figure.per != ONE else []
    exact = summed(figure.parts) if figure.parts else figure.amount
    if figure.final and exact != figure.amount and figure.rate is None:
        said.append(f"exactly {plain(exact)}, rounded half up")
    return ", ".join(said)


def _calculation(figure: Figure) -> str:
    rate = figure.rate if figure.rate is not None else ONE
    if figure.quantity is not None:
        amount = _money(rate, figure.currency)
        if figure.per == HUNDRED:
            percent = plain(figure.quantity).replace("-", MINUS)
            return f"{percent} % of {amount}"
        hourly = " an hour" if figure.per == HOUR else ""
        return f"{plain(figure.quantity)} {figure.unit} × {amount}{hourly}"
    before = figure.parts[0].currency if figure.parts else figure.currency
    shown = _money(summed(figure.parts), before)
    return f"{shown} ÷ {plain(figure.per)}" if figure.per != ONE else f"{shown} × {plain(rate)}"


def _money(amount: Decimal, currency: str) -> str:
    """With all its places where it has more than the currency."""
    shown = formats.money(amount, currency)
    return shown if amount == amount.quantize(Decimal("0.01")) else f"{currency} {plain(round(amount, 6))}"
