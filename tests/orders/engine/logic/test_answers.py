"""Both solvers against all configurations of small random models, tried one by one."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.engine.logic.answers import Conflict, Solver, Unsatisfiable
from orders.engine.logic.tree import FeatureTree
from tests.orders.engine.logic.models import Oracle, by_both, choices_of, trees

slowly = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))


def drawn(data: st.DataObject) -> tuple[Oracle, dict[int, bool], list[Solver]]:
    """A model, what was chosen, both solvers."""
    tree = data.draw(trees())
    return Oracle(tree), data.draw(choices_of(tree)), [each.solver() for each in by_both(tree)]


def possible_with(tree: FeatureTree, rules: set[int], chosen: Mapping[int, bool]) -> bool:
    """Whether a variant were left with these rules only."""

    def kept(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(item for item in items if item.number in rules)

    part = replace(tree, rules=kept(tree.rules), tables=kept(tree.tables), budgets=kept(tree.budgets))
    return len(Oracle(part).left(chosen)) > 0


def assert_irreducible(
    oracle: Oracle, chosen: dict[int, bool], wanted: dict[int, bool], found: Conflict
) -> None:
    """The conflict leaves no variant, and without any member of it there is one."""
    kept = {feature: chosen[feature] for feature in found.choices}
    rules = set(found.rules)
    assert not possible_with(oracle.tree, rules, kept | wanted)
    for feature in kept:
        rest = {other: value for other, value in kept.items() if other != feature}
        assert len(oracle.left(rest | wanted))
    for rule in rules:
        assert possible_with(oracle.tree, rules - {rule}, kept | wanted)


def impossible(oracle: Oracle, chosen: dict[int, bool]) -> list[tuple[int, bool]]:
    """Values that no variant left has."""
    rows = oracle.left(chosen)
    pairs = [(feature, value) for feature in range(len(oracle.tree)) for value in (False, True)]
    return [
        (feature, value)
        for feature, value in pairs
        if feature not in chosen and not (rows[:, feature] == value).any()
    ]


@slowly
@given(st.data())
def test_domains_are_what_the_variants_left_show(data: st.DataObject) -> None:
    oracle, chosen, solvers = drawn(data)
    rows = oracle.left(chosen)
    for solver in solvers:
        assert solver.feasible(chosen) == bool(len(rows))
        if len(rows):
            can, must = solver.domains(chosen)
            assert np.array_equal(can, rows.any(axis=0))
            assert np.array_equal(must, rows.all(axis=0))


@slowly
@given(st.data())
def test_counts_are_exact(data: st.DataObject) -> None:
    oracle, chosen, (circuit, _) = drawn(data)
    number = len(oracle.left(chosen))
    assert circuit.count(chosen) == number
    logarithm = circuit.log10_count(chosen)
    assert logarithm is not None
    assert 10**logarithm == pytest.approx(number, rel=1e-9)


@slowly
@given(st.data())
def test_completions_are_variants_and_none_is_cheaper(data: st.DataObject) -> None:
    oracle, chosen, solvers = drawn(data)
    rows, size = oracle.left(chosen), len(oracle.tree)
    weights = np.array(data.draw(st.lists(st.integers(-5, 5), min_size=size, max_size=size)), np.int64)
    for solver in solvers if len(rows) else ():
        done = solver.complete(chosen, weights)
        assert (rows == done).all(axis=1).any()
        assert done @ weights == (rows @ weights).min()


@slowly
@given(st.data())
def test_explanations_leave_nothing_out_and_nothing_superfluous_in(data: st.DataObject) -> None:
    oracle, chosen, solvers = drawn(data)
    for solver in solvers if len(oracle.left(chosen)) else ():
        for feature, value in impossible(oracle, chosen):
            assert_irreducible(oracle, chosen, {feature: value}, solver.explain(chosen, feature, value))


@slowly
@given(st.data())
def test_contradictory_choices_are_refused_with_their_conflict(data: st.DataObject) -> None:
    oracle, chosen, solvers = drawn(data)
    for solver in () if len(oracle.left(chosen)) else solvers:
        with pytest.raises(Unsatisfiable) as refusal:
            solver.domains(chosen)
        assert_irreducible(oracle, chosen, {}, refusal.value.conflict)


@slowly
@given(st.data())
def test_repairs_are_all_minimal_sets_smallest_first(data: st.DataObject) -> None:
    oracle, chosen, solvers = drawn(data)
    for feature, value in impossible(oracle, chosen)[:3] if len(oracle.left(chosen)) else ():
        expected = minimal_repairs(oracle, chosen, {feature: value})
        for solver in solvers:
            found = solver.repairs(chosen, feature, value, limit=100)
            given_up = [repair.give_up for repair in found]
            assert sorted(given_up) == sorted(expected)
            assert [len(each) for each in given_up] == sorted(map(len, given_up))
            for repair in found:
                rest = {other: kept for other, kept in chosen.items() if other not in repair.give_up}
                rows = oracle.left({**rest, feature: value})
                assert all((rows[:, other] == new).all() for other, new in repair.becomes)


def minimal_repairs(
    oracle: Oracle, chosen: dict[int, bool], wanted: dict[int, bool]
) -> list[tuple[int, ...]]:
    """By trying all subsets of the choices, small ones first."""
    found: list[tuple[int, ...]] = []
    for size in range(len(chosen) + 1):
        for subset in combinations(sorted(chosen), size):
            rest = {other: value for other, value in chosen.items() if other not in subset}
            is_new = not any(set(smaller) <= set(subset) for smaller in found)
            if is_new and len(oracle.left(rest | wanted)):
                found.append(subset)
    return found
