"""Product models drawn by hypothesis: every field now and then at something else than its default."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from orders.engine import FeatureRow, ProductModel
from orders.engine.document import default_of, fields_of

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from(
        ["yes", "No", "null", "~", "true", "1", "1.50", "007", "1e3", "0x1F", "2026-11-23", "=A"]
    ),
    st.sampled_from(
        ["if(A,\n  1,\n  2)", "a: b", "- x", "# y", " z ", "{q}", "'", '"', "a\nb \n", "*p", "<<"]
    ),
)
NUMBERS = st.decimals(-(10**9), 10**9, places=4).map(lambda number: number.normalize() + 0)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(-(10**9), 10**9),
    Decimal: NUMBERS,
    date: st.dates(),
}
ATTRIBUTES = st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans(), NUMBERS), max_size=2)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field of this type."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return st.one_of(st.none(), values(get_args(hint)[0]))
    if origin is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if is_dataclass(hint):
        return rows(hint)
    return SCALARS.get(hint, ATTRIBUTES)


def rows(kind: Any) -> st.SearchStrategy[Any]:
    """Rows of a model in which fields with a default mostly stand at it."""
    hints = get_type_hints(kind)
    drawn = {}
    for spec in fields(kind):
        if spec.name not in fields_of(kind):
            continue
        own = (
            st.deferred(lambda: rows(FeatureRow)) if kind is FeatureRow and spec.name == "children" else None
        )
        wanted = st.lists(own, max_size=2).map(tuple) if own is not None else values(hints[spec.name])
        is_needed = spec.name in ("code", "label") or (not spec.kw_only and _is_required(spec))
        drawn[spec.name] = wanted if is_needed else st.one_of(st.just(default_of(spec)), wanted)
    return st.builds(kind, **drawn)


def _is_required(spec: Any) -> bool:
    return type(default_of(spec)).__name__ == "_MISSING_TYPE"


MODELS = rows(ProductModel)
