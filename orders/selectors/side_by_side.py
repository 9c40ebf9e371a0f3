"""Two lines of a quotation side by side, for those who quote."""

from typing import Any

from orders.engine import margin_percent
from orders.engine.comparing import Row, compare_lines
from orders.models import OrderLine
from orders.selectors.for_customers import words_of


def lines_side_by_side(left: OrderLine, right: OrderLine) -> tuple[Row, ...]:
    """Facts, cost and choices of both, with their products loaded; for sales and managers only."""
    words = words_of([left, right])
    return compare_lines(_facts(left, words[left.pk]), _facts(right, words[right.pk]))


def _facts(line: OrderLine, specification: list[dict[str, Any]]) -> dict[str, Any]:
    margin = margin_percent(line.unit_price, line.unit_cost)
    return {
        "product": f"{line.product.name} ({line.product.code})",
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "total": line.total,
        "unit_cost": line.unit_cost,
        "margin": "" if margin is None else f"{margin:.1f} %",
        "requested_date": line.requested_date or "",
        "note": line.note,
        "specification": specification,
    }
