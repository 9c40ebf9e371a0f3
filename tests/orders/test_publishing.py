"""Products are proven before they can be ordered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import selectors, services
from orders.engine import ModelRefused
from orders.models import Product
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def test_a_sound_product_is_published() -> None:
    product = services.publish_product(product=cast.desk(), now=cast.NOW)
    assert (product.status, product.revision, product.published_at) == ("published", 1, cast.NOW)


def test_publishing_again_gives_the_next_revision() -> None:
    product = services.publish_product(product=cast.published_desk())
    assert product.revision == 2


def test_everything_wrong_is_listed_and_nothing_changes() -> None:
    product = cast.desk()
    product.rules.create(kind="requires", then="TOP = GLASS", reason="No.", position=9)
    product.bom_lines.filter(find_number=10).update(quantity="WIDTH /", operation_sequence=99)
    with pytest.raises(ModelRefused) as caught:
        services.publish_product(product=product)
    rows = [(fault.row, fault.field, fault.line, fault.column) for fault in caught.value.faults]
    assert rows == [
        ("BOM line 10", "operation_sequence", 0, 0),
        ("Rule 3", "then", 1, 7),
        ("BOM line 10", "quantity", 1, 8),
    ]
    assert Product.objects.get().status == "draft"


def test_a_published_product_is_read_once_and_kept() -> None:
    product = cast.published_desk()
    first = selectors.compiled_product(product)
    with CaptureQueriesContext(connection) as statements:
        assert selectors.compiled_product(product) is first
    assert len(statements) == 0


def test_a_product_is_read_in_nine_statements() -> None:
    product = cast.desk()
    with CaptureQueriesContext(connection) as statements:
        selectors.product_model(product)
    assert len(statements) <= 9


def test_a_new_revision_is_compiled_anew() -> None:
    product = cast.published_desk()
    first = selectors.compiled_product(product)
    product.groups.get(code="TOP").options.filter(code="OAK").update(label="Old oak")
    again = selectors.compiled_product(services.publish_product(product=product))
    assert again.model != first.model
    assert again.model.groups[0].options[0].label == "Old oak"


def test_orders_keep_the_revision_they_were_released_with() -> None:
    order = cast.confirmed()
    services.publish_product(product=order.lines.get().product)
    assert order.lines.get().snapshot.product_revision == 1


def test_a_retired_product_is_not_quoted() -> None:
    product = cast.published_desk()
    services.retire_product(product=product)
    product.refresh_from_db()
    with pytest.raises(Exception, match="is not published"):
        cast.quotation(LineInput(product, 1))


def test_the_product_list_counts_open_jobs() -> None:
    product = cast.published_desk()
    cast.desk()
    cast.quotation(LineInput(product, 1), LineInput(product, 1))
    (listed,) = selectors.product_list(orderable_only=True)
    assert (listed, listed.open_lines) == (product, 2)
