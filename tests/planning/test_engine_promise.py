"""Promises: dates against an oracle, others within their slack, displaced ones named, always an answer."""

import random
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planning.engine import Job, Machine, Operation, Plan, assemble, schedule
from planning.engine.busy import BUSY
from planning.engine.promise import PromiseBook, book_of, earlier, promise
from planning.engine.promise_answer import Answer, Change, NewJob, Overtime, Promise, Way
from planning.engine.promise_fast import FastBook
from planning.engine.promise_ledger import Ledger
from planning.engine.promise_place import put_all
from planning.engine.result import finished_plan
from planning.engine.shop import empty_slots, open_shop
from tests.planning.engine_cases import DAY, chain, day_shift
from tests.planning.plan_checker import is_open, violations, windows_of_machine, worked

seeds = st.integers(0, 2**32)


class Case(NamedTuple):
    """A small shop with its plan and a new job."""

    rows: dict[str, list[object]]
    plan: Plan
    job: NewJob


def case(number: int, *, families: bool = True) -> Case:
    """Chains on two to four machines, some due early and some late, and a chain to be promised."""
    chance = random.Random(number)
    machines = chance.randint(2, 4)
    shop: dict[str, list[object]] = {
        "calendars": [day_shift(60), day_shift(60, 360, 1320)],
        "machines": [Machine(chance.randrange(2)) for _ in range(machines)],
        "jobs": [
            Job(chance.randint(500, 8000), chance.choice([1, 1, 3])) for _ in range(chance.randint(1, 9))
        ],
    }
    shop["operations"] = [
        operation for job in range(len(shop["jobs"])) for operation in _chain(chance, job, machines, families)
    ]
    for at, each in enumerate(shop["operations"]):
        assert isinstance(each, Operation)
        if each.after:
            shop["operations"][at] = each._replace(after=(at - 1,))
    plan = schedule(assemble(now=0, **shop))  # type: ignore[arg-type]
    return Case(shop, plan, NewJob(tuple(_chain(chance, 0, machines, families))))


def _chain(chance: random.Random, job: int, machines: int, families: bool) -> list[Operation]:
    return [
        Operation(
            job=job,
            machines=tuple(sorted(chance.sample(range(machines), chance.randint(1, 2)))),
            run=chance.randint(1, 300),
            setup=chance.choice([0, 30]) if families else 0,
            family=chance.randint(-1, 2) if families else -1,
            after=(at - 1,) if at else (),
            unattended=chance.random() < 0.2,
            release=chance.choice([0, 0, 700]),
        )
        for at in range(chance.randint(1, 4))
    ]


def applied(case: Case, answer: Answer) -> Plan:
    """The plan with the new job in it and everybody where the answer says."""
    own = len(case.rows["operations"])
    new = [
        each._replace(job=len(case.rows["jobs"]), after=tuple(own + before for before in each.after))
        for each in case.job.operations
    ]
    rows = {**case.rows, "jobs": [*case.rows["jobs"], Job(0)], "operations": [*case.rows["operations"], *new]}
    problem = assemble(now=0, **rows)  # type: ignore[arg-type]
    slots = empty_slots(len(problem))
    for name in ("machine", "start", "ready", "end"):
        slots[name][:own] = getattr(case.plan, name)
        for shift in answer.shifts:
            slots[name][shift.operation] = getattr(shift, name)
        slots[name][own:] = [getattr(slot, name) for slot in answer.slots]
    return finished_plan(problem, open_shop(problem), slots, "promise")


def ledger_of(book: PromiseBook) -> Ledger:
    """What a plan of machines is asked by."""
    assert isinstance(book.asks, FastBook)
    return book.asks.ledger


def asked(book: PromiseBook, job: NewJob, *ways: Way) -> Promise:
    """One job's promise."""
    return promise(book, [job], ways=ways or tuple(Way))[0]


def earliest_by_minute(case: Case) -> int:
    """When the chain ends if each operation takes the first minute at which its machine is free and open."""
    taken = [
        (int(machine), int(start), int(end))
        for machine, start, end in zip(case.plan.machine, case.plan.start, case.plan.end, strict=True)
    ]
    moment = 0
    for each in case.job.operations:
        tries = [
            (end, machine, start)
            for machine in each.machines
            for start, end in [_first_minute(case, each, machine, max(moment, each.release), taken)]
        ]
        moment, machine, start = min(tries)
        taken.append((machine, start, moment))
    return moment


def _first_minute(
    case: Case, each: Operation, machine: int, moment: int, taken: list[tuple[int, int, int]]
) -> tuple[int, int]:
    windows = windows_of_machine(case.plan.problem, machine)
    start = moment
    while True:
        if is_open(windows, start):
            end = start + each.run
            while not each.unattended and worked(windows, start, end) < each.run:
                end += 1
            clash = [
                last for other, first, last in taken if other == machine and first < end and start < last
            ]
            if not clash:
                return start, end
            start = max(start, min(clash) - 1)
        start += 1


@given(number=seeds)
@settings(max_examples=40, deadline=None)
def test_without_moving_anyone_no_minute_is_lost(number: int) -> None:
    here = case(number, families=False)
    answer = asked(book_of(here.plan), here.job, Way.GAP).answers[0]
    assert answer.finish == earliest_by_minute(here)


@given(number=seeds, way=st.sampled_from(list(Way)))
@settings(max_examples=80, deadline=None)
def test_every_answer_is_a_feasible_plan(number: int, way: Way) -> None:
    here = case(number)
    answer = asked(book_of(here.plan), here.job, way).answers[0]
    # A set-up that a gap leaves room for stands ahead of its operation, as with inserted work.
    assert not violations(applied(here, answer), np.zeros(0, BUSY))


