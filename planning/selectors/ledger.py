"""The order book as arrays: every open operation read by one binary COPY, as a planning problem."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import connection

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors.book import (
    FAR_AWAY,
    UNPROMISED_DAYS,
    Held,
    OpenOperation,
    held_slots,
    remaining_minutes,
)
from planning.selectors.moments import minute_of, moment_of, next_minute
from planning.selectors.resources import Resources, load_resources

HELD_DAYS: Final = 1
"""A job on hold is reckoned to begin no sooner than after that many working days, each day anew."""

HEADER: Final = 19
STATUSES: Final = tuple(Operation.OPEN)
RUNNING: Final = STATUSES.index(Operation.Status.RUNNING)
PAUSED: Final = STATUSES.index(Operation.Status.PAUSED)
FAMILIES: Final = 2**62 - 1


def minute(moment: str) -> str:
    """SQL for whole minutes since 1970, NEVER for null."""
    return f"coalesce(floor(date_part('epoch', {moment}) / 60)::bigint, {NEVER})"


OPERATIONS: Final = {
    "id": "o.id",
    "line": "o.line_id",
    "loop": "o.loop",
    "sequence": "o.sequence",
    "process": "o.process_id",
    "setup": "o.setup_minutes",
    "run": "o.run_minutes",
    "family": "CASE o.setup_family WHEN '' THEN -1 "
    f"ELSE hashtextextended(o.setup_family, 0) & {FAMILIES} END",
    "unattended": "o.unattended::int",
    "status": f"array_position(ARRAY{[str(each) for each in STATUSES]}::text[], o.status::text) - 1",
    "machine": "coalesce(o.machine_id, -1)",
    "start": minute("lower(o.during)"),
    "end": minute("upper(o.during)"),
    "worked_on": "coalesce(o.worked_on_id, -1)",
    "since": minute("o.running_since"),
    "worked": "o.worked_minutes",
    "nowhere": "(o.unplanned_reason <> '')::int",
    "promised": minute("l.promised_at"),
    "forecast": minute("l.forecast_at"),
    "held": "(l.held_at IS NOT NULL)::int",
}
OPEN_OPERATIONS: Final = (
    "FROM planning_operation AS o JOIN orders_orderline AS l ON l.id = o.line_id "
    f"WHERE o.status IN ({', '.join(repr(str(each)) for each in STATUSES)})"
)
SHORT: Final = {
    "id": "n.id",
    "operation": "n.operation_id",
    "expected": minute("n.expected_at"),
    "need_by": minute("n.need_by"),
}
SHORT_REQUIREMENTS: Final = (
    "FROM planning_requirement AS n JOIN planning_operation AS o ON o.id = n.operation_id "
    "WHERE n.available < n.quantity AND n.cancelled_at IS NULL "
    f"AND o.status IN ({', '.join(repr(str(each)) for each in STATUSES)})"
)


@dataclass(frozen=True, eq=False)
class Ledger:
    """`rows[i]` is operation i of `problem` with the columns of OPERATIONS, `line_ids[j]` its job j.

    Moments are minutes since 1970, NEVER where there is none. `standing` are SLOT rows of the plan in force.
    Behind the rows `problem` and `standing` have what promises hold.
    `short` are the requirements that are not fully here, with the columns of SHORT.
    """

    problem: engine.Problem
    resources: Resources
    rows: Table
    line_ids: IntArray
    short: Table
    standing: Table
    now: datetime


def load_ledger(now: datetime) -> Ledger:
    """All open operations and their short requirements. Four statements for any number of jobs."""
    resources = load_resources(now)
    rows = copied(OPERATIONS, OPEN_OPERATIONS)
    rows = rows[np.lexsort((rows["sequence"], rows["loop"], rows["line"]))]
    short = copied(SHORT, SHORT_REQUIREMENTS)
    short = short[np.isin(short["operation"], rows["id"])]
    line_ids, job = np.unique(rows["line"], return_inverse=True)
    clock, held = next_minute(now), held_slots(now)
    problem = _problem(rows, short, job, resources, clock)
    here = seats_of(rows["machine"], resources)
    placed = here >= 0
    times = (np.where(placed, rows[name], NEVER) for name in ("start", "end"))
    standing = engine.standing_slots(here, *times)
    if held:
        problem, standing = _with_held(problem, standing, held, resources, clock)
    return Ledger(problem, resources, rows, line_ids, short, standing, now)


def _with_held(
    problem: engine.Problem, standing: Table, held: Sequence[Held], resources: Resources, clock: int
) -> tuple[engine.Problem, Table]:
    """The same with what promises keep, as one job more: work that is pinned to its machine and minutes."""
    seats = np.array([resources.index[each.machine_id] for each in held], np.int64)
    start = np.array([max(clock, minute_of(each.starts)) for each in held], np.int64)
    end = np.array([next_minute(each.ends) for each in held], np.int64)
    pinned = np.zeros(len(held), engine.OPERATION)
    pinned["job"], pinned["pool"], pinned["family"] = len(problem.jobs), -1, -1
    pinned["unattended"], pinned["release"], pinned["run"] = 1, clock, np.maximum(1, end - start)
    pinned["fixing"], pinned["machine"], pinned["start"] = engine.Fixing.PINNED, seats, start
    pinned["first_run"], pinned["quantity"], pinned["pauses"], pinned["skill"] = -1, 1, 1, -1
    job = np.zeros(1, engine.JOB)
    job["due"], job["release"] = clock + FAR_AWAY, NEVER
    lists = {
        name: getattr(problem, name)._replace(ptr=np.pad(getattr(problem, name).ptr, (0, len(held)), "edge"))
        for name in ("after", "held", "takes")
    }
    grown = replace(
        problem,
        operations=np.concatenate([problem.operations, pinned]),
        jobs=np.concatenate([problem.jobs, job]),
        **lists,
    )
    return grown, np.concatenate([standing, engine.standing_slots(seats, start, end)])


def copied(columns: dict[str, str], source: str) -> Table:
    """The rows of a query of integers without nulls, in PostgreSQL's binary COPY format: no row in Python."""
    values = ", ".join(f"({sql})::bigint" for sql in columns.values())
    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY (SELECT {values} {source}) TO STDOUT (FORMAT binary)", buffer)
    field: list[tuple[str, str]] = [("fields", ">i2")]
    for name in columns:
        field += [(f"{name} length", ">i4"), (name, ">i8")]
    raw = np.frombuffer(buffer.getbuffer()[HEADER:-2], np.dtype(field))
    table = np.empty(len(raw), np.dtype([(name, np.int64) for name in columns]))
    for name in columns:
        table[name] = raw[name]
    return table


