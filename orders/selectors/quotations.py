"""Quotations as customers read them: their terms, their content, their revisions and the thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from orders.engine.choosing import tax_words, total_of
from orders.models import (
    Company,
    Customer,
    Order,
    OrderLine,
    PaymentTerm,
    QuotationMessage,
    QuotationRevision,
    TermsTemplate,
)
from orders.selectors.for_customers import words_of

USUAL_DAYS = 30


@dataclass(frozen=True)
class Payment:
    """One part of the price: a percentage of what fixed amounts leave, or a fixed amount."""

    event: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    days_net: int = 0


@dataclass(frozen=True)
class Terms:
    """What a quotation says about payment, delivery and validity; `own` where it was said for it alone."""

    payment_terms: str = ""
    delivery_time: str = ""
    plan: tuple[Payment, ...] = ()
    valid_days: int = USUAL_DAYS
    own: bool = False


def terms_of(order: Order) -> Terms:
    """The order's own terms, or where it has none its customer's, or everybody's."""
    template = template_for(order.customer)
    days = template.valid_days if template else USUAL_DAYS
    plan = tuple(_payment(row) for row in order.payment_plan.order_by("position"))
    if plan or order.payment_terms or order.delivery_time:
        return Terms(order.payment_terms, order.delivery_time, plan, days, own=True)
    if template is None:
        return Terms()
    plan = plan_of(template)
    return Terms(template.payment_terms, template.delivery_time, plan, days)


def plan_of(template: TermsTemplate) -> tuple[Payment, ...]:
    """The payment plan of a template, in order."""
    return tuple(_payment(row) for row in template.payment_plan.order_by("position"))


def template_for(customer: Customer) -> TermsTemplate | None:
    """The terms of the customer, or everybody's in the customer's language, or everybody's."""
    own, language = Q(customer=customer), customer.language[:2].lower()
    rows = TermsTemplate.objects.filter(own | Q(customer=None, language__in=["", language]))
    return max(rows, key=lambda row: (row.customer_id is not None, row.language), default=None)


def content_of(
    order: Order, lines: Sequence[OrderLine], terms: Terms, *, letter: str, sent: date, valid_until: date
) -> dict[str, Any]:
    """All that the customer reads of this revision, as plain data; nothing of costs or margins.

    Amounts are text with a point, days are ISO dates. Options stand apart from the total.
    """
    company = Company.objects.first()
    rows = words_of(lines)
    shown = [_line(line, rows.get(line.pk, [])) for line in lines]
    return {
        "quotation": order.quotation_number,
        "revision": letter,
        "date": sent.isoformat(),
        "valid_until": valid_until.isoformat(),
        "company": {
            "name": company.name if company else "",
            "address": company.address if company else "",
            "email": company.email if company else "",
        },
        "customer": order.customer.name,
        "contact": order.contact.name if order.contact else "",
        "ship_to": str(order.ship_to) if order.ship_to else "",
        "customer_po": order.customer_po,
        "currency": order.currency,
        "requested_date": order.requested_date.isoformat() if order.requested_date else "",
        "ship_policy": order.ship_policy,
        "incoterm": order.incoterm,
        "incoterm_place": order.incoterm_place,
        "note": order.note,
        "payment_terms": terms.payment_terms,
        "delivery_time": terms.delivery_time,
        "payment_plan": [_part(payment) for payment in terms.plan],
        "lines": shown,
        "total": _sum(shown, optional=False),
        "options_total": _sum(shown, optional=True),
        **_tax(shown, order.currency),
    }


def revisions_of(order: Order) -> list[QuotationRevision]:
    """What was sent of this quotation, the newest first."""
    found = list(order.revisions.light().select_related("by", "answered_by").order_by("-id"))
    for revision in found:
        revision.order = order
    return found


def revision_by_token(token_sha256: str) -> QuotationRevision | None:
    """The revision a link leads to."""
    return _with_order().filter(token_sha256=token_sha256).first()


def revision_by_letter(
    reference: str, letter: str, *, customer_id: int | None = None
) -> QuotationRevision | None:
    """A revision by the quotation's or the order's number; the newest one where no letter is named."""
    orders = Order.objects.by_reference(reference)
    orders = orders if customer_id is None else orders.filter(customer_id=customer_id)
    found = _with_order().filter(order__in=orders)
    return found.filter(letter=letter).first() if letter else found.order_by("-id").first()


def messages_of(order: Order) -> QuerySet[QuotationMessage]:
    """The thread of a quotation, oldest first."""
    return order.messages.select_related("revision", "by").order_by("id")


def _with_order() -> QuerySet[QuotationRevision]:
    related = ("order__customer", "order__contact", "order__ship_to")
    return QuotationRevision.objects.light().select_related(*related)


def _payment(row: PaymentTerm) -> Payment:
    return Payment(row.event, row.percent, row.amount, row.days_net)


def _part(payment: Payment) -> dict[str, Any]:
    return {
        "event": payment.event,
        "percent": _plain(payment.percent),
        "amount": _plain(payment.amount),
        "days_net": payment.days_net,
    }


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _line(line: OrderLine, specification: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    return {
        "position": line.position,
        "code": line.product.code,
        "product": line.product.name,
        "quantity": line.quantity,
        "unit_price": _plain(line.unit_price),
        "total": _plain(line.total),
        "optional": line.optional,
        "alternatives": [_alternative(row) for row in line.alternatives],
        "requested_date": line.requested_date.isoformat() if line.requested_date else "",
        "note": line.note,
        "tax_percent": _plain(line.tax_percent),
        "tax_wording": tax_words(line.tax_percent, line.tax_wording),
        "specification": [
            {"code": row["code"], "label": row["label"], "text": row["text"]} for row in specification
        ],
    }


def _alternative(row: dict[str, Any]) -> dict[str, Any]:
    price = Decimal(row["unit_price"])
    return {
        "quantity": row["quantity"],
        "unit_price": _plain(price),
        "total": _plain(price * row["quantity"]),
    }


def _tax(lines: Sequence[Mapping[str, Any]], currency: str) -> dict[str, Any]:
    """The tax of what is not optional, by wording, and the total with it; nothing where a rate is unknown."""
    total = total_of([row for row in lines if not row["optional"]], currency)
    return {
        "taxes": [{"text": tax.wording, "amount": _plain(tax.amount)} for tax in total.taxes],
        "gross": _plain(total.gross),
    }


def _sum(lines: Sequence[dict[str, Any]], *, optional: bool) -> str:
    return _plain(sum((Decimal(row["total"]) for row in lines if row["optional"] is optional), Decimal(0)))
