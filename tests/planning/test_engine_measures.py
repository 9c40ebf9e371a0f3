"""What a plan is worth: figures computed by hand."""

import numpy as np
import pytest
from hypothesis import given, settings

from kernel.jit import Table
from planning.engine import NEVER, Job, Machine, Operation, Problem, assemble, schedule, standing_slots
from planning.engine.measures import Measures, Worth, finishes, measure, utilisation
from tests.planning.engine_cases import DAY, day_shift, problems

EUR, USD = 1, 2
OPEN, CLOSE = 480, 960


def shop(*operations: Operation) -> Problem:
    """Two jobs (the second weighs 3), machines in two work centres, shifts from 480 to 960; it is 480."""
    return assemble(
        now=OPEN,
        calendars=[day_shift(10)],
        machines=[Machine(0, centre=7), Machine(0, centre=8)],
        jobs=[Job(due=960), Job(due=960, weight=3)],
        operations=operations,
    )


TWO = (Operation(0, (0,), run=60), Operation(1, (1,), run=120))


def stand(*places: tuple[int, int, int]) -> Table:
    """SLOT rows of machine, start, end."""
    return standing_slots(*(np.array(column, np.int64) for column in zip(*places, strict=True)))


def worth(
    *begun: int,
    promised: tuple[int, ...] = (960, 960),
    values: tuple[int, ...] = (100, 100),
    kinds: tuple[int, ...] = (EUR, EUR),
) -> Worth:
    """Two promised jobs."""
    return Worth(
        promised=np.array(promised),
        begun=np.array(begun or (NEVER, NEVER)),
        value=np.array(values),
        kind=np.array(kinds),
    )


def measured(problem: Problem, slots: Table, of: Worth | None = None, days: int = 1) -> Measures:
    """The figures of so many days; what is made is delivered at once."""
    return measure(problem, slots, of or worth(), finishes(problem, slots), OPEN + days * DAY)


def test_a_job_that_is_delivered_at_the_promised_moment_is_on_time() -> None:
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)), worth(promised=(540, 599)))
    assert (found.promised, found.on_time, found.tardiness, found.weighted) == (2, 1, 1, 3)


def test_a_job_without_a_place_is_not_on_time_but_not_tardy() -> None:
    found = measured(shop(*TWO), stand((-1, NEVER, NEVER), (1, 480, 600)), worth(promised=(0, 600)))
    assert (found.on_time, found.tardiness, found.unplaced) == (1, 0, 1)


def test_jobs_without_a_promise_are_never_late() -> None:
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)), worth(promised=(NEVER, 600)))
    assert (found.promised, found.on_time, found.tardiness) == (1, 1, 0)


def test_work_in_progress_is_the_time_on_the_floor_over_the_period() -> None:
    found = measured(shop(*TWO), stand((0, 480, 840), (1, 600, 960)))
    assert found.in_progress == pytest.approx((360 + 360) / DAY)


def test_a_job_that_was_begun_is_on_the_floor_from_now_on() -> None:
    found = measured(shop(*TWO), stand((0, 780, 840), (1, 600, 960)), worth(0, NEVER))
    assert found.in_progress == pytest.approx((360 + 360) / DAY)


def test_a_begun_job_without_an_end_stays_on_the_floor() -> None:
    found = measured(shop(*TWO), stand((-1, NEVER, NEVER), (-1, NEVER, NEVER)), worth(0, NEVER))
    assert found.in_progress == 1.0


def test_the_use_of_a_machine_counts_open_minutes_only() -> None:
    used = utilisation(shop(*TWO), stand((0, 900, DAY + 540), (1, 480, 600)), OPEN + 2 * DAY)
    assert used == {7: (60 + 60) / 960, 8: 120 / 960}


def test_what_shares_a_machine_counts_once() -> None:
    used = utilisation(shop(*TWO), stand((0, 480, 600), (0, 540, 660)), OPEN + DAY)
    assert used == {7: 180 / 480, 8: 0.0}


def test_machines_without_limit_are_left_out() -> None:
    vendor = assemble(
        now=OPEN,
        calendars=[day_shift(10)],
        machines=[Machine(0, centre=7, single=False)],
        jobs=[Job(due=0)],
        operations=[Operation(0, (0,), run=60)],
    )
    assert utilisation(vendor, stand((0, 480, 540)), OPEN + DAY) == {}


def test_the_bottleneck_is_the_fullest_work_centre() -> None:
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)))
    assert (found.bottleneck, found.makespan) == (8, 600)


def test_cash_is_tied_up_from_the_first_start_to_delivery_in_each_currency() -> None:
    of = worth(values=(500, 70), kinds=(EUR, USD))
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)), of)
    assert found.tied_up == {EUR: 500 * 60, USD: 70 * 120}


def test_cash_of_a_job_that_was_begun_counts_from_its_begin() -> None:
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)), worth(-60, NEVER))
    assert found.tied_up == {EUR: 100 * 600 + 100 * 120}


def test_sums_of_money_do_not_overflow() -> None:
    of = worth(values=(10**17, 10**17))
    found = measured(shop(*TWO), stand((0, 480, 540), (1, 480, 600)), of)
    assert found.tied_up == {EUR: 10**17 * 180}


@settings(max_examples=100, deadline=None)
@given(problems())
def test_shares_are_shares_and_lateness_agrees_with_the_plan(problem: Problem) -> None:
    plan, jobs = schedule(problem), len(problem.jobs)
    slots = standing_slots(plan.machine, plan.start, plan.end)
    ones = np.ones(jobs, np.int64)
    of = Worth(problem.jobs["due"], np.full(jobs, NEVER), ones, ones)
    found = measure(problem, slots, of, finishes(problem, slots), problem.now + 3 * DAY)
    assert all(0 <= share <= 1 for share in found.used.values())
    assert (found.tardiness, found.makespan) == (int(plan.late().sum()), plan.makespan)
    assert 0 <= found.in_progress <= jobs
