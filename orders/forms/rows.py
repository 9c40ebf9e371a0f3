"""Forms for the rows of a product model, made from the fields of the rows: one way for all kinds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from types import UnionType
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

from django import forms

from kernel.errors import Refused
from kernel.expressions import BOOLEAN
from orders.engine.authoring import CLASSES, FORMULAS, HEAD, HEAD_FIELDS
from orders.engine.document import FROM_MASTER_DATA
from orders.engine.model import PARAMETER_KINDS, RELATIONS, RULE_KINDS

CHOICES: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("features", "relation"): tuple(
        zip(
            RELATIONS,
            ("Each by itself", "Exactly one", "One or more", "A number from … to …"),
            strict=True,
        )
    ),
    ("parameters", "kind"): tuple(zip(PARAMETER_KINDS, ("Number", "Text", "Flag (yes or no)"), strict=True)),
    ("rules", "kind"): tuple(zip(RULE_KINDS, ("Requires", "Excludes"), strict=True)),
    ("prices", "kind"): (("price", "Price"), ("cost", "Cost")),
    ("routing", "per"): (("piece", "Each piece"), ("lot", "The whole lot")),
    ("characteristics", "kind"): (("attribute", "As expected"), ("measured", "Measured")),
    ("documents", "kind"): (("drawing", "Drawing"), ("program", "NC program"), ("text", "Instruction")),
}
LABELS: Final = {
    "after": "Follows operations",
    "address": "Link or file address",
    "assembly": "Goes into (made part)",
    "attributes": "Attributes",
    "breakpoints": "Breakpoints",
    "high": "At most",
    "is_default": "Chosen where nothing is said",
    "key": "Key characteristic",
    "label": "Name",
    "low": "At least",
    "mandatory": "Must be there",
    "max_length": "Longest text",
    "number": "Number",
    "per": "Run time is for",
    "place": "Place that one row must fill",
    "price_adder": "Price adder",
    "price_percent": "Price adder in percent",
    "relation": "Its children",
    "run_minutes": "Run time (min)",
    "setup_minutes": "Set-up time (min)",
    "queue_minutes": "Queue before (working min)",
    "wait_minutes": "Wait after (calendar min)",
    "scrap_percent": "Scrap (%)",
    "serial_from": "From serial number",
    "serial_to": "To serial number",
    "shown": "Shown to the customer",
    "valid_from": "Valid from",
    "valid_to": "Valid to",
}
HELP: Final = {
    "after": "Numbers such as 10, 20. Empty: the one before it. A dash: none, it begins at once.",
    "alternates": "Item numbers that may stand in, with commas.",
    "attributes": "One per line, such as watt = 65. Formulas read CPU.watt.",
    "breakpoints": "Values at which rules change their answer, with commas.",
    "skills": "With commas.",
    "tools": "With commas.",
    "place": "Exactly one row of the same place applies in every valid configuration.",
    "when": "Empty: always.",
    "condition": "Empty: always.",
    "reason": "What people read when the rule blocks a choice.",
}
ALWAYS: Final = frozenset({"when", "condition"})
"""Conditions that may be left empty."""

LONG: Final = frozenset({"help", "instructions", "reason"})
LISTED: Final = {"item": "items", "assembly": "items", "process": "processes"}
"""Fields that name master data; completion offers it."""

_PAIR = re.compile(r"\s*([^\W\d]\w*)\s*[=:]\s*(.*?)\s*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WHOLE = re.compile(r"-?\d{1,12}")
NONE_OF_THEM: Final = "-"


class Column(NamedTuple):
    """A field of a row: its name, the type behind it, whether it is a list, and whether it must be given."""

    name: str
    type: Any
    many: bool
    required: bool


def columns(kind: str) -> Iterator[Column]:
    """The fields of a kind of row that people fill in, in the order of the row."""
    class_ = CLASSES[kind]
    hidden = FROM_MASTER_DATA.get(class_, set()) | {"children"}
    hints = get_type_hints(class_)
    for spec in fields(class_):
        if spec.name in hidden or (kind == HEAD and spec.name not in HEAD_FIELDS):
            continue
        hint = hints[spec.name]
        if get_origin(hint) is UnionType:
            hint = next(part for part in get_args(hint) if part is not type(None))
        many = get_origin(hint) is tuple
        inner = get_args(hint)[0] if many else get_origin(hint) or hint
        required = spec.default is MISSING and spec.default_factory is MISSING
        yield Column(spec.name, inner, many, required)


class RowForm(forms.Form):
    """One row of a model; `document()` is what was typed, for the services to judge."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        row: Mapping[str, Any] | None = None,
        version: int = 0,
    ) -> None:
        self.columns = list(columns(kind))
        self.stored: list[tuple[str, str]] = []
        initial = {column.name: _text(column, (row or {}).get(column.name)) for column in self.columns}
        defaults = {spec.name: spec.default for spec in fields(CLASSES[kind])}
        for column in self.columns:
            if row is None or column.name not in row:
                initial[column.name] = _text(column, defaults[column.name])
        super().__init__(data, initial={**initial, "version": version})
        for column in self.columns:
            self.fields[column.name] = _field(kind, column)

    def document(self) -> dict[str, Any]:
        """The row as a document, what was left empty left out; the form is valid."""
        found = {column.name: _value(column, self.cleaned_data[column.name]) for column in self.columns}
        return {name: value for name, value in found.items() if value is not None}

    def differences(self) -> list[tuple[str, str]]:
        """Label and stored text of each field that was typed otherwise."""
        return [
            (str(self.fields[name].label), str(self.initial.get(name) or "nothing"))
            for name in self.changed_data
            if name != "version"
        ]

    def refuse(self, refusal: Refused) -> None:
        """Put what a service refused at its field, or above the form."""
        name = refusal.field.partition(".")[0]
        self.add_error(name if name in self.fields else None, str(refusal))


