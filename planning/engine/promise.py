"""Promises: when a new job can be done - nobody moved, others moved inside their slack, others displaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.assembly import assemble
from planning.engine.calendars import NEVER, WINDOW, Windows, next_working, numbered
from planning.engine.features import Feature, features
from planning.engine.problem import Problem
from planning.engine.promise_answer import (
    Answer,
    Cause,
    Change,
    Displaced,
    Gain,
    NewJob,
    Promise,
    Shift,
    Slot,
    Way,
)
from planning.engine.promise_displace import CANDIDATES, CHOICE, MOST_EJECTED, displace
from planning.engine.promise_ledger import FAR, NEW_EDGES, NEW_NODES, NODE, Ledger, open_ledger
from planning.engine.promise_place import STILL, put_all, undo
from planning.engine.promise_trace import LINK, trace
from planning.engine.result import SENTENCES, Plan, Reason
from planning.engine.rows import Job, Machine, Operation

LONGEST_CHAIN: Final = 64
RUNS_EACH: Final = NEW_EDGES // NEW_NODES
HEEDED: Final = frozenset({Feature.MATERIALS, Feature.UNATTENDED, Feature.SETUPS})


@dataclass(frozen=True, eq=False)
class PromiseBook:
    """A plan ready to be asked. Any number of threads may ask; they take turns.

    `unheeded` names what the plan's problem asks for and promises do not look at.
    """

    problem: Problem
    ledger: Ledger
    pools: dict[tuple[int, ...], int]
    windows: tuple[Windows, ...]
    lock: Lock
    scratch: IntArray
    chosen: Table
    found: Table
    links: Table
    unheeded: tuple[str, ...]


def open_book(
    problem: Problem, machine: IntArray, start: IntArray, ready: IntArray, end: IntArray, fixed: IntArray
) -> PromiseBook:
    """The book of a plan: per operation of `problem` its place (machine -1: none) and whether it must stay.

    Raises ValueError where two operations overlap on a machine that does one thing at a time.
    """
    ledger = open_ledger(problem, machine, start, ready, end, fixed)
    pairs = zip(problem.pools.ptr[:-1], problem.pools.ptr[1:], strict=True)
    ends = zip(problem.window_ptr[:-1], problem.window_ptr[1:], strict=True)
    return PromiseBook(
        problem=problem,
        ledger=ledger,
        pools={tuple(problem.pools.value[low:high].tolist()): at for at, (low, high) in enumerate(pairs)},
        windows=tuple(problem.windows[low:high] for low, high in ends),
        lock=Lock(),
        scratch=np.zeros(8, np.int64),
        chosen=np.zeros(MOST_EJECTED + 1, CHOICE),
        found=np.zeros(2 * CANDIDATES, CHOICE),
        links=np.zeros(LONGEST_CHAIN, LINK),
        unheeded=tuple(sorted(features(problem) - HEEDED)),
    )


def book_of(plan: Plan) -> PromiseBook:
    """The book of a plan the engine made; what is started or pinned stays."""
    fixed = (plan.problem.operations["fixing"] != 0).astype(np.int64)
    return open_book(plan.problem, plan.machine, plan.start, plan.ready, plan.end, fixed)


def promise(book: PromiseBook, jobs: Sequence[NewJob], *, ways: Sequence[Way] = tuple(Way)) -> list[Promise]:
    """When each of these jobs, placed one after the other, can be done, in every way asked for.

    The book is as before afterwards. Always a date, or a sentence that says what is missing.
    """
    with book.lock:
        found: list[dict[Way, Answer | str]] = [{} for _ in jobs]
        for way in ways:
            for at, answer in enumerate(_answers(book, jobs, way)):
                found[at][way] = answer
    return [_promise(each) for each in found]


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
        base = _finish(book, book.ledger, job)
        ends = [_finish(book, _with(book, each), each.job or job) for each in changes]
    gains = [Gain(at, end, base - end) for at, end in enumerate(ends) if NEVER < end < base]
    return sorted(gains, key=lambda gain: (-gain.minutes, gain.change))


def _finish(book: PromiseBook, ledger: Ledger, job: NewJob) -> int:
    first, last = _lay_out(book, job, 0, 0)
    end = put_all(ledger, first, last, STILL, book.scratch)
    undo(ledger, 0)
    return end


def _with(book: PromiseBook, change: Change) -> Ledger:
    """The ledger in which one machine works more."""
    ledger, extra = book.ledger, change.overtime
    if extra is None:
        return ledger
    own = book.windows[int(book.problem.machines["calendar"][extra.machine])]
    rows = np.concatenate([own, np.array([(low, high, 0) for low, high in extra.spans], WINDOW)])
    rows = rows[np.argsort(rows["start"], kind="stable")]
    # Overlapping spans would be counted twice: a window begins where the one before it ends, at the earliest.
    rows["start"][1:] = np.maximum(rows["start"][1:], np.maximum.accumulate(rows["end"])[:-1])
    rows = numbered(rows[rows["end"] > rows["start"]])
    stations = ledger.stations.copy()
    stations["low"][extra.machine] = len(ledger.windows)
    stations["high"][extra.machine] = len(ledger.windows) + len(rows)
    return ledger._replace(windows=np.concatenate([ledger.windows, rows]), stations=stations)


def _answers(book: PromiseBook, jobs: Sequence[NewJob], way: Way) -> list[Answer | str]:
    """One way for all jobs, each placed with those before it."""
    answers: list[Answer | str] = []
    first = 0
    for number, job in enumerate(jobs):
        mark = int(book.ledger.tally[0])
        begin, last = _lay_out(book, job, first, number)
        answers.append(_place(book, job, way, begin, last, mark))
        first = last - _first_new(book)
    undo(book.ledger, 0)
    return answers


def _place(book: PromiseBook, job: NewJob, way: Way, first: int, last: int, mark: int) -> Answer | str:
    if way == Way.DISPLACE:
        many = displace(book.ledger, first, last, job.weight, book.chosen, book.found, book.scratch)
        finish = NEVER if many < 0 else int(book.ledger.nodes["end"][first:last].max(initial=NEVER))
    else:
        finish = put_all(book.ledger, first, last, 0 if way == Way.SLACK else STILL, book.scratch)
    if finish == NEVER and way != Way.GAP:
        # The pushes of one operation may shut the next one out: whoever may move others need not.
        undo(book.ledger, mark)
        finish = put_all(book.ledger, first, last, STILL, book.scratch)
    if finish == NEVER:
        missing = _missing(book, job, first, last)
        undo(book.ledger, mark)
        return missing
    moved = way != Way.GAP
    return Answer(
        way,
        finish,
        tuple(
            Slot(*row) for row in book.ledger.nodes[["machine", "start", "ready", "end"]][first:last].tolist()
        ),
        _shifts(book, mark) if moved else (),
        _displaced(book, mark) if moved else (),
        _causes(book, first, last),
    )


def _first_new(book: PromiseBook) -> int:
    return book.ledger.operations + 2 * len(book.ledger.stations)


def _lay_out(book: PromiseBook, job: NewJob, offset: int, number: int) -> tuple[int, int]:
    """Write the job's operations into the room for new nodes, `offset` many being there: first and last."""
    ledger, first = book.ledger, _first_new(book) + offset
    many = len(job.operations)
    edges = len(ledger.before) - NEW_EDGES if offset == 0 else int(ledger.nodes["last_before"][first - 1])
    tips = len(ledger.after) - NEW_EDGES if offset == 0 else int(ledger.nodes["last_after"][first - 1])
    runs = len(ledger.runs) - NEW_EDGES + RUNS_EACH * offset
    rows = np.zeros(many, NODE)
    following: list[list[tuple[int, int]]] = [[] for _ in job.operations]
    for at, each in enumerate(job.operations):
        row = rows[at]
        row["setup"], row["run"], row["family"] = each.setup, each.run, each.family
        row["unattended"], row["release"] = each.unattended, each.release
        row["pool"], row["first_run"] = _pool(book, each.machines), -1
        if each.runs:
            row["first_run"] = runs
            ledger.runs[runs : runs + len(each.runs)] = each.runs
            runs += len(each.runs)
        row["first_before"], row["last_before"] = edges, edges + len(each.after)
        for before, lag in zip(each.after, each.lags or (0,) * len(each.after), strict=True):
            ledger.before[edges] = first + before
            ledger.lag_before[edges] = lag
            following[before].append((first + at, lag))
            edges += 1
    for at, followers in enumerate(following):
        rows["first_after"][at], rows["last_after"][at] = tips, tips + len(followers)
        for follower, lag in followers:
            ledger.after[tips], ledger.lag_after[tips] = follower, lag
            tips += 1
    rows["machine"], rows["start"], rows["ready"], rows["end"] = -1, NEVER, NEVER, NEVER
    rows["job"], rows["stale"] = len(ledger.owners) + number, 1
    rows["limit"], rows["latest_end"], rows["latest_start"] = FAR, FAR, FAR
    ledger.nodes[first : first + many] = rows
    return first, first + many


