"""The list of orders."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import OrderLine
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


def test_the_list_takes_few_statements_and_little_room(browser_of: Browser, cast_of_people: People) -> None:
    product = cast.published_desk()
    for _ in range(26):
        pages.sent(cast_of_people["customer"].customer, product=product)
    client = browser_of("sales")
    with CaptureQueriesContext(connection) as statements:
        answer = client.get("/orders/", {"q": "QUO", "sort": "-customer", "show": "open"})
    assert "Page 1 of 2" in answer.content.decode()
    assert len(statements) <= 12
    assert len(answer.content) <= 60_000


def test_chips_and_words_narrow_the_list(browser_of: Browser, cast_of_people: People) -> None:
    running = pages.running(cast_of_people["customer"].customer)
    quoted = pages.sent(cast_of_people.stranger.customer)
    OrderLine.objects.filter(order=running).update(forecast_at="2099-01-01T00:00Z")
    client = browser_of("sales")
    for query in ({"show": "late"}, {"state": "planning"}, {"q": "alpen"}, {"customer": "ALPEN"}):
        text = client.get("/orders/", query).content.decode()
        assert running.number in text
        assert quoted.quotation_number not in text


def test_htmx_gets_the_list_alone(browser_of: Browser) -> None:
    text = pages.in_part(browser_of("sales"), "/orders/", "list").content.decode()
    assert text.lstrip().startswith("<section")


def test_an_empty_list_teaches_the_first_step(browser_of: Browser) -> None:
    text = browser_of("sales").get("/orders/").content.decode()
    assert "No orders yet" in text
    assert 'href="/orders/new/"' in text


@pytest.mark.parametrize("query", ["page=x", "page=-3", "sort=nothing", "state=%00", "show=1", "q=%25_"])
def test_nonsense_in_the_address_is_harmless(query: str, browser_of: Browser) -> None:
    assert browser_of("sales").get(f"/orders/?{query}").status_code == 200
