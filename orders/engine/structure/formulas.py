"""The distinct conditions and quantities of a structure as formulas, evaluated once per configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kernel.errors import Refused
from kernel.expressions import BOOLEAN, NUMBER, Checked, PositionedError, Scope, check
from kernel.jit import BoolArray
from orders.engine.structure.tables import ABOVE_ZERO, FloatArray, Structure, refusal


@dataclass(frozen=True, slots=True)
class Formulas:
    """What must be evaluated, with its place among the distinct texts; all else is constant."""

    structure: Structure
    conditions: tuple[tuple[int, Checked], ...]
    quantities: tuple[tuple[int, Checked], ...]

    def holds(self, values: Mapping[str, object]) -> BoolArray:
        """Per distinct condition, whether it is true; an empty one always is. Refused with the line."""
        found = np.ones(max(1, len(self.structure.conditions)), dtype=np.bool_)
        for index, formula in self.conditions:
            try:
                found[index] = formula.boolean(values)
            except PositionedError as error:
                raise _refused(self.structure, "condition", index, error) from None
        return found

    def amounts(self, values: Mapping[str, object]) -> FloatArray:
        """Per distinct quantity, what it is; NaN where these values give none: refused only if needed."""
        found = self.structure.constant.copy()
        for index, formula in self.quantities:
            try:
                found[index] = float(formula.number(values))
            except PositionedError:
                found[index] = np.nan
        return found


def check_formulas(structure: Structure, scope: Scope) -> Formulas:
    """Check every distinct condition and quantity; Refused names the first line that uses a wrong one.

    An unknown option or feature is refused with the nearest that exists.
    """
    conditions = [
        (index, _checked(structure, scope, "condition", index, text))
        for index, text in enumerate(structure.conditions)
        if text.strip()
    ]
    quantities = [
        (index, _checked(structure, scope, "quantity", index, text))
        for index, text in enumerate(structure.quantities)
        if np.isnan(structure.constant[index])
    ]
    for index, formula in quantities:
        _check_sign(structure, index, formula)
    return Formulas(structure, tuple(conditions), tuple(quantities))


def _checked(structure: Structure, scope: Scope, field: str, index: int, text: str) -> Checked:
    try:
        return check(text, scope, expects=BOOLEAN if field == "condition" else NUMBER)
    except PositionedError as error:
        raise _refused(structure, field, index, error) from None


def _check_sign(structure: Structure, index: int, formula: Checked) -> None:
    """A formula without features must not give zero or less: the line could never be needed."""
    if formula.is_fixed and (value := formula.number({})) <= 0:
        message = f"the quantity {formula.source.strip()} is {value:f}, not above zero."
        raise refusal(_lowest(structure, structure.quantity == index), "quantity", message, ABOVE_ZERO)


def _refused(structure: Structure, field: str, index: int, error: PositionedError) -> Refused:
    """The refusal of a formula, at the lowest line that uses it."""
    pointers = structure.condition if field == "condition" else structure.quantity
    number = _lowest(structure, pointers == index)
    where = f"{field}, line {error.line}, column {error.column}"
    return refusal(number, field, f"{where}: {error.reason}", error.hint)


def _lowest(structure: Structure, where: BoolArray) -> int:
    return int(structure.number[where].min())
