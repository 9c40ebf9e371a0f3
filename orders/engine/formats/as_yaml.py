"""A whole product model as YAML and back: the same model, and the same text again."""

from decimal import Decimal
from typing import Any, Final

import yaml

from kernel.errors import Refused
from kernel.wording import plain
from orders.engine.document import BadDocument, from_document, to_document
from orders.engine.formats.places import Placed, read_yaml
from orders.engine.logic.syntax import refused
from orders.engine.model import ProductModel

DUMPER: Final[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
ENDLESS: Final = 1 << 20
SHORT: Final = 125
"""A row of plain values up to this length as Python writes it stands on one line."""
TAG: Final = "tag:yaml.org,2002:"


class Written(str):
    """A number as it is written, which stands without quotes."""


def dump_yaml(model: ProductModel) -> str:
    """The model without what comes from master data; only what is not at its default is written.

    Numbers are numbers, texts of several lines are blocks, short rows stand on one line.
    """
    node = _node(to_document(model, lambda number: Written(plain(number))))
    text = yaml.serialize(node, Dumper=DUMPER, allow_unicode=True, width=ENDLESS)
    return str(text)


def load_yaml(text: str, file: str = "model.yaml") -> ProductModel:
    """The model; Refused with file, line, column and the nearest name where it is none.

    Formulas are not read here: `compile_product` judges them.
    """
    placed = read_yaml(text, file)
    try:
        return from_document(placed.plain())
    except BadDocument as error:
        raise _refusal(placed, file, error) from None


def located(text: str, file: str, error: BadDocument) -> Refused:
    """What was found wrong later on, such as an unknown item, with its place in the file."""
    return _refusal(read_yaml(text, file), file, error)


def _refusal(placed: Placed, file: str, error: BadDocument) -> Refused:
    """At the key where it is the key that is wrong, else at the value."""
    found = placed.key(error.path) if error.of_key else placed.find(error.path)
    return refused(file, found.line, found.column, error.message, error.remedy)


def _node(value: object) -> Any:
    if isinstance(value, dict):
        pairs = [(_scalar(key), _node(part)) for key, part in value.items()]
        return yaml.MappingNode(f"{TAG}map", pairs, flow_style=_is_short(value))
    if isinstance(value, list):
        parts = [_node(part) for part in value]
        return yaml.SequenceNode(f"{TAG}seq", parts, flow_style=_is_short(value))
    return _scalar(value)


def _scalar(value: object) -> Any:
    if isinstance(value, bool):
        return yaml.ScalarNode(f"{TAG}bool", str(value).lower())
    if isinstance(value, (Written, int, float)):
        text = plain(Decimal(str(value)))
        return yaml.ScalarNode(f"{TAG}{'float' if '.' in text else 'int'}", text)
    text = str(value)
    return yaml.ScalarNode(f"{TAG}str", text, style="|" if "\n" in text else None)


def _is_short(value: dict[str, Any] | list[Any]) -> bool:
    """Rows and lists of a few plain values; attributes may stand within."""
    if isinstance(value, list):
        return not any(isinstance(part, (dict, list)) for part in value) and len(str(value)) <= SHORT
    nested = [part for key, part in value.items() if isinstance(part, (dict, list)) and key != "attributes"]
    text = str(value)
    return not nested and len(text) <= SHORT and "\\n" not in text
