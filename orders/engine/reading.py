"""Reads what was chosen, in whatever form it was given, and fills in defaults."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kernel.expressions import Value
from kernel.wording import did_you_mean, plain
from orders.engine.compiling import CompiledProduct
from orders.engine.model import ZERO, FeatureRow, Gate, ParameterRow, Placed

YES = frozenset({"yes", "true", "on", "1"})
NO = frozenset({"no", "false", "off", "0", ""})
LONGEST_NUMBER = 30
MOST_OPTIONS = 1000
NOT_ASKED: dict[str, Value] = {"flag": False, "text": "", "number": ZERO}

Stored = str | bool | list[str] | None
"""A choice as JSON keeps it."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One option that would make a broken rule hold."""

    field: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one choice (`field` is the group's or parameter's code) and what to do about it.

    For a broken rule `choices` are the offending ones as (label, value) and `repairs` what would help.
    """

    field: str
    message: str
    remedy: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    repairs: tuple[Repair, ...] = ()


class BadInput(Exception):
    """What is wrong with one value; becomes a Problem at its field."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def read_choices(
    compiled: CompiledProduct, choices: Mapping[str, object]
) -> tuple[dict[str, Value], dict[str, Stored], list[Problem]]:
    """Typed values by code, the same as JSON keeps them, and what could not be read; top down."""
    values: dict[str, Value] = {}
    stored: dict[str, Stored] = {}
    problems = list(unknown_choices(compiled, choices))
    parts: tuple[Placed | ParameterRow, ...] = (*compiled.placed, *compiled.model.parameters)
    for part in parts:
        row = part.feature if isinstance(part, Placed) else part
        try:
            value = (
                _read_feature(compiled, part, values, choices)
                if isinstance(part, Placed)
                else _read_parameter(compiled, part, values, choices)
            )
        except BadInput as error:
            problems.append(Problem(row.code, f"{row.label}: {error.message}", error.remedy))
            stored[row.code] = _echo(choices.get(row.code))
        else:
            values[row.code] = value
            stored[row.code] = plain(value) if isinstance(value, Decimal) else _echo(value)
    return values, stored, problems


def read_given(compiled: CompiledProduct, code: str, given: object) -> Value:
    """What was given for one choice, whatever else is chosen; BadInput says what is wrong with it."""
    feature = compiled.features.get(code)
    if feature is None:
        row = next(row for row in compiled.model.parameters if row.code == code)
        return _read_by_kind(row, given)
    if feature.many:
        return _read_codes(feature, given)
    return _read_option(feature, given) if feature.options else _flag(given)


def unknown_choices(compiled: CompiledProduct, choices: Mapping[str, object]) -> Iterator[Problem]:
    """Names that the product does not know."""
    features, parameters = compiled.features, [row.code for row in compiled.model.parameters]
    for key in choices:
        if key not in features and key not in parameters:
            known = [*features, *parameters]
            name = str(key)[:40]
            remedy = did_you_mean(name, known, f"It has {_some(known)}.")
            yield Problem(name, f"{compiled.model.code} has no choice named “{name}”.", remedy)


def is_there(gate: Gate | None, values: Mapping[str, Value]) -> bool:
    """Whether what a feature hangs on is chosen."""
    if gate is None:
        return True
    value = values.get(gate.code)
    if gate.option is None:
        return bool(value)
    return gate.option in value if isinstance(value, tuple) else value == gate.option


def derive(compiled: CompiledProduct, values: dict[str, Value]) -> None:
    """Add the derived values to those chosen; FormulaFailed with the row where one gives no result."""
    for derived in compiled.derived:
        if derived.formula.checked.names <= values.keys():
            values[derived.row.code] = derived.formula.value(values)


def shown(compiled: CompiledProduct, code: str, value: Value) -> str:
    """A value in words: an option's label, a number with its unit, yes or no."""
    feature = compiled.features.get(code)
    if feature is not None and feature.options:
        codes = value if isinstance(value, tuple) else (value,)
        labels = [option.label for given in codes if (option := feature.option(given))]
        return ", ".join(labels) or "None"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = plain(value) if isinstance(value, Decimal) else str(value or "")
    return f"{text} {compiled.units.get(code, '')}".strip()


def _echo(value: object) -> Stored:
    if isinstance(value, (list, tuple)):
        return [str(part)[:200] for part in value[:MOST_OPTIONS]]
    return value if isinstance(value, bool) or value is None else str(value)[:200]


def _read_feature(
    compiled: CompiledProduct, placed: Placed, values: Mapping[str, Value], choices: Mapping[str, object]
) -> Value:
    feature, gate = placed.feature, placed.gate
    if not is_there(gate, values):
        if _is_given(choices.get(feature.code)):
            raise BadInput("it does not belong to what is chosen.", _opener(compiled, gate))
        return () if feature.many else None if feature.options else False
    if feature.many:
        return _read_list(placed, choices)
    if feature.options:
        return _read_group(placed, choices)
    given = choices.get(feature.code)
    return feature.is_default if given is None else _flag(given)


