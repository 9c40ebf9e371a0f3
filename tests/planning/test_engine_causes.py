"""Why a job ends when it does: the chain of causes, and what one fact costs."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from kernel.jit import Table
from planning.engine import Job, Machine, Operation, Plan, Problem, assemble, schedule, standing_slots
from planning.engine.causes import Cause, Hurt, Link, chain, impact
from planning.engine.repair import in_turn
from tests.planning.engine_cases import DAY, day_shift, problems, shop_of
from tests.planning.engine_cases import chain as routing


def shop(*operations: Operation, jobs: int = 1, now: int = 480, machines: int = 2) -> Problem:
    """Jobs due late, machines on one day shift."""
    return assemble(
        now=now,
        calendars=[day_shift(30)],
        machines=[Machine(0)] * machines,
        jobs=[Job(due=10**6)] * jobs,
        operations=operations,
    )


def stand(problem: Problem, *places: tuple[int, int, int]) -> Table:
    """SLOT rows of machine, start, end."""
    return standing_slots(*(np.array(column, np.int64) for column in zip(*places, strict=True)))


def slots_of(plan: Plan) -> Table:
    """Where the plan's operations stand."""
    return standing_slots(plan.machine, plan.start, plan.end)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_causes_of_a_job_add_up_to_its_span(problem: Problem) -> None:
    plan = schedule(problem)
    for job in np.flatnonzero(plan.finish > -(2**60)).tolist():
        links = chain(problem, slots_of(plan), job)
        assert sum(link.minutes for link in links) == max(0, int(plan.finish[job]) - problem.now)
        assert all(link.minutes > 0 for link in links)


def test_a_job_that_waits_for_nobody_is_its_own_work() -> None:
    problem = shop(*routing(60, 30))
    links = chain(problem, stand(problem, (0, 480, 540), (0, 540, 570)), 0)
    assert links == [Link(Cause.WORK, 1, 30), Link(Cause.WORK, 0, 60)]


def test_set_up_and_closed_hours_are_told_apart() -> None:
    problem = shop(Operation(0, (0,), run=60, setup=450))
    links = chain(problem, stand(problem, (0, 480, DAY + 510)), 0)
    assert links == [
        Link(Cause.WORK, 0, 60),
        Link(Cause.SETUP, 0, 450),
        Link(Cause.CLOSED, 0, DAY - 480),
    ]


def test_a_wait_names_whom_the_machine_serves_first() -> None:
    problem = shop(Operation(0, (0,), 60), Operation(1, (0,), 100), jobs=2)
    links = chain(problem, stand(problem, (0, 580, 640), (0, 480, 580)), 0)
    assert links == [Link(Cause.WORK, 0, 60), Link(Cause.QUEUE, 0, 100, behind=1)]


def test_material_counts_only_with_what_it_is_later_than_the_rest() -> None:
    first, second = routing(60, 60)
    problem = shop(first, second._replace(release=600))
    links = chain(problem, stand(problem, (0, 480, 540), (0, 600, 660)), 0)
    assert Link(Cause.MATERIAL, 1, 60) in links
    early = chain(problem, stand(problem, (0, 560, 620), (0, 620, 680)), 0)
    assert not [link for link in early if link.cause == Cause.MATERIAL]


def test_a_free_machine_is_a_reserve_or_too_short_a_gap() -> None:
    problem = shop(Operation(0, (0,), 60), Operation(1, (0,), 20), jobs=2)
    reserve = chain(problem, stand(problem, (0, 700, 760), (1, 480, 500)), 0)
    assert Link(Cause.RESERVE, 0, 220) in reserve
    gap = chain(problem, stand(problem, (0, 550, 610), (0, 530, 550)), 0)
    assert Link(Cause.GAP, 0, 50) in gap


def test_a_job_without_a_place_has_no_chain() -> None:
    problem = shop(Operation(0, (0,), 60))
    assert chain(problem, stand(problem, (-1, 0, 0)), 0) == []


def test_a_late_part_with_slack_hurts_nobody() -> None:
    problem = shop(*routing(60, 60), Operation(0, (1,), 30), jobs=1)
    joined = replace(problem)
    slots = stand(joined, (0, 480, 540), (0, 540, 600), (1, 480, 510))
    late = joined.operations.copy()
    late["release"][2] = 560
    assert impact(replace(joined, operations=late), joined, slots) == []


def test_a_late_part_without_slack_hurts_its_job_and_who_stands_behind_it() -> None:
    problem = shop(Operation(0, (0,), 60), Operation(1, (0,), 60), jobs=2)
    jobs = problem.jobs.copy()
    jobs["due"] = [560, 9999]
    problem = replace(problem, jobs=jobs)
    slots = stand(problem, (0, 480, 540), (0, 540, 600))
    late = problem.operations.copy()
    late["release"][0] = 580
    assert impact(replace(problem, operations=late), problem, slots) == [Hurt(0, 100, 80), Hurt(1, 100, 0)]


def test_without_a_difference_nothing_hurts() -> None:
    problem = shop_of(60)
    slots = slots_of(schedule(problem))
    assert impact(problem, problem, slots) == []
    assert (in_turn(problem, slots)["end"] <= slots["end"]).all()
