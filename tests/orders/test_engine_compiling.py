"""A product model is compiled once, or everything wrong with it is listed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.engine import (
    CharacteristicRow,
    FeatureRow,
    ModelRefused,
    ParameterRow,
    PriceRow,
    RuleRow,
    choice,
    prove_product,
)
from tests.orders import models
from tests.orders.models import WORKSTATION as MODEL
from tests.orders.models import faults

DISKS = FeatureRow("DISKS", "Disks", relation="cardinality", low=2, children=(FeatureRow("D1", "1 TB"),))


def test_a_sound_model_has_no_faults() -> None:
    assert faults() == []


def test_a_fault_names_row_field_line_and_column() -> None:
    (fault,) = faults(rules=(RuleRow(4, "requires", "CPU = C08", "RAM >\n GPU", "No."),))
    assert (fault.row, fault.field, fault.line, fault.column) == ("Rule 4", "then", 2, 2)
    assert str(fault).startswith("Rule 4, then (line 2, column 2): ")


def test_all_faults_are_listed_at_once() -> None:
    found = faults(
        rules=(RuleRow(1, "requires", "RAM", "CPU = C99", "No."),),
        prices=(PriceRow("Memory", "", "CPU"),),
        bom=(replace(MODEL.bom[0], quantity="RAM > 1", operation=99),),
    )
    assert [(fault.row, fault.field) for fault in found] == [
        ("BOM line 10", "operation_sequence"),
        ("Rule 1", "when"),
        ("Rule 1", "then"),
        ("BOM line 10", "quantity"),
        ("Price rule “Memory”", "amount"),
    ]


@pytest.mark.parametrize(
    ("changes", "row", "field"),
    [
        ({"currency": "EURO"}, "Product", "currency"),
        ({"routing": (), "bom": ()}, "Product", "routing"),
        ({"routing": (replace(MODEL.routing[0], process_id=0),), "bom": ()}, "Operation 10", "process"),
        ({"features": (*MODEL.features, choice("OS", "System", (), False))}, "Group OS", "options"),
        ({"features": (*MODEL.features, FeatureRow("O-S", "System"))}, "Group O-S", "code"),
        ({"features": (*MODEL.features, FeatureRow("if", "System"))}, "Group if", "code"),
        ({"features": (choice("OS", "S", (FeatureRow("a b", "A"),)),)}, "Group OS, option a b", "code"),
        ({"features": (*MODEL.features, FeatureRow("QTY", "S"))}, "Group or parameter QTY", "code"),
        ({"features": (*MODEL.features, FeatureRow("X", "X", relation="xor"))}, "Group X", "relation"),
        ({"features": (*MODEL.features, DISKS)}, "Group DISKS", "low"),
        ({"routing": (replace(MODEL.routing[0], after=(30,)),), "bom": ()}, "Operation 10", "after"),
        ({"bom": (replace(MODEL.bom[0], serial_from=9, serial_to=3),)}, "BOM line 10", "serial_from"),
        ({"bom": (replace(MODEL.bom[0], scrap_percent=Decimal(100)),)}, "BOM line 10", "scrap_percent"),
        ({"parameters": (*MODEL.parameters, ParameterRow("CPU", "Twice"))}, "Group or parameter CPU", "code"),
        ({"parameters": (*MODEL.parameters, ParameterRow("W", "W", unit="furlong"))}, "Parameter W", "unit"),
        ({"parameters": (ParameterRow("T", "T", "text", pattern="["),)}, "Parameter T", "pattern"),
        ({"bom": (replace(MODEL.bom[0], unit="handful"),)}, "BOM line 10", "unit"),
        ({"bom": (replace(MODEL.bom[0], operation=15),)}, "BOM line 10", "operation_sequence"),
        ({"characteristics": (CharacteristicRow(1, "Width", "measured"),)}, "Characteristic 1", "lower"),
        ({"bom": (replace(MODEL.bom[0], quantity="1 +"),)}, "BOM line 10", "quantity"),
        ({"bom": (replace(MODEL.bom[0], quantity="1 / 0"),)}, "BOM line 10", "quantity"),
        ({"bom": (replace(MODEL.bom[0], quantity="1 + " * 2600 + "1"),)}, "BOM line 10", "quantity"),
    ],
)  # fmt: skip
def test_each_fault_is_found(changes: dict[str, object], row: str, field: str) -> None:
    assert (row, field) in {(fault.row, fault.field) for fault in faults(**changes)}


def test_attributes_of_mixed_kinds_are_refused() -> None:
    options = (FeatureRow("A", "A", attributes={"w": 1}), FeatureRow("B", "B", attributes={"w": "x"}))
    (fault,) = faults(features=(*MODEL.features, choice("GPU", "Card", options)))
    assert (fault.row, fault.field) == ("Group GPU", "attributes")


def test_two_defaults_are_refused() -> None:
    both = tuple(replace(option, is_default=True) for option in models.PSU.options)
    found = faults(features=(models.CPU, replace(models.PSU, children=both), models.ECC))
    assert found[0].field == "options"


def test_a_rule_may_not_read_the_quantity() -> None:
    assert faults(rules=(RuleRow(1, "requires", "", "QTY > 1", "No."),))[0].row == "Rule 1"


def test_a_default_that_is_out_of_range_is_found() -> None:
    wrong = replace(models.RAM, default="99")
    assert proven(parameters=(wrong, models.TAG, models.QUIET)) == ["Default of RAM"]


def test_defaults_that_break_a_rule_are_found() -> None:
    strong = tuple(replace(option, is_default=option.code == "C32") for option in models.CPU.options)
    assert proven(features=(replace(models.CPU, children=strong), *MODEL.features[1:])) == ["Default of CPU"]


def test_a_choice_without_default_is_left_to_the_customer() -> None:
    open_ = tuple(replace(option, is_default=False) for option in models.CPU.options)
    assert proven(features=(replace(models.CPU, children=open_), *MODEL.features[1:])) == []


def test_what_fails_with_the_defaults_is_found() -> None:
    bad = replace(MODEL.bom[0], quantity="1 / (RAM - 2)")
    assert proven(bom=(bad,), prices=(PriceRow("Gift", "", "0 - 9999"),)) == [
        "Default choices",
        "BOM line 10",
    ]


def proven(**changes: object) -> list[str]:
    """The rows with a fault when the workstation is proven after changes."""
    try:
        prove_product(replace(MODEL, **changes))
    except ModelRefused as error:
        return [fault.row for fault in error.faults]
    return []
