"""Deciders made ready: from a stored solver where it still fits, else compiled anew."""

from collections import OrderedDict
from hashlib import sha256
from pickle import dumps
from threading import Lock
from typing import Final

from orders.engine.compiling import CompiledProduct
from orders.engine.deciding.decider import Decider
from orders.engine.grounding import Grounding, ground
from orders.engine.logic.solver import Compiled, compile_tree, void_reason
from orders.engine.logic.tree import FeatureTree
from orders.engine.model import Fault, ModelRefused

DRAFT_LIMIT_S: Final = 10.0
"""A draft that takes longer to compile is answered by SAT."""
KEPT: Final = 16

_kept: OrderedDict[tuple[bytes, float], Compiled] = OrderedDict()
_lock = Lock()


def ready(compiled: CompiledProduct, stored: bytes = b"", limit_s: float = DRAFT_LIMIT_S) -> Decider:
    """A decider for a product; `stored` is what was kept at publication.

    ModelRefused with the rules in conflict where no variant is left.
    """
    grounding = ground(compiled)
    made = _fitting(stored, grounding.tree) or solver_for(grounding.tree, limit_s)
    solver = made.solver()
    if not solver.feasible({}):
        raise ModelRefused(void_faults(grounding), compiled.model.code)
    return Decider(compiled, grounding, solver, made.note)


def solver_for(tree: FeatureTree, limit_s: float) -> Compiled:
    """`compile_tree`, once for the same tree: models often differ in what the solver does not see."""
    parts = (
        tree.names,
        *(array.tobytes() for array in (tree.parent, tree.mandatory, tree.group, tree.low, tree.high)),
        tree.rules,
    )
    key = sha256(dumps(parts)).digest(), limit_s
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    made = compile_tree(tree, limit_s=limit_s)
    with _lock:
        _kept[key] = made
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _fitting(stored: bytes, tree: FeatureTree) -> Compiled | None:
    """A stored solver, where it was made by this version from the same rules."""
    if not stored:
        return None
    try:
        found = Compiled.from_bytes(stored)
    except ValueError:
        return None
    same = found.frame.tree.names == tree.names and found.frame.tree.rules == tree.rules
    return found if same else None


def void_faults(grounding: Grounding) -> list[Fault]:
    """The rules that leave no variant together; none could be left out."""
    numbers = void_reason(grounding.tree) or ()
    owners = list(dict.fromkeys(grounding.rules[number] for number in numbers))
    rows = ", ".join(owner.row for owner in owners) or "The structure of the features"
    reasons = "; ".join(owner.rule.row.reason for owner in owners if owner.rule is not None)
    message = f"No configuration is valid: {rows} exclude everything. {reasons}".strip()
    if not owners:
        return [Fault("Product", "features", message, "Correct how many options can be chosen.")]
    return [Fault(owners[0].row, "then", message, "Change or remove one of these rules.")]
