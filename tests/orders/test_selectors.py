"""What the pages of orders read, and with how few statements."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import selectors, services
from orders.lifecycle import RAIL
from orders.models import Order, OrderLine, Role
from orders.selectors import OrderFilter
from orders.services import Header, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def references(**wanted: object) -> list[str]:
    """The orders a filter finds."""
    return [row.order.reference for row in selectors.list_orders(OrderFilter(**wanted))]


def test_the_order_page_takes_at_most_seven_statements() -> None:
    product = cast.published_desk()
    order = cast.confirmed(LineInput(product, 1), LineInput(product, 2, {"TOP": "STEEL", "LEGS": "IRON"}))
    with CaptureQueriesContext(connection) as statements:
        page = selectors.order_page(order.number)
        shown = [
            (line.product.code, line.snapshot.specification, line.rail, line.order.currency)
            for line in page.lines
        ]
        told = [(entry.by, entry.note, entry.title) for entry in page.entries]
    assert len(shown) == 2
    assert len(told) == 4
    assert len(statements) <= 7


def test_the_order_page_adds_up_dates_total_and_margin() -> None:
    page = selectors.order_page(cast.confirmed().number)
    assert page.total == Decimal("800.00")
    assert page.cost == Decimal("106.00")
    assert page.margin == Decimal("0.8675")
    assert page.promised_at == services.noon(cast.WISHED)
    assert page.delivered_at is None
    assert [step.standing for step in page.rail] == ["current"] + ["upcoming"] * (len(RAIL) - 1)


def test_the_order_is_found_by_quotation_number_after_confirmation() -> None:
    order = cast.confirmed()
    assert selectors.order_page(order.quotation_number).order == order


def test_another_customers_order_is_unknown() -> None:
    order = cast.confirmed()
    assert selectors.order_page(order.number, customer_id=order.customer_id + 1) is None


def test_the_timeline_says_how_long_a_handover_waited_and_took() -> None:
    order = cast.confirmed()
    waiting = order.lines.get().handovers.get()
    waiting.started_at = waiting.created_at + timedelta(seconds=2)
    waiting.done_at = waiting.created_at + timedelta(seconds=5)
    waiting.save()
    work = selectors.order_page(order.number).entries[-1].work[0]
    assert (work.waited, work.worked) == (timedelta(seconds=2), timedelta(seconds=3))


def test_the_timeline_names_the_stage_and_never_a_process() -> None:
    order = cast.confirmed()
    services.advance(line=order.lines.get(), event="planned", key="planned")
    shown = selectors.order_page(order.number).entries[-1]
    assert shown.line.moves.get(event="planned").worker.startswith("process ")
    assert shown.by == "Planning"


def test_what_the_sweeper_does_is_told_as_done_by_the_product() -> None:
    order = cast.quoted()
    services.advance(line=order.lines.get(), event="expire", key="expire")
    assert selectors.order_page(order.quotation_number).entries[-1].by == "MTO"


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("draft", ["quote", "cancel"]),
        ("quoted", ["confirm", "revise", "decline", "cancel"]),
        ("production", ["hold", "cancel"]),
        ("delivered", ["close"]),
        ("closed", []),
    ],
)
def test_the_actions_are_those_of_the_state_the_primary_one_first(state: str, events: list[str]) -> None:
    order = cast.quotation()
    line = order.lines.get()
    line.state = order.state = state
    assert [row.event for row in selectors.possible_actions(order, [line])] == events


def test_a_held_job_can_be_resumed_and_not_held_again() -> None:
    order = cast.confirmed()
    services.hold_job(line=order.lines.get(), reason="Credit limit", by=None)
    assert [row.event for row in selectors.order_page(order.number).actions] == ["resume", "cancel"]


def test_the_list_takes_few_statements_however_long_it_is() -> None:
    product = cast.published_desk()
    for _ in range(4):
        cast.confirmed(LineInput(product, 1))
    with CaptureQueriesContext(connection) as statements:
        page = selectors.list_orders(OrderFilter(text="SO-2026"))
        rows = [(row.order.customer, row.product, row.total) for row in page]
        assert page.paginator.count == 4
    assert len(rows) == 4
    assert len(statements) <= 4


def test_the_list_filters_by_state_customer_hold_and_lateness() -> None:
    order, draft = cast.confirmed(), cast.quotation()
    line = order.lines.get()
    assert references(state="planning") == [order.number]
    assert references(customer=draft.customer.code) == [draft.quotation_number]
    assert references(held=True) == references(late=True) == []
    services.hold_job(line=line, reason="Credit limit", by=None)
    OrderLine.objects.filter(pk=line.pk).update(forecast_at=line.promised_at + timedelta(days=1))
    assert references(held=True) == references(late=True) == [order.number]


def test_the_list_is_searched_by_number_customer_and_po_number() -> None:
    order = cast.quotation(header=Header(customer_po="4500-ALT-77"))
    cast.quotation()
    for text in (order.quotation_number.lower(), "alt-77"):
        assert references(text=text) == [order.quotation_number]
    assert len(references(text="tair")) == 2
    assert references(text="nothing like it") == []


@pytest.mark.parametrize("sort", ["newest", "number", "customer", "requested", "promised", "state"])
def test_the_list_sorts_both_ways(sort: str) -> None:
    first, second = cast.confirmed(), cast.confirmed()
    both = {first.number, second.number}
    assert set(references(sort=sort)) == set(references(sort=f"-{sort}")) == both


def test_a_page_behind_the_last_one_is_the_last_one() -> None:
    order = cast.quotation()
    page = selectors.list_orders(OrderFilter(), page=99)
    assert [row.order.id for row in page] == [order.id]


def test_the_work_list_shows_each_role_its_own() -> None:
    order = cast.quoted()
    (item,) = selectors.work_list([Role.SALES])
    assert item.key == f"quote:{order.pk}"
    assert list(selectors.work_list([Role.BUYER])) == []
    assert selectors.work_counts([Role.SALES, Role.BUYER]) == {"sales": 1}


def test_an_administrator_sees_every_role() -> None:
    assert "buyer" in selectors.roles_of(cast.person(Role.ADMINISTRATOR))
    assert selectors.roles_of(cast.person(Role.BUYER)) == ("buyer",)


def test_search_finds_orders_customers_and_items() -> None:
    order = cast.confirmed(by=cast.seller())
    user = cast.seller()
    kinds = [hit.kind for hit in selectors.search("tair", user)]
    assert kinds == ["Orders", "Customers"]
    assert [hit.number for hit in selectors.search(order.number, user)] == [order.number]
    assert {hit.kind for hit in selectors.search("BOARD", user)} == {"Items"}
    assert selectors.search("x", user) == []


def test_a_customer_finds_nothing_but_the_own_orders() -> None:
    order, other = cast.confirmed(), cast.confirmed()
    user = cast.person(Role.CUSTOMER, customer=order.customer)
    assert [hit.number for hit in selectors.search("SO-2026", user)] == [order.number]
    assert selectors.search("BOARD", user) == []
    assert other.number not in {hit.number for hit in selectors.search("Altair", user)}


def test_a_preview_prices_without_storing_in_one_statement() -> None:
    product = cast.published_desk()
    selectors.preview_line(product, {})
    with CaptureQueriesContext(connection) as statements:
        preview = selectors.preview_line(product, {"TOP": "STEEL", "LEGS": "IRON"}, 3)
    assert preview.offer.price.unit_price == Decimal("539.00")
    assert len(statements) == 1


def test_health_names_parked_handovers() -> None:
    line = cast.confirmed().lines.get()
    line.handovers.update(parked_at=cast.NOW)
    assert selectors.sweeper_health(now=cast.NOW)["handovers"]["parked"] == 1
    assert [handover.line for handover in selectors.needs_attention()] == [line]


def test_a_later_page_shows_what_follows_the_first_with_as_many_statements() -> None:
    numbers = [cast.quoted().quotation_number for _ in range(5)]
    found = Order.objects.order_by("-id")
    with CaptureQueriesContext(connection) as statements:
        page = selectors.page_of(found, 2, lambda rows: [row.reference for row in rows], size=2)
    assert list(page.object_list) == numbers[::-1][2:4]
    assert len(statements) == 2


def test_a_later_page_keeps_an_order_by_what_was_computed() -> None:
    first, second, third = (cast.confirmed() for _ in range(3))
    second.lines.update(promised_at=services.noon(cast.WISHED) + timedelta(days=9))
    listed = selectors.list_orders(OrderFilter(sort="-promised"), page=2, size=1)
    assert [row.order.reference for row in listed] == [third.number]
    assert references(sort="-promised")[0] == second.number
    assert first.number in references(sort="-promised")


def test_a_whole_number_finds_its_order_and_no_other() -> None:
    order = cast.confirmed()
    cast.customer(name=f"Friends of {order.number}")
    assert references(text=str(order.number).lower()) == [order.number]
    assert references(text=order.quotation_number) == [order.number]


def test_either_of_several_finds_is_found_once() -> None:
    first, second = cast.quoted(), cast.quoted()
    both = selectors.any_of(Order.objects.filter(pk=first.pk), Order.objects.all())
    assert list(Order.objects.filter(pk__in=both).order_by("pk")) == [first, second]
