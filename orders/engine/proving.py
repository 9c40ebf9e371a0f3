"""The proof before publication: everything compiles, and the default choices make a whole job."""

from kernel.errors import Refused
from orders.engine.compiling import CompiledProduct, compile_product
from orders.engine.configuring import Configuration, configure
from orders.engine.explosion import explode
from orders.engine.model import Fault, FormulaFailed, ModelRefused, ProductModel
from orders.engine.pricing import price
from orders.engine.reading import Problem


def prove_product(model: ProductModel) -> CompiledProduct:
    """Compile the model and try it with its defaults; ModelRefused lists every fault.

    Choices that have no default may stay open; then only what was given is tried.
    """
    compiled = compile_product(model)
    configuration = configure(compiled, {}, look_ahead=False)
    faults = [_fault(problem) for problem in configuration.problems if _is_ours(problem, model)]
    if configuration.valid:
        faults = _tried(compiled, configuration)
    if faults:
        raise ModelRefused(faults, model.code)
    return compiled


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
