"""What a product model must look like before any formula is read: codes, defaults, units, references."""

import re
from collections import Counter
from collections.abc import Iterator

from kernel.errors import Refused
from kernel.expressions import is_name
from kernel.money import exponent
from kernel.quantities import unit
from orders.engine.model import (
    PARAMETER_KINDS,
    QUANTITY,
    RELATIONS,
    RULE_KINDS,
    BomRow,
    CharacteristicRow,
    Fault,
    FeatureRow,
    ParameterRow,
    Placed,
    ProductModel,
    RuleRow,
)

_WORDS = frozenset({"none", "yes", "no", "true", "false"})
LONGEST_NAME = 120
HIGHEST_PRICE = 10**12
_FIGURES = re.compile(r"[0-9]+(\.[0-9]+)?")


def structure_faults(model: ProductModel) -> list[Fault]:
    """Everything wrong with the rows themselves, in the order a person meets them."""
    return [
        *_product(model),
        *_codes(model),
        *(fault for placed in model.placed for fault in _group(placed)),
        *(fault for parameter in model.parameters for fault in _parameter(parameter)),
        *_materials(model),
        *_steps(model),
        *(fault for row in model.characteristics for fault in _characteristic(row)),
    ]


def named_rules(model: ProductModel) -> Iterator[tuple[str, RuleRow]]:
    """All rules with what people call them; a budget is kept by one, too, numbered after the last."""
    yield from ((f"Rule {row.number}", row) for row in model.rules)
    after = max((row.number for row in model.rules), default=0)
    for number, budget in enumerate(model.budgets, start=after + 1):
        reason = budget.reason or f"{budget.label} must stay within its limit"
        rule = RuleRow(number, "requires", "", f"({budget.used}) <= ({budget.limit})", reason)
        yield f"Budget {budget.code}", rule


def head_faults(model: ProductModel) -> Iterator[Fault]:
    """What is wrong with name, base price and currency."""
    if not 0 < len(model.name.strip()) <= LONGEST_NAME:
        message = f"The name has {len(model.name.strip())} characters."
        yield Fault("Product", "name", message, f"Give 1 to {LONGEST_NAME}.")
    if not 0 <= model.base_price < HIGHEST_PRICE or model.base_price.as_tuple().exponent < -2:  # type: ignore[operator]
        message = f"The base price {model.base_price} is out of range."
        yield Fault("Product", "base_price", message, "Give 0 or more with at most two decimal places.")
    try:
        exponent(model.currency)
    except Refused as error:
        yield Fault("Product", "currency", error.message, error.remedy)


def _product(model: ProductModel) -> Iterator[Fault]:
    yield from head_faults(model)
    if not model.routing:
        yield Fault("Product", "routing", "There is no operation.", "Add at least one routing step.")
    for step in model.routing:
        if not step.process_id:
            message = f"There is no process {step.process}." if step.process else "No process is set."
            yield Fault(f"Operation {step.sequence}", "process", message, "Choose one of the processes.")
    for rule in model.rules:
        if rule.kind not in RULE_KINDS:
            yield Fault(
                f"Rule {rule.number}", "kind", f"“{rule.kind}” is no kind.", "Say requires or excludes."
            )


def _codes(model: ProductModel) -> Iterator[Fault]:
    codes = Counter([*(row.code for row in model.choices), *(row.code for row in model.derived)])
    for code, count in codes.items():
        if count > 1:
            yield Fault(f"Group or parameter {code}", "code", "The code is used twice.", "Rename one.")
        if code == QUANTITY:
            yield Fault(f"Group or parameter {code}", "code", f"{QUANTITY} means the ordered quantity.")


