"""What a customer's program reads of its orders."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.lifecycle import RAIL, STATES
from orders.models import ApiKey, Document, Order, OrderLine
from orders.services import LineInput, add_milestones, cancel_order, hold_job, record_forecasts
from tests.orders import cast
from tests.orders.program import Program, place

pytestmark = pytest.mark.django_db


def statements(call: Callable[[], Any]) -> int:
    """How many statements a call takes, the note of the key's use included."""
    ApiKey.objects.update(last_used_at=None)
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == 200
    return len(captured)


# --- one order ---


@pytest.mark.parametrize("attribute", ["number", "quotation_number", "public_id"])
def test_an_order_is_found_by_each_of_its_names(attribute: str) -> None:
    program = Program()
    order = program.confirmed()
    answer = program.get(f"/orders/{getattr(order, attribute)}")
    assert answer.json()["number"] == order.number
    assert answer.json()["links"]["self"] == f"/api/v1/orders/{order.number}"


def test_a_slash_at_the_end_changes_nothing() -> None:
    program = Program()
    order = program.confirmed()
    assert program.get(f"/orders/{order.number}/").content == program.get(f"/orders/{order.number}").content


def test_a_line_has_product_specification_price_and_state() -> None:
    program, product = Program(), cast.published_desk()
    order = program.confirmed(LineInput(product, 3, {"WIDTH": "1800", "DRAWER": "yes"}))
    (line,) = program.get(f"/orders/{order.number}").json()["lines"]
    assert line["product"] == {"code": product.code, "name": "Desk"}
    assert (line["position"], line["quantity"], line["unit"]) == (10, 3, "pcs")
    assert line["price"]["unit"] == {"amount": "411.00", "currency": "EUR"}
    assert line["price"]["total"] == {"amount": "1233.00", "currency": "EUR"}
    assert line["state"] == {"code": "planning", "text": "Your order is being scheduled", "on_hold": False}
    texts = {row["label"]: row["text"] for row in line["specification"]}
    assert texts == {"Top": "Oak", "Legs": "Wooden", "Width": "1800 mm", "Drawer": "Yes"}


def test_before_confirmation_the_specification_reads_the_same() -> None:
    program, product = Program(), cast.published_desk()
    wanted = LineInput(product, 3, {"WIDTH": "1800", "DRAWER": "yes"})
    quoted, confirmed = program.quoted(wanted), program.confirmed(wanted)
    before = program.get(f"/orders/{quoted.quotation_number}").json()["lines"][0]["specification"]
    after = program.get(f"/orders/{confirmed.number}").json()["lines"][0]["specification"]
    assert before == after


def test_four_dates_are_always_there() -> None:
    program = Program()
    order = program.confirmed()
    promised = timezone.now().replace(microsecond=0) + timedelta(days=9)
    OrderLine.objects.filter(order=order).update(promised_at=promised, forecast_at=None)
    body = program.get(f"/orders/{order.number}").json()
    expected = {
        "requested": None,
        "promised": promised.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "forecast": None,
        "actual": None,
    }
    assert body["dates"] == body["lines"][0]["dates"] == expected


@pytest.mark.parametrize("state", [state.code for state in STATES])
def test_every_state_has_words_and_six_stages(state: str) -> None:
    program = Program()
    order = program.confirmed()
    Order.objects.filter(id=order.id).update(source=Order.Source.API)
    place(order, state)
    body = program.get(f"/orders/{order.number}").json()
    assert body["state"]["code"] == state
    assert body["state"]["text"]
    assert [step["stage"] for step in body["progress"]] == list(RAIL)


def test_a_quotation_that_sales_still_writes_is_not_shown() -> None:
    program = Program()
    order = program.confirmed()
    place(order, "draft")
    assert program.get(f"/orders/{order.number}").status_code == 404


def test_progress_tells_done_current_and_upcoming() -> None:
    program = Program()
    order = program.confirmed()
    place(order, "quality")
    steps = program.get(f"/orders/{order.number}").json()["progress"]
    assert [step["standing"] for step in steps] == ["done"] * 3 + ["current"] + ["upcoming"] * 2


def test_a_hold_is_told_without_its_reason() -> None:
    program = Program()
    order = program.confirmed()
    hold_job(line=order.lines.get(), reason="credit limit of canary", by=cast.seller(), key="h1")
    answer = program.get(f"/orders/{order.number}")
    assert answer.json()["state"] == {
        "code": "planning",
        "text": "On hold: we will contact you",
        "on_hold": True,
    }
    assert "canary" not in answer.content.decode()


def test_the_reason_of_a_cancellation_stays_inside() -> None:
    program = Program()
    order = program.confirmed()
    cancel_order(order=order, reason="canary did not pay", by=cast.seller())
    answer = program.get(f"/orders/{order.number}")
    assert answer.json()["state"]["code"] == "cancelled"
    assert {step["standing"] for step in answer.json()["progress"]} == {"dropped"}
    assert "canary" not in answer.content.decode()


def test_only_papers_for_the_customer_are_named() -> None:
    program = Program()
    order = program.confirmed()
    for key, may in (("a", True), ("b", False)):
        Document.objects.create(
            order=order,
            key=key,
            kind="Note",
            title=f"Note {key}",
            url="/x",
            customer_may_see=may,
            created_at=timezone.now(),
        )
    body = program.get(f"/orders/{order.number}").json()
    assert [row["title"] for row in body["documents"]] == ["Note a"]