def _field(kind: str, column: Column) -> forms.Field:
    name = column.name
    options: dict[str, Any] = {
        "label": LABELS.get(name, name.replace("_", " ").capitalize()),
        "help_text": HELP.get(name, ""),
        "required": column.required and name not in ALWAYS,
    }
    if (kind, name) in CHOICES:
        return forms.ChoiceField(choices=CHOICES[kind, name], **options)
    if column.type is bool:
        return forms.BooleanField(**{**options, "required": False})
    return forms.CharField(widget=_widget(kind, column), max_length=10_000, **options)


def _widget(kind: str, column: Column) -> forms.Widget:
    name = column.name
    if name in FORMULAS.get(kind, {}):
        rows = 2 if FORMULAS[kind][name] == BOOLEAN else 1
        return forms.Textarea(
            attrs={"rows": rows, "data-formula": name, "spellcheck": "false", "class": "formula-input"}
        )
    if column.type is Mapping or get_origin(column.type) is Mapping or name in LONG or name == "attributes":
        return forms.Textarea(attrs={"rows": 3})
    attributes = {"data-complete": LISTED[name]} if name in LISTED else {}
    if column.type in (int, Decimal) and not column.many:
        attributes["inputmode"] = "decimal"
    if name.startswith("valid_"):
        return forms.DateInput(attrs={"type": "date"})
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


def _text(column: Column, value: Any) -> Any:
    """A value as it stands in the form."""
    if column.type is bool:
        return value is True
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {_word(part)}" for name, part in value.items())
    if column.many:
        return ", ".join(map(str, value)) or (NONE_OF_THEM if column.name == "after" else "")
    return "" if value is MISSING else str(value)


def _word(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _value(column: Column, given: Any) -> Any:
    """What was typed as a document has it; None where it was left to its default."""
    if column.type is bool:
        return given
    text = str(given).strip()
    if column.many:
        return _listed(column, text)
    if column.name == "attributes":
        return dict(_pairs(text))
    if column.type is int:
        return (int(text) if _WHOLE.fullmatch(text) else text) if text else None
    if column.type is Decimal:
        return text.replace(",", ".") or None
    return text if text or column.type is str else None


def _listed(column: Column, text: str) -> Any:
    if text == NONE_OF_THEM:
        return []
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return None
    return [int(part) if column.type is int and _WHOLE.fullmatch(part) else part for part in parts]


def _pairs(text: str) -> Iterator[tuple[str, object]]:
    """`name = value` per line; what is no pair is a text under its own words, for the service to refuse."""
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _PAIR.fullmatch(line)
        name, value = (found[1], found[2]) if found else (line.strip(), "")
        if _NUMBER.fullmatch(value):
            yield name, Decimal(value)
        else:
            yield name, {"yes": True, "no": False}.get(value, value)