def seats_of(machine_ids: IntArray, resources: Resources) -> IntArray:
    """The engine's numbers of these machines, -1 for none."""
    known = np.array(resources.machine_ids, np.int64)
    order = np.argsort(known)
    at = np.clip(np.searchsorted(known[order], machine_ids), 0, max(len(known) - 1, 0))
    if not known.size:
        return np.full(len(machine_ids), -1)
    return np.where(known[order][at] == machine_ids, order[at], -1)


def _problem(rows: Table, short: Table, job: IntArray, resources: Resources, clock: int) -> engine.Problem:
    """Running operations stay where they are, the others are free from now on.

    Material that is not here bounds its operation by the date it is expected at; without a date nothing is
    assumed. Jobs on hold begin no sooner than HELD_DAYS from now.
    """
    count = len(rows)
    same = np.zeros(count, np.bool_)
    same[1:] = (job[1:] == job[:-1]) & (rows["loop"][1:] == rows["loop"][:-1])
    running = (rows["status"] == RUNNING) & (seats_of(rows["worked_on"], resources) >= 0)
    follows = same & ~running
    pools, pool = _pools(rows, resources)
    nothing = engine.Ragged(np.zeros(count + 1, np.int64), np.empty(0, np.int64))
    shop = engine.assemble(
        now=clock, calendars=resources.calendars, machines=resources.machines, jobs=(), operations=()
    )
    return replace(
        shop,
        pools=pools,
        jobs=_jobs(rows, job, resources, clock),
        operations=_operations(rows, short, job, pool, running, resources, clock),
        after=engine.Ragged(np.concatenate([[0], np.cumsum(follows)]), np.flatnonzero(follows) - 1),
        held=nothing,
        takes=nothing,
    )