def _pool(book: PromiseBook, machines: tuple[int, ...]) -> int:
    """The number of this set of machines; -1 for none. Sets the plan does not know are written behind it."""
    if not machines:
        return -1
    known = book.pools.get(machines)
    if known is not None:
        return known
    ledger, at = book.ledger, len(book.pools)
    low = int(ledger.pool_ptr[at])
    if at >= len(ledger.pool_ptr) - 1 or low + len(machines) > len(ledger.members):
        raise ValueError("Too many different sets of machines are asked for. Open the book anew.")
    ledger.members[low : low + len(machines)] = machines
    ledger.pool_ptr[at + 1] = low + len(machines)
    book.pools[machines] = at
    return at


def _shifts(book: PromiseBook, mark: int) -> tuple[Shift, ...]:
    """Operations of the plan that stand elsewhere than before."""
    ledger = book.ledger
    log = ledger.log[mark : int(ledger.tally[0])]
    mine = log["node"] < ledger.operations
    touched, where = np.unique(log["node"][mine], return_index=True)
    old, new = log[mine][where], ledger.nodes[touched]
    other = (old["machine"] != new["machine"]) | (old["start"] != new["start"]) | (old["end"] != new["end"])
    rows = zip(
        touched[other].tolist(), new[["machine", "start", "ready", "end"]][other].tolist(), strict=True
    )
    return tuple(Shift(node, *row) for node, row in rows)


