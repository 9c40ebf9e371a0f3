"""Gap insertion: new work goes around the plan, nobody moves."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.engine import (
    Busy,
    Fixing,
    Job,
    Machine,
    Operation,
    Problem,
    Reason,
    Status,
    assemble,
    busy_of,
    insert,
    schedule,
)
from tests.planning.engine_cases import DAY, chain, day_shift, one_machine, random_problem, shop_of
from tests.planning.plan_checker import violations


def reopened(problem: Problem, number: int) -> Problem:
    """New jobs for the shop of another problem: its machines and calendars, own operations."""
    seed, vendor = random.Random(number), len(problem.machines) - 1
    rows = [
        Operation(
            job=seed.randrange(3),
            machines=tuple(sorted(seed.sample(range(vendor), seed.randint(1, vendor)))),
            run=seed.randint(0, 150),
            setup=seed.choice([0, seed.randint(1, 40)]),
            family=seed.randint(-1, 2),
            after=() if each == 0 or seed.random() < 0.3 else (each - 1,),
            unattended=seed.random() < 0.3,
            release=seed.randint(-100, 900),
        )
        for each in range(seed.randint(1, 8))
    ]
    calendars = [
        problem.windows[first:last]
        for first, last in zip(problem.window_ptr[:-1], problem.window_ptr[1:], strict=True)
    ]
    return assemble(
        now=problem.now,
        calendars=calendars,
        machines=[Machine(*(int(each) for each in row)) for row in problem.machines],
        jobs=[Job(due=500)] * 3,
        operations=rows,
    )


@given(number=st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_inserted_work_is_feasible_around_any_plan(number: int) -> None:
    existing = schedule(random_problem(number))
    busy = busy_of(existing)
    plan = insert(reopened(existing.problem, number), busy)
    assert violations(plan, busy) == []


def test_new_work_takes_the_first_gap_that_is_long_enough() -> None:
    busy = [Busy(machine=0, start=500, end=600), Busy(machine=0, start=480, end=490), Busy(0, 660, 960)]
    plan = insert(one_machine(*chain(20, 60)), busy)
    assert plan.start.tolist() == [600, DAY + 480]


def test_the_machine_that_ends_first_is_taken() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(5)],
        machines=[Machine(0), Machine(0)],
        jobs=[Job(due=DAY)],
        operations=[Operation(0, (0, 1), run=100)],
    )
    plan = insert(problem, [Busy(machine=0, start=480, end=700)])
    assert (int(plan.machine[0]), int(plan.start[0])) == (1, 480)


def test_the_family_before_saves_the_set_up() -> None:
    work = Operation(0, (0,), run=60, setup=30, family=4)
    plan = insert(one_machine(work), [Busy(machine=0, start=480, end=600, family=4)])
    assert (int(plan.start[0]), int(plan.end[0])) == (600, 660)


def test_room_is_left_for_the_set_up_of_what_follows() -> None:
    busy = [Busy(0, 480, 600, family=4), Busy(0, 700, 900, family=4, needs=30)]
    stranger = Operation(0, (0,), run=80, family=5)
    relative = Operation(0, (0,), run=80, setup=30, family=4)
    assert int(insert(one_machine(stranger), busy).start[0]) == 900
    assert int(insert(one_machine(relative), busy).start[0]) == 600


def test_two_jobs_of_one_call_do_not_take_the_same_gap() -> None:
    plan = insert(one_machine(Operation(0, (0,), run=60), Operation(0, (0,), run=60)), [])
    assert sorted(plan.start.tolist()) == [480, 540]


def test_what_finds_no_gap_says_why() -> None:
    plan = insert(one_machine(*chain(60, 10), days=1), [Busy(0, 480, 940)])
    assert plan.reason.tolist() == [Reason.BEYOND_HORIZON, Reason.WAITS]
    assert plan.status is Status.PARTIAL


def test_started_work_is_refused_by_name() -> None:
    started = Operation(0, (0,), run=5, fixing=Fixing.STARTED, machine=0, name="SO-7 operation 20")
    with pytest.raises(ValueError, match="SO-7 operation 20 is started"):
        insert(one_machine(started), [])


@pytest.mark.parametrize(
    ("busy", "complaint"),
    [([Busy(0, 0, 60), Busy(0, 50, 70)], "machine 0 overlap"), ([Busy(3, 0, 60)], "outside")],
)
def test_impossible_busy_time_is_refused(busy: list[Busy], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        insert(one_machine(Operation(0, (0,), run=5)), busy)


def test_a_second_insertion_goes_around_the_first() -> None:
    old = schedule(shop_of(60))
    busy = busy_of(old)
    new = shop_of(5)
    plan = insert(new, busy)
    assert violations(plan, busy) == []
    assert len(busy_of(plan)) == len(new)


def test_a_full_rack_is_not_in_the_way_of_work_on_other_machines() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(5)],
        machines=[Machine(0), Machine(0, size=2)],
        jobs=[Job(DAY)],
        operations=[Operation(0, (0,), 60)],
    )
    loads = [Busy(machine=1, start=480, end=900), Busy(machine=1, start=480, end=700)]
    assert insert(problem, loads).unplaced == []
