"""A configuration becomes materials, operations, checks and a specification."""

import json
from dataclasses import replace
from datetime import date

import pytest

from kernel.errors import Refused
from orders.engine import (
    BomRow,
    CompiledProduct,
    Effectivity,
    FormulaFailed,
    ModelRefused,
    Release,
    configure,
    effectivity,
    explode,
)
from tests.orders import models

MODEL = models.WORKSTATION


def released(quantity: int = 1, changes: dict[str, object] | None = None, **choices: object) -> Release:
    compiled = models.compiled(**(changes or {}))
    return explode(compiled, configure(compiled, choices), quantity)


def needed(release: Release) -> dict[object, object]:
    return {row["item"]: row["quantity"] for row in release.bom}


def test_quantities_are_those_of_the_whole_job_and_zero_lines_fall_away() -> None:
    assert needed(released(3)) == {"BOARD": "3", "DIMM": "6", "PASTE": "4.5"}


def test_conditions_and_formulas_add_lines() -> None:
    assert needed(released(2, TAG="A1", QUIET=True)) == {
        "BOARD": "2", "DIMM": "4", "PASTE": "3", "MAT": "2", "PLATE": "2",
    }  # fmt: skip


def test_pieces_are_rounded_up_for_the_whole_job() -> None:
    bom = (replace(MODEL.bom[0], quantity="0.5"), replace(MODEL.bom[2], quantity="1 / 3"))
    assert needed(released(3, {"bom": bom})) == {"BOARD": "2", "PASTE": "1.0000".rstrip("0").rstrip(".")}


def test_a_bom_row_has_everything_procurement_needs() -> None:
    assert released(2).bom[1] == {
        "find_number": 20,
        "item_id": 2,
        "item": "DIMM",
        "description": "Memory module",
        "quantity": "4",
        "unit": "pcs",
        "operation": 10,
        "assembly": "",
        "alternates": [],
        "customer_supplied": False,
    }


def test_run_times_are_per_piece_or_per_lot_and_rounded_up_to_minutes() -> None:
    times = [
        (row["sequence"], row["setup_minutes"], row["run_minutes"]) for row in released(3, RAM=3).routing
    ]
    assert times == [(10, 5, 50), (30, 0, 240)]


def test_a_routing_row_has_everything_planning_needs() -> None:
    assert released(1, TAG="A1").routing[1] == {
        "sequence": 20,
        "name": "Engrave",
        "process_id": 8,
        "process": "LASER",
        "setup_minutes": 3,
        "run_minutes": 6,
        "unattended": False,
        "setup_family": "",
        "instructions": "As ordered.",
        "after": [10],
        "queue_minutes": 0,
        "wait_minutes": 0,
        "skills": [],
        "people": 1,
        "tools": [],
        "batch_size": 0,
        "outside": False,
        "outside_days": 0,
        "outside_price": "0",
    }
    assert released().routing[0]["setup_family"] == "C08"


def test_a_material_whose_operation_is_not_needed_goes_to_the_next_one() -> None:
    rows = {row["item"]: row["operation"] for row in released(QUIET=True).bom}
    assert rows["MAT"] == 30


def test_an_operation_without_time_falls_away() -> None:
    idle = replace(MODEL.routing[2], run_minutes="0")
    release = released(changes={"routing": (MODEL.routing[0], idle), "bom": ()})
    assert [row["sequence"] for row in release.routing] == [10]


def test_a_product_without_any_operation_is_refused() -> None:
    never = replace(MODEL.routing[0], condition="RAM > 100")
    with pytest.raises(Refused, match="needs no operation"):
        released(changes={"routing": (never,), "bom": MODEL.bom[:1]})


def test_characteristics_take_their_limits_from_the_order() -> None:
    memory, noise = released(QUIET=True).characteristics
    assert (memory["expected"], memory["key"]) == ("2", True)
    assert (noise["lower"], noise["upper"], noise["unit"]) == (None, "32", "dB")
    assert released(TAG="A1").characteristics[2]["expected"] == "A1"


def test_limits_in_the_wrong_order_are_refused() -> None:
    noise = replace(MODEL.characteristics[1], lower="RAM * 100")
    with pytest.raises(FormulaFailed, match="lower limit 200 is above the upper limit 45"):
        released(changes={"characteristics": (noise,)})


def test_the_specification_says_what_was_ordered_in_words() -> None:
    rows = {row["code"]: (row["text"], row["value"]) for row in released(QUIET=True, RAM=4).specification}
    assert rows == {
        "CPU": ("8 cores", "C08"),
        "PSU": ("200 W", "200"),
        "RAM": ("4 pcs", "4"),
        "QUIET": ("Yes", "yes"),
    }


@pytest.mark.parametrize("formula", ["0 - 1", "RAM - 5", "10 ^ 12"])
def test_a_quantity_below_zero_or_beyond_reason_is_refused(formula: str) -> None:
    with pytest.raises(FormulaFailed, match="BOM line 10, quantity: The formula gives"):
        released(changes={"bom": (replace(MODEL.bom[0], quantity=formula),)})


@pytest.mark.parametrize("formula", ["0 - 1", "RAM - 5"])
def test_a_negative_time_is_refused(formula: str) -> None:
    with pytest.raises(FormulaFailed, match="Operation 10, run_minutes: The formula gives"):
        released(changes={"routing": (replace(MODEL.routing[0], run_minutes=formula),), "bom": ()})


