"""What a product model must look like before any formula is read: codes, defaults, units, references."""

import re
from collections import Counter
from collections.abc import Iterator

from kernel.errors import Refused
from kernel.expressions import is_name
from kernel.money import exponent
from kernel.quantities import unit
from orders.engine.model import (
    QUANTITY,
    CharacteristicRow,
    Fault,
    GroupRow,
    OptionRow,
    ParameterRow,
    ProductModel,
)

_WORDS = frozenset({"none", "yes", "no", "true", "false"})
_FIGURES = re.compile(r"[0-9]+(\.[0-9]+)?")


def structure_faults(model: ProductModel) -> list[Fault]:
    """Everything wrong with the rows themselves, in the order a person meets them."""
    return [
        *_product(model),
        *_codes(model),
        *(fault for group in model.groups for fault in _group(group)),
        *(fault for parameter in model.parameters for fault in _parameter(parameter)),
        *_materials(model),
        *(fault for row in model.characteristics for fault in _characteristic(row)),
    ]


def _product(model: ProductModel) -> Iterator[Fault]:
    try:
        exponent(model.currency)
    except Refused as error:
        yield Fault("Product", "currency", error.message, error.remedy)
    if not model.routing:
        yield Fault("Product", "routing", "There is no operation.", "Add at least one routing step.")
    for step in model.routing:
        if not step.process:
            yield Fault(f"Operation {step.sequence}", "process", "No process is set.", "Choose one.")


def _codes(model: ProductModel) -> Iterator[Fault]:
    codes = Counter(row.code for row in model.choices)
    for code, count in codes.items():
        if count > 1:
            yield Fault(f"Group or parameter {code}", "code", "The code is used twice.", "Rename one.")
        if code == QUANTITY:
            yield Fault(f"Group or parameter {code}", "code", f"{QUANTITY} means the ordered quantity.")


def _group(group: GroupRow) -> Iterator[Fault]:
    row = f"Group {group.code}"
    if group.required and not group.options:
        yield Fault(row, "options", "A required choice has no options.", "Add options or make it optional.")
    if sum(option.is_default for option in group.options) > 1:
        yield Fault(row, "options", "More than one option is the default.", "Keep one.")
    for option in group.options:
        yield from _option(row, option)


def _option(row: str, option: OptionRow) -> Iterator[Fault]:
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
        yield from _unit(row, line.unit)
        if line.operation not in sequences:
            known = ", ".join(map(str, sequences)) or "none"
            message = f"There is no operation {line.operation}."
            yield Fault(row, "operation_sequence", message, f"Operations are {known}.")


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