def test_a_quotation_says_how_it_is_accepted() -> None:
    program = Program()
    quotation = program.quoted()
    actions = program.get(f"/orders/{quotation.quotation_number}").json()["next_actions"]
    assert [action["event"] for action in actions] == ["decline", "confirm"]
    assert quotation.quotation_number in actions[1]["text"]


def test_an_order_takes_at_most_eight_statements_at_any_size() -> None:
    program, product = Program(), cast.published_desk()
    order = program.confirmed(*[LineInput(product, 1) for _ in range(12)])
    draft = program.quoted(*[LineInput(product, 1) for _ in range(12)])
    for number in range(40):
        add_milestones(lines=[order.lines.all()[0]], code="note", text=f"News {number}")
    assert statements(lambda: program.get(f"/orders/{order.number}")) <= 8
    assert statements(lambda: program.get(f"/orders/{draft.quotation_number}")) <= 8


# --- validators ---


@pytest.mark.parametrize("address", ["/orders", "/orders/{number}", "/orders/{number}/events", "/products"])
def test_what_has_not_changed_is_not_sent_again(address: str) -> None:
    program = Program()
    address = address.format(number=program.confirmed().number)
    first = program.get(address)
    again = program.get(address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert first["ETag"].startswith('"')
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first["Vary"]
    assert "RateLimit" in again.headers


def test_a_forecast_that_moves_changes_the_etag() -> None:
    program = Program()
    order = program.confirmed()
    first = program.get(f"/orders/{order.number}")
    OrderLine.objects.filter(order=order).update(forecast_at=timezone.now() + timedelta(days=3))
    again = program.get(f"/orders/{order.number}", **{"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


# --- the list ---


def test_the_list_is_paged_by_a_cursor_without_gap_or_repeat() -> None:
    program, product = Program(), cast.published_desk()
    made = [program.quoted(product=product).quotation_number for _ in range(5)]
    address: str | None = "/orders?limit=2"
    found: list[str] = []
    while address:
        answer = program.get(address)
        found += [row["quotation_number"] for row in answer.json()["items"]]
        address = answer.json()["next"]
        assert ("Link" in answer.headers) == (address is not None)
    assert found == made[::-1]


def test_the_list_filters_by_state_and_po_number() -> None:
    program, product = Program(), cast.published_desk()
    quoted, confirmed = program.quoted(product=product), program.confirmed(product=product)
    Order.objects.filter(pk=confirmed.pk).update(customer_po="PO 7/11")

    def found(query: str) -> list[str]:
        return [row["quotation_number"] for row in program.get(f"/orders?{query}").json()["items"]]

    assert found("state=quoted") == [quoted.quotation_number]
    assert found("state=quoted,planning") == [confirmed.quotation_number, quoted.quotation_number]
    assert found("customer_po=PO%207/11") == [confirmed.quotation_number]
    assert found("customer_po=PO%207") == []


def test_the_list_tells_what_changed_since() -> None:
    program, product = Program(), cast.published_desk()
    early = timezone.now() - timedelta(days=2)
    _quiet, moved, told = (program.confirmed(product=product, now=early) for _ in range(3))
    later = timezone.now() + timedelta(days=5)
    record_forecasts(forecasts={moved.lines.get().pk: later}, reason="A machine stood still")
    add_milestones(lines=[told.lines.get()], code="news", text="Something new")
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = program.get(f"/orders?updated_since={since}").json()["items"]
    assert {row["number"] for row in found} == {moved.number, told.number}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=lost", "state"),
        ("updated_since=yesterday", "updated_since"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
        ("customer_po=%00", "customer_po"),
        ("customer=7", "customer"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(query: str, field: str) -> None:
    answer = Program().get(f"/orders?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_list_takes_at_most_six_statements_at_any_size() -> None:
    program, product = Program(), cast.published_desk()
    for _ in range(15):
        program.quoted(LineInput(product, 1), LineInput(product, 2))
    since = "2026-01-01T00:00:00Z"
    assert statements(lambda: program.get("/orders?limit=2")) <= 6
    assert statements(lambda: program.get(f"/orders?limit=100&state=quoted&updated_since={since}")) <= 6


# --- events ---


def test_events_come_in_order_and_the_cursor_goes_on() -> None:
    program = Program()
    order = program.confirmed()
    first = program.get(f"/orders/{order.number}/events?limit=1").json()
    assert first["more"]
    rest = program.get(first["next"]).json()
    assert not rest["more"]
    told = [row["text"] for row in (*first["items"], *rest["items"])]
    assert told == [row.text for row in order.milestones.order_by("id")]
    add_milestones(lines=[order.lines.get()], code="news", text="Something new")
    later = program.get(rest["next"]).json()
    assert [row["text"] for row in later["items"]] == ["Something new"]
    assert later["items"][0]["line"] == 10


def test_without_news_the_cursor_stays() -> None:
    program = Program()
    order = program.confirmed()
    last = order.milestones.latest("id").pk
    body = program.get(f"/orders/{order.number}/events?after={last}").json()
    assert (body["items"], body["cursor"], body["more"]) == ([], last, False)


def test_events_take_four_statements() -> None:
    program = Program()
    order = program.confirmed()
    assert statements(lambda: program.get(f"/orders/{order.number}/events")) <= 4
