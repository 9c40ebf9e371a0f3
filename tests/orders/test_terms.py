"""Terms of quotations: plans that add up, templates of the customer or of everybody."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Conflict, Refused
from orders import services
from orders.models import PaymentTerm
from orders.selectors.quotations import Payment, Terms, terms_of
from tests.orders import cast

pytestmark = pytest.mark.django_db

DEPOSIT = Payment("confirmed", percent=Decimal(30))
REST = Payment("delivered", percent=Decimal(70), days_net=30)


@pytest.mark.parametrize(
    ("plan", "field", "message"),
    [
        ([DEPOSIT], "plan", "make 30 %, not 100 %. Add 70 %."),
        ([DEPOSIT, REST, DEPOSIT], "plan", "Take off 30 %."),
        ([Payment("someday", percent=Decimal(100))], "plan.0.event", "is no event"),
        ([Payment("confirmed")], "plan.0.percent", "a percentage or an amount"),
        ([Payment("confirmed", percent=Decimal(1), amount=Decimal(1))], "plan.0.percent", "one of the two"),
        ([Payment("confirmed", percent=Decimal(-5))], "plan.0.percent", "is not above zero"),
        ([Payment("confirmed", percent=Decimal("NaN"))], "plan.0.percent", "is not above zero"),
        ([DEPOSIT, Payment("delivered", percent=Decimal(70), days_net=400)], "plan.1.days_net", "400 days"),
        ([Payment("confirmed", amount=Decimal(500))], "plan", "make 0 %"),
        ([DEPOSIT] * 13, "plan", "13 parts are too many"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused_at_its_field(
    plan: list[Payment], field: str, message: str
) -> None:
    with pytest.raises(Refused) as caught:
        services.check_plan(plan)
    assert caught.value.field == field
    assert message in str(caught.value)


def test_a_draft_gets_its_own_terms_and_sends_them() -> None:
    order = cast.quotation()
    plan = (Payment("confirmed", amount=Decimal(500)), DEPOSIT, REST)
    wanted = Terms("30 days net", "6 weeks", plan)
    order = services.change_terms(order=order, terms=wanted, by=None, version=order.version, now=cast.NOW)
    services.send_quotation(order=order, by=None, now=cast.NOW)
    content = order.revisions.get().content
    assert (content["payment_terms"], content["delivery_time"]) == ("30 days net", "6 weeks")
    assert [(part["amount"], part["percent"]) for part in content["payment_plan"]] == [
        ("500.00", ""),
        ("", "30.00"),
        ("", "70.00"),
    ]


def test_terms_of_what_is_sent_stand() -> None:
    with pytest.raises(Conflict, match="Revise the quotation first"):
        services.change_terms(order=cast.quoted(), terms=Terms("Cash"), by=None, version=None, now=cast.NOW)


def test_a_quotation_without_own_terms_has_its_customers_or_everybodys() -> None:
    order, other = cast.quotation(), cast.quotation()
    services.keep_template(customer=None, terms=Terms("14 days net", valid_days=10))
    services.keep_template(customer=order.customer, terms=Terms("60 days net", plan=(DEPOSIT, REST)))
    assert (terms_of(order).payment_terms, terms_of(order).plan) == ("60 days net", (DEPOSIT, REST))
    assert (terms_of(other).payment_terms, terms_of(other).valid_days) == ("14 days net", 10)


def test_a_template_sets_how_long_a_quotation_is_valid_and_stays_with_what_was_sent() -> None:
    services.keep_template(customer=None, terms=Terms("14 days net", plan=(DEPOSIT, REST), valid_days=10))
    order = cast.quoted()
    services.keep_template(customer=None, terms=Terms("Cash"))
    assert (order.valid_until - cast.NOW.date()).days == 10
    assert terms_of(order).payment_terms == "14 days net"
    assert order.payment_plan.count() == 2


def test_the_database_knows_one_default_and_a_part_of_one_kind() -> None:
    order = cast.quotation()
    with pytest.raises(IntegrityError, match="payment_by_percent_or_amount"), transaction.atomic():
        PaymentTerm.objects.create(order=order, position=10, event="confirmed")
    with pytest.raises(IntegrityError, match="payment_of_an_order_or_a_template"), transaction.atomic():
        PaymentTerm.objects.create(position=10, event="confirmed", percent=1)
