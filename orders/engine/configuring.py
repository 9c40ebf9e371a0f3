"""What was chosen, against the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kernel.expressions import Value
from orders.engine.compiling import CompiledProduct, CompiledRule
from orders.engine.model import FormulaFailed
from orders.engine.reading import Problem, Stored, derive, read_choices, shown


@dataclass(frozen=True, slots=True)
class Configuration:
    """A read configuration: `values` typed for formulas, `choices` the same ready for storage as JSON."""

    values: Mapping[str, Value]
    choices: Mapping[str, Stored]
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


def configure(compiled: CompiledProduct, choices: Mapping[str, object]) -> Configuration:
    """Read `choices` (code → option code, number, text or yes/no; whatever a form or JSON gives).

    Never raises for what a customer typed: everything wrong is in `problems`, in the order of the form.
    """
    values, stored, problems = read_choices(compiled, choices)
    problems += _derived(compiled, values)
    problems += _broken(compiled, values)
    return Configuration(values, stored, tuple(problems))


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
            yield Problem(culprit(rule), error.message, error.remedy)
            continue
        if broken:
            offending = tuple(
                (compiled.label(name), shown(compiled, name, values[name])) for name in rule.names
            )
            yield Problem(culprit(rule), rule.row.reason, "Change one of these choices.", offending)


def culprit(rule: CompiledRule) -> str:
    """The field to show a broken rule at: what it demands rather than what triggers it."""
    return (*rule.demanded, *rule.names, "")[0]
