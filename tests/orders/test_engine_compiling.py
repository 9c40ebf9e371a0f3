"""A product model is compiled once, or everything wrong with it is listed."""

from dataclasses import replace

import pytest

from orders.engine import (
    CharacteristicRow,
    GroupRow,
    ModelRefused,
    OptionRow,
    ParameterRow,
    PriceRow,
    RuleRow,
    prove_product,
)
from tests.orders import models
from tests.orders.models import WORKSTATION as MODEL
from tests.orders.models import faults

GIFT = PriceRow("Gift", "", "0 - 9999")


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
        ("Price rule “Memory”", "amount"),
        ("BOM line 10", "quantity"),
    ]


@pytest.mark.parametrize(
    ("changes", "row", "field"),
    [
        ({"currency": "EURO"}, "Product", "currency"),
        ({"routing": (), "bom": ()}, "Product", "routing"),
        ({"routing": (replace(MODEL.routing[0], process=""),), "bom": ()}, "Operation 10", "process"),
        ({"groups": (*MODEL.groups, GroupRow("OS", "System", ()))}, "Group OS", "options"),
        ({"groups": (*MODEL.groups, GroupRow("O-S", "System", (), False))}, "Group O-S", "code"),
        ({"groups": (*MODEL.groups, GroupRow("if", "System", (), False))}, "Group if", "code"),
        ({"groups": (GroupRow("OS", "S", (OptionRow("a b", "A"),)),)}, "Group OS, option a b", "code"),
        ({"groups": (*MODEL.groups, GroupRow("QTY", "S", (), False))}, "Group or parameter QTY", "code"),
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
    mixed = GroupRow(
        "GPU", "Card", (OptionRow("A", "A", attributes={"w": 1}), OptionRow("B", "B", attributes={"w": "x"}))
    )
    (fault,) = faults(groups=(*MODEL.groups, mixed))
    assert (fault.row, fault.field) == ("Group GPU", "attributes")


def test_two_defaults_are_refused() -> None:
    both = replace(
        models.PSU, options=tuple(replace(option, is_default=True) for option in models.PSU.options)
    )
    assert faults(groups=(models.CPU, both, models.ECC))[0].field == "options"


def test_a_rule_may_not_read_the_quantity() -> None:
    assert faults(rules=(RuleRow(1, "requires", "", "QTY > 1", "No."),))[0].row == "Rule 1"


def test_a_default_that_is_out_of_range_is_found() -> None:
    wrong = replace(models.RAM, default="99")
    assert proven(parameters=(wrong, models.TAG, models.QUIET)) == ["Default of RAM"]


def test_defaults_that_break_a_rule_are_found() -> None:
    strong = tuple(replace(option, is_default=option.code == "C32") for option in models.CPU.options)
    assert proven(groups=(replace(models.CPU, options=strong), models.PSU, models.ECC)) == ["Default of CPU"]


def test_a_choice_without_default_is_left_to_the_customer() -> None:
    open_ = tuple(replace(option, is_default=False) for option in models.CPU.options)
    assert proven(groups=(replace(models.CPU, options=open_), models.PSU, models.ECC)) == []


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
