"""A product model as plain data for the tests of the engine: no database."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from orders.engine import (
    BomRow,
    CharacteristicRow,
    CompiledProduct,
    Fault,
    FeatureRow,
    ModelRefused,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    choice,
    compile_product,
)


def bom_row(
    find: int, item_id: int, item: str, words: str, unit: str, cost: Decimal, when: str, much: str, at: int
) -> BomRow:
    """A line with the master data of its item."""
    return BomRow(
        find, item, when, much, at, item_id=item_id, description=words, unit=unit, standard_cost=cost
    )


def step_row(sequence: int, name: str, process_id: int, process: str, *rest: Any, **more: Any) -> StepRow:
    """An operation with the master data of its process."""
    return StepRow(sequence, name, process, *rest, process_id=process_id, **more)


CPU = choice(
    "CPU",
    "Processor",
    (
        FeatureRow("C08", "8 cores", True, attributes={"watt": 65}),
        FeatureRow("C32", "32 cores", price_adder=Decimal(1850), attributes={"watt": 280.5}),
    ),
)
PSU = choice(
    "PSU",
    "Power supply",
    (
        FeatureRow("200", "200 W", True),
        FeatureRow("650", "650 W", price_adder=Decimal(70)),
        FeatureRow("1000", "1000 W", price_adder=Decimal(140)),
    ),
)
MEMORY = (FeatureRow("yes", "Yes", price_percent=Decimal(8)), FeatureRow("no", "No"))
ECC = choice("ECC", "ECC memory", MEMORY, required=False)
RAM = ParameterRow(
    "RAM", "Memory", unit="pcs", minimum=Decimal(1), maximum=Decimal(8), step=Decimal(1), default="2"
)
TAG = ParameterRow("TAG", "Asset tag", "text", max_length=6, pattern="[A-Z0-9]+", help="Capitals, figures.")
QUIET = ParameterRow("QUIET", "Quiet", "flag")
POWER = RuleRow(1, "requires", "", "1.25 * (CPU.watt + 75) <= PSU", "The power supply is too weak.")
CALM = RuleRow(2, "excludes", "QUIET", "CPU = C32", "32 cores are not quiet.")
WORKSTATION = ProductModel(
    "WS",
    "Workstation",
    Decimal("1000.00"),
    features=(CPU, PSU, ECC),
    parameters=(RAM, TAG, QUIET),
    rules=(POWER, CALM),
    prices=(PriceRow("Memory", "RAM > 2", "(RAM - 2) * 33.335"),),
    bom=(
        bom_row(10, 1, "BOARD", "Board", "pcs", Decimal(200), "", "1", 10),
        bom_row(20, 2, "DIMM", "Memory module", "pcs", Decimal(30), "", "RAM", 10),
        bom_row(30, 3, "PASTE", "Thermal paste", "g", Decimal("0.2"), "", "1.5", 10),
        bom_row(40, 4, "MAT", "Acoustic mat", "pcs", Decimal(9), "QUIET", "1", 20),
        bom_row(50, 5, "PLATE", "Engraved plate", "pcs", Decimal(4), "", "if(TAG <> none, 1, 0)", 20),
    ),
    routing=(
        step_row(10, "Build", 7, "BUILD", "", "5", "12 + 1.5 * RAM", setup_family="CPU"),
        step_row(20, "Engrave", 8, "LASER", "TAG <> none", "3", "6", instructions="As ordered."),
        step_row(30, "Burn-in", 9, "BURN", "", "0", "240", "lot", unattended=True),
    ),
    characteristics=(
        CharacteristicRow(1, "Memory found", expected="RAM", key=True),
        CharacteristicRow(2, "Noise", "measured", upper="if(QUIET, 32, 45)", unit="dB"),
        CharacteristicRow(3, "Tag", condition="TAG <> none", expected="TAG"),
    ),
)


def compiled(**changes: Any) -> CompiledProduct:
    """The workstation with changes, ready to use."""
    return compile_product(replace(WORKSTATION, **changes))


def faults(**changes: Any) -> list[Fault]:
    """What is wrong with the workstation after changes."""
    try:
        compiled(**changes)
    except ModelRefused as error:
        return error.faults
    return []
