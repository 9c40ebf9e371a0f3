"""Proves a product model for every valid configuration, and writes down what was found."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.expressions.tree import Chain, Step
from kernel.wording import plain
from orders.engine.assemblies import assembly_faults
from orders.engine.compiling import CompiledBudget, CompiledProduct, compile_product
from orders.engine.configuring import configure
from orders.engine.deciding import Decider, solver_for, void_faults
from orders.engine.deciding.aims import Objective
from orders.engine.deciding.optimum import optimum
from orders.engine.grounding import Grounder, Grounding
from orders.engine.grounding.sums import form_of
from orders.engine.logic.solver import LIMIT_S, Compiled, dead_and_false_optional
from orders.engine.logic.tree import BoolArray
from orders.engine.model import Fault, ModelRefused, ProductModel
from orders.engine.proving.coverage import Coverage, Gap
from orders.engine.proving.defaults import default_faults, trial_faults
from orders.engine.reading import shown

MOST_SHOWN: Final = 40
MOST_LISTED: Final = 200

Report = dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """What was proved: `report` as JSON, `faults` that stand in the way, the solver where there are none."""

    report: Report
    faults: tuple[Fault, ...]
    compiled: CompiledProduct | None = None
    solver: Compiled | None = None


def prove_product(model: ProductModel) -> CompiledProduct:
    """The model ready to use; ModelRefused lists every fault."""
    proof = prove(model)
    if proof.faults or proof.compiled is None:
        raise ModelRefused(list(proof.faults), model.code)
    return proof.compiled


def prove(model: ProductModel, *, limit_s: float = LIMIT_S) -> Proof:
    """Prove a model; formulas, defaults, structure, coverage, budgets. Never raises for what is wrong in it.

    Compiling takes at most `limit_s` seconds; beyond that the same answers come from SAT, and the report's
    note says so.
    """
    started = time.monotonic()
    try:
        compiled = compile_product(model)
    except ModelRefused as refusal:
        return _refused({}, refusal.faults)
    if looped := assembly_faults(model):
        return _refused({}, looped)
    faults = default_faults(compiled)
    grounder = Grounder(compiled)
    grounding = grounder.grounding()
    faults += grounding.faults
    solver = solver_for(grounding.tree, limit_s)
    report = _begun(grounding, solver)
    answers = solver.solver()
    if not answers.feasible({}):
        void = void_faults(grounding)
        return _refused({**report, "void": [_fault(fault) for fault in void]}, [*void, *faults])
    decider = Decider(compiled, grounding, answers, solver.note)
    report |= _structure(decider)
    faults = faults or trial_faults(compiled, decider.complete({}).choices)
    if faults:
        return _refused(report, faults)
    coverage = Coverage(grounder)
    coverage.collect()
    never, always, gaps = coverage.answer(decider.completer.nearness)
    report["never"] = [{"row": row, "condition": source} for row, source in never][:MOST_LISTED]
    report["always"] = [{"row": row, "condition": source} for row, source in always][:MOST_LISTED]
    report["gaps"] = [_gap(decider, gap, len(grounding.tree)) for gap in gaps]
    report["budgets"] = [_budget(decider, budget) for budget in compiled.budgets]
    faults += [_gap_fault(gap) for gap in report["gaps"]]
    report["seconds"] = round(time.monotonic() - started, 2)
    if faults:
        return _refused(report, faults)
    return Proof({**report, "refused": False, "faults": []}, (), compiled, solver)


def _refused(report: Report, faults: list[Fault]) -> Proof:
    return Proof({**report, "refused": True, "faults": [_fault(fault) for fault in faults]}, tuple(faults))


def _fault(fault: Fault) -> Report:
    names = ("row", "field", "message", "remedy", "line", "column")
    return {name: getattr(fault, name) for name in names}


def _begun(grounding: Grounding, solver: Compiled) -> Report:
    return {
        "method": solver.method,
        "note": solver.note,
        "features": len(grounding.tree),
        "rules": len({owner.row for owner in grounding.rules.values()}),
        "loose": [{"row": loose.rule.then.row, "why": loose.why} for loose in grounding.loose],
        "void": [],
    }


def _structure(decider: Decider) -> Report:
    """Features never chosen, and optional ones that always are."""
    odd = dead_and_false_optional(decider.solver)
    hidden = decider.grounding.tree.hidden
    log10 = decider.solver.log10_count({})
    return {
        "log10_variants": None if log10 is None else round(log10, 3),
        "dead": [_words(decider, feature) for feature in odd.dead if not hidden[feature]][:MOST_LISTED],
        "false_optional": [_words(decider, feature) for feature in odd.false_optional if not hidden[feature]][
            :MOST_LISTED
        ],
    }


def _words(decider: Decider, feature: int) -> Report:
    made = decider.table.made((feature, True))
    return {"code": made.slot.code, "option": made.slot.option, "label": made.label}


def _gap(decider: Decider, gap: Gap, size: int) -> Report:
    configuration = list(_shown(decider, gap.variant[:size]))
    return {"what": gap.what, "message": gap.message, "configuration": configuration}


def _shown(decider: Decider, variant: BoolArray) -> Iterator[list[str]]:
    """A variant in words; of a long one what is not as by default."""
    compiled = decider.compiled
    read = configure(compiled, decider.completer.choices_of(variant))
    rows = [(code, value) for code, value in read.values.items() if code in decider.table.span]
    usual = configure(compiled, {}).values if len(rows) > MOST_SHOWN else {}
    told = [(code, value) for code, value in rows if code not in usual or usual[code] != value]
    for code, value in told[:MOST_SHOWN]:
        yield [compiled.label(code), shown(compiled, code, value) or "–"]


def _gap_fault(gap: Report) -> Fault:
    example = ", ".join(f"{label}: {text}" for label, text in gap["configuration"][:12])
    remedy = "Correct the conditions, or exclude this configuration by a rule."
    return Fault(gap["what"], "condition", f"{gap['message']} For example with {example}.", remedy)


def _budget(decider: Decider, budget: CompiledBudget) -> Report:
    """How much of a budget is used at most, and how much room is left at least; None where it is no sum."""
    position = budget.used.checked.tree.position
    room = Chain(budget.limit.checked.tree, (Step("-", budget.used.checked.tree, position),), position)
    decider.completer.aims.boxes.keep((room,))
    most, least = (
        _extreme(decider, node, sign) for node, sign in ((budget.used.checked.tree, -1), (room, 1))
    )
    return {
        "code": budget.row.code,
        "label": budget.row.label,
        "most_used": None if most is None else plain(most),
        "least_room": None if least is None else plain(least),
        "unit": budget.row.unit,
    }


def _extreme(decider: Decider, node: Any, sign: int) -> Decimal | None:
    form = form_of(node, decider.completer.aims.boxes, decider.grounding.columns)
    if form is None:
        return None
    goal = Objective(form.parts, form.constant, "")
    ties = decider.completer.nearness * 0
    return optimum(decider.solver, {}, goal, ties, sign).bound
