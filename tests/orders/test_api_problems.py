"""Whatever goes wrong, the API says it as a problem."""

import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from orders.api import views
from orders.api.parsers import DEEPEST, LARGEST_BODY
from orders.api.problems import KINDS
from tests.orders import cast
from tests.orders.program import API, Program, wish

pytestmark = pytest.mark.django_db

MEMBERS = {"type", "title", "status", "detail", "remedy", "errors"}


def told(answer: Any, status: int, slug: str) -> dict[str, Any]:
    """The problem, after the checks every one must pass."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-cache"
    body = dict(answer.json())
    assert set(body) - {"reference"} == MEMBERS
    assert (body["status"], body["type"]) == (status, f"{API}/problems/{slug}")
    assert body["title"]
    assert body["detail"]
    return body


def raw(body: bytes, content_type: str = "application/json") -> Any:
    """POST orders with a body as it is."""
    headers = {"Idempotency-Key": "k"}
    return Program().http.post(f"{API}/orders", body, content_type=content_type, headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("address", ["", "/", "/order", "/orders/a/b/c", "/orders/%0A", "/%00", "/../x"])
def test_an_unknown_address_is_not_found(address: str, method: str) -> None:
    answer = Program().http.generic(method, f"{API}{address}")
    if answer.status_code != 301:
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_address_is_not_found_without_a_key_too() -> None:
    told(Client().get(f"{API}/nothing"), 404, "not-found")


@pytest.mark.parametrize("number", ["SO-1", "%00", "%F0%9F%98%80", "'; DROP TABLE", "x" * 3000, "%2e%2e"])
def test_an_unknown_number_is_not_found(number: str) -> None:
    told(Program().get(f"/orders/{number}"), 404, "not-found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_does_not_exist_names_those_that_do(method: str) -> None:
    answer = Program().http.generic(method, f"{API}/orders")
    told(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "GET, POST, HEAD"


def test_what_is_not_json_cannot_be_answered() -> None:
    told(Program().get("/orders", Accept="text/html"), 406, "not-acceptable")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_a_body_must_be_json(content_type: str) -> None:
    told(raw(b"<a/>", content_type), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'lines': []}",
        b"\xff\xfe",
        b'{"lines": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"note": "\\u0000"}',
        b'{"note": "\\ud800"}',
        b'{"\\u0000": 1}',
        b'{"quantity": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
    ids=range(12),
)
def test_a_malformed_body_is_refused(body: bytes) -> None:
    told(raw(body), 400, "malformed")


def test_the_place_of_a_syntax_error_is_named() -> None:
    assert "line 2, column 1" in told(raw(b'{"lines":\n}'), 400, "malformed")["detail"]


def test_a_body_above_the_limit_is_refused() -> None:
    told(raw(b'"' + b"x" * LARGEST_BODY + b'"'), 413, "too-large")


def test_an_empty_body_lacks_its_fields() -> None:
    body = told(raw(b""), 400, "invalid")
    assert [error["field"] for error in body["errors"]] == ["lines"]


def test_a_fault_of_ours_has_a_reference_that_the_log_has_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(views, "customer_orders", broken)
    with caplog.at_level(logging.ERROR):
        answer = Program().get("/orders")
    body = told(answer, 500, "internal")
    assert body["reference"] in caplog.text
    assert "secret" not in answer.content.decode()


def test_without_the_database_the_answer_is_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(views, "customer_orders", away)
    monkeypatch.setattr("orders.api.problems.connection.close", lambda: None)
    answer = Program().get("/orders")
    told(answer, 503, "unavailable")
    assert answer["Retry-After"] == "10"


def test_a_refused_field_is_a_problem_with_errors() -> None:
    answer = Program().request({**wish(cast.published_desk()), "incoterm": "XYZ"})
    (error,) = told(answer, 400, "invalid")["errors"]
    assert set(error) == {"field", "message", "remedy"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_kind_of_problem_has_its_page(kind: Any) -> None:
    answer = Client().get(f"{API}/problems/{kind.slug}")
    assert answer.status_code == 200
    assert kind.remedy in answer.content.decode().replace("&#x27;", "'")


def test_an_unknown_kind_of_problem_has_none() -> None:
    assert Client().get(f"{API}/problems/nonsense").status_code == 404


def test_a_configuration_that_breaks_a_rule_names_field_reason_and_what_would_be_right() -> None:
    line = {"product": cast.published_desk().code, "quantity": 1, "choices": {"TOP": "STEEL", "LEGS": "WOOD"}}
    answer = Program().request({"lines": [line]})
    (error,) = told(answer, 400, "invalid")["errors"]
    assert error["field"] == "lines[0].choices.TOP"
    assert error["message"] == "The legs do not bear this top."
    assert "Legs: Iron" in error["remedy"]
