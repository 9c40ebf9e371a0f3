"""The answers of products in force, ready before the first visitor asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from mto.server import PREPARES
from orders.models import Product
from orders.selectors.deciders import decider
from orders.selectors.preparing import keep_prepared, prepare, wanted_revisions
from tests.orders import cast

pytestmark = pytest.mark.django_db


def go_on(seconds: float) -> bool:
    """Nobody says to stop."""
    return False


def published(code: str) -> Product:
    """A product in force."""
    product = cast.published_desk(code)
    product.refresh_from_db()
    return product


def test_a_prepared_product_answers_its_first_visitor_without_a_statement() -> None:
    product = published("READY")
    prepare(frozenset(), go_on)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert decider(product).decide({}).valid
    assert not asked.captured_queries


def test_what_is_published_later_is_prepared_the_next_time() -> None:
    first = published("FIRST").in_force_id
    done = prepare(frozenset(), go_on)
    second = published("SECOND").in_force_id
    assert prepare(done, go_on) - done == {second}
    assert first in done


def test_drafts_are_not_prepared() -> None:
    cast.desk("DRAFT")
    assert wanted_revisions() == []


def test_nothing_is_prepared_for_a_process_that_stops() -> None:
    with CaptureQueriesContext(connection) as asked:
        keep_prepared(lambda seconds: True)
    assert not asked.captured_queries


@pytest.mark.parametrize("name", PREPARES)
def test_what_the_web_server_prepares_is_there(name: str) -> None:
    assert callable(import_string(name))