@given(number=seeds)
@example(1386)
@settings(max_examples=80, deadline=None)
def test_moved_inside_their_slack_nobody_becomes_later_than_due(number: int) -> None:
    here = case(number)
    answer = asked(book_of(here.plan), here.job, Way.SLACK).answers[0]
    after = applied(here, answer).finish[:-1]
    allowed = np.maximum(here.plan.finish, here.plan.problem.jobs["due"])
    assert (after <= allowed).all()


@given(number=seeds)
@settings(max_examples=50, deadline=None)
def test_the_displaced_are_named_with_their_new_end(number: int) -> None:
    here = case(number)
    answer = asked(book_of(here.plan), here.job, Way.DISPLACE).answers[0]
    after = applied(here, answer).finish[:-1]
    moved = np.flatnonzero(after != here.plan.finish).tolist()
    assert {each.job: each.after for each in answer.displaced} == {job: after[job] for job in moved}


@given(number=seeds)
@settings(max_examples=50, deadline=None)
def test_moving_more_is_never_later(number: int) -> None:
    here = case(number)
    ends = [each.finish for each in asked(book_of(here.plan), here.job).answers]
    assert ends == sorted(ends, reverse=True)


@given(number=seeds)
@settings(max_examples=50, deadline=None)
def test_asking_changes_nothing(number: int) -> None:
    here = case(number)
    book = book_of(here.plan)
    before = ledger_of(book).nodes[: len(here.plan.problem)].copy()
    first, second = asked(book, here.job), asked(book, here.job)
    before["seen"] = ledger_of(book).nodes["seen"][: len(before)]
    assert first == second
    assert (ledger_of(book).nodes[: len(before)] == before).all()


def test_what_runs_is_never_pushed() -> None:
    rows = [Operation(0, (0,), 400), Operation(1, (0,), 400)]
    problem = assemble(
        now=0, calendars=[day_shift(9)], machines=[Machine(0)], jobs=[Job(9000)] * 2, operations=rows
    )
    plan = schedule(problem)
    book = book_of(plan)
    ledger_of(book).nodes["fixed"][:2] = 1
    answers = asked(book, NewJob((Operation(0, (0,), 400),))).answers
    assert [each.shifts for each in answers] == [(), (), ()]


def test_jobs_asked_together_do_not_share_a_gap() -> None:
    problem = assemble(now=0, calendars=[day_shift(9)], machines=[Machine(0)], jobs=[], operations=[])
    job = NewJob((Operation(0, (0,), 300),))
    ends = [each.answers[0].finish for each in promise(book_of(schedule(problem)), [job, job])]
    assert ends == [780, DAY + 600]


def shop_with_queue() -> PromiseBook:
    """One machine, three days of other work that is due when it ends."""
    work = chain(480, 480, 480)
    problem = assemble(
        now=480, calendars=[day_shift(30)], machines=[Machine(0)], jobs=[Job(2 * DAY + 960)], operations=work
    )
    return book_of(schedule(problem))


def test_the_largest_cause_is_the_queue_and_names_the_job_in_front() -> None:
    answer = asked(shop_with_queue(), NewJob((Operation(0, (0,), 60),))).answers[0]
    assert (answer.causes[0].kind, answer.causes[0].machine, answer.causes[0].jobs) == ("machine", 0, (0,))


def test_late_material_is_named_as_the_cause() -> None:
    answer = asked(shop_with_queue(), NewJob((Operation(0, (0,), 60, release=9 * DAY),))).answers[0]
    assert (answer.causes[0].kind, answer.causes[0].until) == ("material", 9 * DAY)


def test_overtime_and_less_work_tell_what_they_win() -> None:
    job = NewJob((Operation(0, (0,), 60),))
    changes = [
        Change(overtime=Overtime(0, ((1020, 1140),))),
        Change(overtime=Overtime(0, ((20 * DAY, 20 * DAY + 60),))),
        Change(job=NewJob((Operation(0, (0,), 30),))),
    ]
    gains = earlier(shop_with_queue(), job, changes)
    assert [(each.change, each.minutes) for each in gains] == [(0, 3 * DAY + 540 - 1080), (2, 30)]


@pytest.mark.parametrize(
    ("machines", "days", "words"),
    [
        ((), 9, "has no machine that may do it"),
        ((0,), 0, "finds no working time"),
        ((0,), 1, "does not fit before the calendars end"),
    ],
)
def test_without_a_date_the_answer_says_what_is_missing(
    machines: tuple[int, ...], days: int, words: str
) -> None:
    problem = assemble(now=0, calendars=[day_shift(days)], machines=[Machine(0)], jobs=[], operations=[])
    found = asked(book_of(schedule(problem)), NewJob((Operation(0, machines, 999, name="Op 10 Saw"),)))
    assert not found.answers
    assert found.missing.startswith("Op 10 Saw")
    assert words in found.missing


def test_a_plan_that_overlaps_is_refused() -> None:
    plan = schedule(case(3).plan.problem)
    with pytest.raises(ValueError, match="overlap"):
        book_of(replace(plan, machine=np.zeros_like(plan.machine), start=np.zeros_like(plan.start)))


def test_no_kernel_is_compiled_again_for_another_book() -> None:
    for number in range(5):
        here = case(number)
        promise(book_of(here.plan), [here.job, here.job])
    assert len(put_all.signatures) == 1  # type: ignore[attr-defined]
