"""Inputs in cells of a table: no visible label, but a spoken one."""

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def cell_input(cell: BoundField, label: str) -> SafeString:
    """`{% cell_input row.starts "From" %}`: the input with its classes and its label for those who listen."""
    widget = cell.field.widget
    kind = "form-select" if isinstance(widget, Select) else "form-control"
    css = "form-check-input" if isinstance(widget, CheckboxInput) else kind
    invalid = " is-invalid" if cell.errors else ""
    return cell.as_widget(attrs={"class": f"{css}{invalid}", "aria-label": label})
