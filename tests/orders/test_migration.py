"""What a new revision changes for open quotations, and moving their lines to it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, Refused
from orders import selectors, services
from orders.engine import FeatureRow, RuleRow, choice
from orders.engine.differing import FieldChange
from orders.models import Order, OrderLine, Product
from orders.services import InvalidInput, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def line_of(order: Order) -> OrderLine:
    """Its only line."""
    return order.lines.select_related("order", "product").get()


def published(product: Product, **changes: object) -> Product:
    """The product with these changes in force."""
    return services.publish_product(product=cast.changed(product, **changes), now=cast.NOW)


def without_oak(product: Product) -> Product:
    """The product with ash in place of oak, in force."""
    model = cast.parts_of(product)
    top = replace(model.features[0], children=(FeatureRow("ASH", "Ash", True, attributes={"kg": 30}),))
    return published(product, features=(top, model.features[1]), bom=model.bom[:2], routing=model.routing[:2])


def test_a_line_of_the_revision_in_force_is_not_concerned() -> None:
    order = cast.quotation()
    assert selectors.migration_report(line_of(order).product) == []


def test_a_removed_option_is_a_problem_of_the_line() -> None:
    order = cast.quoted()
    (found,) = selectors.migration_report(without_oak(line_of(order).product))
    assert [problem.message for problem in found.problems] == ["Top: “OAK” is not an option."]
    assert (found.line.order, found.new.price, found.same) == (order, None, False)


def test_a_new_rule_that_the_choices_break_is_a_problem() -> None:
    product = line_of(cast.quoted()).product
    strict = RuleRow(3, "excludes", "", "TOP = OAK", "No more oak.")
    published(product, rules=(*cast.parts_of(product).rules, strict), **_steel_first(product))
    (found,) = selectors.migration_report(Product.objects.get())
    assert [problem.message for problem in found.problems] == ["No more oak."]


def _steel_first(product: Product) -> dict[str, object]:
    """Steel on iron legs as the default, so that the rule may be published."""
    top, legs = cast.parts_of(product).features
    swapped = [replace(row, children=tuple(replace(o, is_default=not o.is_default) for o in row.children))
               for row in (top, legs)]  # fmt: skip
    return {"features": tuple(swapped)}


def test_price_cost_and_rows_are_shown_as_they_were_and_will_be() -> None:
    product = line_of(cast.quoted()).product
    board, *others = cast.parts_of(product).bom
    dearer = published(product, base_price=Decimal(450), bom=(replace(board, quantity="2"), *others))
    (found,) = selectors.migration_report(dearer)
    assert (found.old.price, found.new.price) == (Decimal(400), Decimal(450))
    assert found.new.cost - found.old.cost == Decimal(8)
    (row,) = found.changes
    assert (row.kind, row.key, row.fields) == ("bom", "10", (FieldChange("quantity", "3.2", "4"),))


def test_a_revision_that_changes_nothing_of_a_line_says_so() -> None:
    product = line_of(cast.quoted()).product
    (found,) = selectors.migration_report(published(product, name="Table"))
    assert found.same


def test_a_draft_is_looked_at_before_it_is_published() -> None:
    product = line_of(cast.quoted()).product
    cast.changed(product, base_price=Decimal(500))
    (found,) = selectors.migration_report(product, selectors.open_revision(product))
    assert found.new.price == Decimal(500)


def test_the_report_takes_six_statements_however_many_lines_and_revisions_there_are() -> None:
    product = cast.published_desk()
    for price in (401, 402, 403):
        cast.quotation(LineInput(product, 1), LineInput(product, 2))
        product = published(product, base_price=Decimal(price))
    with CaptureQueriesContext(connection) as statements:
        assert len(selectors.migration_report(product)) == 6
    assert len(statements) <= 6


def test_a_line_moves_to_the_newest_revision_and_is_priced_anew() -> None:
    order = cast.quotation()
    product = published(line_of(order).product, base_price=Decimal(450))
    moved = services.move_to_newest(line=line_of(order), by=None, version=order.version, now=cast.NOW)
    assert (moved.revision, moved.unit_price) == (product.in_force, Decimal(450))
    assert moved.choices["TOP"] == "OAK"
    assert moved.order.version == order.version + 1


def test_a_choice_that_is_new_stands_at_its_default() -> None:
    order = cast.quotation()
    product = line_of(order).product
    edge = choice("EDGE", "Edge", (FeatureRow("ROUND", "Round", True), FeatureRow("SHARP", "Sharp")))
    published(product, features=(*cast.parts_of(product).features, edge))
    moved = services.move_to_newest(line=line_of(order), by=None, now=cast.NOW)
    assert moved.choices["EDGE"] == "ROUND"


def test_a_line_whose_choices_no_longer_do_stays_with_every_reason() -> None:
    order = cast.quotation()
    without_oak(line_of(order).product)
    with pytest.raises(InvalidInput) as caught:
        services.move_to_newest(line=line_of(order), by=None, now=cast.NOW)
    assert [problem.field for problem in caught.value.problems] == ["lines.0.choices.TOP"]
    assert line_of(order).revision.number == 1


def test_a_line_that_was_sent_does_not_move() -> None:
    order = cast.quoted()
    published(line_of(order).product, name="Table")
    with pytest.raises(Conflict, match="is quoted") as caught:
        services.move_to_newest(line=line_of(order), by=None, now=cast.NOW)
    assert caught.value.remedy == "Revise the quotation first."


def test_a_line_of_the_newest_revision_does_not_move() -> None:
    with pytest.raises(Refused, match="revision 1 already"):
        services.move_to_newest(line=line_of(cast.quotation()), by=None, now=cast.NOW)


def test_a_stale_version_is_refused() -> None:
    order = cast.quotation()
    published(line_of(order).product, name="Table")
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.move_to_newest(line=line_of(order), by=None, version=order.version + 1, now=cast.NOW)
