"""The order book with the plan in force: what replans, repairs and promises think about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.changes import Change, RawBook, Standing
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.order_book.book import Held, held_slots, links_of, open_rows, short_rows
from planning.selectors.order_book.floor import jobs_of, seats_of
from planning.selectors.order_book.nearby import Read, nearby
from planning.selectors.order_book.problem import problem_of, running_until
from planning.selectors.shop.people import SkillBook
from planning.selectors.shop.resources import Resources, load_resources


@dataclass(frozen=True, eq=False)
class Ledger:
    """`rows[i]` is operation i of `problem` with the columns of OPERATIONS, `line_ids[j]` its job j.

    Moments are minutes since 1970, NEVER where there is none. `standing` are SLOT rows of the plan in force.
    Behind the rows `problem` and `standing` have what promises hold.
    `short` are the requirements that are not fully here, with the columns of SHORT; `links` what operations
    follow and need; `skills` number what they ask of people.
    """

    problem: engine.Problem
    resources: Resources
    rows: Table
    line_ids: IntArray
    short: Table
    standing: Table
    now: datetime
    skills: SkillBook
    links: Table
    held: Sequence[Held]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def soonest(self) -> Table:
        """SLOT rows where everything is done as soon as it can be in the order of the plan in force."""
        return self.known.in_turn(self.problem, self.standing)

    @cached_property
    def known(self) -> engine.Known:
        """The plan in force, for asking what becomes of it by small alterations."""
        return engine.Known(self.problem, self.standing)


def load_ledger(now: datetime, changes: Sequence[Change] = ()) -> Ledger:
    """All open operations and their short requirements, as they are or as they would be with these changes.

    Five statements for any number of jobs, and what the changes need to know.
    """
    rows, short, held = open_rows(), short_rows(), held_slots(now)
    short = short[np.isin(short["operation"], rows["id"])]
    raw = RawBook(rows, links_of(rows), short)
    for each in changes:
        each.book(raw)
    return _ledger(raw, held, now, changes, _resources(now, changes))


def altered(book: Ledger, changes: Sequence[Change]) -> Ledger:
    """The order book as it would be with these changes. One statement, and what these need to know.

    Where they concern places, dates, weights, lots and hours the problem is not built anew.
    """
    kinds = {type(each) for each in changes}
    raw = RawBook(book.rows, book.links, book.short)
    if any(kind.book is not Change.book for kind in kinds):
        raw = RawBook(book.rows.copy(), book.links, book.short.copy())
        for each in changes:
            each.book(raw)
    resources = _resources(book.now, changes) if _has_tables(changes) else book.resources
    read = Read(book.problem, book.rows, book.links, book.short, book.held, book.resources, book.skills)
    problem = nearby(read, raw, resources)
    if problem is None:
        return _ledger(raw, book.held, book.now, changes, resources)
    found = replace(
        book, problem=problem, resources=resources, rows=raw.rows, short=raw.short,
        skills=book.skills.among(resources.people),
    )  # fmt: skip
    if all(kind.floor is Change.floor for kind in kinds):
        return found
    operations, slots = problem.operations.copy(), book.standing.copy()
    _place(raw.rows, operations, slots, resources, changes)
    return replace(found, problem=problem.with_operations(operations), standing=slots)


def _has_tables(changes: Sequence[Change]) -> bool:
    return any(type(each).tables is not Change.tables for each in changes)


def _resources(now: datetime, changes: Sequence[Change]) -> Resources:
    return load_resources(now, [each for each in changes if type(each).tables is not Change.tables])


def _ledger(
    raw: RawBook, held: Sequence[Held], now: datetime, changes: Sequence[Change], resources: Resources
) -> Ledger:
    """The order book of altered tables; of the changes only what concerns places is still to be made."""
    rows, skills = raw.rows, SkillBook(resources.people)
    problem = problem_of(rows, resources, now, links=raw.links, short=raw.short, held=held, skills=skills)
    kept = problem.operations[len(rows) :]
    standing = np.concatenate(
        [
            standing_of(rows, rows["machine"], resources),
            engine.standing_slots(kept["machine"], kept["start"], kept["start"] + kept["run"]),
        ]
    )
    _place(rows, problem.operations, standing, resources, changes)
    return Ledger(
        problem, resources, rows, jobs_of(rows)[0], raw.short, standing, now, skills, raw.links, held
    )


def _place(
    rows: Table, operations: Table, slots: Table, resources: Resources, changes: Sequence[Change]
) -> None:
    standing = Standing(rows, operations, slots, resources.index)
    for each in changes:
        each.floor(standing)


def standing_of(rows: Table, machine_ids: IntArray, resources: Resources) -> Table:
    """SLOT rows of the plan in force on these machines."""
    here = seats_of(machine_ids, resources)
    times = (np.where(here >= 0, rows[name], NEVER) for name in ("start", "end"))
    return engine.standing_slots(here, *times)


def busy_now(resources: Resources, now: datetime, skills: SkillBook) -> Table:
    """What plan and holds keep busy from now on, as BUSY rows: machines, without overlaps, people and tools.

    Running operations included; `skills` takes note of the sets of skills they ask for. Three statements.
    """
    rows, clock = open_rows("AND (upper(o.during) > %s OR o.status = 'running')", [now]), next_minute(now)
    problem = problem_of(rows, resources, now, links=links_of(rows), skills=skills)
    slots = standing_of(rows, rows["machine"], resources)
    spans: dict[int, list[tuple[int, int]]] = {}
    for slot in slots[slots["machine"] >= 0]:
        spans.setdefault(int(slot["machine"]), []).append((int(slot["start"]), int(slot["end"])))
    for at in np.flatnonzero(problem.operations["fixing"] == engine.Fixing.STARTED):
        operation = problem.operations[at]
        end = running_until(operation, resources, clock)
        slots["machine"][at], slots["end"][at] = operation["machine"], end
        slots["start"][at] = slots["ready"][at] = clock
        spans.setdefault(int(operation["machine"]), []).append((clock, end))
    for held in held_slots(now):
        span = (max(clock, minute_of(held.starts)), next_minute(held.ends))
        spans.setdefault(resources.index[held.machine_id], []).append(span)
    found = [
        engine.Busy(machine, int(start), int(end))
        for machine, taken in spans.items()
        for start, end, _ in engine.windows_of(taken).tolist()
    ]
    others = engine.busy_rows(problem, slots)
    return np.concatenate([np.array(found, others.dtype), others[others["machine"] < 0]])