def _is_given(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value)
    return value is not None and str(value).strip().casefold() not in NO | {"none"}


def _opener(compiled: CompiledProduct, gate: Gate | None) -> str:
    if gate is None:
        return ""
    return f"Choose {compiled.label(gate.code)}: {shown(compiled, gate.code, gate.option or True)} first."


def _read_list(placed: Placed, choices: Mapping[str, object]) -> Value:
    """Several options, in number within the bounds."""
    feature = placed.feature
    defaults = [option.code for option in feature.options if option.is_default]
    asked = _read_codes(feature, choices.get(feature.code, defaults))
    low, high = feature.bounds
    if (asked or placed.required) and not low <= len(asked) <= high:
        raise BadInput(f"{len(asked)} chosen.", f"Choose {low if low == high else f'{low} to {high}'}.")
    return asked


def _read_codes(feature: FeatureRow, given: object) -> tuple[str, ...]:
    """A list, or codes with commas between; kept in the order of the model, each once."""
    words = given if isinstance(given, (list, tuple)) else str(given or "").split(",")
    asked = {text for word in words if (text := str(word).strip())}
    codes = [option.code for option in feature.options]
    for code in sorted(asked - set(codes)):
        listed = did_you_mean(code, codes, f"Choose from {_some(codes)}.")
        raise BadInput(f"“{code[:40]}” is not an option.", listed)
    return tuple(code for code in codes if code in asked)


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:12]) + (f" and {len(codes) - 12} more" if len(codes) > 12 else "")


def _read_group(placed: Placed, choices: Mapping[str, object]) -> Value:
    group = placed.feature
    code = _read_option(group, choices.get(group.code, group.default))
    if code is None and placed.required:
        raise BadInput("nothing is chosen.", f"Choose one of {_some([row.code for row in group.options])}.")
    return code


def _read_option(group: FeatureRow, given: object) -> str | None:
    codes = [option.code for option in group.options]
    if isinstance(given, bool):
        given = next((code for code in codes if code.casefold() in (YES if given else NO)), given)
    code = str(given).strip() if given is not None else ""
    if code in codes:
        return code
    if not code:
        return None
    raise BadInput(
        f"“{code[:40]}” is not an option.", did_you_mean(code, codes, f"Choose one of {_some(codes)}.")
    )


def _read_parameter(
    compiled: CompiledProduct, row: ParameterRow, values: Mapping[str, Value], choices: Mapping[str, object]
) -> Value:
    asked = compiled.asked.get(row.code)
    if asked is not None and asked.checked.names <= values.keys() and not asked.holds(values):
        return NOT_ASKED[row.kind]
    given = choices.get(row.code)
    if row.code not in choices or given is None:
        given = row.default
    return _read_by_kind(row, given)


def _read_by_kind(row: ParameterRow, given: object) -> Value:
    match row.kind:
        case "flag":
            return _flag(given)
        case "text":
            return _text(row, given)
    return _number(row, given)


def _flag(given: object) -> bool:
    word = str(given).strip().casefold()
    if word in YES or word in NO:
        return word in YES
    raise BadInput(f"“{word[:20]}” is neither yes nor no.", "Give yes or no.")


def _text(row: ParameterRow, given: object) -> str:
    text = str(given).strip()
    if len(text) > row.max_length:
        excess = f"{len(text)} characters are too many."
        raise BadInput(excess, f"Give at most {row.max_length} characters.")
    if not text.isprintable():
        raise BadInput("there are characters that cannot be printed.", "Remove line breaks and controls.")
    if text and row.pattern and not re.fullmatch(row.pattern, text):
        raise BadInput(f"“{text}” does not have the right form.", row.help or f"It must match {row.pattern}")
    return text


def _number(row: ParameterRow, given: object) -> Decimal:
    text = str(given).strip().replace(",", ".")
    if not text:
        raise BadInput("a number is missing.", _range(row))
    try:
        number = Decimal(text) if len(text) <= LONGEST_NUMBER and not isinstance(given, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > Decimal(10) ** 12:
        raise BadInput(f"“{text[:20]}” is not a number.", _range(row))
    if row.minimum is not None and number < row.minimum:
        raise BadInput(f"{plain(number)} is below {plain(row.minimum)}.", _range(row))
    if row.maximum is not None and number > row.maximum:
        raise BadInput(f"{plain(number)} is above {plain(row.maximum)}.", _range(row))
    if row.step is not None and (number - (row.minimum or 0)) % row.step:
        raise BadInput(f"{plain(number)} is between two steps.", _range(row))
    return number


def _range(row: ParameterRow) -> str:
    words = ["Give a number"]
    if row.minimum is not None:
        words.append(f"from {plain(row.minimum)}")
    if row.maximum is not None:
        words.append(f"to {plain(row.maximum)}")
    if row.step is not None:
        words.append(f"in steps of {plain(row.step)}")
    return f"{' '.join(words)}{' ' + row.unit if row.unit else ''}."
