"""The default choices must make a whole job."""

from collections.abc import Mapping

from kernel.errors import Refused
from orders.engine.compiling import CompiledProduct
from orders.engine.configuring import Configuration, configure
from orders.engine.explosion import explode
from orders.engine.model import Fault, FeatureRow, FormulaFailed, ParameterRow
from orders.engine.pricing import price
from orders.engine.reading import Problem, Stored


def default_faults(compiled: CompiledProduct) -> list[Fault]:
    """What is wrong with the defaults, where every choice of a broken rule has one."""
    return [_fault(problem) for problem in configure(compiled, {}).problems if _is_ours(problem, compiled)]


def trial_faults(compiled: CompiledProduct, completed: Mapping[str, Stored]) -> list[Fault]:
    """What fails with the default choices would fail with the first order.

    Where they are no whole configuration, the one `completed` from them is tried.
    """
    for choices in ({}, completed):
        configuration = configure(compiled, choices)
        if configuration.valid:
            return _tried(compiled, configuration)
    return []


def _is_ours(problem: Problem, compiled: CompiledProduct) -> bool:
    """A choice without default is the customer's to make; all else is wrong in the model."""
    if problem.choices:
        given = {compiled.label(row.code) for row in compiled.model.choices if _has_default(row)}
        return all(label in given for label, _ in problem.choices)
    row = next((row for row in compiled.model.choices if row.code == problem.field), None)
    return row is None or _has_default(row)


def _has_default(row: FeatureRow | ParameterRow) -> bool:
    if isinstance(row, ParameterRow):
        return bool(row.default)
    return any(option.is_default for option in row.options) if row.options else row.is_default


def _fault(problem: Problem) -> Fault:
    return Fault(f"Default of {problem.field}", "default", problem.message, problem.remedy)


def _tried(compiled: CompiledProduct, configuration: Configuration) -> list[Fault]:
    """What fails with the default choices would fail with the first order."""
    faults: list[Fault] = []
    for attempt in (price, explode):
        try:
            attempt(compiled, configuration, 1)
        except FormulaFailed as error:
            faults.append(error.fault)
        except Refused as error:
            faults.append(Fault("Default choices", "", error.message, error.remedy))
    return faults
