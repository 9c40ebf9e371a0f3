"""What one job needs and must be: materials, operations, inspection and specification, by formula."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
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
from orders.engine.configuring import Configuration
from orders.engine.effectivity import NOT_SAID, Effectivity, is_effective
from orders.engine.model import QUANTITY, DocumentRow, Fault, FormulaFailed, StepRow
from orders.engine.reading import shown

Row = dict[str, object]

LONGEST_OPERATION = Decimal(1_000_000)
STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Release:
    """The private copy a job gets: rows ready for JSON, numbers as text.

    bom: find_number, item_id, item, description, quantity (whole job), unit, operation, assembly,
    alternates, customer_supplied
    routing: sequence, name, process_id, process, setup_minutes, run_minutes (whole job, whole minutes
    rounded up), unattended, setup_family, instructions, after (sequences of the operations it follows),
    queue_minutes (working time), wait_minutes (calendar time after it), skills, people, tools, batch_size,
    outside, outside_days, outside_price (per unit of product)
    characteristics: number, label, kind, nominal, lower, upper, expected, unit, method, key, gauge, sample
    documents: kind, number, revision, title, operation, address
    specification: code, label, value, text, unit
    """

    bom: list[Row]
    routing: list[Row]
    characteristics: list[Row]
    specification: list[Row]
    documents: list[Row]


def explode(
    compiled: CompiledProduct,
    configuration: Configuration,
    quantity: int,
    at: Effectivity = NOT_SAID,
) -> Release:
    """Evaluate every condition and formula for this job; the configuration must be valid.

    Lines count that are effective `at` this day for these serial numbers. Assemblies are taken apart: their
    own lines are multiplied by how many are needed, and only what is bought or stocked stands in the result.

    Lines with quantity zero are dropped, and operations that take no time. A material whose operation is
    not needed goes to the next one that is. Raises FormulaFailed with the row for negative or absurd
    results, Refused where no operation remains or a line counts for some of the serial numbers only.
    """
    values = {**configuration.values, QUANTITY: quantity}
    routing = [row for step in compiled.routing if (row := _step(step, values, quantity))]
    _join(routing, [step.row for step in compiled.routing])
    if not routing:
        raise Refused(
            f"{compiled.model.code} needs no operation with these choices.",
            remedy="Correct the conditions of its routing.",
        )
    sequences = [cast(int, row["sequence"]) for row in routing]
    lines = [
        line
        for line in compiled.downwards
        if is_effective(line.row, at, quantity) and _applies(line.condition, values)
    ]
    bom = [_bom_row(line, needed, sequences) for line, needed in _needs(lines, values, quantity)]
    checks = [_check(part, values) for part in compiled.characteristics if _applies(part.condition, values)]
    papers = [_paper(part.row) for part in compiled.documents if _applies(part.condition, values)]
    return Release(bom, routing, checks, specification(compiled, configuration), papers)


def specification(compiled: CompiledProduct, configuration: Configuration) -> list[Row]:
    """What was ordered, one row per choice that was made."""
    rows: list[Row] = []
    hidden = {row.code for row in compiled.model.derived if not row.shown}
    for code, value in configuration.values.items():
        if value is None or value in ("", ()) or code in hidden:
            continue
        rows.append(
            {
                "code": code,
                "label": compiled.label(code),
                "value": _text(value),
                "text": shown(compiled, code, value),
                "unit": compiled.units.get(code, ""),
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
    days = _minutes(step.outside_days, values, 1) if row.outside else 0
    if not setup + run + days:
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
        "queue_minutes": _minutes(step.queue, values, 1),
        "wait_minutes": _minutes(step.wait, values, 1),
        "skills": list(row.skills),
        "people": row.people,
        "tools": list(row.tools),
        "batch_size": row.batch_size,
        "outside": row.outside,
        "outside_days": days,
        "outside_price": plain(step.outside_price.number(values)) if row.outside else "0",
    }


def _join(routing: list[Row], steps: Sequence[StepRow]) -> None:
    """Let every operation name those it follows; one that is not needed passes on what it would follow."""
    needed = {row["sequence"] for row in routing}
    follows: dict[int, list[int]] = {}
    before: list[int] = []
    for step in steps:
        named = before if step.after is None else step.after
        met = {deep for other in named for deep in ([other] if other in needed else follows.get(other, []))}
        follows[step.sequence] = sorted(met)
        before = [step.sequence]
    for row in routing:
        row["after"] = follows[cast(int, row["sequence"])]


def _minutes(formula: Formula, values: Values, pieces: int) -> int:
    minutes = (formula.number(values) * pieces).to_integral_value(ROUND_CEILING)
    if minutes > LONGEST_OPERATION:
        message = f"{minutes} minutes are more than an operation may take."
        raise FormulaFailed(Fault(formula.row, formula.field, message))
    return int(minutes)


def _needs(
    lines: Sequence[CompiledBom], values: Values, quantity: int
) -> Iterator[tuple[CompiledBom, Decimal]]:
    """Every line of a part that is not taken apart further, with its need for the whole job.

    Lines come downwards: the need of an assembly is whole, the sum over all it goes into, before the first
    line below it. Rounded up on each line to what can be stored, pieces to whole pieces.
    """
    below = {line.row.assembly for line in lines}
    needs = {"": Decimal(quantity)}
    for line in lines:
        parents = needs.get(line.row.assembly)
        needed = _needed(line, values, parents) if parents else None
        if needed and line.row.item in below:
            needs[line.row.item] = needs.get(line.row.item, Decimal(0)) + needed
        elif needed:
            yield line, needed


def _needed(line: CompiledBom, values: Values, parents: Decimal) -> Decimal:
    """For so many parents, with what is lost as scrap."""
    exact = line.quantity.number(values) * parents / (1 - line.row.scrap_percent / 100)
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
        "assembly": row.assembly,
        "alternates": list(row.alternates),
        "customer_supplied": row.customer_supplied,
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
        "gauge": row.gauge,
        "sample": row.sample,
    }


def _paper(row: DocumentRow) -> Row:
    return {
        "kind": row.kind,
        "number": row.number,
        "revision": row.revision,
        "title": row.title,
        "operation": row.operation,
        "address": row.address,
    }


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_text(part) for part in value)
    return plain(value) if isinstance(value, Decimal) else value or ""
