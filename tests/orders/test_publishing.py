"""Products are proven before they can be ordered."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, Refused
from orders import selectors, services
from orders.engine import ModelRefused, RuleRow
from orders.engine.document import BadDocument
from orders.models import BomLine, Product, ProductRevision
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def test_a_sound_product_is_published() -> None:
    product = services.publish_product(product=cast.desk(), now=cast.NOW)
    assert (product.status, product.revision, product.published_at) == ("published", 1, cast.NOW)


def test_publishing_without_a_draft_is_refused() -> None:
    product = cast.published_desk()
    with pytest.raises(Refused, match="has no draft") as caught:
        services.publish_product(product=product)
    assert caught.value.remedy == "Begin a draft and change it first."


def test_a_changed_draft_is_published_as_the_next_revision() -> None:
    product = cast.changed(cast.published_desk(), name="Table", base_price=Decimal(500))
    product = services.publish_product(product=product, now=cast.NOW)
    assert (product.revision, product.name, product.base_price) == (2, "Table", Decimal(500))
    standing = product.revisions.order_by("number").values_list("number", "status")
    assert list(standing) == [(1, "superseded"), (2, "published")]


def test_a_draft_changes_nothing_of_what_is_in_force() -> None:
    product = cast.published_desk()
    cast.changed(product, name="Table", base_price=Decimal(500))
    product.refresh_from_db()
    assert (product.status, product.revision, product.base_price) == ("published", 1, Decimal(400))
    assert selectors.compiled_product(product).model.name == "Desk"


def test_there_is_one_draft_at_a_time() -> None:
    product = cast.published_desk()
    assert services.draft_of(product=product) == services.draft_of(product=product)
    assert product.revisions.count() == 2


def test_a_new_draft_begins_as_what_is_in_force() -> None:
    product = cast.published_desk()
    before = cast.parts_of(product)
    assert selectors.product_model(services.draft_of(product=product)) == before


def test_a_draft_changed_by_somebody_else_meanwhile_is_refused() -> None:
    draft = services.draft_of(product=cast.published_desk())
    model = selectors.product_model(draft)
    services.save_draft(revision=draft, model=model, version=draft.version)
    with pytest.raises(Conflict, match="changed by somebody else"):
        services.save_draft(revision=draft, model=model, version=draft.version)


def test_a_published_revision_is_no_draft_any_more() -> None:
    product = cast.published_desk()
    with pytest.raises(Conflict, match="revision 1 is published"):
        services.save_draft(revision=product.in_force, model=cast.parts_of(product))


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda revision: ProductRevision.objects.filter(pk=revision.pk).update(model={}),
        lambda revision: ProductRevision.objects.filter(pk=revision.pk).update(status="draft"),
        lambda revision: ProductRevision.objects.filter(pk=revision.pk).delete(),
        lambda revision: revision.bom_lines.update(quantity="9"),
        lambda revision: revision.bom_lines.all().delete(),
        lambda revision: BomLine.objects.exclude(revision=revision).update(revision=revision, find_number=99),
    ],
    ids=["model", "status", "deleted", "BOM line", "BOM lines deleted", "BOM line added"],
)
def test_the_database_keeps_a_published_revision(rewrite: Callable[[ProductRevision], object]) -> None:
    product = cast.published_desk()
    services.draft_of(product=product).bom_lines.exclude(find_number=10).delete()
    revision = product.in_force
    Product.objects.update(in_force=None)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rewrite(revision)


def test_an_unknown_item_is_named_with_its_line() -> None:
    product = cast.desk()
    first, *others = cast.parts_of(product).bom
    with pytest.raises(BadDocument, match="There is no item NONE") as caught:
        cast.changed(product, bom=(first, replace(others[0], item="NONE")))
    assert caught.value.path == ("bom", 1, "item")


def test_a_code_is_taken_once() -> None:
    product = cast.desk()
    with pytest.raises(Refused, match="is there already"):
        services.create_product(model=cast.parts_of(product))


def test_everything_wrong_is_listed_and_nothing_changes() -> None:
    product = cast.desk()
    model = cast.parts_of(product)
    glass = RuleRow(3, "requires", "", "TOP = GLASS", "No.")
    first = replace(model.bom[0], quantity="WIDTH /", operation=99)
    cast.changed(product, rules=(*model.rules, glass), bom=(first, *model.bom[1:]))
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


def test_a_revision_is_read_in_three_statements() -> None:
    product = cast.desk()
    with CaptureQueriesContext(connection) as statements:
        selectors.product_model(selectors.latest_revision(product))
    assert len(statements) == 3


def test_a_new_revision_is_compiled_anew() -> None:
    product = cast.published_desk()
    first = selectors.compiled_product(product)
    top, legs = first.model.features
    old = replace(top, children=(replace(top.children[0], label="Old oak"), *top.children[1:]))
    again = services.publish_product(product=cast.changed(product, features=(old, legs)))
    assert selectors.compiled_product(again).label("TOP") == "Top"
    assert selectors.compiled_product(again).model.groups[0].options[0].label == "Old oak"
    assert selectors.compiled_by_id(product.in_force_id) is first


def test_orders_keep_the_revision_they_were_released_with() -> None:
    order = cast.confirmed()
    services.publish_product(product=cast.changed(order.lines.get().product, name="Table"))
    line = order.lines.get()
    assert (line.snapshot.product_revision, line.revision.number) == (1, 1)


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
