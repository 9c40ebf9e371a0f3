"""Quotation requests by API: once each, checked at every field."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from orders.models import Order, SubmissionOnce, WorkItem
from tests.orders import cast
from tests.orders.program import Program, wish, wished

pytestmark = pytest.mark.django_db


def errors(answer: Any) -> dict[str, str]:
    """Messages by field of a refused request."""
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def line(**more: Any) -> dict[str, Any]:
    """The body of a request for one line of a fresh product."""
    return {"lines": [{"product": cast.published_desk().code, "quantity": 2, **more}]}


# --- created once ---


def test_a_request_becomes_a_draft_on_the_list_of_sales() -> None:
    program, product = Program(), cast.published_desk()
    answer = program.request(wish(product, customer_po="4500017711", note="Please hurry"))
    assert answer.status_code == 201
    order = Order.objects.get(quotation_number=answer.json()["quotation_number"])
    assert (order.customer, order.source, order.state) == (program.customer, "api", "draft")
    assert (order.customer_po, order.requested_date, order.note) == ("4500017711", wished(), "Please hurry")
    assert WorkItem.objects.get(order=order).role == "sales"
    assert [row["text"] for row in answer.json()["milestones"]] == ["We have received your request"]


def test_the_answer_is_what_its_location_gives() -> None:
    program = Program()
    answer = program.request(wish(cast.published_desk()))
    assert program.get(answer["Location"]).json() == answer.json()


def test_a_repeat_gets_the_same_answer_and_creates_nothing() -> None:
    program, body = Program(), wish(cast.published_desk())
    first, again = program.request(body, "k-1"), program.request(body, "k-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Order.objects.count() == 1


def test_another_body_under_the_same_key_is_refused() -> None:
    program, product = Program(), cast.published_desk()
    program.request(wish(product), "k-1")
    answer = program.request(wish(product, customer_po="other"), "k-1")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/key-reused")
    assert Order.objects.count() == 1


def test_two_programs_may_use_the_same_key() -> None:
    product = cast.published_desk()
    assert [Program().request(wish(product), "k-1").status_code for _ in range(2)] == [201, 201]
    assert Order.objects.count() == 2


@pytest.mark.parametrize("key", ["", "   ", "x" * 81, "two words"])
def test_a_key_that_cannot_be_used_is_refused(key: str) -> None:
    program = Program()
    answer = program.post("/orders", wish(cast.published_desk()), **{"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


def test_without_a_key_nothing_is_created() -> None:
    answer = Program().post("/orders", wish(cast.published_desk()))
    assert (answer.status_code, Order.objects.count()) == (400, 0)
    assert answer.json()["type"].endswith("/problems/malformed")


def test_a_refused_request_may_be_corrected_under_its_key() -> None:
    program, product = Program(), cast.published_desk()
    assert program.request({"lines": []}, "k-1").status_code == 400
    assert SubmissionOnce.objects.count() == 0
    assert program.request(wish(product), "k-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_concurrent_repeats_create_one_order() -> None:
    program, body = Program(), wish(cast.published_desk())
    gate = threading.Barrier(8)
    answers: list[Any] = []

    def send() -> None:
        gate.wait()
        answers.append(program.request(body, "race"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert Order.objects.count() == 1


# --- refused at the field ---


def test_a_broken_rule_is_named_at_the_choice() -> None:
    answer = Program().request(line(choices={"TOP": "STEEL"}))
    assert errors(answer) == {"lines[0].choices.TOP": "The legs do not bear this top."}
    assert answer.json()["errors"][0]["remedy"] == "Choose Legs: Iron or Top: Oak."


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"quantity": 0}, "lines[0].quantity"),
        ({"quantity": -1}, "lines[0].quantity"),
        ({"quantity": 1.5}, "lines[0].quantity"),
        ({"quantity": True}, "lines[0].quantity"),
        ({"quantity": 100_001}, "lines[0].quantity"),
        ({"quantity": None}, "lines[0].quantity"),
        ({"quantity": "many"}, "lines[0].quantity"),
        ({"product": "DESK-NONE"}, "lines[0].product"),
        ({"product": 7}, "lines[0].product"),
        ({"product": {}}, "lines[0].product"),
        ({"unit": "barrel"}, "lines[0].unit"),
        ({"unit": "kg"}, "lines[0].unit"),
        ({"choices": {"TOP": "GLASS"}}, "lines[0].choices.TOP"),
        ({"choices": {"TOPP": "OAK"}}, "lines[0].choices.TOPP"),
        ({"choices": {"WIDTH": "wide"}}, "lines[0].choices.WIDTH"),
        ({"choices": {"WIDTH": 1650}}, "lines[0].choices.WIDTH"),
        ({"choices": {"TAG": "x" * 13}}, "lines[0].choices.TAG"),
        ({"choices": {"TOP": ["OAK"]}}, "lines[0].choices.TOP"),
        ({"choices": []}, "lines[0].choices"),
        ({"choices": {str(number): 1 for number in range(65)}}, "lines[0].choices"),
        ({"note": "x" * 501}, "lines[0].note"),
        ({"requested_date": "2020-01-01"}, "lines[0].requested_date"),
        ({"requested_date": "31.12.2027"}, "lines[0].requested_date"),
        ({"requested_date": "9999-12-31"}, "lines[0].requested_date"),
        ({"price": "1.00"}, "lines[0].price"),
        ({"state": "closed"}, "lines[0].state"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_at_its_field(more: dict[str, Any], field: str) -> None:
    assert list(errors(Program().request(line(**more)))) == [field]
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"customer_po": "x" * 41}, "customer_po"),
        ({"currency": "USD"}, "currency"),
        ({"currency": "EURO"}, "currency"),
        ({"ship_policy": "never"}, "ship_policy"),
        ({"incoterm": "XYZ"}, "incoterm"),
        ({"incoterm_place": "x" * 81}, "incoterm_place"),
        ({"note": "x" * 2001}, "note"),
        ({"requested_date": "2020-01-01"}, "requested_date"),
        ({"requested_date": 20271231}, "requested_date"),
        ({"customer": 1}, "customer"),
        ({"source": "sales"}, "source"),
        ({"lines": None}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": ["x"]}, "lines[0]"),
        ({"lines": [{}] * 201}, "lines"),
    ],
)
def test_a_head_that_makes_no_sense_is_refused_at_its_field(more: dict[str, Any], field: str) -> None:
    assert list(errors(Program().request({**wish(cast.published_desk()), **more}))) == [field]


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null"])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    assert errors(Program().request(body))


def test_every_fault_is_named_at_once() -> None:
    code = cast.published_desk().code
    body = {
        "lines": [{"quantity": 0, "product": code}, {"product": code, "quantity": 1, "colour": "red"}],
        "shipping": "fast",
    }
    answer = Program().request(body)
    assert set(errors(answer)) == {"lines[0].quantity", "lines[1].colour", "shipping"}
    assert "2 more" in answer.json()["detail"]


def test_each_line_names_its_own_faults() -> None:
    code = cast.published_desk().code
    good, bad = {"product": code, "quantity": 1}, {"product": code, "quantity": 1, "choices": {"TOP": "X"}}
    assert list(errors(Program().request({"lines": [good, bad]}))) == ["lines[1].choices.TOP"]


def test_a_product_that_is_not_published_is_unknown_like_any_other() -> None:
    hidden = cast.desk("DESK-HIDDEN")
    answer = Program().request({"lines": [{"product": hidden.code, "quantity": 1}]})
    assert errors(answer) == {"lines[0].product": "There is no product “DESK-HIDDEN”."}
    assert "HIDDEN" not in answer.json()["errors"][0]["remedy"]


def test_a_near_product_code_is_suggested() -> None:
    cast.published_desk("DESK-PRO")
    answer = Program().request({"lines": [{"product": "DESK-PRE", "quantity": 1}]})
    assert answer.json()["errors"][0]["remedy"] == "Did you mean DESK-PRO?"


def test_a_fault_of_the_product_model_stays_inside() -> None:
    product = cast.desk()
    first = cast.parts_of(product).bom[0]
    faulty = replace(first, find_number=90, quantity="1 / ((WIDTH - 1700) * (WIDTH - 1700))")
    cast.services.publish_product(product=cast.changed(product, bom=(first, faulty)))
    body = {"lines": [{"product": product.code, "quantity": 1, "choices": {"WIDTH": 1700}}]}
    answer = Program().request(body)
    assert errors(answer) == {"lines[0]": "This configuration cannot be quoted automatically."}
    assert "90" not in answer.content.decode()


def test_a_key_that_may_not_write_creates_nothing() -> None:
    program = Program(scopes=("orders:read",))
    assert program.request(wish(cast.published_desk())).status_code == 403
    assert Order.objects.count() == 0


def test_today_may_be_wished_and_yesterday_not() -> None:
    program, product = Program(), cast.published_desk()
    today = timezone.localdate()
    assert program.request(wish(product, requested_date=str(today))).status_code == 201
    yesterday = str(today - timedelta(days=1))
    assert program.request(wish(product, requested_date=yesterday)).status_code == 400
