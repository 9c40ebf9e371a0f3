"""Before publication a product is proved for every configuration; what is missing is shown by an example."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from demo.shop.models import FAMILIES, load
from orders.engine import (
    BomRow,
    BudgetRow,
    CharacteristicRow,
    DocumentRow,
    ParameterRow,
    Proof,
    RuleRow,
    StepRow,
    prove,
)
from tests.orders.models import WORKSTATION


def proved(**changes: Any) -> Proof:
    """The workstation with changes, proved."""
    return prove(replace(WORKSTATION, **changes))


def gaps(**changes: Any) -> list[str]:
    return [gap["message"] for gap in proved(**changes).report["gaps"]]


def line(find: int, condition: str = "", quantity: str = "1", **more: Any) -> BomRow:
    return BomRow(find, f"ITEM-{find}", condition, quantity, item_id=find, **more)


def test_a_sound_model_is_proved() -> None:
    proof = proved()
    assert (proof.faults, proof.report["refused"], proof.report["method"]) == ((), False, "d-DNNF")
    assert proof.solver is not None
    assert proof.report["gaps"] == proof.report["never"] == proof.report["void"] == []


@pytest.mark.parametrize("code", [code for code, _ in FAMILIES])
def test_the_products_of_the_demo_are_proved(code: str) -> None:
    model = load(code)
    known = replace(
        model,
        bom=tuple(replace(row, item_id=1) for row in model.bom),
        routing=tuple(replace(row, process_id=1) for row in model.routing),
    )
    report = prove(known).report
    assert (report["refused"], report["faults"], report["gaps"], report["loose"]) == (False, [], [], [])


def test_the_workstation_of_the_demo_uses_its_power_nearly_up() -> None:
    model = load("NB-W7")
    known = replace(
        model,
        bom=tuple(replace(row, item_id=1) for row in model.bom),
        routing=tuple(replace(row, process_id=1) for row in model.routing),
    )
    (power,) = prove(known).report["budgets"]
    assert (power["most_used"], power["least_room"]) == ("1568.75", "6.25")


def test_a_void_model_names_the_fewest_rules_in_conflict() -> None:
    rules = (
        RuleRow(1, "requires", "", "PSU = 650", "Always 650 W."),
        RuleRow(2, "excludes", "QUIET", "CPU = C32", "32 cores are not quiet."),
        RuleRow(3, "excludes", "", "PSU = 650", "Never 650 W."),
    )
    report = proved(rules=rules).report
    assert report["refused"]
    (fault,) = report["void"]
    assert "Rule 1, Rule 3 exclude everything" in fault["message"]


def test_dead_options_and_optional_ones_always_there_are_listed() -> None:
    rules = (
        RuleRow(1, "excludes", "", "PSU = 1000", "Not sold."),
        RuleRow(2, "requires", "", "ECC <> none", "Say it."),
    )
    report = proved(rules=rules).report
    assert [row["label"] for row in report["dead"]] == ["Power supply: 1000 W"]
    assert [row["code"] for row in report["false_optional"]] == ["ECC"]


def test_what_is_only_odd_does_not_stand_in_the_way() -> None:
    proof = proved(rules=(RuleRow(1, "excludes", "", "PSU = 1000", "Not sold."),))
    assert proof.report["dead"]
    assert not proof.report["refused"]


def test_conditions_that_never_or_always_hold_are_listed() -> None:
    papers = (
        DocumentRow("drawing", "D1", "A", "Never", "QUIET and CPU = C32"),
        DocumentRow("drawing", "D2", "A", "Always", "RAM >= 1"),
        DocumentRow("drawing", "D3", "A", "By quantity", "QTY > 5"),
    )
    report = proved(documents=papers).report
    assert [row["row"] for row in report["never"]] == ["Document D1"]
    assert [row["row"] for row in report["always"]] == ["Document D2"]


def test_a_configuration_without_material_is_shown() -> None:
    proof = proved(bom=(line(10, "not QUIET"), line(20, "CPU = C32", "RAM - 1")))
    assert [gap["message"] for gap in proof.report["gaps"]] == ["The BOM is empty."]
    shown = dict(map(tuple, proof.report["gaps"][0]["configuration"]))
    assert shown["Quiet"] == "Yes"
    assert proof.faults[0].row == "main BOM"


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (("CPU = C08",), ["none applies"]),
        (("CPU = C08", "CPU in {C08, C32}"), ["more than one applies"]),
        (("CPU = C08", "CPU = C32"), []),
    ],
)
def test_of_the_lines_of_a_place_exactly_one_applies(conditions: tuple[str, ...], message: list[str]) -> None:
    boards = tuple(line(20 + n, when, place="board") for n, when in enumerate(conditions))
    assert [found.partition(": ")[2].rstrip(".") for found in gaps(bom=(line(10), *boards))] == message


def test_the_lines_of_a_place_may_take_turns_by_serial_number() -> None:
    turns = (
        line(20, place="hinge", serial_to=14),
        line(21, place="hinge", serial_from=15),
    )
    assert gaps(bom=(line(10), *turns)) == []
    late = (turns[0], replace(turns[1], serial_from=14))
    assert gaps(bom=(line(10), *late)) == ["BOM place hinge: more than one applies."]


def test_material_must_find_its_operation_or_a_later_one() -> None:
    steps = (WORKSTATION.routing[0], replace(WORKSTATION.routing[1], sequence=20, condition="QUIET"))
    found = gaps(routing=steps, bom=(line(10), line(20, "CPU = C32", operation=20)))
    assert found == ["Material of operation 20 has no operation that takes it, then or later."]


def test_every_configuration_has_an_operation_and_an_inspection() -> None:
    steps = tuple(replace(step, condition="not QUIET") for step in WORKSTATION.routing)
    checks = (CharacteristicRow(1, "Noise", condition="QUIET", expected="'low'"),)
    found = gaps(routing=steps, characteristics=checks, bom=(line(10),))
    assert found == ["No operation is left.", "No characteristic is inspected."]


def test_a_budget_is_a_rule_and_its_tightness_is_told() -> None:
    budget = BudgetRow("POWER", "Power", "CPU.watt + 10 * RAM", "320", "W")
    proof = proved(budgets=(budget,))
    (told,) = proof.report["budgets"]
    assert (told["most_used"], told["least_room"]) == ("310.5", "9.5")
    assert proof.faults == ()


def test_a_rule_that_cannot_be_proved_asks_for_breakpoints() -> None:
    width = ParameterRow(
        "W", "Width", minimum=Decimal(0), maximum=Decimal(5000), step=Decimal(1), default="0"
    )
    sides = (width, replace(width, code="H", label="Height"))
    area = RuleRow(1, "requires", "", "W * H <= 1000000", "Too large.")
    (fault,) = proved(parameters=(*WORKSTATION.parameters, *sides), rules=(area,)).faults
    assert (fault.row, fault.field) == ("Rule 1", "then")
    assert fault.remedy == "Declare breakpoints for W, H, between which all values count alike."
    cut = tuple(replace(row, breakpoints=(Decimal(1000), Decimal(2000))) for row in sides)
    proof = proved(parameters=(*WORKSTATION.parameters, *cut), rules=(area,))
    assert proof.faults == ()
    assert [row["row"] for row in proof.report["loose"]] == ["Rule 1"]


def test_past_the_time_limit_the_same_is_proved_by_sat_with_a_note() -> None:
    proof = prove(replace(WORKSTATION, code="SLOW"), limit_s=0)
    assert proof.report["method"] == "SAT"
    assert "did not compile" in proof.report["note"]
    assert proof.faults == ()


def test_a_formula_error_refuses_before_anything_is_proved() -> None:
    wrong = StepRow(10, "Build", "BUILD", run_minutes="RAM /", process_id=7)
    proof = proved(routing=(wrong,), bom=(line(10),))
    assert set(proof.report) == {"refused", "faults"}
    assert [fault.field for fault in proof.faults] == ["run_minutes"]


def test_defaults_that_break_a_rule_are_refused_where_all_of_its_choices_have_one() -> None:
    both = RuleRow(1, "excludes", "CPU = C08", "PSU = 200", "Too weak.")
    assert [fault.row for fault in proved(rules=(both,)).faults] == ["Default of PSU"]
    open_choice = RuleRow(1, "requires", "CPU = C08", "ECC = yes", "Memory with ECC.")
    assert proved(rules=(open_choice,)).faults == ()
