"""What formulas know features and parameters as."""

from decimal import Decimal
from typing import cast

from kernel.expressions import BOOLEAN, NUMBER, TEXT, Choice, ListOf, Scalar, Type
from orders.engine.model import ParameterRow, Placed

KINDS: dict[str, Type] = {"number": NUMBER, "text": TEXT, "flag": BOOLEAN}


def type_of_parameter(row: ParameterRow) -> Type:
    """By its kind; text where that is unknown."""
    return KINDS.get(row.kind, TEXT)


def type_of(placed: Placed) -> Type:
    """How formulas know a feature: one option, several, or yes and no."""
    feature = placed.feature
    if not feature.options:
        return BOOLEAN
    options = {
        option.code: {name: _scalar(value) for name, value in option.attributes.items()}
        for option in feature.options
    }
    if feature.many:
        return ListOf(Choice.of(options))
    return Choice.of(options, optional=not placed.required or placed.gate is not None)


def _scalar(value: object) -> Scalar | int:
    """An attribute as formulas know it: JSON's floats become exact decimals; the scope refuses the rest."""
    return Decimal(str(value)) if isinstance(value, float) else cast(Scalar | int, value)
