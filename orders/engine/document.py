"""A product model as a plain document (dictionaries, lists, text, numbers) and back, without loss."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kernel.errors import Refused
from kernel.wording import did_you_mean, plain
from orders.engine.model import BomRow, ProductModel, StepRow

FROM_MASTER_DATA = {BomRow: {"item_id", "description", "unit", "standard_cost"}, StepRow: {"process_id"}}
"""Fields that are looked up and never stored with the model."""

LONGEST_TEXT = 10_000
WORDS = {"yes": True, "true": True, "no": False, "false": False}

Figure = Callable[[Decimal], object]
"""How a document writes a number."""


class BadDocument(Refused):
    """A document that is no product model; `path` leads to the place: keys and positions from the top.

    `of_key`: it is the last key itself that is wrong, not its value.
    """

    def __init__(
        self, path: Sequence[str | int], message: str, remedy: str = "", of_key: bool = False
    ) -> None:
        super().__init__(message, field=".".join(str(part) for part in path), remedy=remedy)
        self.path = tuple(path)
        self.of_key = of_key


def to_document(row: Any, figure: Figure = plain) -> dict[str, Any]:
    """The document of a model or of one of its rows; what stands at its default is left out.

    Decimals become plain text, or what `figure` makes of them, dates ISO 8601; `from_document` gives back
    an equal model.
    """
    return {
        name: _plain(value, figure)
        for name, spec in fields_of(row.__class__).items()
        if (value := getattr(row, name)) != default_of(spec)
    }


def from_document(document: object) -> ProductModel:
    """The model of a document as JSON or YAML gives it.

    BadDocument at the first key that is unknown, missing or of the wrong kind; formulas are not read here.
    """
    model = _row(ProductModel, document, ())
    assert isinstance(model, ProductModel)
    return model


def row_from_document(kind: Any, document: object) -> Any:
    """One row of a model, such as FeatureRow or RuleRow; BadDocument as for the whole."""
    return _row(kind, document, ())


@cache
def fields_of(kind: Any) -> dict[str, Field[Any]]:
    """The fields of a row that stand in a document, by name."""
    hidden = FROM_MASTER_DATA.get(kind, set())
    return {spec.name: spec for spec in fields(kind) if spec.name not in hidden}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def default_of(spec: Field[Any]) -> object:
    """What a field holds where nothing was said."""
    if spec.default_factory is not MISSING:
        return spec.default_factory()
    return spec.default


def _plain(value: object, figure: Figure) -> object:
    if is_dataclass(value):
        return to_document(value, figure)
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _attribute(part, figure) for key, part in value.items()}
    return [_plain(part, figure) for part in value] if isinstance(value, tuple) else value


def _attribute(value: object, figure: Figure) -> object:
    """Attributes stay numbers, so that they differ from texts."""
    if not isinstance(value, Decimal):
        return value
    if figure is not plain:
        return figure(value)
    return int(value) if value == value.to_integral_value() else float(value)


def _row(kind: Any, document: object, path: tuple[str | int, ...]) -> Any:
    if not isinstance(document, Mapping):
        raise BadDocument(path, f"Here a mapping is expected, not {_words(document)}.", _shape(kind))
    specs, hints = fields_of(kind), _hints(kind)
    for key in document:
        if key not in specs:
            name = str(key)[:60]
            remedy = did_you_mean(name, list(specs), _shape(kind))
            raise BadDocument((*path, str(key)), f"“{name}” is not known here.", remedy, of_key=True)
    given: dict[str, Any] = {}
    for name, spec in specs.items():
        if name in document:
            given[name] = _value(hints[name], document[name], (*path, name))
        elif spec.default is MISSING and spec.default_factory is MISSING:
            raise BadDocument(path, f"“{name}” is missing.", _shape(kind))
    return kind(**given)


def _shape(kind: Any) -> str:
    return f"Known here: {', '.join(fields_of(kind))}."


def _value(hint: Any, value: object, path: tuple[str | int, ...]) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return None if value is None else _value(kinds[0], value, path)
    if origin is tuple:
        return tuple(_items(get_args(hint)[0], value, path))
    if is_dataclass(hint):
        return _row(hint, value, path)
    if origin is not None:
        return _attributes(value, path)
    return _scalar(hint, value, path)


def _items(kind: Any, value: object, path: tuple[str | int, ...]) -> Iterator[Any]:
    if not isinstance(value, (list, tuple)):
        raise BadDocument(path, f"Here a list is expected, not {_words(value)}.")
    for index, part in enumerate(value):
        yield _value(kind, part, (*path, index))


def _attributes(value: object, path: tuple[str | int, ...]) -> dict[str, object]:
    """Numbers stay exact: what JSON or YAML read as a float becomes the number that was written."""
    if not isinstance(value, Mapping):
        raise BadDocument(path, f"Here a mapping is expected, not {_words(value)}.")
    for name, part in value.items():
        if not isinstance(part, (str, bool, int, float, Decimal)):
            raise BadDocument((*path, str(name)), "An attribute is a number, a text, or yes or no.")
    return {str(name): _exact(part) for name, part in value.items()}


def _exact(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return Decimal(str(value))


def _scalar(kind: Any, value: object, path: tuple[str | int, ...]) -> Any:
    if kind is Decimal:
        return _decimal(value, path)
    if kind is date:
        return _date(value, path)
    if kind is str and isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool):
        text = value if isinstance(value, str) else plain(Decimal(str(value)))
        if len(text) > LONGEST_TEXT:
            raise BadDocument(path, f"The text has {len(text)} characters.", f"Give at most {LONGEST_TEXT}.")
        return text
    if kind is bool and isinstance(value, str) and value.casefold() in WORDS:
        return WORDS[value.casefold()]
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    words = {bool: "yes or no (true, false)", int: "a whole number", str: "text"}
    raise BadDocument(path, f"Here {words[kind]} is expected, not {_words(value)}.")


def _decimal(value: object, path: tuple[str | int, ...]) -> Decimal:
    try:
        number = None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > Decimal(10) ** 12:
        raise BadDocument(path, f"Here a number is expected, not {_words(value)}.")
    return number


def _date(value: object, path: tuple[str | int, ...]) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadDocument(path, f"Here a day as 2026-11-23 is expected, not {_words(value)}.") from None


def _words(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else f"“{str(value)[:40]}”"