def _jobs(rows: Table, job: IntArray, resources: Resources, clock: int) -> Table:
    first = np.unique(job, return_index=True)[1]
    promised = rows["promised"][first]
    jobs = np.zeros(len(first), engine.JOB)
    jobs["due"] = np.where(
        promised == NEVER,
        clock + UNPROMISED_DAYS * 1440,
        resources.days_after(promised, -settings.MTO_DELIVERY_DAYS),
    )
    jobs["weight"] = 1
    gate = resources.days_later(clock, HELD_DAYS)
    jobs["release"] = np.where(rows["held"][first] == 1, gate, NEVER)
    return jobs


def _operations(
    rows: Table,
    short: Table,
    job: IntArray,
    pool: IntArray,
    running: Any,
    resources: Resources,
    clock: int,
) -> Table:
    table = np.zeros(len(rows), engine.OPERATION)
    started = np.isin(rows["status"], (RUNNING, PAUSED)) & (seats_of(rows["worked_on"], resources) >= 0)
    table["job"], table["pool"], table["unattended"] = job, pool, rows["unattended"]
    table["setup"], table["run"] = np.where(started, 0, rows["setup"]), np.maximum(1, rows["run"])
    table["family"] = np.unique(rows["family"], return_inverse=True)[1] - (rows["family"].min(initial=0) < 0)
    for at in np.flatnonzero(started):
        table["run"][at] = _remaining(rows[at], resources, clock)
    expected = np.full(len(rows), NEVER, np.int64)
    order = np.argsort(rows["id"])
    np.maximum.at(expected, order[np.searchsorted(rows["id"][order], short["operation"])], short["expected"])
    table["release"] = np.maximum(clock, expected)
    table["fixing"] = np.where(running, engine.Fixing.STARTED, engine.Fixing.FREE)
    table["machine"] = np.where(running, seats_of(rows["worked_on"], resources), -1)
    table["start"] = np.where(running, clock, NEVER)
    table["first_run"], table["quantity"], table["pauses"], table["skill"] = -1, 1, 1, -1
    return table


def _remaining(row: Any, resources: Resources, clock: int) -> int:
    """What is left of a started operation."""
    since = int(row["since"])
    operation = OpenOperation(
        id=int(row["id"]),
        line_id=int(row["line"]),
        loop=int(row["loop"]),
        sequence=int(row["sequence"]),
        name="",
        process_id=int(row["process"]),
        setup_minutes=int(row["setup"]),
        run_minutes=int(row["run"]),
        setup_family="",
        unattended=bool(row["unattended"]),
        status=STATUSES[row["status"]],
        worked_on_id=int(row["worked_on"]),
        worked_minutes=int(row["worked"]),
        running_since=None if since == NEVER else moment_of(since),
    )
    return remaining_minutes(operation, resources, clock)


def _pools(rows: Table, resources: Resources) -> tuple[engine.Ragged, IntArray]:
    """The machines of each process, and of each started operation its own: a pool of its own each."""
    seats = seats_of(rows["worked_on"], resources)
    started = np.isin(rows["status"], (RUNNING, PAUSED)) & (seats >= 0)
    processes = sorted(process for process, pool in resources.pools.items() if pool)
    sets = [resources.pools[process] for process in processes]
    at = np.clip(np.searchsorted(processes, rows["process"]), 0, max(len(processes) - 1, 0))
    pool = np.full(len(rows), -1)
    if processes:
        pool = np.where(np.array(processes)[at] == rows["process"], at, -1)
    alone = np.unique(seats[started])
    pool[started] = len(sets) + np.searchsorted(alone, seats[started])
    return engine.ragged([*sets, *((int(seat),) for seat in alone)]), pool
