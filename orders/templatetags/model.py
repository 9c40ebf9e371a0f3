"""Words for the rows of a product model: `{% load model %}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField

register = template.Library()

RELATIONS = {"alternative": "exactly one", "or": "one or more"}


@register.simple_tag
def relation(row: Mapping[str, Any]) -> str:
    """How the children of a feature combine: `exactly one`, `1 to 3`; nothing where each stands by itself."""
    if row.get("relation") == "cardinality":
        return f"{row.get('low', 0)} to {row.get('high') or 'all'}"
    return RELATIONS.get(str(row.get("relation")), "")


@register.filter
def words(name: str) -> str:
    """The name of a field as the head of a column."""
    return name.replace("_", " ").capitalize()


@register.filter
def is_formula(field: BoundField) -> bool:
    """Whether a field of a row takes a formula."""
    return "data-formula" in field.field.widget.attrs
