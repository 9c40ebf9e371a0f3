"""Drafts changed row by row: small transactions, stale versions refused, nothing lost."""

from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import Conflict, Refused
from orders import services
from orders.engine import ProductModel
from orders.engine.document import BadDocument, to_document
from orders.models import ProductRevision
from orders.selectors import product_model
from tests.orders import cast

pytestmark = pytest.mark.django_db


def draft() -> ProductRevision:
    """The draft of a desk."""
    return services.draft_of(product=cast.desk("DESK"))


def model(revision: ProductRevision) -> ProductModel:
    """What is stored now."""
    return product_model(ProductRevision.objects.get(pk=revision.pk))


def change(revision: ProductRevision, kind: str, key: str, row: object, **changes: Any) -> ProductRevision:
    """One row with other values."""
    document = {**to_document(row), **changes}
    return services.change_row(
        revision=revision, kind=kind, key=key, document=document, version=revision.version
    )[0]


def test_one_changed_rule_is_all_that_differs() -> None:
    revision = draft()
    before = model(revision)
    change(revision, "rules", "2", before.rules[1], reason="Too narrow.")
    after = model(revision)
    assert after.rules[1].reason == "Too narrow."
    assert replace(after, rules=before.rules) == before


def test_a_stale_version_is_refused_and_nothing_is_lost() -> None:
    revision = draft()
    rows = model(revision).rules
    change(revision, "rules", "1", rows[0], reason="First.")
    with pytest.raises(Conflict, match="changed by somebody else"):
        change(revision, "rules", "1", rows[0], reason="Second.")
    assert model(revision).rules[0].reason == "First."


def test_a_published_revision_is_never_changed() -> None:
    product = cast.published_desk()
    revision = product.in_force
    assert revision is not None
    with pytest.raises(Conflict, match="Begin a new draft"):
        services.remove_row(revision=revision, kind="rules", key="1", version=revision.version)


def test_a_bom_line_is_changed_alone() -> None:
    revision = draft()
    lines = model(revision).bom
    untouched = set(revision.bom_lines.exclude(find_number=20).values_list("pk", flat=True))
    change(revision, "bom", "20", lines[1], quantity="6")
    assert model(revision).bom[1].quantity == "6"
    assert untouched < set(revision.bom_lines.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("changes", "field"), [({"item": "NO-SUCH"}, "item"), ({"find_number": 10}, "find_number")]
)
def test_a_wrong_bom_line_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    revision = draft()
    with pytest.raises(Refused) as refused:
        change(revision, "bom", "20", model(revision).bom[1], **changes)
    assert refused.value.field == field


def test_what_is_no_row_is_refused_at_its_field() -> None:
    revision = draft()
    with pytest.raises(BadDocument) as refused:
        services.add_row(
            revision=revision, kind="rules", document={"number": "one"}, version=revision.version
        )
    assert refused.value.field == "number"


def test_an_option_is_added_moved_and_removed() -> None:
    revision = draft()
    row = {"code": "GLASS", "label": "Glass"}
    revision, key = services.add_row(
        revision=revision, kind="features", document=row, version=revision.version, below="TOP"
    )
    revision, _ = services.move_row(
        revision=revision, kind="features", key=key, version=revision.version, by=-2
    )
    assert [option.code for option in model(revision).features[0].children] == ["GLASS", "OAK", "STEEL"]
    services.remove_row(revision=revision, kind="features", key=key, version=revision.version)
    assert [option.code for option in model(revision).features[0].children] == ["OAK", "STEEL"]


def test_a_new_code_is_written_into_every_formula_that_reads_it() -> None:
    revision = draft()
    parameter = model(revision).parameters[0]
    change(revision, "parameters", "WIDTH", parameter, code="BREADTH")
    after = model(revision)
    assert after.rules[1].then == "BREADTH < 1000"
    assert after.bom[0].quantity == "BREADTH / 1000"
    services.publish_product(product=revision.product)


def test_a_new_code_of_an_option_reaches_its_conditions() -> None:
    revision = draft()
    option = model(revision).features[0].children[0]
    change(revision, "features", "TOP/OAK", option, code="OAK2")
    after = model(revision)
    assert (after.bom[2].condition, after.routing[2].condition) == ("TOP = OAK2", "TOP = OAK2")


def test_the_head_of_a_model_is_a_row_too() -> None:
    revision = draft()
    head = {"name": "Writing desk", "base_price": "500", "currency": "EUR"}
    services.change_row(revision=revision, kind="product", key="", document=head, version=revision.version)
    after = model(revision)
    assert (after.code, after.name, str(after.base_price)) == ("DESK", "Writing desk", "500")
    assert len(after.rules) == 2


def test_a_published_model_has_its_fingerprint() -> None:
    revision = draft()
    change(revision, "rules", "1", model(revision).rules[0], reason="Other words.")
    published = services.publish_product(product=revision.product).in_force
    assert published is not None
    assert published.sha256 == services.fingerprint(model(published))
