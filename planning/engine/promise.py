"""Promises: when a new job can be done - nobody moved, others moved inside their slack, others displaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import numpy as np

from kernel.jit import IntArray
from planning.engine.assembly import assemble
from planning.engine.calendars import NEVER, WINDOW, Windows, numbered
from planning.engine.features import Feature, features
from planning.engine.problem import Problem
from planning.engine.promise_answer import Answer, Change, Gain, NewJob, Promise, Way
from planning.engine.promise_fast import FastBook
from planning.engine.promise_whole import WholeBook
from planning.engine.result import Plan
from planning.engine.rows import Job, Machine, Operation
from planning.engine.shop import empty_slots

FAST: Final = frozenset({Feature.MATERIALS, Feature.UNATTENDED, Feature.SETUPS})
"""What the ledger of promises honours; other plans are asked by serial insertion and repair."""


@dataclass(frozen=True, eq=False)
class PromiseBook:
    """A plan ready to be asked. Any number of threads may ask; they take turns."""

    problem: Problem
    windows: tuple[Windows, ...]
    lock: Lock
    asks: FastBook | WholeBook


def open_book(
    problem: Problem,
    machine: IntArray,
    start: IntArray,
    ready: IntArray,
    end: IntArray,
    fixed: IntArray,
    persons: IntArray | None = None,
) -> PromiseBook:
    """The book of a plan: per operation of `problem` its place (machine -1: none) and whether it must stay.

    Where nobody says which of the `persons` attends, somebody with the skill does. Raises ValueError where
    two operations overlap on a machine that does one thing at a time.
    """
    slots = empty_slots(len(problem))
    for name, column in (("machine", machine), ("start", start), ("ready", ready), ("end", end)):
        slots[name] = column
    ends = zip(problem.window_ptr[:-1], problem.window_ptr[1:], strict=True)
    fast = features(problem) <= FAST
    return PromiseBook(
        problem=problem,
        windows=tuple(problem.windows[low:high] for low, high in ends),
        lock=Lock(),
        asks=FastBook.of(problem, slots, fixed) if fast else WholeBook.of(problem, slots, fixed, persons),
    )


def book_of(plan: Plan) -> PromiseBook:
    """The book of a plan the engine made; what is started or pinned stays."""
    fixed = (plan.problem.operations["fixing"] != 0).astype(np.int64)
    return open_book(plan.problem, plan.machine, plan.start, plan.ready, plan.end, fixed, plan.persons)


def promise(book: PromiseBook, jobs: Sequence[NewJob], *, ways: Sequence[Way] = tuple(Way)) -> list[Promise]:
    """When each of these jobs, placed one after the other, can be done, in every way asked for.

    The book is as before afterwards. Always a date, or a sentence that says what is missing.
    """
    with book.lock:
        return [_promise(each) for each in _asked(book, jobs).answers(jobs, ways)]


def _asked(book: PromiseBook, jobs: Sequence[NewJob]) -> FastBook | WholeBook:
    """Who answers: a job that asks for more than the plan does is not for the ledger."""
    asks = book.asks
    if isinstance(asks, FastBook) and any(more_than_machines(job, book.problem) for job in jobs):
        nodes = asks.ledger.nodes[: len(book.problem)]
        slots = empty_slots(len(nodes))
        for name in ("machine", "start", "ready", "end"):
            slots[name] = nodes[name]
        return WholeBook.of(book.problem, slots, nodes["fixed"].copy(), None)
    return asks


def more_than_machines(job: NewJob, problem: Problem) -> bool:
    """Whether a job asks for people, tools, stock, racks, lots or runs that must not pause."""
    racks = set(np.flatnonzero(problem.machines["size"]).tolist())
    return any(
        each.skill >= 0
        or each.tools
        or each.takes
        or not each.pauses
        or 0 < each.transfer < each.quantity
        or not racks.isdisjoint(each.machines)
        for each in job.operations
    )


def _promise(found: dict[Way, Answer | str]) -> Promise:
    """Moving others may never be later than moving nobody: then it is the same answer."""
    missing = next((each for each in found.values() if isinstance(each, str)), "")
    answers: list[Answer] = []
    for way, answer in found.items():
        if isinstance(answer, str):
            continue
        earlier = min(answers, key=lambda each: each.finish, default=None)
        if earlier is not None and earlier.finish <= answer.finish:
            answer = replace(earlier, way=way)
        answers.append(answer)
    return Promise(tuple(answers), "" if answers else missing)


def earlier(book: PromiseBook, job: NewJob, changes: Sequence[Change]) -> list[Gain]:
    """Which changes make the job end earlier when nobody is moved, the most won first: each is tried."""
    with book.lock:
        asks = _asked(book, [job])
        base = asks.finish(job)
        ends = [asks.finish(each.job or job, each.overtime) for each in changes]
    gains = [Gain(at, end, base - end) for at, end in enumerate(ends) if NEVER < end < base]
    return sorted(gains, key=lambda gain: (-gain.minutes, gain.change))


def warm_up_promises() -> None:
    """Compile the kernels of promises, or read them from the cache."""
    week = numbered(np.array([(0, 1440, 0)], WINDOW))
    work = [Operation(job=0, machines=(0,), run=10), Operation(job=0, machines=(0,), run=10, after=(0,))]
    problem = assemble(
        now=0, calendars=[week], machines=[Machine(calendar=0)], jobs=[Job(due=99)], operations=work
    )
    at = np.array([0, 10])
    book = open_book(problem, np.zeros(2, np.int64), at, at, at + 10, np.zeros(2, np.int64))
    promise(book, [NewJob(tuple(work))])
