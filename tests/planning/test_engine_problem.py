"""A problem is checked before anything is planned, and says which operation is wrong."""

import dataclasses

import numpy as np
import pytest

from planning.engine import Fixing, Job, Machine, Operation, Problem, assemble, need_by
from planning.engine.calendars import NEVER
from tests.planning.engine_cases import day_shift, one_machine


def test_equal_sets_of_machines_share_a_pool() -> None:
    problem = one_machine(*[Operation(0, (0,), run=1) for _ in range(3)], Operation(0, (), run=1))
    assert problem.operations["pool"].tolist() == [0, 0, 0, -1]


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        (Operation(3, (0,), run=1), "belongs to a job"),
        (Operation(0, (0,), run=-1), "negative run"),
        (Operation(0, (0,), run=1, setup=-1), "negative set-up"),
        (Operation(0, (0,), run=2**41), "longer than any calendar"),
        (Operation(0, (0,), run=1, release=2**41), "released later"),
        (Operation(0, (0,), run=1, fixing=Fixing.STARTED), "names no machine"),
        (Operation(0, (0,), run=1, fixing=Fixing.PINNED, machine=0), "names no start"),
        (Operation(0, (0,), run=1, after=(5,)), "follows operation 5"),
        (Operation(0, (0,), run=1, after=(1,)), "waits for itself"),
    ],
)
def test_a_wrong_operation_is_named(operation: Operation, complaint: str) -> None:
    named = operation._replace(name="SO-2026-00007 operation 30")
    with pytest.raises(ValueError, match=f"SO-2026-00007 operation 30 .*{complaint}"):
        one_machine(Operation(0, (0,), run=1), named)


def test_a_circle_is_named_by_one_of_its_operations() -> None:
    rows = [
        Operation(0, (0,), 1, after=(2,)),
        Operation(0, (0,), 1, after=(0,)),
        Operation(0, (0,), 1, after=(1,)),
    ]
    with pytest.raises(ValueError, match=r"operation #[012] waits for itself"):
        one_machine(*rows, Operation(0, (0,), 1, after=(2,)))


@pytest.mark.parametrize(
    ("machines", "jobs", "eligible", "complaint"),
    [
        ([Machine(1)], [Job(0)], (0,), "calendar 1"),
        ([Machine(0)], [Job(0)], (4,), "machine 4"),
        ([Machine(0)], [Job(0, weight=-1)], (0,), "negative weight"),
        ([Machine(0), Machine(0, single=False)], [Job(0)], (0, 1), "unlimited capacity"),
    ],
)
def test_a_wrong_shop_is_refused(
    machines: list[Machine], jobs: list[Job], eligible: tuple[int, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        assemble(
            now=0,
            calendars=[day_shift(1)],
            machines=machines,
            jobs=jobs,
            operations=[Operation(0, eligible, run=1)],
        )


def test_columns_that_do_not_match_are_refused() -> None:
    problem = one_machine(Operation(0, (0,), run=1))
    with pytest.raises(ValueError, match="do not cover the operations"):
        dataclasses.replace(problem, operations=np.concatenate([problem.operations] * 2))
    with pytest.raises(ValueError, match="does not cover the working-time"):
        dataclasses.replace(problem, windows=problem.windows[:3])


def test_a_problem_knows_its_size_and_names() -> None:
    problem: Problem = one_machine(
        Operation(0, (0,), run=1, name="SO-1 operation 10"), Operation(0, (0,), run=1)
    )
    assert (len(problem), problem.name(0), problem.name(1)) == (2, "SO-1 operation 10", "operation #1")


def test_need_by_is_the_start_or_the_begin_of_an_earlier_working_day() -> None:
    days = np.array([480, 1920, 6240], np.int64)
    starts = np.array([6300, 6300, 6300, 6300, NEVER, 100], np.int64)
    lead = np.array([0, 1, 2, 9, 1, 1], np.int64)
    assert need_by(starts, lead, days).tolist() == [6300, 1920, 480, 480, NEVER, 100]


def test_a_negative_safety_lead_and_one_without_working_days_are_refused() -> None:
    start, no_days = np.array([5], np.int64), np.array([], np.int64)
    with pytest.raises(ValueError, match="negative"):
        need_by(start, np.array([-1], np.int64), no_days)
    with pytest.raises(ValueError, match="working days"):
        need_by(start, np.array([1], np.int64), no_days)
