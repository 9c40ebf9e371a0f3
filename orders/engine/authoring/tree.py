"""The feature tree of a document, read level by level: no row is touched that is not shown."""

from collections.abc import Iterator
from typing import NamedTuple

from orders.engine.authoring.rows import BETWEEN, TREE, Document, Row, Rows, keys_of, row_at, rows_at


class Leaf(NamedTuple):
    """A feature in its place: its path, its row, and how many hang below it."""

    path: str
    row: Row
    children: int

    @property
    def parent(self) -> str:
        """The path of what it hangs on, empty at the top."""
        return self.path.rpartition(BETWEEN)[0]


class Level(NamedTuple):
    """One page of the features below one place, with how many there are in all."""

    below: str
    leaves: list[Leaf]
    total: int
    first: int

    @property
    def further(self) -> int:
        """Where the next page begins, 0 at the end."""
        after = self.first + len(self.leaves)
        return after if after < self.total else 0


def level(document: Document, below: str = "", first: int = 0, most: int = 50) -> Level:
    """The features below a path, from the place `first` on; Refused for an unknown path."""
    rows = rows_at(document, TREE, below)
    keys = keys_of(TREE, rows)
    shown = zip(keys[first : first + most], rows[first : first + most], strict=True)
    return Level(below, [_leaf(below, key, row) for key, row in shown], len(rows), first)


def trail(document: Document, path: str) -> list[Leaf]:
    """The features from the top down to this path; Refused for an unknown one."""
    parts = path.split(BETWEEN) if path else []
    paths = [BETWEEN.join(parts[: end + 1]) for end in range(len(parts))]
    return [Leaf(at, row := row_at(document, TREE, at), len(row.get("children", ()))) for at in paths]


def search(document: Document, words: str, most: int = 50) -> tuple[list[Leaf], int]:
    """Features whose code or label holds all the words, case aside, the first `most`; and how many in all."""
    wanted = words.casefold().split()
    found: list[Leaf] = []
    count = 0
    for leaf in walk(document) if wanted else ():
        text = f"{leaf.row.get('code', '')} {leaf.row.get('label', '')}".casefold()
        if all(word in text for word in wanted):
            count += 1
            if count <= most:
                found.append(leaf)
    return found, count


def walk(document: Document) -> Iterator[Leaf]:
    """Every feature, top down."""
    return _walk(document.get(TREE, ()), "")


def path_of(document: Document, code: str, option: str = "") -> str:
    """The path of a named feature, or of an option of it; empty where there is none."""
    for leaf in walk(document):
        if option and leaf.row.get("code") == option:
            if leaf.parent.rpartition(BETWEEN)[2] == code:
                return leaf.path
        elif not option and leaf.row.get("code") == code:
            return leaf.path
    return ""


def _walk(rows: Rows, below: str) -> Iterator[Leaf]:
    for key, row in zip(keys_of(TREE, rows), rows, strict=True):
        leaf = _leaf(below, key, row)
        yield leaf
        yield from _walk(row.get("children", ()), leaf.path)


def _leaf(below: str, key: str, row: Row) -> Leaf:
    return Leaf(f"{below}{BETWEEN}{key}" if below else key, row, len(row.get("children", ())))
