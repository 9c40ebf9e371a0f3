"""The engine's problem of a table of operations: the one place where it is built."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.conf import settings

from kernel.jit import BoolArray, IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.book import PAUSED, RUNNING, SHORT, Held, table_of
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.resources import Resources

LEAST_REMAINING: Final = 15
"""A running operation that is past its time is reckoned to need that many minutes more."""

HELD_DAYS: Final = 1
"""A job on hold is reckoned to begin no sooner than after that many working days, each day anew."""

UNPROMISED_DAYS: Final = 60
FAR_AWAY: Final = 10 * 365 * 1440
NOTHING_SHORT: Final = np.zeros(0, table_of(SHORT))


def problem_of(
    rows: Table,
    resources: Resources,
    now: datetime,
    *,
    short: Table = NOTHING_SHORT,
    held: Sequence[Held] = (),
    names: Sequence[str] = (),
) -> engine.Problem:
    """The engine's problem: running operations stay where they are, the others are free from now on.

    Rows have the columns of OPERATIONS, the operations of a job stand together, by loop and sequence; jobs
    are numbered as they come. Behind them stands what is held. Material that is `short` bounds its operation
    by the date it is expected at; without a date nothing is assumed. Jobs on hold begin no sooner than
    HELD_DAYS from now. `names` are what messages call the operations.
    """
    clock, count, job = next_minute(now), len(rows), jobs_of(rows)[1]
    same = np.zeros(count, np.bool_)
    same[1:] = (job[1:] == job[:-1]) & (rows["loop"][1:] == rows["loop"][:-1])
    started = started_among(rows, resources)
    running = started & (rows["status"] == RUNNING)
    follows = same & ~running
    pools, pool = _pools(rows, started, resources)
    nothing = engine.Ragged(np.zeros(count + len(held) + 1, np.int64), np.empty(0, np.int64))
    shop = engine.assemble(
        now=clock, calendars=resources.calendars, machines=resources.machines, jobs=(), operations=()
    )
    operations = _operations(rows, short, job, pool, started, resources, clock)
    jobs = _jobs(rows, resources, clock)
    after = np.concatenate([[0], np.cumsum(follows), np.full(len(held), follows.sum())])
    return replace(
        shop,
        pools=pools,
        jobs=np.concatenate([jobs, _job_of_held(clock)[: len(held)]]),
        operations=np.concatenate([operations, _kept(held, len(jobs), resources, clock)]),
        after=engine.Ragged(after.astype(np.int64), np.flatnonzero(follows) - 1),
        held=nothing,
        takes=nothing,
        names=tuple(names),
    )


def jobs_of(rows: Table) -> tuple[IntArray, IntArray]:
    """The jobs of these rows by id in the order they come, and the number of each row's job."""
    line_ids, first, job = np.unique(rows["line"], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return line_ids[order], rank[job]


def started_among(rows: Table, resources: Resources) -> BoolArray:
    """Which operations run or pause on a machine that is known."""
    here = seats_of(rows["worked_on"], resources) >= 0
    found: BoolArray = np.isin(rows["status"], (RUNNING, PAUSED)) & here
    return found


def seats_of(machine_ids: IntArray, resources: Resources) -> IntArray:
    """The engine's numbers of these machines, -1 for none."""
    known = np.array(resources.machine_ids, np.int64)
    order = np.argsort(known)
    at = np.clip(np.searchsorted(known[order], machine_ids), 0, max(len(known) - 1, 0))
    if not known.size:
        return np.full(len(machine_ids), -1)
    return np.where(known[order][at] == machine_ids, order[at], -1)


def running_until(operation: Table, resources: Resources, clock: int) -> int:
    """When a started operation of the problem is over: OPERATION row, its run is what remains."""
    left = int(operation["run"])
    if operation["unattended"]:
        return clock + left
    windows = resources.calendars[resources.machines[int(operation["machine"])].calendar]
    end = int(engine.add_work(windows, clock, left))
    return clock + left if end == NEVER else end


def _job_of_held(clock: int) -> Table:
    job = np.zeros(1, engine.JOB)
    job["due"], job["release"] = clock + FAR_AWAY, NEVER
    return job


def _kept(held: Sequence[Held], job: int, resources: Resources, clock: int) -> Table:
    """What promises hold, as work that is pinned to its machine and its minutes."""
    start = np.array([max(clock, minute_of(each.starts)) for each in held], np.int64)
    end = np.array([next_minute(each.ends) for each in held], np.int64)
    pinned = np.zeros(len(held), engine.OPERATION)
    pinned["job"], pinned["pool"], pinned["family"] = job, -1, -1
    pinned["unattended"], pinned["release"], pinned["run"] = 1, clock, np.maximum(1, end - start)
    pinned["fixing"], pinned["start"] = engine.Fixing.PINNED, start
    pinned["machine"] = [resources.index[each.machine_id] for each in held]
    pinned["first_run"], pinned["quantity"], pinned["pauses"], pinned["skill"] = -1, 1, 1, -1
    return pinned


def _jobs(rows: Table, resources: Resources, clock: int) -> Table:
    """When the last operation must end for the promise to hold: the delivery takes working days."""
    first = np.sort(np.unique(rows["line"], return_index=True)[1])
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
    started: BoolArray,
    resources: Resources,
    clock: int,
) -> Table:
    table = np.zeros(len(rows), engine.OPERATION)
    running = started & (rows["status"] == RUNNING)
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
    """What is left of a started operation: planned less worked minutes, at least LEAST_REMAINING."""
    worked, since = int(row["worked"]), int(row["since"])
    if row["status"] == RUNNING and since != NEVER:
        if row["unattended"]:
            worked += clock - since
        else:
            windows = resources.windows_of(int(row["worked_on"]))
            worked += int(engine.work_between(windows, since, clock))
    return max(LEAST_REMAINING, int(row["setup"]) + int(row["run"]) - worked)


def _pools(rows: Table, started: BoolArray, resources: Resources) -> tuple[engine.Ragged, IntArray]:
    """The machines of each process, and of each started operation its own: a pool of its own each."""
    seats = seats_of(rows["worked_on"], resources)
    processes = sorted(process for process, pool in resources.pools.items() if pool)
    sets = [resources.pools[process] for process in processes]
    at = np.clip(np.searchsorted(processes, rows["process"]), 0, max(len(processes) - 1, 0))
    pool = np.full(len(rows), -1)
    if processes:
        pool = np.where(np.array(processes)[at] == rows["process"], at, -1)
    alone = np.unique(seats[started])
    pool[started] = len(sets) + np.searchsorted(alone, seats[started])
    return engine.ragged([*sets, *((int(seat),) for seat in alone)]), pool
