"""What one job needs and must be: materials, operations, inspection and specification, by formula."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import cast

from kernel.errors import Refused
from kernel.expressions import Value
from kernel.quantities import unit
from kernel.wording import plain
from orders.engine.compiling import (
    CompiledBom,
    CompiledCharacteristic,
    CompiledProduct,
    CompiledStep,
    Formula,
    Values,
)
from orders.engine.configuring import Configuration, shown
from orders.engine.model import QUANTITY, Fault, FormulaFailed

Row = dict[str, object]

LONGEST_OPERATION = Decimal(1_000_000)
STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Release:
    """The private copy a job gets: rows ready for JSON, numbers as text.

    bom: find_number, item_id, item, description, quantity (whole job), unit, operation
    routing: sequence, name, process_id, process, setup_minutes, run_minutes (whole job, whole minutes
    rounded up), unattended, setup_family, instructions
    characteristics: number, label, kind, nominal, lower, upper, expected, unit, method, key
    specification: code, label, value, text, unit
    `material_cost` is the standard cost of the materials of the whole job.
    """

    bom: list[Row]
    routing: list[Row]
    characteristics: list[Row]
    specification: list[Row]
    material_cost: Decimal


def explode(compiled: CompiledProduct, configuration: Configuration, quantity: int) -> Release:
    """Evaluate every condition and formula for this job; the configuration must be valid.

    Lines with quantity zero are dropped, and operations that take no time. A material whose operation is
    not needed goes to the next one that is. Raises FormulaFailed with the row for negative or absurd
    results, Refused where no operation remains.
    """
    values = {**configuration.values, QUANTITY: quantity}
    routing = [row for step in compiled.routing if (row := _step(step, values, quantity))]
    if not routing:
        raise Refused(
            f"{compiled.model.code} needs no operation with these choices.",
            remedy="Correct the conditions of its routing.",
        )
    sequences = [cast(int, row["sequence"]) for row in routing]
    bom: list[Row] = []
    cost = Decimal(0)
    for line in compiled.bom:
        needed = _needed(line, values, quantity)
        if needed:
            bom.append(_bom_row(line, needed, sequences))
            cost += needed * line.row.standard_cost
    checks = [_check(part, values) for part in compiled.characteristics if _applies(part.condition, values)]
    return Release(bom, routing, checks, specification(compiled, configuration), cost)


def unit_cost(release: Release, quantity: int) -> Decimal:
    """The estimate per unit: material at standard cost, in hundredths."""
    return (release.material_cost / quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)


def specification(compiled: CompiledProduct, configuration: Configuration) -> list[Row]:
    """What was ordered, one row per choice that was made."""
    rows: list[Row] = []
    units = {parameter.code: parameter.unit for parameter in compiled.model.parameters}
    for code, value in configuration.values.items():
        if value is None or value == "":
            continue
        rows.append(
            {
                "code": code,
                "label": compiled.model.label(code),
                "value": _text(value),
                "text": shown(compiled, code, value),
                "unit": units.get(code, ""),
            }
        )
    return rows


def _applies(condition: Formula | None, values: Values) -> bool:
    return condition is None or condition.holds(values)


def _step(step: CompiledStep, values: Values, quantity: int) -> Row | None:
    if not _applies(step.condition, values):
        return None
    row = step.row
    pieces = quantity if row.per == "piece" else 1
    setup = _minutes(step.setup, values, 1)
    run = _minutes(step.run, values, pieces)
    if not setup + run:
        return None
    return {
        "sequence": row.sequence,
        "name": row.name,
        "process_id": row.process_id,
        "process": row.process,
        "setup_minutes": setup,
        "run_minutes": run,
        "unattended": row.unattended,
        "setup_family": _text(step.family.value(values))[:40] if step.family else "",
        "instructions": row.instructions,
    }


def _minutes(formula: Formula, values: Values, pieces: int) -> int:
    minutes = (formula.number(values) * pieces).to_integral_value(ROUND_CEILING)
    if minutes > LONGEST_OPERATION:
        message = f"{minutes} minutes are more than an operation may take."
        raise FormulaFailed(Fault(formula.row, formula.field, message))
    return int(minutes)


def _needed(line: CompiledBom, values: Values, quantity: int) -> Decimal:
    """For the whole job, rounded up to what can be stored; pieces to whole pieces."""
    if not _applies(line.condition, values):
        return Decimal(0)
    exact = line.quantity.number(values) * quantity
    step = Decimal(1) if unit(line.row.unit).dimension == "count" else STEP
    return exact.quantize(step, ROUND_CEILING)


def _bom_row(line: CompiledBom, needed: Decimal, sequences: list[int]) -> Row:
    row = line.row
    later = [sequence for sequence in sequences if sequence >= row.operation]
    return {
        "find_number": row.find_number,
        "item_id": row.item_id,
        "item": row.item,
        "description": row.description,
        "quantity": plain(needed),
        "unit": row.unit,
        "operation": later[0] if later else sequences[-1],
    }


def _check(part: CompiledCharacteristic, values: Values) -> Row:
    row = part.row
    limits = {name: formula.number(values, least=None) for name, formula in part.limits.items()}
    lower, upper = limits.get("lower"), limits.get("upper")
    if lower is not None and upper is not None and lower > upper:
        message = f"The lower limit {plain(lower)} is above the upper limit {plain(upper)}."
        raise FormulaFailed(Fault(f"Characteristic {row.number}", "lower", message))
    return {
        "number": row.number,
        "label": row.label,
        "kind": row.kind,
        **{name: plain(limits[name]) if name in limits else None for name in ("nominal", "lower", "upper")},
        "expected": _text(part.expected.value(values)) if part.expected else "",
        "unit": row.unit,
        "method": row.method,
        "key": row.key,
    }


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_text(part) for part in value)
    return plain(value) if isinstance(value, Decimal) else value or ""
