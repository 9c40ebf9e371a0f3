"""What is wrong with a formula, and where: line and column always."""

from typing import NamedTuple

from kernel.errors import Refused


class Position(NamedTuple):
    """A place in the source text; both figures start at 1 and count characters."""

    line: int
    column: int


class PositionedError(Refused):
    """A refusal that points at one place of a formula; `reason` is the message without the place."""

    def __init__(self, reason: str, position: Position, hint: str = "") -> None:
        super().__init__(f"Line {position.line}, column {position.column}: {reason}", remedy=hint)
        self.reason = reason
        self.line = position.line
        self.column = position.column
        self.hint = hint


class ExpressionError(PositionedError):
    """The formula itself is wrong: it does not parse, names something unknown or mixes types."""


class EvaluationError(PositionedError):
    """The formula is right, these values are not: division by zero, overflow, a missing value."""


class ScopeError(Refused):
    """The features a formula may name are described wrongly: a bad name, a mixed attribute."""
