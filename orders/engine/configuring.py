"""What was chosen against the rules, and one step ahead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kernel.expressions import Value
from orders.engine.compiling import CompiledProduct, CompiledRule
from orders.engine.model import FormulaFailed
from orders.engine.reading import Problem, Repair, Stored, derive, read_choices, shown


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
    choices: Mapping[str, Stored]
    problems: tuple[Problem, ...] = ()
    availability: Mapping[str, Mapping[str, Availability]] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


def configure(
    compiled: CompiledProduct, choices: Mapping[str, object], *, look_ahead: bool = True
) -> Configuration:
    """Read `choices` (code → option code, number, text or yes/no; whatever a form or JSON gives).

    Never raises for what a customer typed: everything wrong is in `problems`, in the order of the form.
    """
    values, stored, problems = read_choices(compiled, choices)
    problems += _derived(compiled, values)
    problems += _broken(compiled, values)
    availability = _availability(compiled, values) if look_ahead else {}
    return Configuration(values, stored, tuple(problems), availability)


def _derived(compiled: CompiledProduct, values: dict[str, Value]) -> Iterator[Problem]:
    """A derived value that gives no result stays out, and with it the rules that read it."""
    try:
        derive(compiled, values)
    except FormulaFailed as error:
        yield Problem("", error.message, error.remedy)


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
                (compiled.label(name), shown(compiled, name, values[name])) for name in rule.names
            )
            yield Problem(_culprit(rule), rule.row.reason, _advice(compiled, repairs), offending, repairs)


def _culprit(rule: CompiledRule) -> str:
    """The field to show a broken rule at: what it demands rather than what triggers it."""
    return (*rule.demanded, *rule.names, "")[0]


def _repairs(compiled: CompiledProduct, rule: CompiledRule, values: Mapping[str, Value]) -> Iterator[Repair]:
    """For each group the rule reads, the nearest option in the list with which every rule of it holds."""
    for group in compiled.features.values():
        if group.code not in rule.names or group.many:
            continue
        codes = [option.code for option in group.options]
        here = codes.index(str(values[group.code])) if values.get(group.code) in codes else 0
        for option in sorted(group.options, key=lambda option: abs(codes.index(option.code) - here)):
            if _reason(compiled, group.code, option.code, values) is None:
                yield Repair(group.code, option.code, option.label)
                break


def _advice(compiled: CompiledProduct, repairs: tuple[Repair, ...]) -> str:
    if not repairs:
        return "Change one of these choices."
    ways = [f"{compiled.label(repair.field)}: {repair.label}" for repair in repairs]
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
        for group in compiled.features.values()
        if not group.many
    }


def _reason(compiled: CompiledProduct, group: str, code: str, values: Mapping[str, Value]) -> str | None:
    """Why the option cannot stand beside the other choices; None where it can."""
    tried: dict[str, Value] = {**values, group: code}
    try:
        derive(compiled, tried)
    except FormulaFailed as error:
        return error.message
    for rule in compiled.rules_of[group]:
        try:
            if rule.broken(tried):
                return rule.row.reason
        except FormulaFailed as error:
            return error.message
    return None
