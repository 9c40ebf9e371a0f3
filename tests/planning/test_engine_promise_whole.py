"""Promises in shops with every feature: three honest dates, every rule kept, reasons that name what lacks."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.jit import IntArray, Table
from planning.engine import (
    Crew,
    Job,
    Labels,
    Machine,
    Operation,
    Plan,
    Problem,
    Resources,
    Tool,
    assemble,
)
from planning.engine.everything import plan
from planning.engine.promise import PromiseBook, book_of, earlier, promise
from planning.engine.promise_answer import Answer, Change, NewJob, Overtime, Way
from planning.engine.promise_whole import WholeBook
from planning.engine.result import finished_plan
from planning.engine.shop import empty_slots, open_shop
from tests.planning.engine_cases import DAY, day_shift
from tests.planning.rule_checker import Rules
from tests.planning.whole_shops import attending, free_operation, whole_shop

numbers = st.integers(0, 2**32)
LABELS = Labels(machines=("Mill 1", "Mill 2"), skills=("welding",), tools=("Fixture A",))


def book(number: int) -> tuple[Plan, WholeBook]:
    """The plan of a random shop, ready to be asked."""
    made = plan(whole_shop(number))
    fixed = (made.problem.operations["fixing"] != 0).astype(np.int64)
    slots = empty_slots(len(made.machine))
    for name in ("machine", "start", "ready", "end"):
        slots[name] = getattr(made, name)
    return made, WholeBook.of(made.problem, slots, fixed, attending(made))


def asked(problem: Problem, number: int) -> NewJob:
    """A job of a few operations for this shop."""
    chance, rack = random.Random(number), len(problem.machines) - 2
    many = chance.randint(1, 4)
    return NewJob(tuple(free_operation(chance, at, 1, rack, rack + 1) for at in range(many)))


def seen(problem: Problem, slots: Table, persons: IntArray | None) -> list[str]:
    """Rules that this plan breaks."""
    made = finished_plan(problem, open_shop(problem), slots, "promise")
    assert persons is not None
    return Rules(problem, replace(made, persons=persons)).broken()


@given(number=numbers, way=st.sampled_from([Way.SLACK, Way.DISPLACE]))
@settings(max_examples=120, deadline=None)
def test_every_rule_is_kept_whoever_moves(number: int, way: Way) -> None:
    made, asks = book(number)
    answer, after = asks.moving(asked(made.problem, number), way)
    assert isinstance(answer, Answer)
    assert seen(after.problem, after.slots, after.persons) == []


@given(number=numbers)
@settings(max_examples=60, deadline=None)
def test_moved_inside_their_slack_nobody_becomes_later_than_due(number: int) -> None:
    made, asks = book(number)
    answer, after = asks.moving(asked(made.problem, number), Way.SLACK)
    assert isinstance(answer, Answer)
    assert not any(each.late for each in answer.displaced)
    ends = np.full(len(made.finish), -(2**62))
    np.maximum.at(ends, made.problem.operations["job"], after.slots["end"][: len(made.problem)])
    placed = made.finish > -(2**61)
    assert (ends <= np.maximum(made.finish, made.problem.jobs["due"]))[placed].all()


@given(number=numbers)
@settings(max_examples=60, deadline=None)
def test_what_has_started_or_is_pinned_never_moves_for_a_promise(number: int) -> None:
    made, asks = book(number)
    answer, _ = asks.moving(asked(made.problem, number), Way.DISPLACE)
    assert isinstance(answer, Answer)
    assert not any(made.problem.operations["fixing"][shift.operation] for shift in answer.shifts)


@given(number=numbers)
@settings(max_examples=40, deadline=None)
def test_moving_more_is_never_later_and_the_causes_tell_the_time(number: int) -> None:
    made = plan(whole_shop(number))
    answers = promise(book_of(made), [asked(made.problem, number)])[0].answers
    ends = [each.finish for each in answers]
    assert (len(ends), ends) == (3, sorted(ends, reverse=True))
    assert all(each.causes for each in answers)


def welding_shop(*busy: Operation, **more: object) -> PromiseBook:
    """Two machines on a day shift; one welder unless told otherwise."""
    resources = {"crews": [Crew(0, 1, (0,))], **more}
    problem = assemble(
        now=0,
        calendars=[day_shift(9)],
        machines=[Machine(0), Machine(0)],
        jobs=[Job(5 * DAY)],
        operations=busy,
        resources=Resources(labels=LABELS, **resources),  # type: ignore[arg-type]
    )
    return book_of(plan(problem))


WELD = Operation(0, (0,), 300, skill=0)


def test_the_welder_is_waited_for_on_a_free_machine() -> None:
    found = promise(welding_shop(WELD), [NewJob((WELD._replace(machines=(1,)),))])[0]
    gap, slack = found.by(Way.GAP), found.by(Way.SLACK)
    assert gap is not None
    assert slack is not None
    assert (gap.finish, slack.finish) == (DAY + 600, 780)
    assert "people" in [cause.kind for cause in gap.causes]
    assert [(shift.operation, shift.start) for shift in slack.shifts] == [(0, 780)]


def test_two_jobs_asked_together_share_one_welder() -> None:
    book = welding_shop()
    ends = [each.answers[0].finish for each in promise(book, [NewJob((WELD,)), NewJob((WELD,))])]
    assert ends == [780, DAY + 600]


@pytest.mark.parametrize(
    ("operation", "more", "words"),
    [
        (WELD, {"crews": []}, "needs welding, which nobody has"),
        (Operation(0, (0,), 5, tools=(0,)), {"tools": [Tool(0)]}, "needs Fixture A, of which there is none"),
        (Operation(0, (0,), 600, pauses=False), {}, "must not pause, and lasts longer"),
    ],
)
def test_without_a_date_the_answer_says_what_is_lacking(
    operation: Operation, more: dict[str, object], words: str
) -> None:
    found = promise(welding_shop(**more), [NewJob((operation._replace(name="Op 10"),))])[0]
    assert not found.answers
    assert found.missing.startswith(f"Op 10 {words}")


def test_a_job_may_ask_for_more_than_the_plan_in_force_does() -> None:
    book = welding_shop(Operation(0, (0,), 300))
    assert promise(book, [NewJob((WELD,))])[0].answers[0].finish == DAY + 600


def test_overtime_of_the_machine_helps_only_with_somebody_there() -> None:
    change = Change(overtime=Overtime(1, ((1020, 1500),)))
    plain = NewJob((Operation(0, (1,), 600),))
    assert [each.minutes for each in earlier(welding_shop(WELD), plain, [change])] != []
    welded = NewJob((WELD._replace(machines=(1,)),))
    assert earlier(welding_shop(WELD), welded, [change]) == []


RACKED = (Machine(0), Machine(0, size=4))


def test_a_rack_nobody_uses_takes_no_way_from_a_promise() -> None:
    """Ahead of a job that has days of reserve, in a shop where some rack stands."""
    patient, rush = Operation(0, (0,), 480), Operation(0, (0,), 60)
    problem = assemble(
        now=0, calendars=[day_shift(9)], machines=RACKED, jobs=[Job(5 * DAY)], operations=[patient]
    )
    (found,) = promise(book_of(plan(problem)), [NewJob((rush,))])
    gap, slack = found.by(Way.GAP), found.by(Way.SLACK)
    assert gap is not None
    assert slack is not None
    assert slack.finish < gap.finish


def test_who_goes_ahead_goes_ahead_where_the_night_lies_between() -> None:
    """Its turn is when it could begin if nobody else were there, not a guess from its durations."""
    patient = [Operation(0, (0,), 240, skill=0), Operation(0, (1,), 2 * DAY, after=(0,), unattended=True)]
    rush = (Operation(0, (2,), 200, skill=0), Operation(0, (1,), DAY, after=(0,), unattended=True))
    problem = assemble(
        now=480,
        calendars=[day_shift(20)],
        machines=[Machine(0), Machine(0), Machine(0)],
        jobs=[Job(15 * DAY)],
        operations=patient,
        resources=Resources(crews=[Crew(0, 2, (0,))], labels=LABELS),
    )
    (found,) = promise(book_of(plan(problem)), [NewJob(rush)])
    gap, slack = found.by(Way.GAP), found.by(Way.SLACK)
    assert gap is not None
    assert slack is not None
    assert slack.finish < gap.finish
