"""Who may call the API, how often, and what nobody finds out."""

import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kernel import counting
from orders.models import Order
from orders.services import revoke_api_key
from tests.orders import cast
from tests.orders.program import API, Program, expired, place

pytestmark = pytest.mark.django_db

ADDRESSES = [
    ("GET", "/orders", "orders:read"),
    ("POST", "/orders", "orders:write"),
    ("GET", "/orders/SO-2026-00001", "orders:read"),
    ("GET", "/orders/SO-2026-00001/events", "orders:read"),
    ("GET", "/products", "products:read"),
    ("GET", "/products/X", "products:read"),
    ("POST", "/products/X/configure", "products:read"),
]


# --- keys ---


@pytest.mark.parametrize(("method", "address", "scope"), ADDRESSES)
def test_without_a_key_every_address_asks_for_one(method: str, address: str, scope: str) -> None:
    answer = Client().generic(method, f"{API}{address}", "{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="orders"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/problems/unauthenticated")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer mto_AAAAAAAA_" + "a" * 43,
        "Bearer",
        "Bearer " + "x" * 5000,
        "Basic dXNlcjpwYXNz",
        "Token mto",
        "Bearer \u00e9",
    ],
)
def test_a_key_that_is_none_is_refused(header: str) -> None:
    answer = Client(headers={"Authorization": header}).get(f"{API}/orders")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_the_key_may_stand_in_its_own_header() -> None:
    program = Program()
    assert Client(headers={"X-API-Key": program.text}).get(f"{API}/orders").status_code == 200
    assert Client(headers={"X-API-Key": program.text[:-1]}).get(f"{API}/orders").status_code == 401


def test_a_revoked_key_is_refused() -> None:
    program = Program()
    revoke_api_key(key=program.key)
    assert program.get("/orders").status_code == 401


def test_an_expired_key_is_refused() -> None:
    program = Program()
    expired(program.key, timezone.now() - timedelta(seconds=1))
    assert program.get("/orders").status_code == 401


def test_a_key_of_a_customer_who_is_not_active_is_refused() -> None:
    program = Program()
    program.customer.active = False
    program.customer.save()
    assert program.get("/orders").status_code == 401


def test_use_of_a_key_is_noted() -> None:
    program = Program()
    program.get("/orders")
    program.key.refresh_from_db()
    assert program.key.last_used_at is not None


def test_a_session_is_no_key() -> None:
    client = Client()
    client.force_login(cast.person("administrator"))
    assert client.get(f"{API}/orders").status_code == 401


@pytest.mark.parametrize(("method", "address", "scope"), ADDRESSES)
def test_a_key_without_the_scope_may_not(method: str, address: str, scope: str) -> None:
    others = tuple({"orders:read", "orders:write", "products:read"} - {scope})
    program = Program(scopes=others)
    answer = program.http.generic(method, f"{API}{address}", "{}", content_type="application/json")
    assert answer.status_code == 403
    assert scope in answer.json()["detail"]


# --- isolation ---


@pytest.mark.parametrize("tail", ["", "/events"])
@pytest.mark.parametrize("attribute", ["number", "quotation_number", "public_id"])
def test_another_customers_order_is_unknown_byte_for_byte(attribute: str, tail: str) -> None:
    program, other = Program(), Program()
    theirs = getattr(other.confirmed(), attribute)
    unknown = program.get(f"/orders/SO-1999-99999{tail}")
    foreign = program.get(f"/orders/{theirs}{tail}")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert set(foreign.headers) == set(unknown.headers)


def test_the_list_has_the_own_orders_only() -> None:
    program, other = Program(), Program()
    mine, theirs = program.confirmed(), other.confirmed()
    place(theirs, "planning")
    Order.objects.update(customer_po="SAME")
    found = program.get("/orders?customer_po=SAME").json()["items"]
    assert [row["number"] for row in found] == [mine.number]


def test_a_cursor_of_another_customer_shows_nothing_of_theirs() -> None:
    program, other = Program(), Program()
    program.confirmed()
    theirs = other.confirmed()
    found = program.get(f"/orders?cursor={theirs.pk + 1}").json()["items"]
    assert len(found) == 1


# --- limits ---


def test_a_key_that_calls_too_often_waits(settings: Settings) -> None:
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"read": "2/day", "write": "1/day"},
    }
    program, other = Program(), Program()
    answers = [program.get("/orders") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit"].startswith('"read";r=1;t=')
    assert answers[0]["RateLimit-Policy"] == '"read";q=2;w=86400'
    assert int(answers[2]["Retry-After"]) > 0
    assert answers[2].json()["type"].endswith("/problems/too-many-requests")
    assert other.get("/orders").status_code == 200
    assert program.request({}).status_code == 400
    assert program.request({}).status_code == 429


def test_calls_are_counted_atomically() -> None:
    counted: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: counted.extend(counting.counter.count("atomic", 86400)[0] for _ in range(20))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(counted)) == 160


def test_without_the_counting_server_limits_hold_in_the_process(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    counter = counting.Counter(clock=lambda: 90.0)
    assert [counter.count("alone", 60) for _ in range(3)] == [(1, 30), (2, 30), (3, 30)]


def test_a_new_window_starts_at_one(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    moments = iter([59.0, 59.0, 61.0, 61.0])
    counter = counting.Counter(clock=lambda: next(moments))
    assert counter.count("window", 60) == (1, 1)
    assert counter.count("window", 60) == (1, 59)
