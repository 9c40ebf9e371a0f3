"""Improvement: never worse, always feasible, material and precedence kept, flow shortened."""

import dataclasses
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.jit import Table
from planning.engine import (
    Goal,
    Job,
    Machine,
    Material,
    Operation,
    Plan,
    Problem,
    Resources,
    assemble,
    improve,
    moved,
    price,
    schedule,
    standing_slots,
    warm_up_improvement,
)
from tests.planning.engine_cases import DAY, chain, day_shift, one_machine, random_problem, shop_of
from tests.planning.plan_checker import violations
from tests.planning.rule_checker import Rules
from tests.planning.whole_shops import whole_shop


def stocked_shop(seed: int) -> Problem:
    """Chains over three machines, whose operations take from a stock that does not last."""
    chance = random.Random(seed)
    rows = [
        Operation(
            job=at // 3,
            machines=(chance.randrange(3),),
            run=chance.randint(20, 200),
            after=() if at % 3 == 0 else (at - 1,),
            takes=((0, chance.randint(1, 5)),) if chance.random() < 0.5 else (),
        )
        for at in range(45)
    ]
    return assemble(
        now=0,
        calendars=[day_shift(60)],
        machines=[Machine(0)] * 3,
        jobs=[Job(due=chance.randint(1, 12) * DAY) for _ in range(15)],
        operations=rows,
        resources=Resources(materials=[Material(onhand=30, lead=8 * DAY)]),
    )


@given(number=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_an_improved_plan_is_feasible_and_no_later(number: int) -> None:
    problem = random_problem(number)
    first = schedule(problem)
    better = improve(problem, first, 0.02, seed=number % 1000)
    assert violations(better) == []
    assert better.tardiness <= first.tardiness
    assert better.placed.tolist() == first.placed.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_nobody_takes_stock_that_is_not_there(seed: int) -> None:
    problem = stocked_shop(seed)
    plan = improve(problem, schedule(problem), 0.1)
    early = sum(
        int(problem.take_rows["quantity"][at])
        for operation in range(len(problem))
        for at in range(problem.takes.ptr[operation], problem.takes.ptr[operation + 1])
        if plan.start[operation] < 8 * DAY
    )
    assert violations(plan) == []
    assert early <= 30


def test_a_busy_shop_gets_less_late() -> None:
    problem = shop_of(150, load=1.0)
    first = schedule(problem)
    assert improve(problem, first, 1.0).tardiness < 0.9 * first.tardiness


def test_what_is_in_time_starts_as_late_as_the_margin_allows() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(20)],
        machines=[Machine(0)],
        jobs=[Job(due=9 * DAY)],
        operations=chain(60, 60),
    )
    plan = improve(problem, schedule(problem), 0.0, goal=Goal(margin=DAY))
    assert plan.end.tolist() == [7 * DAY + 900, 7 * DAY + 960]


def test_fairness_takes_from_the_latest() -> None:
    problem = shop_of(150, load=1.1)
    plan = schedule(problem)
    plain = improve(problem, plan, 0.7)
    cap = 0.5 * plain.late().max()
    fair = improve(problem, plan, 0.7, goal=Goal(cap=cap, beyond=20.0))
    behind = [np.maximum(each.late() - cap, 0).sum() for each in (fair, plain)]
    assert behind[0] < behind[1]


def test_two_threads_find_a_feasible_plan() -> None:
    problem = shop_of(60)
    plan = improve(problem, schedule(problem), 0.1, workers=2)
    assert violations(plan) == []
    assert np.all(plan.placed)


def stands(plan: Plan) -> Table:
    """The plan in force as improvement reads it."""
    return standing_slots(plan.machine, plan.start, plan.end)


@given(number=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_near_a_plan_in_force_nothing_gets_dearer_and_nothing_fixed_moves(number: int) -> None:
    problem = random_problem(number)
    made = schedule(problem)
    stood = stands(made)
    better = improve(problem, made, 0.02, standing=stood)
    assert violations(better) == []
    assert price(problem, better, stood) <= price(problem, made, stood)
    fixed = problem.operations["fixing"] != 0
    assert not (moved(stands(better), stood) & fixed).any()


def test_near_a_plan_in_force_less_moves_than_without_one() -> None:
    warm_up_improvement()
    problem = shop_of(120)
    made = schedule(problem)
    near = improve(problem, made, 0.5, standing=stands(made))
    free = improve(problem, made, 0.5)
    assert price(problem, near, stands(made)) <= price(problem, made, stands(made))
    assert moved(stands(near), stands(made)).sum() < moved(stands(free), stands(made)).sum()
    assert price(problem, near, stands(made)) < price(problem, free, stands(made))


def test_a_plan_in_force_that_is_in_time_stays_as_it_is() -> None:
    problem = one_machine(*chain(60, 60, 60))
    made = schedule(problem)
    assert not moved(stands(improve(problem, made, 0.05, standing=stands(made))), stands(made)).any()


def test_the_frozen_zone_is_left_alone() -> None:
    problem = shop_of(120)
    made = schedule(problem)
    operations = problem.operations.copy()
    operations["machine"], operations["start"] = made.machine, made.start
    frozen = dataclasses.replace(problem, operations=operations, frozen=2 * DAY)
    better = improve(frozen, dataclasses.replace(made, problem=frozen), 0.2, standing=stands(made))
    early = made.start < 2 * DAY
    assert not moved(stands(better), stands(made))[early].any()


@given(number=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_every_feature_is_kept_near_a_plan_in_force(number: int) -> None:
    problem = whole_shop(number)
    made = schedule(problem)
    better = improve(problem, made, 0.03, standing=stands(made))
    assert Rules(problem, better).broken() == []
    assert price(problem, better, stands(made)) <= price(problem, made, stands(made))


def test_unattended_runs_are_improved() -> None:
    problem = shop_of(120)
    problem.operations["unattended"][::3] = 1
    made = schedule(problem)
    better = improve(problem, made, 0.5)
    assert violations(better) == []
    assert better.tardiness < made.tardiness
