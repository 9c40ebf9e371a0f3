"""Two models are compared row by row."""

from dataclasses import replace

from hypothesis import given, settings

from orders.engine import BomRow, FeatureRow, ProductModel
from orders.engine.differing import Change, FieldChange, differences
from tests.orders import models
from tests.orders.engine.formats.drawn import MODELS
from tests.orders.models import WORKSTATION as MODEL


def changed(**changes: object) -> tuple[Change, ...]:
    """What differs between the workstation and itself with these changes."""
    return differences(MODEL, replace(MODEL, **changes))


@settings(max_examples=60, deadline=None)
@given(MODELS, MODELS)
def test_models_differ_exactly_where_they_are_not_equal(one: ProductModel, other: ProductModel) -> None:
    assert differences(one, one) == ()
    assert bool(differences(one, other)) is (replace(one, code=other.code) != other)


def test_a_changed_field_has_old_and_new() -> None:
    rule = replace(models.POWER, reason="Too weak.")
    assert changed(rules=(rule, models.CALM)) == (
        Change(
            "rules",
            "1",
            "changed",
            "Too weak.",
            (FieldChange("reason", "The power supply is too weak.", "Too weak."),),
        ),
    )


def test_a_field_that_went_back_to_its_default_says_so() -> None:
    strong = replace(models.CPU.children[1], price_adder=0)
    cpu = replace(models.CPU, children=(models.CPU.children[0], strong))
    (found,) = changed(features=(cpu, *MODEL.features[1:]))
    assert (found.key, found.fields) == ("CPU/C32", (FieldChange("price_adder", "1850", "0"),))


def test_an_added_choice_stands_with_each_of_its_options() -> None:
    case = FeatureRow("CASE", "Case", relation="alternative", children=(FeatureRow("A", "A"),))
    found = changed(features=(*MODEL.features, case))
    assert [(row.key, row.standing) for row in found] == [("CASE", "added"), ("CASE/A", "added")]


def test_a_removed_line_is_named_with_what_it_was() -> None:
    (found,) = changed(bom=MODEL.bom[1:])
    assert (found.kind, found.key, found.standing, found.label) == ("bom", "10", "removed", "BOARD")
    assert FieldChange("operation", "10", "") in found.fields


def test_another_order_is_a_change_of_its_own() -> None:
    (found,) = changed(features=(MODEL.features[1], MODEL.features[0], MODEL.features[2]))
    assert (found.standing, found.fields) == (
        "moved",
        (FieldChange("order", "CPU, PSU, ECC", "PSU, CPU, ECC"),),
    )


def test_what_comes_from_master_data_does_not_count() -> None:
    assert changed(bom=tuple(replace(row, description="New words") for row in MODEL.bom)) == ()


def test_the_head_is_compared_too() -> None:
    (found,) = changed(name="Server", bom=(*MODEL.bom[:0], *MODEL.bom))
    assert (found.kind, found.fields) == ("product", (FieldChange("name", "Workstation", "Server"),))


def test_lines_are_the_same_by_their_find_number() -> None:
    found = changed(bom=(*MODEL.bom, BomRow(60, "BOARD")))
    assert [(row.key, row.standing) for row in found] == [("60", "added")]
