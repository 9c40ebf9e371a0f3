"""Dispatching: every plan feasible, started and pinned work respected, the impossible reported."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from planning.engine import (
    NEVER,
    Fixing,
    Job,
    Machine,
    Operation,
    Problem,
    Reason,
    Status,
    assemble,
    schedule,
    windows_of,
)
from planning.engine.planner import GRID
from planning.engine.rule import Rule
from tests.planning.engine_cases import DAY, chain, day_shift, one_machine, problems, shop_of
from tests.planning.plan_checker import violations


@given(problem=problems())
@settings(max_examples=300, deadline=None)
def test_every_plan_is_feasible_and_leaves_nothing_out_without_a_reason(problem: Problem) -> None:
    plan = schedule(problem)
    assert violations(plan) == []
    assert (plan.status is Status.PARTIAL) == bool(plan.unplaced)
    assert all(problem.name(each) in plan.explain(each) for each in plan.unplaced)


@given(problem=problems())
@settings(max_examples=100, deadline=None)
def test_the_same_problem_gives_the_same_plan(problem: Problem) -> None:
    first, second = schedule(problem), schedule(problem)
    assert np.array_equal(first.start, second.start)
    assert np.array_equal(first.machine, second.machine)


@given(problem=problems(fixed=False))
@settings(max_examples=200, deadline=None)
def test_an_operation_is_left_out_only_for_want_of_a_machine_time_or_predecessor(problem: Problem) -> None:
    plan = schedule(problem)
    for operation in plan.unplaced:
        if plan.reason[operation] == Reason.WAITS:
            row = problem.after.value[problem.after.ptr[operation] : problem.after.ptr[operation + 1]]
            assert any(plan.machine[each] < 0 for each in row)
        if plan.reason[operation] == Reason.NO_MACHINE:
            assert problem.operations["pool"][operation] == -1


def test_nothing_to_plan_is_an_optimal_plan() -> None:
    plan = schedule(assemble(now=0, calendars=[], machines=[], jobs=[], operations=[]))
    assert (plan.status, plan.tardiness, plan.unplaced) == (Status.OPTIMAL, 0, [])


def test_an_operation_pauses_over_the_night() -> None:
    plan = schedule(one_machine(*chain(300, 300)))
    assert (plan.start.tolist(), plan.end.tolist()) == ([480, 780], [780, DAY + 600])


def test_an_unattended_run_goes_on_over_the_night_but_its_set_up_does_not() -> None:
    plan = schedule(one_machine(Operation(0, (0,), run=600, setup=30, unattended=True, release=945)))
    assert (int(plan.start[0]), int(plan.ready[0]), int(plan.end[0])) == (945, DAY + 495, DAY + 1095)


def test_a_machine_left_by_an_unattended_run_at_night_starts_again_with_the_shift() -> None:
    night = Operation(0, (0,), run=400, unattended=True, release=900)
    plan = schedule(one_machine(night, Operation(0, (0,), run=60, after=(0,))))
    assert (int(plan.end[0]), int(plan.start[1])) == (1300, DAY + 480)


def test_a_milestone_without_duration_passes_at_once() -> None:
    plan = schedule(one_machine(*chain(60, 0, 60)))
    assert (int(plan.start[1]), int(plan.end[1]), int(plan.start[2])) == (540, 540, 540)


def test_the_same_family_saves_its_set_up_and_comes_first() -> None:
    rows = [Operation(0, (0,), run=60, setup=30, family=family) for family in (1, 2, 1)]
    plan = schedule(one_machine(*rows))
    assert sorted((plan.ready - plan.start).tolist()) == [0, 30, 30]
    assert violations(plan) == []


def test_the_family_the_machine_is_set_up_for_counts_from_the_start() -> None:
    plan = schedule(
        assemble(
            now=0,
            calendars=[day_shift(5)],
            machines=[Machine(calendar=0, family=7)],
            jobs=[Job(due=DAY)],
            operations=[Operation(0, (0,), run=60, setup=30, family=7)],
        )
    )
    assert int(plan.end[0]) == 540


def test_of_two_equal_machines_the_one_already_set_up_takes_the_work() -> None:
    plan = schedule(
        assemble(
            now=0,
            calendars=[day_shift(5)],
            machines=[Machine(calendar=0), Machine(calendar=0, family=7)],
            jobs=[Job(due=DAY)],
            operations=[Operation(0, (0, 1), run=60, setup=30, family=7)],
        )
    )
    assert int(plan.machine[0]) == 1


def test_the_more_urgent_and_the_heavier_job_goes_first() -> None:
    jobs = [Job(due=50 * DAY), Job(due=DAY), Job(due=DAY, weight=9)]
    rows = [Operation(job, (0,), run=400) for job in range(3)]
    plan = schedule(
        assemble(now=0, calendars=[day_shift(9)], machines=[Machine(0)], jobs=jobs, operations=rows)
    )
    assert np.argsort(plan.start).tolist() == [2, 1, 0]


def test_started_work_goes_on_where_it_is_before_anything_else() -> None:
    running = Operation(0, (0, 1), run=90, fixing=Fixing.STARTED, machine=1, start=-500)
    plan = schedule(
        assemble(
            now=500,
            calendars=[day_shift(5)],
            machines=[Machine(0), Machine(0)],
            jobs=[Job(due=0), Job(due=0, weight=99)],
            operations=[running, Operation(1, (1,), run=10)],
        )
    )
    assert (plan.machine.tolist(), plan.start.tolist()) == ([1, 1], [500, 590])


def test_two_started_operations_on_one_machine_go_on_one_after_the_other() -> None:
    rows = [Operation(0, (0,), run=60, fixing=Fixing.STARTED, machine=0, start=at) for at in (490, 480)]
    plan = schedule(one_machine(*rows, now=500))
    assert plan.start.tolist() == [560, 500]


def test_a_pinned_operation_starts_at_its_minute_and_others_go_around_it() -> None:
    pinned = Operation(0, (0,), run=60, fixing=Fixing.PINNED, machine=0, start=540)
    plan = schedule(one_machine(pinned, Operation(0, (0,), run=90), Operation(0, (0,), run=50)))
    assert plan.start.tolist() == [540, 600, 480]


def test_a_pin_that_its_predecessor_cannot_meet_slips() -> None:
    pinned = Operation(0, (0,), run=60, after=(0,), fixing=Fixing.PINNED, machine=0, start=500)
    plan = schedule(one_machine(Operation(0, (0,), run=100), pinned))
    assert violations(plan) == []
    assert int(plan.start[1]) >= int(plan.end[0])


def test_a_breakdown_is_a_pinned_operation_that_everything_goes_around() -> None:
    repair = Operation(0, (0,), run=120, unattended=True, fixing=Fixing.PINNED, machine=0, start=500)
    plan = schedule(one_machine(repair, Operation(0, (0,), run=60)))
    assert plan.start.tolist() == [500, 620]


def test_branches_run_side_by_side_and_join() -> None:
    rows = [
        Operation(0, (0,), run=60),
        Operation(0, (0,), run=60, after=(0,)),
        Operation(0, (1,), run=100, after=(0,)),
        Operation(0, (0,), run=30, after=(1, 2)),
    ]
    machines = [Machine(0), Machine(0)]
    plan = schedule(
        assemble(now=0, calendars=[day_shift(5)], machines=machines, jobs=[Job(due=0)], operations=rows)
    )
    assert plan.start.tolist() == [480, 540, 540, 640]
    assert plan.status is Status.OPTIMAL


def test_outside_machines_take_any_number_at_once() -> None:
    rows = [Operation(0, (0,), run=100) for _ in range(3)]
    plan = schedule(
        assemble(
            now=0,
            calendars=[day_shift(5)],
            machines=[Machine(0, single=False)],
            jobs=[Job(due=0)],
            operations=rows,
        )
    )
    assert plan.start.tolist() == [480, 480, 480]


@pytest.mark.parametrize(
    ("operation", "days", "reason", "words"),
    [
        (
            Operation(0, (), run=5, name="SO-1 operation 10"),
            3,
            Reason.NO_MACHINE,
            "SO-1 operation 10 has no machine",
        ),
        (Operation(0, (0,), run=5), 0, Reason.NO_WORKING_TIME, "no working time"),
        (Operation(0, (0,), run=365 * DAY), 3, Reason.BEYOND_HORIZON, "before the calendars end"),
        (Operation(0, (0,), run=5, release=9 * DAY), 3, Reason.BEYOND_HORIZON, "before the calendars end"),
    ],
)
def test_what_cannot_be_placed_says_why(operation: Operation, days: int, reason: Reason, words: str) -> None:
    plan = schedule(one_machine(operation, Operation(0, (0,), run=5, after=(0,)), days=days))
    assert plan.reason[0] == reason
    assert words in plan.explain(0)
    assert plan.machine.tolist() == [-1, -1]
    assert (plan.status, plan.finish.tolist()) == (Status.PARTIAL, [NEVER])


def test_a_follower_of_the_impossible_waits() -> None:
    plan = schedule(one_machine(Operation(0, (), run=5), Operation(0, (0,), run=5, after=(0,))))
    assert plan.reason.tolist() == [Reason.NO_MACHINE, Reason.WAITS]


def test_the_shorter_operation_still_fits_before_the_calendar_ends() -> None:
    plan = schedule(one_machine(Operation(0, (0,), run=481), Operation(0, (0,), run=480), days=1))
    assert plan.unplaced == [0]


def lateness_by_due_date(problem: Problem) -> int:
    """Weighted lateness when the earliest due date always goes first.

    With hardly any reach and due dates that are never near, the rule is due date alone.
    """
    far = problem.jobs.copy()
    far["due"] += 10**7
    plan = schedule(dataclasses.replace(problem, jobs=far), grid=(Rule(reach=1e-6, lead=0.0, saving=0.0),))
    late = np.maximum(plan.finish - problem.jobs["due"], 0)
    return int((late * problem.jobs["weight"]).sum())


@pytest.mark.parametrize(("seed", "load"), [(1, 0.9), (2, 0.9), (3, 1.1)])
def test_the_grid_beats_earliest_due_date_by_far(seed: int, load: float) -> None:
    problem = shop_of(500, seed=seed, load=load)
    plan = schedule(problem)
    assert violations(plan) == []
    assert plan.tardiness < 0.3 * lateness_by_due_date(problem)


def test_the_plan_is_the_best_of_its_grid() -> None:
    problem = shop_of(100)
    single = [schedule(problem, grid=(rule,)).tardiness for rule in GRID]
    assert schedule(problem).tardiness == min(single)


def test_a_lone_job_on_free_machines_reaches_its_bound() -> None:
    problem = assemble(
        now=0,
        calendars=[windows_of([(0, 10**6)])],
        machines=[Machine(0)],
        jobs=[Job(due=100)],
        operations=chain(60, 60),
    )
    plan = schedule(problem)
    assert (plan.tardiness, plan.least_tardiness, plan.status) == (20, 20, Status.OPTIMAL)


@pytest.mark.parametrize(
    ("column", "shift", "complaint"),
    [
        ("start", 1, "out of order"),
        ("end", 400, "wrong run"),
        ("machine", 1, "may not do it"),
        ("finish", 1, "finish"),
    ],
)
def test_the_checker_of_these_tests_sees_a_broken_plan(column: str, shift: int, complaint: str) -> None:
    plan = schedule(one_machine(*chain(60, 60), spare=1))
    getattr(plan, column)[0] += shift
    assert any(complaint in each for each in violations(plan))
