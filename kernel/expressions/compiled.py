"""Checked formulas, ready to evaluate, and the cache that compiles each only once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import cast

from kernel.expressions.arithmetic import CONTEXT
from kernel.expressions.checker import Beside, Checker
from kernel.expressions.errors import ExpressionError
from kernel.expressions.parser import parse
from kernel.expressions.terms import Run, Values, required
from kernel.expressions.tree import Node
from kernel.expressions.types import Boolean, Choice, Number, Scope, Text, Type, Value

CACHED = 8_192


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A formula whose names and types are right. Immutable; may be shared between threads.

    `names` are the features it reads, `result` is the type it gives, `tree` its syntax (for solvers).
    `is_fixed`: it gives the same whatever is chosen.
    """

    source: str
    tree: Node
    result: Type
    names: frozenset[str]
    is_fixed: bool
    run: Run

    def evaluate(self, values: Values) -> Value:
        """Calculate with one value per feature; a feature in a branch not taken may be absent.

        Numbers are given as Decimal or int, choices as code (or None), lists as list, tuple or set.
        Returns a finite Decimal, str, bool, a code or None, or a tuple. Raises EvaluationError.
        """
        value = self.run(values)
        return CONTEXT.add(value, Decimal(0)) if isinstance(value, Decimal) else value

    def number(self, values: Values) -> Decimal:
        """`evaluate` for a formula checked with expects=NUMBER."""
        return cast(Decimal, self._of(Number, values))

    def boolean(self, values: Values) -> bool:
        """`evaluate` for a formula checked with expects=BOOLEAN."""
        return cast(bool, self._of(Boolean, values))

    def text(self, values: Values) -> str:
        """`evaluate` for a formula checked with expects=TEXT."""
        return cast(str, self._of(Text, values))

    def _of(self, kind: type, values: Values) -> Value:
        if not isinstance(self.result, kind):
            raise TypeError(f"the formula was checked to give {self.result.words}")
        return self.evaluate(values)


def check(source: str, scope: Scope, expects: Type | None = None) -> Checked:
    """Parse and check a formula against a scope; raises ExpressionError with line, column and hint.

    With `expects` the result is made that type, or refused: a choice becomes text or, where its codes are
    numbers, a number. Where a choice is expected, bare codes of it may stand as results.
    """
    tree = parse(source).tree
    checker = Checker(scope)
    term = checker.term(tree, Beside("The result", expects) if isinstance(expects, Choice) else None)
    if expects is not None:
        term = required(term, expects)
    return Checked(source, tree, term.type, frozenset(checker.names), term.fixed, term.run)


def part(node: Node, scope: Scope, expects: Type | None = None) -> Checked:
    """A condition or number inside a formula that was checked against this scope, as one of its own.

    For whoever takes formulas apart; a node that stands for the option of a choice has no meaning alone.
    """
    checker = Checker(scope)
    term = checker.term(node)
    if expects is not None:
        term = required(term, expects)
    return Checked("", node, term.type, frozenset(checker.names), term.fixed, term.run)


class _Cache:
    """The formulas used last, by key; a dictionary under a lock."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Hashable, Checked] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Checked | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, checked: Checked) -> None:
        with self._lock:
            self._held[key] = checked
            if len(self._held) > self._size:
                self._held.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


_cache = _Cache(CACHED)


def compile_cached(
    source: str, scope_key: Hashable, scope: Callable[[], Scope], expects: Type | None = None
) -> Checked:
    """`check`, once per process for each (source, scope_key, expects); `scope` is called on a miss only.

    `scope_key` must change whenever the scope does, such as (product id, version) or the Scope itself.
    """
    key = (source, scope_key, expects)
    found = _cache.get(key)
    if found is None:
        found = check(source, scope(), expects)
        _cache.put(key, found)
    return found


def clear_cache() -> None:
    """Forget all compiled formulas."""
    _cache.clear()


def problem(source: str, scope: Scope, expects: Type | None = None) -> ExpressionError | None:
    """What is wrong with a formula, for forms that show it beside the field; None if it is right."""
    try:
        check(source, scope, expects)
    except ExpressionError as error:
        return error
    return None
