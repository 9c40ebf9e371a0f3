"""Two lines of a quotation beside each other: what differs, and what both cost."""

from collections.abc import Callable

import pytest
from django.test import Client

from orders import services
from orders.models import Order
from orders.services import LineInput
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


@pytest.fixture
def order(cast_of_people: People) -> Order:
    """An oak desk, a steel one, and the oak one once more."""
    desk = cast.published_desk("DESK")
    lines = [LineInput(desk, 2), LineInput(desk, 2, {"TOP": "STEEL", "LEGS": "IRON"}), LineInput(desk, 2)]
    return services.create_quotation(customer=cast_of_people["customer"].customer, lines=lines, by=None)


def compared(client: Client, order: Order, left: int, right: int) -> str:
    """The page for two lines, counted from 0."""
    lines = list(order.lines.order_by("position"))
    query = {"a": lines[left].pk, "b": lines[right].pk}
    return client.get(f"/orders/{order.reference}/compare/", query).content.decode()


def test_only_what_differs_and_the_prices_are_shown(browser_of: Browser, order: Order) -> None:
    text = compared(browser_of("sales"), order, 0, 1)
    for words in ("Oak", "Steel", "Wooden", "Iron", "Unit price", "Cost of one piece", "Margin"):
        assert words in text
    assert "Width" not in text
    assert "Nothing differs" not in text


def test_equal_lines_differ_in_nothing(browser_of: Browser, order: Order) -> None:
    text = compared(browser_of("sales"), order, 0, 2)
    assert "Nothing differs between these lines." in text
    assert "Unit price" in text


def test_without_a_choice_the_first_two_are_compared(browser_of: Browser, order: Order) -> None:
    answer = browser_of("sales").get(f"/orders/{order.reference}/compare/")
    first, second, _ = order.lines.order_by("position")
    assert (answer.context["left"], answer.context["right"]) == (first, second)


@pytest.mark.parametrize("line", ["0", "x", "-1", "9" * 30])
def test_a_line_of_no_or_another_order_is_not_found(line: str, browser_of: Browser, order: Order) -> None:
    url = f"/orders/{order.reference}/compare/"
    other = cast.quotation().lines.get()
    assert browser_of("sales").get(url, {"a": line}).status_code == 404
    assert browser_of("sales").get(url, {"b": other.pk}).status_code == 404


def test_the_edit_page_leads_there_from_two_lines_on(
    browser_of: Browser, order: Order, cast_of_people: People
) -> None:
    lone = pages.draft(cast_of_people["customer"].customer)
    several, single = (
        browser_of("sales").get(f"/orders/{each.reference}/edit/").content.decode() for each in (order, lone)
    )
    assert f"/orders/{order.reference}/compare/" in several
    assert "Compare lines" not in single
