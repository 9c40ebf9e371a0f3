"""Querysets that are built once: on busy pages putting one together costs more than running it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from kernel.bases import fetch

Row = TypeVar("Row")
ROWS: Final = "rows"
"""The kind of a value that stands in an `__in` filter."""

_MARK: Final = 2_000_000_001
"""Values that no filter names by itself begin here."""


class Statement(Generic[Row]):
    """A queryset as a function of its values: `Statement(lambda pk: Item.objects.filter(pk=pk), int)`.

    `kinds` tells of each value whether it is `int`, `str` or `ROWS` (numbers for an `__in` filter). The SQL
    is kept for the life of the process: what the queryset filters, joins and defers must not depend on
    anything but these values. Reads objects as the queryset would, or tuples of `values_list`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *kinds: object) -> None:
        self._build, self._kinds = build, kinds
        self._made: _Made | None = None

    def __call__(self, *values: Any) -> list[Row]:
        """All rows for these values; one statement."""
        made = self._made = self._made or _Made(self._build, self._kinds)
        given = [values[slot] if slot is not None else fixed for slot, fixed in made.values]
        return list(made.read(fetch(made.sql, given)))

    def first(self, *values: Any) -> Row | None:
        """The first row, or None; the queryset limits itself."""
        return next(iter(self(*values)), None)


class _Made:
    """The SQL with its values, each fixed or the number of what is given, and how a row becomes an object."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], kinds: Sequence[object]) -> None:
        marks = [_mark(kind, place) for place, kind in enumerate(kinds)]
        found = build(*marks)
        compiler: Any = found.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        places = {mark[0] if isinstance(mark, list) else mark: at for at, mark in enumerate(marks)}
        self.values = [(places.get(each) if _is_mark(each) else None, each) for each in values]
        lists = {place for place, kind in enumerate(kinds) if kind is ROWS}
        self.sql = _with_arrays(sql, [slot in lists for slot, _ in self.values])
        fields = [each[0] for each in compiler.select[: compiler.col_count]]
        self._converters = compiler.get_converters(fields)
        self._objects = found._iterable_class is ModelIterable
        if self._objects:
            self._model = compiler.klass_info["model"]
            own = compiler.klass_info["select_fields"]
            self._begin, self._end = own[0], own[-1] + 1
            self._names = [field.target.attname for field in fields[self._begin : self._end]]
            populators: Any = get_related_populators
            self._related = populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
            self._annotations = tuple(compiler.annotation_col_map.items())

    def read(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Rows of the statement as the queryset gives them."""
        for row in rows:
            values: Any = row
            if self._converters:
                values = list(row)
                for at, (converters, expression) in self._converters.items():
                    for convert in converters:
                        values[at] = convert(values[at], expression, connection)
            yield self._object(values) if self._objects else tuple(values)

    def _object(self, values: Sequence[Any]) -> Any:
        made = self._model.from_db(DEFAULT_DB_ALIAS, self._names, values[self._begin : self._end])
        for related in self._related:
            related.populate(values, made)
        for name, at in self._annotations:
            setattr(made, name, values[at])
        return made


def _mark(kind: object, place: int) -> Any:
    number = _MARK + place
    return [number] if kind is ROWS else number if kind is int else f"\x02{number}"


def _is_mark(value: Any) -> bool:
    return value >= _MARK if isinstance(value, int) else isinstance(value, str) and value.startswith("\x02")


def _with_arrays(sql: str, lists: Sequence[bool]) -> str:
    """`IN (…)` of one number as `= ANY(…)` of an array, where a list is given."""
    parts = sql.split("%s")
    for at, is_list in enumerate(lists):
        if is_list:
            parts[at] = parts[at].removesuffix("IN (") + "= ANY("
    return "%s".join(parts)
