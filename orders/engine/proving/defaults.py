"""The default choices must make a whole job."""

from kernel.errors import Refused
from orders.engine.compiling import CompiledProduct
from orders.engine.configuring import Configuration, configure
from orders.engine.explosion import explode
from orders.engine.model import Fault, FormulaFailed, ProductModel
from orders.engine.pricing import price
from orders.engine.reading import Problem


def default_faults(compiled: CompiledProduct) -> list[Fault]:
    """What fails with the default choices; choices without one may stay open."""
    configuration = configure(compiled, {})
    if configuration.valid:
        return _tried(compiled, configuration)
    model = compiled.model
    return [_fault(problem) for problem in configuration.problems if _is_ours(problem, model)]


def _is_ours(problem: Problem, model: ProductModel) -> bool:
    """A choice without default is the customer's to make; all else is wrong in the model."""
    row = next((row for row in model.choices if row.code == problem.field), None)
    return bool(problem.choices) or row is None or bool(row.default)


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
