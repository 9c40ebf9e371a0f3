"""Reads what was chosen, fills in defaults, applies the rules and looks one step ahead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from kernel.expressions import Value
from kernel.wording import did_you_mean, plain
from orders.engine.compiling import CompiledProduct, CompiledRule
from orders.engine.model import FormulaFailed, GroupRow, ParameterRow

YES = frozenset({"yes", "true", "on", "1"})
NO = frozenset({"no", "false", "off", "0", ""})
LONGEST_NUMBER = 30


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


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an option may be chosen beside the other current choices, and why not."""

    valid: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A read configuration: `values` typed for formulas, `choices` the same ready for storage as JSON.

    `availability` maps group → option code → Availability; empty where it was not asked for.
    """

    values: Mapping[str, Value]
    choices: Mapping[str, str | bool | None]
    problems: tuple[Problem, ...] = ()
    availability: Mapping[str, Mapping[str, Availability]] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


class _BadInput(Exception):
    """What is wrong with one value; becomes a Problem at its field."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def configure(
    compiled: CompiledProduct, choices: Mapping[str, object], *, look_ahead: bool = True
) -> Configuration:
    """Read `choices` (code → option code, number, text or yes/no; whatever a form or JSON gives).

    Never raises for what a customer typed: everything wrong is in `problems`, in the order of the form.
    """
    values: dict[str, Value] = {}
    stored: dict[str, str | bool | None] = {}
    problems = list(_unknown(compiled, choices))
    for row in compiled.model.choices:
        try:
            value = _read_group(row, choices) if isinstance(row, GroupRow) else _read(row, choices)
        except _BadInput as error:
            problems.append(Problem(row.code, f"{row.label}: {error.message}", error.remedy))
            stored[row.code] = _echo(choices.get(row.code))
        else:
            values[row.code] = value
            stored[row.code] = plain(value) if isinstance(value, Decimal) else _echo(value)
    problems += _broken(compiled, values)
    availability = _availability(compiled, values) if look_ahead else {}
    return Configuration(values, stored, tuple(problems), availability)


def shown(compiled: CompiledProduct, code: str, value: Value) -> str:
    """A value in words: an option's label, a number with its unit, yes or no."""
    for group in compiled.model.groups:
        if group.code == code:
            option = group.option(str(value))
            return option.label if option else "None"
    units = {row.code: row.unit for row in compiled.model.parameters}
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = plain(value) if isinstance(value, Decimal) else str(value or "")
    return f"{text} {units.get(code, '')}".strip()


def _echo(value: object) -> str | bool | None:
    return value if isinstance(value, bool) or value is None else str(value)[:200]


def _unknown(compiled: CompiledProduct, choices: Mapping[str, object]) -> Iterator[Problem]:
    known = [row.code for row in compiled.model.choices]
    for key in choices:
        if key not in known:
            name = str(key)[:40]
            remedy = did_you_mean(name, known, f"It has {', '.join(known)}.")
            yield Problem(name, f"{compiled.model.code} has no choice named “{name}”.", remedy)


def _read_group(group: GroupRow, choices: Mapping[str, object]) -> Value:
    given = choices.get(group.code, group.default)
    codes = [option.code for option in group.options]
    if isinstance(given, bool):
        given = next((code for code in codes if code.casefold() in (YES if given else NO)), given)
    code = str(given).strip() if given is not None else ""
    if code in codes:
        return code
    if not code and not group.required:
        return None
    listed = f"Choose one of {', '.join(codes)}."
    if not code:
        raise _BadInput("nothing is chosen.", listed)
    raise _BadInput(f"“{code[:40]}” is not an option.", did_you_mean(code, codes, listed))


def _read(row: ParameterRow, choices: Mapping[str, object]) -> Value:
    given = choices.get(row.code)
    if row.code not in choices or given is None:
        given = row.default
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
    raise _BadInput(f"“{word[:20]}” is neither yes nor no.", "Give yes or no.")


