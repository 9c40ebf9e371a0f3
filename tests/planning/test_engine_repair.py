"""Local repair: feasible whatever happened, and as little moved as possible."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.jit import Table
from planning.engine import (
    NEVER,
    Job,
    Machine,
    Operation,
    Plan,
    Problem,
    assemble,
    in_turn,
    moved,
    repair,
    schedule,
    standing_slots,
    windows_of,
    without,
)
from tests.planning.engine_cases import DAY, chain, day_shift, one_machine, problems, shop_of
from tests.planning.plan_checker import violations


def standing(plan: Plan) -> Table:
    """The plan so far as the repair reads it."""
    return standing_slots(plan.machine, plan.start, plan.end)


def with_release(problem: Problem, operation: int, release: int) -> Problem:
    """The same, but one operation's material comes then."""
    operations = problem.operations.copy()
    operations["release"][operation] = release
    return replace(problem, operations=operations)


@settings(max_examples=150, deadline=None)
@given(problems(), problems(), st.integers(0, 400))
def test_a_repair_is_feasible_whatever_stood_before(problem: Problem, other: Problem, later: int) -> None:
    plan = schedule(problem)
    stood = standing(plan)
    for name in ("release", "run", "setup"):
        size = min(len(problem), len(other))
        problem.operations[name][:size] = other.operations[name][:size]
    changed = replace(problem, now=problem.now + later)
    assert violations(repair(changed, stood)) == []


def test_what_is_still_possible_stays_put() -> None:
    problem = shop_of(60)
    plan = schedule(problem)
    assert not moved(standing(repair(problem, standing(plan))), standing(plan)).any()


def test_everything_is_placed_where_nothing_stood() -> None:
    problem = shop_of(40)
    never = np.full(len(problem), NEVER)
    plan = repair(problem, standing_slots(np.full(len(problem), -1), never, never))
    assert (plan.unplaced, violations(plan)) == ([], [])


def test_a_closed_machine_pushes_its_followers_only_as_far_as_they_must() -> None:
    problem = one_machine(*(Operation(job=0, machines=(0,), run=60) for _ in range(3)))
    stood = standing_slots(np.zeros(3, np.int64), np.array([480, 540, 800]), np.array([540, 600, 860]))
    assert sorted(repair(closed(problem, 0, (480, 600)), stood).start.tolist()) == [600, 660, 800]


def test_late_material_takes_its_job_out_and_lets_the_others_stand() -> None:
    operations = [*chain(60, 60), *chain(60, 60, job=1, first=2)]
    problem = assemble(
        now=0, calendars=[day_shift(30)], machines=[Machine(0)], jobs=[Job(9999)] * 2, operations=operations
    )
    start = np.array([480, 540, 600, 660])
    stood = standing_slots(np.zeros(4, np.int64), start, start + 60)
    plan = repair(with_release(problem, 0, 3 * DAY), stood)
    assert plan.start.tolist() == [3 * DAY + 480, 3 * DAY + 540, 600, 660]


def test_an_urgent_job_goes_ahead_where_waiting_would_cost_more() -> None:
    jobs = [Job(due=9999), Job(due=600, weight=9)]
    problem = assemble(
        now=480,
        calendars=[day_shift(30)],
        machines=[Machine(0)],
        jobs=jobs,
        operations=[Operation(0, (0,), 400), Operation(1, (0,), 60)],
    )
    stood = standing_slots(np.array([0, -1]), np.array([480, NEVER]), np.array([880, NEVER]))
    assert repair(problem, stood).start.tolist() == [540, 480]


def test_a_patient_job_waits_for_a_gap() -> None:
    problem = assemble(
        now=480,
        calendars=[day_shift(30)],
        machines=[Machine(0)],
        jobs=[Job(due=9999)] * 2,
        operations=[Operation(0, (0,), 400), Operation(1, (0,), 60)],
    )
    stood = standing_slots(np.array([0, -1]), np.array([480, NEVER]), np.array([880, NEVER]))
    assert repair(problem, stood).start.tolist() == [480, 880]


def test_a_machine_that_is_gone_gives_its_work_to_the_others() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(30), windows_of([])],
        machines=[Machine(0), Machine(1)],
        jobs=[Job(9999)],
        operations=[Operation(0, (0,), 60)],
    )
    plan = repair(problem, standing_slots(np.array([1]), np.array([480]), np.array([540])))
    assert plan.machine.tolist() == [0]


def test_in_turn_every_operation_begins_as_soon_as_it_can() -> None:
    problem = one_machine(*chain(60, 60))
    stood = standing_slots(np.zeros(2, np.int64), np.array([700, 800]), np.array([760, 860]))
    assert in_turn(problem, stood)["start"].tolist() == [480, 540]


def test_four_hours_of_one_machine_move_few_operations() -> None:
    problem = shop_of(3000, centres=25, load=0.75)
    due = problem.jobs["due"][problem.operations["job"]]
    problem.operations["release"], problem.operations["setup"] = np.maximum(0, due - 10 * DAY), 0
    plan = schedule(problem)
    repaired = repair(closed(problem, int(np.bincount(plan.machine).argmax()), (480, 720)), standing(plan))
    assert repaired.tardiness <= plan.tardiness + 4 * 60
    assert moved(standing(repaired), standing(plan)).mean() < 0.05


def closed(problem: Problem, machine: int, span: tuple[int, int]) -> Problem:
    """The same shop with one machine down for a while."""
    ptr = problem.window_ptr
    calendars = [problem.windows[ptr[c] : ptr[c + 1]].copy() for c in problem.machines["calendar"]]
    calendars[machine] = without(calendars[machine], [span])
    hours = assemble(now=0, calendars=calendars, machines=[], jobs=[], operations=[])
    machines = problem.machines.copy()
    machines["calendar"] = np.arange(len(machines))
    return replace(problem, windows=hours.windows, window_ptr=hours.window_ptr, machines=machines)
