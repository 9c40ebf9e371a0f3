"""What customers read of orders: plain JSON, built from what they may know and nothing else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.urls import reverse

from kernel.marks import Step
from kernel.money import Money
from orders.lifecycle import LIFECYCLE, RAIL
from orders.models import Document, Milestone, Order, OrderLine
from orders.selectors.for_customers import CustomerOrder

Json = dict[str, Any]

ON_HOLD = "On hold: we will contact you"
ANSWERS = {
    "confirm": "Accept the quotation: send us your purchase order and name {reference}.",
    "decline": "If you do not want it, tell us; the quotation ends by itself on {until}.",
}
"""What a customer can do about an order, by event of the lifecycle."""


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def day(value: date | None) -> str | None:
    """RFC 3339 full-date."""
    return value.isoformat() if value else None


def money(amount: Decimal, currency: str) -> Json:
    """An amount as text with its currency."""
    return {"amount": str(Money(amount, currency).amount), "currency": currency}


def order_summary(found: CustomerOrder) -> Json:
    """An order as it stands in the list."""
    order = found.order
    return {
        "id": str(order.public_id),
        "number": order.number,
        "quotation_number": order.quotation_number,
        "customer_po": order.customer_po,
        "state": state(order.state, found.held),
        "dates": dates(order.requested_date, found.promised_at, found.forecast_at, found.delivered_at),
        "total": money(found.total, order.currency),
        "line_count": len(found.kept),
        "created_at": instant(order.created_at),
        "updated_at": instant(order.updated_at),
        "links": links(order),
    }


def order_detail(found: CustomerOrder) -> Json:
    """An order with all a customer may know."""
    order = found.order
    return {
        **order_summary(found),
        "valid_until": day(order.valid_until),
        "confirmed_at": instant(order.confirmed_at),
        "ship_policy": order.ship_policy,
        "incoterm": order.incoterm,
        "incoterm_place": order.incoterm_place,
        "progress": progress(order.rail),
        "lines": [order_line(line, found.specifications[line.pk], order) for line in found.lines],
        "milestones": [milestone(row) for row in found.milestones],
        "documents": [document(row) for row in found.documents],
        "next_actions": next_actions(order),
    }


def order_line(line: OrderLine, specification: Sequence[Json], order: Order) -> Json:
    """One job."""
    requested = line.requested_date or order.requested_date
    return {
        "position": line.position,
        "product": {"code": line.product.code, "name": line.product.name},
        "quantity": line.quantity,
        "unit": "pcs",
        "specification": [
            {name: str(row[name]) for name in ("code", "label", "value", "text", "unit")}
            for row in specification
        ],
        "price": {
            "unit": money(line.unit_price, order.currency),
            "total": money(line.total, order.currency),
        },
        "state": state(line.state, line.held),
        "dates": dates(requested, line.promised_at, line.forecast_at, line.delivered_at),
        "progress": progress(line.rail),
    }


def state(code: str, held: bool) -> Json:
    """Where it stands, in words for customers; why a hold was set stays inside."""
    words = LIFECYCLE.states[code]
    on_hold = held and not words.final
    return {"code": code, "text": ON_HOLD if on_hold else words.customer_label, "on_hold": on_hold}


def dates(
    requested: date | None, promised: datetime | None, forecast: datetime | None, actual: datetime | None
) -> Json:
    """The four dates, always all present, never mixed."""
    return {
        "requested": day(requested),
        "promised": instant(promised),
        "forecast": instant(forecast),
        "actual": instant(actual),
    }


def progress(rail: Sequence[Step]) -> list[Json]:
    """The six stages; a stage under a hold is still the current one, of given-up orders all are dropped."""
    return [
        {
            "stage": code,
            "text": step.label,
            "standing": "current" if step.standing == "blocked" else step.standing,
        }
        for code, step in zip(RAIL, rail, strict=True)
    ]


def milestone(row: Milestone) -> Json:
    """Something that happened, in plain words; the id is the cursor."""
    return {
        "id": row.pk,
        "at": instant(row.at),
        "code": row.code,
        "text": row.text,
        "line": row.line.position if row.line else None,
    }


def document(row: Document) -> Json:
    """A paper of the order and where it can be opened by somebody who signs in."""
    return {"kind": row.kind, "title": row.title, "url": row.url, "created_at": instant(row.created_at)}


def next_actions(order: Order) -> list[Json]:
    """What the customer can do now, read from the lifecycle."""
    until = day(order.valid_until) or "its last day"
    return [
        {"event": row.event, "text": ANSWERS[row.event].format(reference=order.reference, until=until)}
        for row in LIFECYCLE.rows_from(order.state)
        if row.event in ANSWERS
    ]


def links(order: Order) -> Json:
    """Where the order and its events stand."""
    here = f"{_orders_address()}/{order.reference}"
    return {"self": here, "events": f"{here}/events"}


@cache
def _orders_address() -> str:
    """Looked up once: a page of the list names a hundred addresses."""
    return reverse("api:orders")
