"""Cuts the source text of a formula into tokens, each with its place."""

import re
from typing import NamedTuple

from kernel.expressions.errors import ExpressionError, Position
from kernel.expressions.types import LONGEST_NAME

MAX_SOURCE = 10_000
MAX_DIGITS = 28

NUMBER, NAME, TEXT, MARK, END = "number", "name", "text", "mark", "end"

# Every alternative is free of nested repetition, so that cutting is linear in the length.
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<text>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<mark><=|>=|<>|!=|==|[-+*/%^(){}=<>,.?:≤≥≠×·−])"
)
_SPELLING = {"==": "=", "!=": "<>", "≤": "<=", "≥": ">=", "≠": "<>", "×": "*", "·": "*", "−": "-"}
_HINTS = {
    "&": "Write 'and'.",
    "|": "Write 'or'.",
    "!": "Write 'not', or <> for 'is not equal'.",
    "[": "Write a set in braces: {A, B}.",
    "]": "Write a set in braces: {A, B}.",
    ";": "Separate arguments with a comma.",
    "“": "Use straight quotes.",
    "”": "Use straight quotes.",
    "„": "Use straight quotes.",
}


class Token(NamedTuple):
    """A piece of source: `symbol` is the spelling the grammar knows, `text` is what was written."""

    kind: str
    symbol: str
    text: str
    position: Position


def tokens(source: str) -> list[Token]:
    """All tokens of `source` and an end mark; ExpressionError for what is no token, or too long."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError(
            f"The formula is longer than {MAX_SOURCE} characters.", _place(source, MAX_SOURCE), "Split it up."
        )
    found: list[Token] = []
    line, line_start, at = 1, 0, 0
    while at < len(source):
        position = Position(line, at - line_start + 1)
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unknown(source[at], position)
        text = match.group()
        if match.lastgroup == "space":
            line += text.count("\n")
            line_start = at + text.rindex("\n") + 1 if "\n" in text else line_start
        else:
            found.append(_token(str(match.lastgroup), text, position))
        at = match.end()
    found.append(Token(END, END, "the end", Position(line, at - line_start + 1)))
    return found


def _token(kind: str, text: str, position: Position) -> Token:
    if kind == NUMBER and len(text.replace(".", "")) > MAX_DIGITS:
        raise ExpressionError(f"A number has at most {MAX_DIGITS} digits.", position)
    if kind == NAME and len(text) > LONGEST_NAME:
        raise ExpressionError(f"A name has at most {LONGEST_NAME} characters.", position)
    if kind == NAME and not text.isidentifier():
        raise ExpressionError(f"'{text}' is not a name.", position, "Use letters, digits and _.")
    symbol = _SPELLING.get(text, text) if kind in (MARK, NAME) else kind
    return Token(kind, symbol, text, position)


def _unknown(character: str, position: Position) -> ExpressionError:
    if character in "'\"":
        return ExpressionError("This text is not closed.", position, "Close it on the same line.")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return ExpressionError(f"Unexpected character {shown}.", position, _HINTS.get(character, ""))


def _place(source: str, offset: int) -> Position:
    before = source[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
