"""Two product models compared row by row: what was added, removed, changed, or stands in another order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from kernel.wording import plain
from orders.engine.authoring import BETWEEN, CLASSES, HEAD, HEAD_FIELDS, TREE, keys_of
from orders.engine.document import default_of, fields_of, to_document
from orders.engine.model import ProductModel

Row = Mapping[str, Any]

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
MOVED: Final = "moved"
CHILDREN: Final = "children"


class FieldChange(NamedTuple):
    """A field with what stood in it and what stands there now, in words."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row by kind and key, as `orders.engine.authoring` names them; `standing` is added, removed, changed
    or moved (then `key` is what the rows hang below). Features stand one by one, with their paths.
    """

    kind: str
    key: str
    standing: str
    label: str = ""
    fields: tuple[FieldChange, ...] = ()


def differences(old: ProductModel, new: ProductModel) -> tuple[Change, ...]:
    """Every row that differs, kind by kind in the order of the model; none where the models are equal.

    What comes from master data does not count.
    """
    before, after = to_document(old), to_document(new)
    found = list(_head(before, after))
    for kind in CLASSES:
        if kind != HEAD:
            found += row_differences(kind, before.get(kind, ()), after.get(kind, ()))
    return tuple(found)


def row_differences(kind: str, old: Sequence[Row], new: Sequence[Row], below: str = "") -> Iterator[Change]:
    """The same for the rows of one kind, such as those of two explosions; removed ones come last."""
    before = dict(zip(keys_of(kind, old), old, strict=True))
    after = dict(zip(keys_of(kind, new), new, strict=True))
    for key, row in after.items():
        yield from _row(kind, _path(below, key), before.get(key), row)
    for key, row in before.items():
        if key not in after:
            yield from _row(kind, _path(below, key), row, None)
    stayed = [key for key in before if key in after], [key for key in after if key in before]
    if stayed[0] != stayed[1]:
        yield Change(kind, below, MOVED, fields=(FieldChange("order", *map(", ".join, stayed)),))


def _head(before: Row, after: Row) -> Iterator[Change]:
    fields = _fields(HEAD, {n: before.get(n) for n in HEAD_FIELDS}, {n: after.get(n) for n in HEAD_FIELDS})
    if fields:
        yield Change(HEAD, "", CHANGED, after["name"], fields)


def _row(kind: str, key: str, old: Row | None, new: Row | None) -> Iterator[Change]:
    """The row itself, then the rows below it."""
    one = new if new is not None else old or {}
    label = str(one.get("label") or one.get("name") or one.get("item") or one.get("reason") or "")
    fields = _fields(kind, old or {}, new or {})
    if old is None or new is None:
        yield Change(kind, key, ADDED if old is None else REMOVED, label, fields)
    elif fields:
        yield Change(kind, key, CHANGED, label, fields)
    if kind == TREE:
        yield from row_differences(
            kind, (old or {}).get(CHILDREN, ()), (new or {}).get(CHILDREN, ()), below=key
        )


def _fields(kind: str, old: Row, new: Row) -> tuple[FieldChange, ...]:
    names = [name for name in dict.fromkeys((*new, *old)) if name != CHILDREN]
    pairs = ((name, _text(kind, name, old), _text(kind, name, new)) for name in names)
    return tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])


def _text(kind: str, name: str, row: Row) -> str:
    """A field in words; one that is not written stands at its default where the row is there at all."""
    spec = fields_of(CLASSES[kind]).get(name)
    value = row.get(name)
    if value is None and row and spec is not None:
        value = default_of(spec)
    return _words(value)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(part)}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _path(below: str, key: str) -> str:
    return f"{below}{BETWEEN}{key}" if below else key
