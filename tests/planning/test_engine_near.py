"""Insertion and repair in shops with every feature: nothing that stands is broken, little moves."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.jit import Table
from planning.engine import (
    Busy,
    Crew,
    Fixing,
    Job,
    Labels,
    Machine,
    Operation,
    Plan,
    Problem,
    Resources,
    Tool,
    assemble,
    busy_of,
    busy_rows,
    insert,
    moved,
    repair,
    standing_slots,
    without,
)
from planning.engine.everything import plan
from tests.planning.engine_cases import DAY, day_shift
from tests.planning.rule_checker import Rules
from tests.planning.whole_shops import later_jobs, together, whole_shop

numbers = st.integers(0, 2**32)


def stands(made: Plan) -> Table:
    """The plan so far as the repair reads it."""
    return standing_slots(made.machine, made.start, made.end)


def hit_by(problem: Problem, number: int) -> Problem:
    """The same shop after a breakdown, an absence, late material or the passing of time."""
    chance = random.Random(number)
    event = chance.randrange(4)
    if event == 0 and len(problem):
        operations = problem.operations.copy()
        operations["release"][chance.randrange(len(problem))] = chance.randint(0, 6 * DAY)
        return replace(problem, operations=operations)
    if event == 1:
        return replace(problem, now=problem.now + chance.randint(1, 2 * DAY))
    of = problem.machines if event == 2 else problem.crews
    row, span = chance.randrange(len(of)), (chance.randint(0, 2 * DAY), chance.randint(2 * DAY, 5 * DAY))
    low, high = problem.window_ptr[of["calendar"][row]], problem.window_ptr[of["calendar"][row] + 1]
    left = without(problem.windows[low:high], [span])
    own = of.copy()
    own["calendar"][row] = len(problem.window_ptr) - 1
    return replace(
        problem,
        windows=np.concatenate([problem.windows, left]),
        window_ptr=np.append(problem.window_ptr, problem.window_ptr[-1] + len(left)),
        machines=own if event == 2 else problem.machines,
        crews=own if event == 3 else problem.crews,
    )


@given(number=numbers)
@settings(max_examples=150, deadline=None)
def test_inserted_work_keeps_every_rule_beside_the_plan_in_force(number: int) -> None:
    made = plan(whole_shop(number))
    fresh = later_jobs(made.problem, number)
    added = insert(fresh, busy_of(made))
    assert Rules(*together(made, added)).broken() == []
    assert added.unplaced == []


@given(number=numbers)
@settings(max_examples=200, deadline=None)
def test_a_repair_keeps_every_rule_whatever_happened(number: int) -> None:
    made = plan(whole_shop(number))
    after = hit_by(made.problem, number)
    mended = repair(after, stands(made))
    assert Rules(after, mended).broken() == []


@given(number=numbers)
@settings(max_examples=60, deadline=None)
def test_new_work_finds_its_place_in_a_repair(number: int) -> None:
    made = plan(whole_shop(number))
    stood, chance = stands(made), random.Random(number)
    lost = np.array([chance.random() < 0.3 for _ in range(len(stood))], bool)
    stood["machine"][lost] = -1
    mended = repair(made.problem, stood, lost)
    assert Rules(made.problem, mended).broken() == []
    assert mended.unplaced == []


def test_what_is_still_possible_stays_put() -> None:
    shops = [plan(whole_shop(number)) for number in range(60)]
    still = [moved(stands(repair(made.problem, stands(made))), stands(made)).sum() for made in shops]
    assert sum(count == 0 for count in still) >= 57


LABELS = Labels(machines=("Mill 1", "Mill 2"), skills=("welding",), tools=("Fixture A",))


def shop(*operations: Operation, calendars: object = None, **more: object) -> Problem:
    """Two machines on one day shift."""
    return assemble(
        now=0,
        calendars=calendars or [day_shift(9), day_shift(9)],  # type: ignore[arg-type]
        machines=[Machine(0), Machine(0)],
        jobs=[Job(due=DAY), Job(due=9 * DAY)],
        operations=operations,
        resources=Resources(labels=LABELS, **more),  # type: ignore[arg-type]
    )


WELDERS = [Crew(1, 1, (0,))]


def test_new_work_waits_for_who_is_busy_elsewhere() -> None:
    stood = plan(shop(Operation(0, (0,), 60, skill=0), crews=WELDERS))
    added = insert(shop(Operation(0, (1,), 60, skill=0), crews=WELDERS), busy_of(stood))
    assert added.start.tolist() == [540]


def test_where_nobody_knows_who_attends_somebody_with_the_skill_is_taken() -> None:
    stood = plan(shop(Operation(0, (0,), 60, skill=0), crews=WELDERS))
    busy = busy_rows(stood.problem, stands(stood))
    assert insert(shop(Operation(0, (1,), 60, skill=0), crews=WELDERS), busy).start.tolist() == [540]


def test_a_tool_in_use_is_waited_for() -> None:
    busy = [Busy(-1, 480, 600, tool=0)]
    added = insert(shop(Operation(0, (1,), 60, tools=(0,)), tools=[Tool(1)]), busy)
    assert added.start.tolist() == [600]


def test_an_absence_moves_only_what_it_hits() -> None:
    rows = [Operation(at % 2, (at,), 60, skill=0) for at in range(2)]
    made = plan(shop(*rows, crews=WELDERS))
    away = [day_shift(9), without(day_shift(9), [(540, 960)])]
    mended = repair(shop(*rows, calendars=away, crews=WELDERS), stands(made))
    assert moved(stands(mended), stands(made)).sum() == 1
    assert sorted(mended.start.tolist()) == [480, DAY + 480]


def test_what_cannot_be_inserted_names_what_is_lacking() -> None:
    added = insert(shop(Operation(0, (0,), 60, skill=0, name="SO-1 operation 10")), [])
    assert added.explain(0).startswith("SO-1 operation 10 needs welding, which nobody has")


def test_what_cannot_be_repaired_names_what_is_lacking() -> None:
    never = standing_slots(np.array([-1]), np.array([0]), np.array([0]))
    mended = repair(shop(Operation(0, (0,), 60, tools=(0,)), tools=[Tool(0)]), never)
    assert "needs Fixture A, of which there is none" in mended.explain(0)


def test_busy_time_that_overlaps_is_refused_where_people_are_planned() -> None:
    with pytest.raises(ValueError, match="machine 0 overlap"):
        insert(shop(Operation(0, (1,), 60, skill=0), crews=WELDERS), [Busy(0, 0, 60), Busy(0, 50, 70)])


def test_started_work_stays_with_its_machine_in_a_repair() -> None:
    begun = Operation(0, (0,), 60, fixing=Fixing.STARTED, machine=0, start=0, skill=0)
    mended = repair(shop(begun, crews=WELDERS), standing_slots(*(np.array([at]) for at in (0, 480, 540))))
    assert (mended.machine.tolist(), mended.start.tolist()) == ([0], [480])
