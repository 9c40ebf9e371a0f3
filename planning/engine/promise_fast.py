"""Promises on the ledger: for plans of machines, calendars, stock and set-ups by family, in milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.calendars import NEVER, WINDOW, Windows, next_working, numbered
from planning.engine.problem import Problem
from planning.engine.promise_answer import (
    Answer,
    Cause,
    Displaced,
    NewJob,
    Overtime,
    Shift,
    Slot,
    Way,
)
from planning.engine.promise_displace import CANDIDATES, CHOICE, MOST_EJECTED, displace
from planning.engine.promise_ledger import FAR, NEW_EDGES, NEW_NODES, NODE, Ledger, open_ledger
from planning.engine.promise_place import STILL, put_all, undo
from planning.engine.promise_trace import LINK, trace
from planning.engine.result import SENTENCES, Reason

LONGEST_CHAIN: Final = 64
RUNS_EACH: Final = NEW_EDGES // NEW_NODES


@dataclass(frozen=True, eq=False)
class FastBook:
    """A ledger ready to be asked; one thread at a time."""

    problem: Problem
    ledger: Ledger
    pools: dict[tuple[int, ...], int]
    scratch: IntArray
    chosen: Table
    found: Table
    links: Table

    @classmethod
    def of(cls, problem: Problem, slots: Table, fixed: IntArray) -> "FastBook":
        """The book of a plan. Raises ValueError where two operations overlap on a machine."""
        machine, start, ready, end = (slots[name].copy() for name in ("machine", "start", "ready", "end"))
        pairs = zip(problem.pools.ptr[:-1], problem.pools.ptr[1:], strict=True)
        return cls(
            problem=problem,
            ledger=open_ledger(problem, machine, start, ready, end, fixed),
            pools={tuple(problem.pools.value[low:high].tolist()): at for at, (low, high) in enumerate(pairs)},
            scratch=np.zeros(8, np.int64),
            chosen=np.zeros(MOST_EJECTED + 1, CHOICE),
            found=np.zeros(2 * CANDIDATES, CHOICE),
            links=np.zeros(LONGEST_CHAIN, LINK),
        )

    def answers(self, jobs: Sequence[NewJob], ways: Sequence[Way]) -> list[dict[Way, Answer | str]]:
        """Per job the answer, or what is missing, in every way; the book is as before afterwards."""
        found: list[dict[Way, Answer | str]] = [{} for _ in jobs]
        for way in ways:
            for at, answer in enumerate(_answers(self, jobs, way)):
                found[at][way] = answer
        return found

    def finish(self, job: NewJob, overtime: Overtime | None = None) -> int:
        """When the job ends if nobody is moved, one machine perhaps working more; NEVER without a place."""
        ledger = _with(self, overtime) if overtime else self.ledger
        first, last = _lay_out(self, job, 0, 0)
        end = put_all(ledger, first, last, STILL, self.scratch)
        undo(ledger, 0)
        return end


def hours_with(problem: Problem, extra: Overtime) -> Windows:
    """The working time of a machine with its overtime."""
    calendar = problem.machines["calendar"][extra.machine]
    own = problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]
    rows = np.concatenate([own, np.array([(low, high, 0) for low, high in extra.spans], WINDOW)])
    rows = rows[np.argsort(rows["start"], kind="stable")]
    # Overlapping spans would be counted twice: a window begins where the one before it ends, at the earliest.
    rows["start"][1:] = np.maximum(rows["start"][1:], np.maximum.accumulate(rows["end"])[:-1])
    return numbered(rows[rows["end"] > rows["start"]])


def _with(book: FastBook, extra: Overtime) -> Ledger:
    """The ledger in which one machine works more."""
    ledger = book.ledger
    rows = hours_with(book.problem, extra)
    stations = ledger.stations.copy()
    stations["low"][extra.machine] = len(ledger.windows)
    stations["high"][extra.machine] = len(ledger.windows) + len(rows)
    return ledger._replace(windows=np.concatenate([ledger.windows, rows]), stations=stations)


def _answers(book: FastBook, jobs: Sequence[NewJob], way: Way) -> list[Answer | str]:
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


def _place(book: FastBook, job: NewJob, way: Way, first: int, last: int, mark: int) -> Answer | str:
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


def _first_new(book: FastBook) -> int:
    return book.ledger.operations + 2 * len(book.ledger.stations)


def _lay_out(book: FastBook, job: NewJob, offset: int, number: int) -> tuple[int, int]:
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


def _pool(book: FastBook, machines: tuple[int, ...]) -> int:
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


def _shifts(book: FastBook, mark: int) -> tuple[Shift, ...]:
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


def _displaced(book: FastBook, mark: int) -> tuple[Displaced, ...]:
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


def _causes(book: FastBook, first: int, last: int) -> tuple[Cause, ...]:
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


def _missing(book: FastBook, job: NewJob, first: int, last: int) -> str:
    """The sentence for the first operation that has no place though its predecessors have one."""
    nodes = book.ledger.nodes
    for at, each in enumerate(job.operations):
        ready = all(nodes["machine"][first + before] >= 0 for before in each.after)
        if nodes["machine"][first + at] >= 0 or not ready:
            continue
        reason = Reason.BEYOND_HORIZON if each.machines else Reason.NO_MACHINE
        hours = [hours_with(book.problem, Overtime(machine, ())) for machine in each.machines]
        if hours and all(next_working(mine, book.ledger.now) == NEVER for mine in hours):
            reason = Reason.NO_WORKING_TIME
        return SENTENCES[reason].format(name=each.name or f"operation {at + 1}")
    return "The job has no operation. Add one to its routing."
