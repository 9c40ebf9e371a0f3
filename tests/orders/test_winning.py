"""Win rates by product and option, in one grouped statement."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.clock import told_at
from orders import services
from orders.models import Product
from orders.selectors.winning import ProductWins, lost_reasons, win_rates
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db

SINCE = cast.NOW - timedelta(days=1)
STEEL = {"TOP": "STEEL", "LEGS": "IRON"}


def played(product: Product) -> ProductWins:
    """One won and one lost in oak, one won and one open in steel."""
    cast.confirmed(LineInput(product, 1))
    lost = cast.quoted(LineInput(product, 1))
    services.decline_quotation(order=lost, reason="Too dear", lost_reason="price", by=None, now=cast.NOW)
    cast.confirmed(LineInput(product, 2, STEEL))
    cast.quoted(LineInput(product, 1, STEEL))
    cast.quotation(LineInput(product, 1))
    (found,) = win_rates(SINCE)
    return found


def test_a_product_counts_what_was_sent_won_and_lost() -> None:
    rate = played(cast.published_desk()).rate
    assert (rate.quoted, rate.won, rate.lost) == (4, 2, 1)
    assert (int(rate.value), int(rate.won_value)) == (2417, 1478)
    assert int(rate.percent or 0) == 66


def test_options_count_in_their_own_words_and_measures_do_not() -> None:
    options = played(cast.published_desk()).options
    assert {(row.choice, row.option): (row.rate.won, row.rate.lost) for row in options} == {
        ("Top", "Oak"): (1, 1),
        ("Top", "Steel"): (1, 0),
        ("Legs", "Wooden"): (1, 1),
        ("Legs", "Iron"): (1, 0),
    }


def test_an_option_line_left_out_is_lost() -> None:
    product = cast.published_desk()
    order = cast.quoted(LineInput(product, 1), LineInput(product, 1, STEEL, optional=True))
    sent = order.revisions.get()
    wanted = services.Acceptance("Lena", sent.sha256)
    services.accept_quotation(revision=sent, acceptance=wanted, by=None, now=cast.NOW)
    (found,) = win_rates(SINCE)
    assert (found.rate.won, found.rate.lost) == (1, 1)


def test_reasons_are_counted() -> None:
    played(cast.published_desk())
    assert lost_reasons(SINCE) == [("Price", 1)]


def test_it_takes_one_statement_for_any_number_of_quotations() -> None:
    played(cast.published_desk())
    with CaptureQueriesContext(connection) as statements:
        win_rates(SINCE)
    assert sum("GROUP BY" in query["sql"] for query in statements) == 1
    assert len(statements) <= 3


def test_sales_and_managers_see_the_page_and_others_do_not(browser_of: Callable[[str], Client]) -> None:
    played(cast.published_desk())
    with told_at(cast.NOW + timedelta(days=20)):
        page = browser_of("sales").get("/won-and-lost/?days=30").content.decode()
    assert "67 % won" in page
    assert browser_of("planner").get("/won-and-lost/").status_code == 403
