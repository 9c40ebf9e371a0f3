"""Quotations: entered, changed, sent, revised, declined, expired; every wrong input at its field."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, Refused
from orders import services
from orders.models import Move, Order, OrderLine, Role, WorkItem
from orders.services import Header, InvalidInput, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db

STRONG = {"TOP": "STEEL", "LEGS": "IRON"}


def refusal(*lines: LineInput, **header: object) -> Refused:
    """What is said to a quotation that cannot be entered; nothing of it stays."""
    with pytest.raises(Refused) as caught:
        services.create_quotation(
            customer=cast.customer(), lines=lines, by=None, header=Header(**header), now=cast.NOW
        )
    assert not Order.objects.exists()
    return caught.value


def test_a_quotation_is_numbered_priced_and_in_draft() -> None:
    order = cast.quotation(LineInput(cast.published_desk(), 2, STRONG))
    line = order.lines.get()
    assert order.quotation_number.startswith("QUO-2026-")
    assert (order.state, line.state, order.number, order.currency) == ("draft", "draft", None, "EUR")
    assert (line.unit_price, line.unit_cost, line.total) == (
        Decimal("539.00"),
        Decimal("52.00"),
        Decimal("1078.00"),
    )
    assert line.choices == {"TOP": "STEEL", "LEGS": "IRON", "WIDTH": "1600", "TAG": "", "DRAWER": False}


def test_the_only_delivery_address_is_taken() -> None:
    order = cast.quotation()
    assert order.ship_to == order.customer.addresses.get()


def test_a_quotation_belongs_to_the_seller_who_entered_it() -> None:
    seller = cast.seller()
    assert cast.quotation(by=seller).owner == seller


def test_a_request_by_api_stands_on_the_sales_list_and_the_customer_reads_of_it() -> None:
    customer = cast.customer()
    order = services.create_quotation(
        customer=customer, lines=[LineInput(cast.published_desk(), 1)], by=None, source="api", now=cast.NOW
    )
    item = WorkItem.objects.get(key=f"quote:{order.pk}")
    assert (item.role, item.order, item.url) == (Role.SALES, order, f"/orders/{order.quotation_number}/")
    assert item.reason == "New quote request from Altair Air by API"
    assert [milestone.text for milestone in order.milestones.all()] == ["We have received your request"]


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"quantity": 0}, "lines.0.quantity", "not above zero"),
        ({"quantity": -3}, "lines.0.quantity", "not above zero"),
        ({"quantity": 100_001}, "lines.0.quantity", "more than one line may have"),
        ({"quantity": 1.5}, "lines.0.quantity", "not a whole number"),
        ({"quantity": True}, "lines.0.quantity", "not a whole number"),
        ({"unit": "handful"}, "lines.0.unit", "Unknown unit"),
        ({"unit": "kg"}, "lines.0.unit", "cannot be converted"),
        ({"quantity": 60_000, "unit": "pair"}, "lines.0.quantity", "more than one line may have"),
        ({"note": "x" * 501}, "lines.0.note", "501 characters are too many"),
        ({"requested_date": date(2026, 11, 22)}, "lines.0.requested_date", "is past"),
        ({"choices": {"TOP": "GLASS"}}, "lines.0.choices.TOP", "is not an option"),
        ({"choices": {"TOP": "STEEL"}}, "lines.0.choices.TOP", "The legs do not bear this top."),
        ({"choices": {"WIDTH": "790"}}, "lines.0.choices.WIDTH", "is below 800"),
        ({"choices": {"TAG": "X" * 13}}, "lines.0.choices.TAG", "too many"),
        ({"choices": {"COLOUR": "red"}}, "lines.0.choices.COLOUR", "no choice named"),
    ],
)
def test_what_is_wrong_with_a_line_stands_at_its_field(
    wrong: dict[str, object], field: str, message: str
) -> None:
    error = refusal(replace(LineInput(cast.published_desk(), 1), **wrong))
    assert error.field == field
    assert message in error.message


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"currency": "USD"}, "is quoted in EUR, not in USD"),
        ({"requested_date": date(2026, 11, 22)}, "The requested date 22.11.2026 is past"),
        ({"requested_date": date(2126, 11, 22)}, "too far ahead"),
        ({"customer_po": "4" * 41}, "41 characters are too many"),
        ({"note": "x" * 2001}, "2001 characters are too many"),
        ({"incoterm": "XYZ"}, "“XYZ” is not known"),
        ({"ship_policy": "sometimes"}, "“sometimes” is not known"),
    ],
)
def test_what_is_wrong_with_the_header_stands_at_its_field(header: dict[str, object], message: str) -> None:
    error = refusal(LineInput(cast.published_desk(), 1), **header)
    assert error.field == next(iter(header))
    assert message in error.message


def test_all_lines_are_checked_and_every_problem_is_told() -> None:
    product = cast.published_desk()
    error = refusal(
        LineInput(product, 0), LineInput(product, 1), LineInput(product, 1, {"TOP": "X", "WIDTH": 1})
    )
    assert isinstance(error, InvalidInput)
    fields = [problem.field for problem in error.problems]
    assert fields == ["lines.0.quantity", "lines.2.choices.TOP", "lines.2.choices.WIDTH"]


def test_pairs_and_dozens_become_pieces() -> None:
    order = cast.quotation(LineInput(cast.published_desk(), 2, unit="dozen"))
    assert order.lines.get().quantity == 24


def test_no_lines_are_refused() -> None:
    assert refusal().field == "lines"


def test_an_unpublished_product_is_refused() -> None:
    error = refusal(LineInput(cast.desk(), 1))
    assert (error.field, "is not published" in error.message) == ("lines.0.product", True)


def test_a_product_in_another_currency_without_a_rate_is_refused() -> None:
    error = refusal(LineInput(cast.published_desk(currency="USD"), 1))
    assert error.message.endswith("There is no rate from USD to EUR on 23.11.2026.")
    assert (error.field, error.remedy) == (
        "lines.0.product",
        "Choose a product priced in EUR, or have the rate entered.",
    )


def test_an_inactive_customer_and_a_foreign_address_are_refused() -> None:
    lines = [LineInput(cast.published_desk(), 1)]
    with pytest.raises(Refused, match="is not active"):
        services.create_quotation(customer=cast.customer(active=False), lines=lines, by=None, now=cast.NOW)
    header = Header(ship_to=cast.customer().addresses.get())
    with pytest.raises(Refused, match="does not belong to"):
        services.create_quotation(customer=cast.customer(), lines=lines, by=None, header=header, now=cast.NOW)


def test_entering_takes_seven_statements_for_any_number_of_lines() -> None:
    product, customer = cast.published_desk(), cast.customer()
    cast.quotation(LineInput(product, 1))
    with CaptureQueriesContext(connection) as statements:
        services.create_quotation(
            customer=customer, lines=[LineInput(product, 1)] * 20, by=None, now=cast.NOW
        )
    assert len(statements) <= 7


def test_a_draft_is_changed_in_place_and_its_version_counts_up() -> None:
    product = cast.published_desk()
    order = cast.quotation(LineInput(product, 1), LineInput(product, 2), LineInput(product, 3))
    wanted = [LineInput(product, 7, STRONG), LineInput(product, 8)]
    changed = services.change_quotation(order=order, lines=wanted, by=None, version=1, now=cast.NOW)
    assert [(line.position, line.quantity) for line in changed.lines.all()] == [(10, 7), (20, 8)]
    assert changed.version == 2
    assert changed.requested_date == cast.WISHED


def test_a_stale_form_is_refused_and_says_what_changed() -> None:
    order, seller = cast.quotation(), cast.seller()
    services.send_quotation(order=order, by=seller, version=1, now=cast.NOW)
    with pytest.raises(Conflict, match="changed meanwhile: it is now quoted") as caught:
        services.send_quotation(order=order, by=seller, version=1, now=cast.NOW)
    assert (caught.value.status, caught.value.field) == (409, "version")
    assert str(seller) in caught.value.message


def test_a_sent_quotation_must_be_revised_before_it_is_changed() -> None:
    order = cast.quoted()
    lines = [LineInput(order.lines.get().product, 1)]
    with pytest.raises(Conflict, match="Revise the quotation first"):
        services.change_quotation(order=order, lines=lines, by=None, version=None, now=cast.NOW)
    services.revise_quotation(order=order, by=None, now=cast.NOW)
    changed = services.change_quotation(order=order, lines=lines, by=None, version=None, now=cast.NOW)
    assert changed.lines.get().quantity == 1


def test_a_line_with_history_is_cancelled_instead_of_deleted() -> None:
    product = cast.published_desk()
    order = cast.quoted(LineInput(product, 1), LineInput(product, 2))
    services.revise_quotation(order=order, by=None, now=cast.NOW)
    services.change_quotation(order=order, lines=[LineInput(product, 5)], by=None, version=None, now=cast.NOW)
    assert list(OrderLine.objects.values_list("quantity", "state")) == [(5, "draft"), (2, "cancelled")]
    assert Order.objects.get().state == "draft"


def test_sending_sets_validity_and_awaits_the_answer() -> None:
    order = cast.quoted()
    item = WorkItem.objects.get()
    assert (order.state, order.valid_until, order.quoted_at) == ("quoted", date(2026, 12, 23), cast.NOW)
    assert item.reason == f"Answer to {order.quotation_number} awaited from Altair Air"
    assert item.due_at.date() == order.valid_until


def test_a_validity_in_the_past_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        services.send_quotation(order=cast.quotation(), by=None, valid_until=date(2026, 11, 22), now=cast.NOW)
    assert caught.value.field == "valid_until"


def test_a_quotation_cannot_be_sent_twice() -> None:
    with pytest.raises(Conflict, match="“quote” is not possible in state “Quoted”"):
        services.send_quotation(order=cast.quoted(), by=None, now=cast.NOW)


def test_a_decline_needs_a_reason_and_closes_the_work() -> None:
    order = cast.quoted()
    with pytest.raises(Refused, match="a reason is needed"):
        services.decline_quotation(order=order, reason=" ", by=None, now=cast.NOW)
    services.decline_quotation(order=order, reason="Too dear", by=None, now=cast.NOW)
    assert order.lines.get().state == "declined"
    assert Move.objects.last().reason == "Too dear"
    assert not WorkItem.objects.waiting().exists()


def test_a_quotation_expires_the_day_after_its_validity() -> None:
    order = cast.quoted()
    assert services.expire_quotations(now=cast.NOW + timedelta(days=30)) == 0
    assert services.expire_quotations(now=cast.NOW + timedelta(days=31)) == 1
    order.refresh_from_db()
    assert order.state == "expired"
    assert not WorkItem.objects.waiting().exists()


def test_nothing_to_expire_costs_one_statement() -> None:
    cast.quoted()
    with CaptureQueriesContext(connection) as statements:
        services.expire_quotations(now=cast.NOW)
    assert len(statements) == 1