def test_an_operation_of_years_is_refused() -> None:
    with pytest.raises(FormulaFailed, match="more than an operation may take"):
        released(100_000, {"routing": (replace(MODEL.routing[0], run_minutes="600"),), "bom": ()})


def test_everything_released_is_ready_for_json() -> None:
    release = released(2, TAG="A1")
    rows = [release.bom, release.routing, release.characteristics, release.specification]
    assert json.loads(json.dumps(rows)) == rows


DIMM = MODEL.bom[1]
FIRST, SECOND = date(2026, 7, 1), date(2026, 7, 31)


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2026, 6, 30), False),
        (FIRST, True),
        (SECOND, True),
        (date(2026, 8, 1), False),
        (None, False),
    ],
)
def test_a_line_counts_on_the_days_it_is_effective(day: date | None, there: bool) -> None:
    compiled = models.compiled(bom=(MODEL.bom[0], replace(DIMM, valid_from=FIRST, valid_to=SECOND)))
    release = explode(compiled, configure(compiled, {}), 1, Effectivity(day))
    assert ("DIMM" in needed(release)) is there


@pytest.mark.parametrize(
    ("serial", "quantity", "there"),
    [(116, 1, False), (117, 1, True), (120, 1, True), (121, 5, False), (117, 4, True), (None, 1, False)],
)
def test_a_line_counts_for_its_serial_numbers(serial: int | None, quantity: int, there: bool) -> None:
    compiled = models.compiled(bom=(MODEL.bom[0], replace(DIMM, serial_from=117, serial_to=120)))
    release = explode(compiled, configure(compiled, {}), quantity, Effectivity(None, serial))
    assert ("DIMM" in needed(release)) is there


@pytest.mark.parametrize(("serial", "quantity"), [(116, 2), (120, 2), (110, 50)])
def test_a_job_across_the_first_or_last_serial_number_of_a_line_is_refused(
    serial: int, quantity: int
) -> None:
    compiled = models.compiled(bom=(MODEL.bom[0], replace(DIMM, serial_from=117, serial_to=120)))
    with pytest.raises(Refused, match="BOM line 20 counts for serial numbers from 117 to 120") as caught:
        explode(compiled, configure(compiled, {}), quantity, Effectivity(None, serial))
    assert caught.value.field == "serial"


def test_the_first_day_that_is_known_decides() -> None:
    assert effectivity(5, None, FIRST, SECOND) == Effectivity(FIRST, 5)


def frames(*lines: BomRow) -> CompiledProduct:
    """A product of these lines, each of a known item."""
    return models.compiled(bom=tuple(replace(line, item_id=number) for number, line in enumerate(lines, 1)))


SHARED = (
    BomRow(10, "FRAME"),
    BomRow(20, "SCREW", quantity="1.5", assembly="BRACKET", unit="m"),
    BomRow(30, "BRACKET", quantity="2", assembly="FRAME"),
    BomRow(40, "BRACKET", quantity="3", assembly="RACK"),
    BomRow(50, "RACK"),
)


def test_an_assembly_in_two_places_is_needed_for_both_and_taken_apart_once() -> None:
    compiled = frames(*SHARED)
    release = explode(compiled, configure(compiled, {}), 4)
    assert [(row["find_number"], row["item"], row["quantity"]) for row in release.bom] == [
        (20, "SCREW", "30")
    ]


def test_a_hundred_thousand_paths_through_shared_assemblies_are_one_pass() -> None:
    levels = [BomRow(1, "P1"), BomRow(2, "P1")]
    levels += [
        BomRow(find, f"P{level + 1}", assembly=f"P{level}")
        for level in range(1, 40)
        for find in (level * 10, level * 10 + 1)
    ]
    compiled = frames(*levels)
    release = explode(compiled, configure(compiled, {"QUIET": False}), 1)
    assert {row["quantity"] for row in release.bom} == {str(2**39)}


def test_an_assembly_none_of_whose_lines_applies_is_needed_itself() -> None:
    compiled = frames(BomRow(10, "FRAME"), BomRow(20, "MAT", "QUIET", assembly="FRAME"))
    assert needed(explode(compiled, configure(compiled, {}), 2)) == {"FRAME": "2"}


@pytest.mark.parametrize(
    ("lines", "row", "said"),
    [
        (
            [BomRow(10, "A", assembly="B"), BomRow(20, "B", assembly="A")],
            "BOM line 10",
            "The parts go round in a loop: B → A → B.",
        ),
        ([BomRow(10, "A", assembly="A")], "BOM line 10", "The parts go round in a loop: A → A."),
        ([BomRow(10, "A", assembly="X")], "BOM line 10", "X is no component of anything here."),
        (
            [BomRow(10 * n, f"A{n}", assembly=f"A{n - 1}" if n > 1 else "") for n in range(1, 67)],
            "BOM line 650",
            "below level 64",
        ),
        ([BomRow(10, "A"), BomRow(20, "B", quantity="-2", assembly="A")], "BOM line 20", "-2 is not above"),
        ([BomRow(10, "A"), BomRow(20, "B", assembly="A", unit="furlong")], "BOM line 20", "furlong"),
        ([BomRow(10, "A"), BomRow(20, "B", "QUIETER", assembly="A")], "BOM line 20", "QUIETER"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_line(lines: list[BomRow], row: str, said: str) -> None:
    with pytest.raises(ModelRefused) as caught:
        frames(*lines)
    (fault,) = caught.value.faults
    assert fault.row == row
    assert said in fault.message
