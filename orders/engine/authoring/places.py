"""Where a fault stands: from the words for a row to its kind and key."""

import re
from typing import Final, NamedTuple

from orders.engine.authoring.rows import BOM, HEAD, TREE, Document
from orders.engine.authoring.tree import path_of

_NOUNS: Final = (
    (re.compile(r"Rule (\d+)"), "rules"),
    (re.compile(r"Budget (\w+)"), "budgets"),
    (re.compile(r"Derived value (\w+)"), "derived"),
    (re.compile(r"Parameter (\w+)"), "parameters"),
    (re.compile(r"BOM line (\d+)"), BOM),
    (re.compile(r"Operation (\d+)"), "routing"),
    (re.compile(r"Characteristic (\d+)"), "characteristics"),
    (re.compile(r"Price rule “(.+)”"), "prices"),
    (re.compile(r"Document (.+)"), "documents"),
)
_FEATURE = re.compile(r"(?:Group or parameter|Group|Default of|Feature) (\w+)(?:, option (\w+))?")


class Place(NamedTuple):
    """A row by kind and key."""

    kind: str
    key: str


def place_of(document: Document, words: str) -> Place | None:
    """The row that the words of a fault or proof name, such as `Rule 4`; None where they name no row."""
    for noun, kind in _NOUNS:
        if found := noun.match(words):
            return Place(kind, found[1])
    if words.startswith("Product"):
        return Place(HEAD, "")
    found = _FEATURE.match(words)
    if not found:
        return None
    if any(row.get("code") == found[1] for row in document.get("parameters", ())):
        return Place("parameters", found[1])
    path = path_of(document, found[1], found[2] or "")
    return Place(TREE, path) if path else None
