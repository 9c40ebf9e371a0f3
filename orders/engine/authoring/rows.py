"""Single rows of a product model's document: found by name, changed, added, removed, moved."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kernel.errors import Refused
from kernel.wording import did_you_mean
from orders.engine.model import (
    BomRow,
    BudgetRow,
    CharacteristicRow,
    DerivedRow,
    DocumentRow,
    FeatureRow,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
)

Row = Mapping[str, Any]
Document = Mapping[str, Any]
Rows = Sequence[Row]
Edit = Callable[[list[Row]], list[Row]]

HEAD: Final = "product"
TREE: Final = "features"
BOM: Final = "bom"
CLASSES: Final[Mapping[str, type]] = {
    HEAD: ProductModel,
    TREE: FeatureRow,
    "parameters": ParameterRow,
    "derived": DerivedRow,
    "budgets": BudgetRow,
    "rules": RuleRow,
    "prices": PriceRow,
    BOM: BomRow,
    "routing": StepRow,
    "characteristics": CharacteristicRow,
    "documents": DocumentRow,
}
"""The kinds of rows by the key under which a document lists them."""

NAMED_BY: Final[Mapping[str, str]] = {
    HEAD: "code",
    TREE: "code",
    "parameters": "code",
    "derived": "code",
    "budgets": "code",
    "rules": "number",
    "prices": "label",
    BOM: "find_number",
    "routing": "sequence",
    "characteristics": "number",
    "documents": "number",
}
"""The field people know a row of a kind by."""

REPEATABLE: Final = frozenset({"prices", "documents"})
"""Kinds in which several rows may have the same name."""

HEAD_FIELDS: Final = ("name", "base_price", "currency")
BETWEEN: Final = "/"
AGAIN: Final = "~"


def keys_of(kind: str, rows: Rows) -> list[str]:
    """The key of each row: its name, and for a further row of the same name `name~2`, `name~3`."""
    seen: dict[str, int] = {}
    keys = []
    for row in rows:
        name = str(row.get(NAMED_BY[kind], ""))
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}{AGAIN}{seen[name]}")
    return keys


def rows_at(document: Document, kind: str, below: str = "") -> Rows:
    """The rows of a kind; of features those below the one with the path `below`, such as `CHASSIS/CPU`."""
    rows: Rows = document.get(kind, ())
    for key in _path(below):
        rows = rows[_index(kind, rows, key)].get("children", ())
    return rows


def row_at(document: Document, kind: str, key: str) -> Row:
    """The row with this key, of features the one at this path; Refused where there is none."""
    if kind == HEAD:
        return {name: document[name] for name in HEAD_FIELDS if name in document}
    below, last = _parted(kind, key)
    rows = rows_at(document, kind, below)
    return rows[_index(kind, rows, last)]


def changed(document: Document, kind: str, key: str, row: Row) -> tuple[dict[str, Any], str]:
    """The document with this row in place of the one with `key`, and its key now; children stay.

    Refused at the naming field where another row has that name already.
    """
    if kind == HEAD:
        return {**document, **row}, ""
    below, last = _parted(kind, key)

    def edit(rows: list[Row]) -> list[Row]:
        at = _index(kind, rows, last)
        _check_name(kind, row, [*rows[:at], *rows[at + 1 :]])
        children = {"children": rows[at]["children"]} if "children" in rows[at] else {}
        rows[at] = {**row, **children}
        return rows

    result = _edited(document, kind, below, edit)
    name = str(row[NAMED_BY[kind]])
    return result, _joined(below, last if last.partition(AGAIN)[0] == name else name)


def added(document: Document, kind: str, row: Row, below: str = "") -> tuple[dict[str, Any], str]:
    """The document with one more row at the end, of features below the one at this path; and its key."""

    def edit(rows: list[Row]) -> list[Row]:
        _check_name(kind, row, rows)
        return [*rows, row]

    result = _edited(document, kind, below, edit)
    return result, _joined(below, keys_of(kind, rows_at(result, kind, below))[-1])


def removed(document: Document, kind: str, key: str) -> dict[str, Any]:
    """The document without this row, of features without all that is below it, too."""
    below, last = _parted(kind, key)
    return _edited(document, kind, below, lambda rows: _without(rows, _index(kind, rows, last)))


def moved(document: Document, kind: str, key: str, by: int) -> dict[str, Any]:
    """The document with this row so many places further down among its neighbours; the ends are stops."""
    below, last = _parted(kind, key)

    def edit(rows: list[Row]) -> list[Row]:
        at = _index(kind, rows, last)
        row = rows.pop(at)
        rows.insert(min(max(at + by, 0), len(rows)), row)
        return rows

    return _edited(document, kind, below, edit)


def hung(document: Document, key: str, below: str) -> tuple[dict[str, Any], str]:
    """The document with a feature hung below another one or at the top, all below it too; its path now."""
    if (below + BETWEEN).startswith(key + BETWEEN):
        raise Refused(
            f"{key} cannot hang below itself.", field="below", remedy="Choose another place for it."
        )
    row = row_at(document, TREE, key)
    rows_at(document, TREE, below)
    return added(removed(document, TREE, key), TREE, row, below)


def _path(path: str) -> list[str]:
    return path.split(BETWEEN) if path else []


def _parted(kind: str, key: str) -> tuple[str, str]:
    """Where a row hangs, and its key there; only features hang on others."""
    if kind != TREE:
        return "", key
    below, _, last = key.rpartition(BETWEEN)
    return below, last


def _joined(below: str, key: str) -> str:
    return f"{below}{BETWEEN}{key}" if below else key


def _index(kind: str, rows: Rows, key: str) -> int:
    keys = keys_of(kind, rows)
    if key in keys:
        return keys.index(key)
    where = f" among the {kind}" if kind != TREE else ""
    raise Refused(f"There is no {key[:60]}{where}.", field="key", remedy=did_you_mean(key, keys, "Reload."))


def _check_name(kind: str, row: Row, others: Rows) -> None:
    field = NAMED_BY[kind]
    name = str(row.get(field, ""))
    if BETWEEN in name and kind == TREE:
        raise Refused(f"A code has no {BETWEEN}.", field=field, remedy="Use letters, digits and _.")
    if kind not in REPEATABLE and any(str(other.get(field, "")) == name for other in others):
        raise Refused(f"{name} is there already.", field=field, remedy="Choose another one.")


def _without(rows: list[Row], at: int) -> list[Row]:
    return [*rows[:at], *rows[at + 1 :]]


def _edited(document: Document, kind: str, below: str, edit: Edit) -> dict[str, Any]:
    """Only the rows on the way are copied, so that a model of any size is edited quickly."""
    return {**document, kind: _edited_rows(kind, document.get(kind, ()), _path(below), edit)}


def _edited_rows(kind: str, rows: Rows, path: list[str], edit: Edit) -> list[Row]:
    copied = list(rows)
    if not path:
        return edit(copied)
    at = _index(kind, rows, path[0])
    children = _edited_rows(kind, rows[at].get("children", ()), path[1:], edit)
    copied[at] = {**rows[at], "children": children}
    return copied