def _displaced(book: PromiseBook, mark: int) -> tuple[Displaced, ...]:
    """The jobs that end at another time than in the plan, those that become late first."""
    ledger = book.ledger
    touched = np.unique(ledger.log["node"][mark : int(ledger.tally[0])])
    found = []
    for job in np.unique(ledger.nodes["job"][touched[touched < ledger.operations]]).tolist():
        nodes = ledger.job_nodes[ledger.job_ptr[job] : ledger.job_ptr[job + 1]]
        after, owner = int(ledger.nodes["end"][nodes].max()), ledger.owners[job]
        if after != owner["finish"]:
            late = max(0, after - int(owner["allowed"]))
            found.append(Displaced(job, int(owner["finish"]), after, late))
    return tuple(sorted(found, key=lambda each: (-each.late, each.before - each.after, each.job)))


def _causes(book: PromiseBook, first: int, last: int) -> tuple[Cause, ...]:
    """What the critical chain is spent on, the largest part first."""
    count = trace(book.ledger, first, last, book.links)
    causes: list[Cause] = []
    for link in book.links[:count]:
        row, at = book.ledger.nodes[link["node"]], int(link["node"]) - first
        start, machine, reached = int(row["start"]), int(row["machine"]), int(link["reached"])
        if link["released"] and reached > book.ledger.now:
            causes.append(Cause("material", at, reached - book.ledger.now, reached))
        if link["busy"]:
            jobs = tuple(int(link[name]) for name in ("job0", "job1", "job2") if link[name] >= 0)
            causes.append(Cause("machine", at, start - reached, start, machine, jobs))
        elif start > reached:
            causes.append(Cause("closed", at, start - reached, start, machine))
        causes.append(Cause("work", at, int(row["end"]) - start, int(row["end"]), machine))
    return tuple(sorted(causes, key=lambda cause: -cause.minutes))


def _missing(book: PromiseBook, job: NewJob, first: int, last: int) -> str:
    """The sentence for the first operation that has no place though its predecessors have one."""
    nodes = book.ledger.nodes
    for at, each in enumerate(job.operations):
        ready = all(nodes["machine"][first + before] >= 0 for before in each.after)
        if nodes["machine"][first + at] >= 0 or not ready:
            continue
        reason = Reason.BEYOND_HORIZON if each.machines else Reason.NO_MACHINE
        calendars = [int(book.problem.machines["calendar"][machine]) for machine in each.machines]
        if calendars and all(
            next_working(book.windows[calendar], book.ledger.now) == NEVER for calendar in calendars
        ):
            reason = Reason.NO_WORKING_TIME
        return SENTENCES[reason].format(name=each.name or f"operation {at + 1}")
    return "The job has no operation. Add one to its routing."


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