def _group(placed: Placed) -> Iterator[Fault]:
    group = placed.feature
    row = f"Group {group.code}"
    if group.relation not in RELATIONS:
        message = f"“{group.relation}” is no way to combine features."
        yield Fault(row, "relation", message, f"Choose one of {', '.join(RELATIONS)}.")
    if group.relation != "and" and not group.children:
        yield Fault(row, "options", "A required choice has no options.", "Add options or make it optional.")
    low, high = group.bounds
    if group.relation == "cardinality" and not 0 <= low <= high <= len(group.children):
        message = f"{low} to {high} of {len(group.children)} options cannot be chosen."
        yield Fault(row, "low", message, "Correct the numbers, or add options.")
    if sum(option.is_default for option in group.options) > (high if group.many else 1):
        yield Fault(row, "options", "More than one option is the default.", "Keep one.")
    for code, count in Counter(option.code for option in group.options).items():
        if count > 1:
            yield Fault(row, "options", f"Option {code} is there twice.", "Rename one.")
    for option in group.options:
        yield from _option(row, option)


def _option(row: str, option: FeatureRow) -> Iterator[Fault]:
    code = option.code
    if not (is_name(code) or code.casefold() in _WORDS or _FIGURES.fullmatch(code)):
        yield Fault(
            f"{row}, option {code}",
            "code",
            "The code cannot be used in formulas.",
            "Use letters, digits and _, beginning with a letter, or a plain number.",
        )


def _parameter(parameter: ParameterRow) -> Iterator[Fault]:
    row = f"Parameter {parameter.code}"
    if parameter.kind not in PARAMETER_KINDS:
        message = f"“{parameter.kind}” is no kind of parameter."
        yield Fault(row, "kind", message, f"Choose one of {', '.join(PARAMETER_KINDS)}.")
    if parameter.step is not None and parameter.step <= 0:
        yield Fault(row, "step", "The step is not above zero.", "Give a positive step or none.")
    yield from _unit(row, parameter.unit)
    try:
        re.compile(parameter.pattern)
    except re.error as error:
        yield Fault(row, "pattern", f"The pattern cannot be read: {error}.", "Correct the pattern.")
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and low > high:
        yield Fault(row, "minimum", f"The minimum {low} is above the maximum {high}.", "Swap them.")


def _materials(model: ProductModel) -> Iterator[Fault]:
    sequences = sorted(step.sequence for step in model.routing)
    for line in model.bom:
        row = f"BOM line {line.find_number}"
        if not 0 <= line.scrap_percent < 100:
            yield Fault(
                row, "scrap_percent", f"{line.scrap_percent} % scrap is out of range.", "Give 0 to 99."
            )
        yield from _effectivity(row, line)
        yield from _unit(row, line.unit)
        if not line.item_id:
            yield Fault(
                row, "item", f"There is no item {line.item}.", "Create the item first, or correct it."
            )
        if line.operation and line.operation not in sequences:
            known = ", ".join(map(str, sequences)) or "none"
            message = f"There is no operation {line.operation}."
            yield Fault(row, "operation_sequence", message, f"Operations are {known}.")


def _effectivity(row: str, line: BomRow) -> Iterator[Fault]:
    spans = (
        ("valid_from", line.valid_from, line.valid_to),
        ("serial_from", line.serial_from, line.serial_to),
    )
    for field, first, last in spans:
        if first is not None and last is not None and first > last:  # type: ignore[operator]
            yield Fault(row, field, f"It ends ({last}) before it begins ({first}).", "Correct one of them.")


def _steps(model: ProductModel) -> Iterator[Fault]:
    """Operations follow operations that are there, and never in a circle: those named stand before."""
    sequences = [step.sequence for step in model.routing]
    for sequence, count in Counter(sequences).items():
        if count > 1:
            yield Fault(f"Operation {sequence}", "sequence", "The number is used twice.", "Renumber one.")
    for step in model.routing:
        for other in step.after or ():
            if other not in sequences or other >= step.sequence:
                message = f"It cannot follow operation {other}."
                remedy = "Name operations with lower numbers."
                yield Fault(f"Operation {step.sequence}", "after", message, remedy)


def _characteristic(row: CharacteristicRow) -> Iterator[Fault]:
    where = f"Characteristic {row.number}"
    yield from _unit(where, row.unit)
    if row.kind == "measured" and not (row.lower.strip() or row.upper.strip()):
        yield Fault(where, "lower", "A measured characteristic has no limit.", "Give a lower or upper limit.")


def _unit(row: str, code: str) -> Iterator[Fault]:
    try:
        if code:
            unit(code)
    except Refused as error:
        yield Fault(row, "unit", error.message, error.remedy)