def _text(row: ParameterRow, given: object) -> str:
    text = str(given).strip()
    if len(text) > row.max_length:
        excess = f"{len(text)} characters are too many."
        raise _BadInput(excess, f"Give at most {row.max_length} characters.")
    if not text.isprintable():
        raise _BadInput("there are characters that cannot be printed.", "Remove line breaks and controls.")
    if text and row.pattern and not re.fullmatch(row.pattern, text):
        raise _BadInput(f"“{text}” does not have the right form.", row.help or f"It must match {row.pattern}")
    return text


def _number(row: ParameterRow, given: object) -> Decimal:
    text = str(given).strip().replace(",", ".")
    if not text:
        raise _BadInput("a number is missing.", _range(row))
    try:
        number = Decimal(text) if len(text) <= LONGEST_NUMBER and not isinstance(given, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > Decimal(10) ** 12:
        raise _BadInput(f"“{text[:20]}” is not a number.", _range(row))
    if row.minimum is not None and number < row.minimum:
        raise _BadInput(f"{plain(number)} is below {plain(row.minimum)}.", _range(row))
    if row.maximum is not None and number > row.maximum:
        raise _BadInput(f"{plain(number)} is above {plain(row.maximum)}.", _range(row))
    if row.step is not None and (number - (row.minimum or 0)) % row.step:
        raise _BadInput(f"{plain(number)} is between two steps.", _range(row))
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


def _broken(compiled: CompiledProduct, values: Mapping[str, Value]) -> Iterator[Problem]:
    for rule in compiled.rules:
        try:
            broken = rule.broken(values)
        except FormulaFailed as error:
            yield Problem(_culprit(rule), error.message, error.remedy)
            continue
        if broken:
            repairs = tuple(_repairs(compiled, rule, values))
            offending = tuple(
                (compiled.model.label(name), shown(compiled, name, values[name])) for name in rule.names
            )
            yield Problem(_culprit(rule), rule.row.reason, _advice(compiled, repairs), offending, repairs)


def _culprit(rule: CompiledRule) -> str:
    """The field to show a broken rule at: what it demands rather than what triggers it."""
    demanded = [name for name in rule.names if name in rule.then.checked.names]
    return (demanded or [*rule.names, ""])[0]


def _repairs(compiled: CompiledProduct, rule: CompiledRule, values: Mapping[str, Value]) -> Iterator[Repair]:
    """For each group the rule reads, the nearest option in the list with which every rule of it holds."""
    for group in compiled.model.groups:
        if group.code not in rule.names:
            continue
        codes = [option.code for option in group.options]
        here = codes.index(str(values[group.code])) if values[group.code] in codes else 0
        for option in sorted(group.options, key=lambda option: abs(codes.index(option.code) - here)):
            if _reason(compiled, group.code, option.code, values) is None:
                yield Repair(group.code, option.code, option.label)
                break


def _advice(compiled: CompiledProduct, repairs: tuple[Repair, ...]) -> str:
    if not repairs:
        return "Change one of these choices."
    ways = [f"{compiled.model.label(repair.field)}: {repair.label}" for repair in repairs]
    return f"Choose {' or '.join(ways)}."


def _availability(
    compiled: CompiledProduct, values: Mapping[str, Value]
) -> dict[str, dict[str, Availability]]:
    return {
        group.code: {
            option.code: Availability(reason is None, reason or "")
            for option in group.options
            for reason in [_reason(compiled, group.code, option.code, values)]
        }
        for group in compiled.model.groups
    }


def _reason(compiled: CompiledProduct, group: str, code: str, values: Mapping[str, Value]) -> str | None:
    """Why the option cannot stand beside the other choices; None where it can."""
    tried = {**values, group: code}
    for rule in compiled.rules_of[group]:
        try:
            if rule.broken(tried):
                return rule.row.reason
        except FormulaFailed as error:
            return error.message
    return None
