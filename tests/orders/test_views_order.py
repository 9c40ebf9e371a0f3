"""The order page: one look, live, with every act on it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.models import Customer, Order
from tests.cast import People
from tests.orders import pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


@pytest.fixture
def customer(cast_of_people: People) -> Customer:
    """Alpenlicht."""
    assert cast_of_people["customer"].customer
    return cast_of_people["customer"].customer


def act(client: Client, order: Order, code: str, **data: object) -> object:
    """One act by hand, with the version the person has seen unless given."""
    data = {"version": order.version, **data}
    return pages.posted(client, f"/orders/{order.reference}/act/{code}/", **data)


def test_the_page_takes_few_statements_and_little_room(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.running(customer), browser_of("manager")
    client.get("/")
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(f"/orders/{order.number}/")
    assert len(statements) <= 12
    assert len(answer.content) <= 60_000


def test_the_page_shows_specification_price_and_history(browser_of: Browser, customer: Customer) -> None:
    order = pages.running(customer)
    text = browser_of("sales").get(f"/orders/{order.number}/").content.decode()
    for words in (
        "Oak",
        "Why this price",
        "4500-77",
        "planning has not taken it over yet",
        "Alpenlicht Optik",
    ):
        assert words in text


def test_the_quotation_number_leads_to_the_order(browser_of: Browser, customer: Customer) -> None:
    order = pages.running(customer)
    answer = browser_of("sales").get(f"/orders/{order.quotation_number}/")
    assert answer.url == f"/orders/{order.number}/"


def test_the_pulse_answers_only_what_moved(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.running(customer), browser_of("planner")
    url = f"/orders/{order.number}/"
    seen = client.get(url).context["token"]
    assert pages.in_part(client, url, "order-live", seen=seen).status_code == 204
    services.advance(line=order.lines.get(), event="planned", key="moved")
    answer = pages.in_part(client, url, "order-live", seen=seen)
    assert "Procurement" in answer.content.decode()
    assert answer.content.decode().lstrip().startswith("<div")
    assert answer.headers["HX-Trigger"] == "order-moved"


def test_a_quotation_is_sent_confirmed_and_shown(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.draft(customer), browser_of("sales")
    act(client, order, "send", valid_until=pages.soon())
    order.refresh_from_db()
    assert order.state == "quoted"
    answer = act(client, order, "confirm", promised=pages.soon(25), customer_po="PO 9")
    order.refresh_from_db()
    assert answer.url == f"/orders/{order.number}/"
    assert (order.state, order.customer_po) == ("planning", "PO 9")


def test_a_past_promise_is_refused_at_its_field_with_the_input_kept(
    browser_of: Browser, customer: Customer
) -> None:
    order = pages.sent(customer)
    answer = act(browser_of("sales"), order, "confirm", promised="2020-01-01", customer_po="PO 9")
    assert answer.status_code == 422
    (offer,) = (offer for offer in answer.context["offers"] if offer.act.code == "confirm")
    assert "past" in offer.form.errors["promised"][0]
    assert 'value="PO 9"' in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state == "quoted"


def test_a_missing_address_is_asked_for_and_taken(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.sent(customer), browser_of("sales")
    Order.objects.filter(pk=order.pk).update(ship_to=None)
    missing = act(client, order, "confirm", promised=pages.soon())
    assert missing.status_code == 422
    act(client, order, "confirm", promised=pages.soon(), ship_to=customer.addresses.get().pk)
    assert Order.objects.get(pk=order.pk).state == "planning"


def test_a_stale_form_is_answered_with_what_changed(browser_of: Browser, customer: Customer) -> None:
    order = pages.sent(customer)
    answer = act(browser_of("sales"), order, "revise", version=order.version - 1)
    assert answer.status_code == 409
    assert "was changed meanwhile: it is now quoted" in answer.content.decode()


def test_an_act_in_the_wrong_state_is_refused_and_says_what_is_possible(
    browser_of: Browser, customer: Customer
) -> None:
    order = pages.running(customer)
    answer = act(browser_of("sales"), order, "confirm", promised=pages.soon(), customer_po="1")
    assert answer.status_code == 409
    assert Order.objects.get(pk=order.pk).version == order.version


def test_hold_needs_a_reason_and_resume_lets_go_on(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.running(customer), browser_of("planner")
    assert act(client, order, "hold", reason="").status_code == 422
    act(client, order, "hold", reason="Drawing is wrong")
    assert order.lines.get().hold_reason == "Drawing is wrong"
    assert "Drawing is wrong" in client.get(f"/orders/{order.number}/").content.decode()
    act(client, order, "resume")
    assert not order.lines.get().held


def test_a_new_promise_keeps_the_old_one_in_the_history(browser_of: Browser, customer: Customer) -> None:
    order, client = pages.running(customer), browser_of("sales")
    act(client, order, "promise", promised=pages.soon(40), reason="Steel is late")
    text = client.get(f"/orders/{order.number}/").content.decode()
    assert "Steel is late" in text
    assert order.lines.get().date_changes.filter(kind="promised").count() == 2


def test_an_order_is_cancelled_with_its_reason(browser_of: Browser, customer: Customer) -> None:
    order = pages.running(customer)
    act(browser_of("manager"), order, "cancel", reason="Budget is gone")
    assert Order.objects.get(pk=order.pk).state == "cancelled"


def test_a_planner_may_hold_but_not_cancel(browser_of: Browser, customer: Customer) -> None:
    order = pages.running(customer)
    assert act(browser_of("planner"), order, "cancel", reason="no").status_code == 403
    assert act(browser_of("buyer"), order, "hold", reason="no").status_code == 403


def test_what_is_not_possible_says_why(browser_of: Browser, customer: Customer) -> None:
    order = pages.running(customer)
    text = browser_of("sales").get(f"/orders/{order.number}/").content.decode()
    assert "Possible once everything is delivered: line 10 is in planning." in text


def test_the_stages_sections_are_loaded_by_their_own_addresses(
    browser_of: Browser, customer: Customer
) -> None:
    order = pages.running(customer)
    text = browser_of("operator").get(f"/orders/{order.number}/").content.decode()
    for stage in ("planning", "procurement", "production", "quality", "logistics"):
        assert f'hx-get="/{stage}/order/{order.number}/panel/"' in text


def test_an_unknown_act_is_not_found(browser_of: Browser, customer: Customer) -> None:
    assert act(browser_of("sales"), pages.running(customer), "explode").status_code == 404


def test_a_dialog_stands_open_where_its_address_asks_for_it(browser_of: Browser, customer: Customer) -> None:
    sales, page = browser_of("sales"), f"/orders/{pages.running(customer).number}/"
    assert '<div id="order-dialog"></div>' in sales.get(page).content.decode()
    assert '<dialog class="sheet" id="do-hold"' in sales.get(f"{page}?do=hold").content.decode()


def test_htmx_fetches_the_dialog_alone(browser_of: Browser, customer: Customer) -> None:
    url = f"/orders/{pages.running(customer).number}/"
    answer = pages.in_part(browser_of("sales"), url, "order-dialog", do="hold")
    assert answer.content.decode().startswith('<div id="order-dialog"><dialog')
    assert "HX-Trigger" not in answer.headers
