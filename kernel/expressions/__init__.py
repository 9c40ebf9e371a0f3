"""A safe, typed formula language for rules, quantities and times. See docs/algorithms/expressions.md.

scope = Scope({"CPU": Choice.of({"C08": {"watt": 65}, "C32": {"watt": 280}}), "PSU_W": NUMBER})
rule = check("1.25 * (CPU.watt + 75) <= PSU_W", scope, expects=BOOLEAN)
rule.names                                            # frozenset({"CPU", "PSU_W"})
rule.boolean({"CPU": "C08", "PSU_W": 650})            # True
"""

from kernel.expressions.compiled import Checked, check, clear_cache, compile_cached, part, problem
from kernel.expressions.errors import EvaluationError, ExpressionError, PositionedError, ScopeError
from kernel.expressions.functions import FUNCTIONS
from kernel.expressions.parser import parse
from kernel.expressions.tree import Expression
from kernel.expressions.types import (
    BOOLEAN,
    NUMBER,
    TEXT,
    Boolean,
    Choice,
    ListOf,
    Number,
    Scalar,
    Scope,
    Text,
    Type,
    Value,
    is_name,
)

__all__ = [
    "BOOLEAN",
    "FUNCTIONS",
    "NUMBER",
    "TEXT",
    "Boolean",
    "Checked",
    "Choice",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "ListOf",
    "Number",
    "PositionedError",
    "Scalar",
    "Scope",
    "ScopeError",
    "Text",
    "Type",
    "Value",
    "check",
    "clear_cache",
    "compile_cached",
    "is_name",
    "parse",
    "part",
    "problem",
]
