"""The formulas of a product model while they are typed: judged, completed, renamed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from kernel.expressions import (
    BOOLEAN,
    FUNCTIONS,
    NUMBER,
    Choice,
    ExpressionError,
    ListOf,
    Scope,
    Type,
    check,
)
from orders.engine.authoring.rows import BOM, Document, Row
from orders.engine.model import QUANTITY

ANYTHING: Final = None
FORMULAS: Final[Mapping[str, Mapping[str, Type | None]]] = {
    "parameters": {"condition": BOOLEAN},
    "derived": {"formula": ANYTHING},
    "budgets": {"used": NUMBER, "limit": NUMBER},
    "rules": {"when": BOOLEAN, "then": BOOLEAN},
    "prices": {"condition": BOOLEAN, "amount": NUMBER},
    BOM: {"condition": BOOLEAN, "quantity": NUMBER},
    "routing": {
        "condition": BOOLEAN,
        "setup_minutes": NUMBER,
        "run_minutes": NUMBER,
        "setup_family": ANYTHING,
        "queue_minutes": NUMBER,
        "wait_minutes": NUMBER,
        "outside_days": NUMBER,
        "outside_price": NUMBER,
    },
    "characteristics": {
        "condition": BOOLEAN,
        "nominal": NUMBER,
        "lower": NUMBER,
        "upper": NUMBER,
        "expected": ANYTHING,
    },
    "documents": {"condition": BOOLEAN},
}
"""Which fields of a kind of row are formulas, and what each must give; None: whatever it likes."""

WITHOUT_QUANTITY: Final = frozenset({"parameters", "derived", "budgets", "rules"})
"""Kinds whose formulas do not know the ordered quantity."""

WORDS: Final = ("and", "or", "not", "requires", "excludes", "in", "if", "yes", "no", "none")
MOST: Final = 12

_ATTRIBUTE = re.compile(r"([^\W\d]\w*)\.(\w*)$")
_OPTION = re.compile(r"([^\W\d]\w*)\s*(?:=|==|<>|!=|≠|(?:not\s+)?in\s*\{(?:[^{}]*,)?)\s*(\w*)$")
_NAME = re.compile(r"(?<![\w.])([^\W\d]\w*)?$")
_COMPARED = re.compile(r"\s*(?:[=≠]|<>|!=|not\s+in\b|in\b)")
_PIECE = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\.\s*[^\W\d]\w*|[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a formula; place and hint only where it is wrong."""

    right: bool
    words: str
    line: int = 0
    column: int = 0
    hint: str = ""


class Suggestion(NamedTuple):
    """What may stand at the caret: the word, what it is, and how many characters before it are replaced."""

    word: str
    meaning: str
    replaces: int


def scope_for(scope: Scope, kind: str, derived: tuple[str, ...] = ()) -> Scope:
    """The names a row's formulas may use: without the quantity for some kinds, without later `derived`."""
    hidden = {*derived, *((QUANTITY,) if kind in WITHOUT_QUANTITY else ())}
    return Scope({name: type_ for name, type_ in scope.items() if name not in hidden})


def judge(scope: Scope, kind: str, field: str, text: str) -> Judgement:
    """Whether a formula is right where it stands; an empty one is no formula."""
    expects = FORMULAS[kind][field]
    if not text.strip():
        return Judgement(True, "Always." if expects == BOOLEAN else "Empty.")
    try:
        found = check(text, scope, expects)
    except ExpressionError as error:
        return Judgement(False, error.reason, error.line, error.column, error.hint)
    reads = ", ".join(sorted(found.names))
    return Judgement(True, f"Gives {found.result.words}{f', reads {reads}' if reads else ''}.")


def suggest(scope: Scope, labels: Mapping[str, str], text: str, most: int = MOST) -> list[Suggestion]:
    """What may follow `text`, which ends at the caret: attributes, options, or names, functions and words."""
    if found := _ATTRIBUTE.search(text):
        words = dict.fromkeys(_attributes(scope.get(found[1])), f"attribute of {found[1]}")
        return _matching(words, found[2], most)
    if found := _OPTION.search(text):
        codes = dict.fromkeys(_codes(scope.get(found[1])), f"option of {found[1]}")
        if options := _matching(codes, found[2], most):
            return options
    named = _NAME.search(text)
    return _matching(_names(scope, labels), named[1] or "", most) if named else []


def renamed(text: str, old: str, new: str, choice: str = "") -> str:
    """The formula with another word for a name; texts in quotes and attributes stay.

    With `choice`, `old` is an option of it: only what stands beside that choice is another word.
    """
    beside = ""

    def word(piece: re.Match[str]) -> str:
        nonlocal beside
        if _COMPARED.match(text, piece.end()):
            beside = piece[0]
        return new if piece[0] == old and beside == (choice or beside) else piece[0]

    return _PIECE.sub(word, text)


def reads(text: str, name: str) -> bool:
    """Whether the word stands in the formula as a name or option."""
    return any(piece[0] == name for piece in _PIECE.finditer(text))


def renamed_everywhere(document: Document, old: str, new: str, choice: str = "") -> dict[str, Any]:
    """The document with `renamed` formulas everywhere; BOM lines are not part of it."""
    result = dict(document)
    for kind in FORMULAS:
        if kind in result:
            result[kind] = [renamed_row(kind, row, old, new, choice) for row in result[kind]]
    return result


def renamed_row(kind: str, row: Row, old: str, new: str, choice: str = "") -> Row:
    """The row with another word for a name in its formulas; itself where none reads it."""
    texts = {field: renamed(str(row[field]), old, new, choice) for field in FORMULAS[kind] if row.get(field)}
    return {**row, **texts} if any(row[field] != text for field, text in texts.items()) else row


def _matching(words: Mapping[str, str], begun: str, most: int) -> list[Suggestion]:
    """Words that begin so, else words that hold it."""
    folded = begun.casefold()
    first = [word for word in words if word.casefold().startswith(folded)]
    inside = [word for word in words if folded in word.casefold() and word not in first] if folded else []
    return [Suggestion(word, words[word], len(begun)) for word in [*first, *inside][:most] if word != begun]


def _choice(type_: Type | None) -> Choice | None:
    inner = type_.of if isinstance(type_, ListOf) else type_
    return inner if isinstance(inner, Choice) else None


def _attributes(type_: Type | None) -> Iterator[str]:
    found = _choice(type_)
    yield from found.attributes if found else ()


def _codes(type_: Type | None) -> Iterator[str]:
    found = _choice(type_)
    yield from found.codes if found else ()


def _names(scope: Scope, labels: Mapping[str, str]) -> dict[str, str]:
    names = {name: labels.get(name, "ordered quantity") for name in scope}
    functions = {f"{name}(": function.shape for name, function in FUNCTIONS.items()}
    return {**names, **functions, **dict.fromkeys(WORDS, "word of the language")}
