"""Planning problems solved exactly: feasible, no later than dispatching, never below the bound."""

import random

import pytest

from planning.engine import (
    Fixing,
    Job,
    Machine,
    Operation,
    Problem,
    Status,
    assemble,
    schedule,
    warm_up_improvement,
)
from planning.engine.everything import plan
from planning.engine.exact import Placement, evaluate, plan_exactly, prove
from planning.engine.exact.window import placement_of, small_shop
from planning.engine.shop import open_shop
from tests.planning.engine_cases import day_shift
from tests.planning.plan_checker import violations


def small_problem(number: int, jobs: int = 4) -> Problem:
    """Jobs of one to three operations on one calendar: alternatives, families, joins, gates, a vendor."""
    chance = random.Random(number)
    machines = [Machine(calendar=0, family=chance.randint(-1, 1)) for _ in range(3)]
    machines.append(Machine(calendar=0, single=False))
    rows = [
        Job(chance.randint(0, 2 * 1440), chance.choice([0, 1, 3]), chance.randint(-60, 900))
        for _ in range(jobs)
    ]
    operations: list[Operation] = []
    for job in range(jobs):
        first = len(operations)
        for place in range(chance.randint(1, 3)):
            vendor = chance.random() < 0.15
            operations.append(
                Operation(
                    job,
                    (3,) if vendor else tuple(sorted(chance.sample(range(3), chance.randint(1, 2)))),
                    chance.randint(20, 300),
                    setup=0 if vendor else chance.choice([0, 30, 60]),
                    family=chance.randint(-1, 1),
                    after=tuple(range(first, first + place)) if chance.random() < 0.8 else (),
                )
            )
    return assemble(now=400, calendars=[day_shift(20)], machines=machines, jobs=rows, operations=operations)


@pytest.mark.parametrize("number", range(20))
def test_an_exact_plan_is_feasible_proven_and_never_later_than_a_dispatched_one(number: int) -> None:
    problem = small_problem(number)
    dispatched = schedule(problem)
    found = plan_exactly(problem, seconds=60, known=dispatched)
    assert found.plan is not None
    assert violations(found.plan) == []
    assert found.proven
    assert found.plan.least_tardiness <= found.bound == found.plan.tardiness <= dispatched.tardiness


@pytest.mark.parametrize("number", range(20))
def test_a_plan_costs_in_working_time_what_it_costs_by_the_clock(number: int) -> None:
    problem = small_problem(number)
    plan = schedule(problem)
    placement = placement_of(problem, plan)
    assert isinstance(placement, Placement)
    assert evaluate(small_shop(problem, open_shop(problem)), placement, "tardiness") == plan.tardiness


def test_what_would_not_be_exact_is_refused() -> None:
    machines = [Machine(calendar=0), Machine(calendar=1)]
    calendars = [day_shift(5), day_shift(5, 360, 900)]
    work = Operation(0, (0,), 30)
    cases = (
        ("different calendars", [work, work._replace(machines=(1,))]),
        ("Started and pinned", [work._replace(fixing=Fixing.PINNED, machine=0, start=480)]),
        ("Lags", [work, work._replace(after=(0,), lags=(30,))]),
        ("too many", [work] * 451),
        ("do not pause", [work._replace(pauses=False)]),
        ("no machine", [work._replace(machines=())]),
    )
    for said, operations in cases:
        problem = assemble(
            now=0, calendars=calendars, machines=machines, jobs=[Job(0)], operations=operations
        )
        with pytest.raises(ValueError, match=said):
            plan_exactly(problem)


def test_work_beyond_the_calendar_has_no_plan() -> None:
    operations = [Operation(0, (0,), 300), Operation(0, (0,), 300)]
    problem = assemble(
        now=0, calendars=[day_shift(1)], machines=[Machine(0)], jobs=[Job(0)], operations=operations
    )
    assert plan_exactly(problem, seconds=60).plan is None


@pytest.mark.parametrize("number", range(20))
def test_a_small_shop_comes_within_one_percent_of_the_proven_optimum(number: int) -> None:
    warm_up_improvement()
    problem = small_problem(number, jobs=7)
    optimum = plan_exactly(problem, seconds=60, known=schedule(problem))
    assert optimum.proven
    found = plan(problem, 5.0, seed=number, prove=prove)
    assert optimum.bound <= found.tardiness <= 1.01 * optimum.bound


def test_a_small_problem_is_planned_exactly_and_its_bound_told() -> None:
    problem = next(each for each in map(small_problem, range(20)) if schedule(each).tardiness > 0)
    made = plan(problem, 3.0, prove=prove)
    assert violations(made) == []
    assert made.tardiness == made.least_tardiness == plan_exactly(problem, seconds=60).bound
    assert made.status is Status.OPTIMAL
