"""The terms of a quotation: payment, delivery time, and a payment plan that adds up."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import Customer, Order, PaymentEvent, PaymentTerm, TermsTemplate, User
from orders.selectors.quotations import Payment, Terms
from orders.services.headers import check_text
from orders.services.locking import lock_order

WHOLE = Decimal(100)
MOST_PARTS = 12
LONGEST_NET = 365


def check_plan(plan: Sequence[Payment]) -> None:
    """Refused, at `plan.<index>.<field>`, for parts that do not add up.

    Fixed amounts are due first; the percentages share out what remains and make 100 % together.
    """
    if len(plan) > MOST_PARTS:
        raise Refused(f"{len(plan)} parts are too many.", field="plan", remedy=f"Give at most {MOST_PARTS}.")
    for index, part in enumerate(plan):
        _check_part(part, f"plan.{index}")
    whole = sum((part.percent for part in plan if part.percent is not None), Decimal(0))
    if plan and whole != WHOLE:
        raise Refused(
            f"The percentages of the payment plan make {whole.normalize():f} %, not 100 %.",
            field="plan",
            remedy=f"{'Add' if whole < WHOLE else 'Take off'} {abs(WHOLE - whole).normalize():f} %.",
        )


@transaction.atomic
def change_terms(
    *, order: Order, terms: Terms, by: User | None, version: int | None, now: datetime | None = None
) -> Order:
    """Give a draft its own terms; Conflict where it is none or `version` is stale, Refused at the field."""
    now = now or clock.now()
    order = lock_order(order, version)
    if order.state != "draft":
        raise Conflict(
            f"{order} is {order.state_info.label.lower()}, its terms stand.",
            remedy="Revise the quotation first." if order.state == "quoted" else "",
        )
    _check(terms)
    order.payment_plan.all().delete()
    PaymentTerm.objects.bulk_create(PaymentTerm(order=order, **row) for row in _rows(terms.plan))
    Order.objects.filter(pk=order.pk).update(
        payment_terms=terms.payment_terms.strip(),
        delivery_time=terms.delivery_time.strip(),
        version=F("version") + 1,
        updated_at=now,
    )
    order.refresh_from_db()
    return order


@transaction.atomic
def keep_template(*, customer: Customer | None, terms: Terms, language: str = "") -> TermsTemplate:
    """The terms that quotations to this customer (None: to everybody) have unless they say others.

    Everybody's may be given for those who read one `language`, `en` or `de`. Refused at the field.
    """
    _check(terms)
    if language not in ("", "en", "de") or (customer is not None and language):
        raise Refused(
            "A language belongs to everybody's terms, and is English or German.",
            field="language",
            remedy="Leave it empty.",
        )
    if not 1 <= terms.valid_days <= LONGEST_NET:
        raise Refused(
            f"{terms.valid_days} days valid are not possible.",
            field="valid_days",
            remedy=f"Give 1 to {LONGEST_NET}.",
        )
    template, _ = TermsTemplate.objects.update_or_create(
        customer=customer,
        language=language,
        defaults={
            "payment_terms": terms.payment_terms.strip(),
            "delivery_time": terms.delivery_time.strip(),
            "valid_days": terms.valid_days,
        },
    )
    template.payment_plan.all().delete()
    PaymentTerm.objects.bulk_create(PaymentTerm(template=template, **row) for row in _rows(terms.plan))
    return template


@transaction.atomic
def remove_template(*, template: TermsTemplate) -> None:
    """Take a template away; what was sent keeps its terms."""
    template.delete()


def _check(terms: Terms) -> None:
    check_text(terms.payment_terms, 200, "payment_terms")
    check_text(terms.delivery_time, 120, "delivery_time")
    check_plan(terms.plan)


def _check_part(part: Payment, where: str) -> None:
    if part.event not in PaymentEvent.values:
        raise Refused(
            f"“{part.event[:20]}” is no event a payment is due at.",
            field=f"{where}.event",
            remedy=f"Use one of {', '.join(PaymentEvent.values)}.",
        )
    if (part.percent is None) is (part.amount is None):
        raise Refused(
            "A part is a percentage or an amount.", field=f"{where}.percent", remedy="Give one of the two."
        )
    share = part.percent if part.percent is not None else part.amount
    if share is None or not share.is_finite() or share <= 0:
        raise Refused(
            f"{share} is not above zero.", field=f"{where}.percent", remedy="Leave the row out instead."
        )
    if not 0 <= part.days_net <= LONGEST_NET:
        raise Refused(
            f"{part.days_net} days net are not possible.",
            field=f"{where}.days_net",
            remedy=f"Give 0 to {LONGEST_NET}.",
        )


def _rows(plan: Sequence[Payment]) -> list[dict[str, object]]:
    return [{"position": 10 * number, **vars(part)} for number, part in enumerate(plan, start=1)]
