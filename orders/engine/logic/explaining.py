"""Why a value is impossible, and what to give up for it."""

from collections.abc import Callable, Mapping
from heapq import heappop, heappush

import numpy as np

from orders.engine.logic.answers import Conflict, Repair, Solver, Unsatisfiable
from orders.engine.logic.prover import Prover, smallest_proof
from orders.engine.logic.tree import Group

Feasible = Callable[[Mapping[int, bool]], bool]


def explain(
    prover: Prover, feasible: Feasible, chosen: Mapping[int, bool], wanted: Mapping[int, bool]
) -> Conflict | None:
    """The conflict between earlier choices and what is wanted; None where there is none.

    First the choices are made irreducible, asking the solver itself whether the rest is possible; then the
    rules, given those choices; then the relations of the tree, given both.
    """
    broken = [feature for feature, value in wanted.items() if chosen.get(feature, value) != value]
    if broken:
        return Conflict((broken[0],), ())
    blamed = prover.blame({**chosen, **wanted})
    if blamed is None:
        return None
    choices = _irreducible_choices(feasible, chosen, wanted, blamed[0])
    kept = {feature: chosen[feature] for feature in choices} | dict(wanted)
    again = prover.blame(kept)
    if again is None:
        raise AssertionError("two solvers disagree")
    rules, relations = smallest_proof(prover.frame, kept, again[1])
    return Conflict(tuple(sorted(choices)), rules, relations)


def _irreducible_choices(
    feasible: Feasible, chosen: Mapping[int, bool], wanted: Mapping[int, bool], blamed: list[int]
) -> list[int]:
    """Leave out one choice after the other while no variant is left; the latest choices stay."""
    order = {feature: place for place, feature in enumerate(chosen)}
    kept = sorted({feature for feature in blamed if feature not in wanted}, key=order.__getitem__)
    for feature in tuple(kept):
        rest = {other: chosen[other] for other in kept if other != feature}
        if not feasible({**rest, **wanted}):
            kept.remove(feature)
    return kept


def repairs(
    solver: Solver, chosen: Mapping[int, bool], feature: int, value: bool, limit: int
) -> tuple[Repair, ...]:
    """The smallest sets of choices to give up, by hitting sets over cheapest completions (Reiter 1987).

    A completion that breaks as few choices as possible is a smallest repair; every other minimal one keeps
    some choice that it gives up.
    """
    wanted = {feature: value}
    soft = {other: kept for other, kept in chosen.items() if other != feature}
    found: dict[tuple[int, ...], Repair] = {}
    tried: set[frozenset[int]] = {frozenset()}
    queue: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
    extra = tuple(other for other in chosen if other == feature and chosen[other] != value)
    _push(solver, queue, soft, wanted, frozenset())
    while queue and len(found) < limit:
        _, given_up, keeping = heappop(queue)
        if given_up not in found:
            found[given_up] = _repair(solver, soft, wanted, given_up, extra)
        for other in given_up:
            more = frozenset((*keeping, other))
            if more not in tried:
                tried.add(more)
                _push(solver, queue, soft, wanted, more)
    return tuple(found.values())


def _push(
    solver: Solver,
    queue: list[tuple[int, tuple[int, ...], tuple[int, ...]]],
    soft: Mapping[int, bool],
    wanted: Mapping[int, bool],
    keeping: frozenset[int],
) -> None:
    """The completion with the fewest choices broken among those that keep some."""
    weights = np.zeros(len(solver.tree), np.int64)
    for feature, kept in soft.items():
        weights[feature] = -1 if kept else 1
    try:
        done = solver.complete({**{feature: soft[feature] for feature in keeping}, **wanted}, weights)
    except Unsatisfiable:
        return
    given_up = tuple(sorted(feature for feature, kept in soft.items() if done[feature] != kept))
    heappush(queue, (len(given_up), given_up, tuple(sorted(keeping))))


def _repair(
    solver: Solver,
    soft: Mapping[int, bool],
    wanted: Mapping[int, bool],
    given_up: tuple[int, ...],
    extra: tuple[int, ...],
) -> Repair:
    """What the given-up choices, and others of the same alternative, are forced to be."""
    tree = solver.tree
    left = solver.domains(
        {**{feature: kept for feature, kept in soft.items() if feature not in given_up}, **wanted}
    )
    shown = dict.fromkeys((*extra, *given_up))
    for feature in given_up:
        parent = int(tree.parent[feature])
        if parent >= 0 and tree.group[parent] == Group.ALTERNATIVE:
            shown.update(dict.fromkeys(other for other in tree.children[parent] if left.must[other]))
    becomes = tuple(
        (feature, bool(left.can[feature])) for feature in shown if left.can[feature] == left.must[feature]
    )
    return Repair((*extra, *given_up), becomes)
