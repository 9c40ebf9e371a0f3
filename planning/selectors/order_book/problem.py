"""The engine's problem of a table of operations: the one place where it is built."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
from django.conf import settings

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.order_book.book import NO_LINKS, SHORT, Held, Link, number_of, table_of
from planning.selectors.order_book.floor import Floor, floor_of, may_stay, pieces_of, places_in, work_of
from planning.selectors.shop.people import SkillBook
from planning.selectors.shop.resources import Resources

HELD_DAYS: Final = 1
"""A job on hold is reckoned to begin no sooner than after that many working days, each day anew."""

UNPROMISED_DAYS: Final = 60
FAR_AWAY: Final = 10 * 365 * 1440
MOST_FAMILIES: Final = 1500
"""With more set-up families than that there is no matrix of them."""

NOTHING_SHORT: Final = np.zeros(0, table_of(SHORT))


def problem_of(
    rows: Table,
    resources: Resources,
    now: datetime,
    *,
    links: Table = NO_LINKS,
    short: Table = NOTHING_SHORT,
    held: Sequence[Held] = (),
    names: Sequence[str] = (),
    skills: SkillBook | None = None,
) -> engine.Problem:
    """The engine's problem: running operations stay where they are, pinned ones where they are planned.

    Rows have the columns of OPERATIONS, the operations of a job stand together, by loop and sequence; jobs
    are numbered as they come. Behind them stands what is held. `links` are what they follow and need.
    Material that is `short` bounds its operation by the date it is expected at; without a date nothing is
    assumed. Jobs on hold begin no sooner than HELD_DAYS from now. What is planned to begin within
    Resources.frozen_hours stays there. `names` are what messages call the operations;
    `skills` takes note of the sets of skills that are asked for.
    """
    floor = floor_of(rows, resources, next_minute(now))
    pools, pool = _pools(floor)
    operations = operation_rows(floor, pool, short)
    runs = _runs(floor, operations, pools)
    family, changeover = _families(rows["family"], resources)
    operations["family"] = family
    skills = skills or SkillBook(resources.people)
    operations["skill"] = _skills(rows, links, skills)
    jobs = job_rows(floor)
    after, lags = _after(floor, links, len(held))
    shop = shop_of(resources, floor.clock, skills, changeover)
    return replace(
        shop,
        pools=pools,
        jobs=np.concatenate([jobs, _job_of_held(floor.clock)[: len(held)]]),
        operations=np.concatenate([operations, _kept(held, len(jobs), floor)]),
        runs=runs,
        after=after,
        lags=lags,
        held=_tools(rows, links, resources, len(held)),
        takes=engine.Ragged(np.zeros(len(rows) + len(held) + 1, np.int64), np.empty(0, np.int64)),
        names=tuple(names),
        frozen=floor.clock + 60 * resources.frozen_hours if resources.frozen_hours else NEVER,
    )


def shop_of(
    resources: Resources, clock: int, skills: SkillBook, changeover: Sequence[Sequence[int]] = ()
) -> engine.Problem:
    """The shop without any work; one tool more stands for those that were deleted."""
    people = resources.people
    return engine.assemble(
        now=clock,
        calendars=resources.calendars,
        machines=resources.machines,
        jobs=(),
        operations=(),
        resources=engine.Resources(
            crews=skills.crews(),
            tools=(*people.tools, engine.Tool(0)),
            changeover=changeover,
            labels=engine.Labels(
                machines=resources.machine_codes,
                skills=skills.labels(),
                tools=(*people.tool_codes, "a deleted tool"),
            ),
        ),
    )


def operation_at(problem: engine.Problem, at: int) -> engine.Operation:
    """One operation of a problem as a row of its own, its predecessors counted as there."""
    row, pool = problem.operations[at], int(problem.operations["pool"][at])
    machines = problem.pools.value[problem.pools.ptr[pool] : problem.pools.ptr[pool + 1]] if pool >= 0 else ()
    before = slice(int(problem.after.ptr[at]), int(problem.after.ptr[at + 1]))
    first = int(row["first_run"])
    return engine.Operation(
        job=0,
        machines=tuple(int(each) for each in machines),
        run=int(row["run"]),
        setup=int(row["setup"]),
        family=int(row["family"]),
        after=tuple(problem.after.value[before].tolist()),
        unattended=bool(row["unattended"]),
        release=int(row["release"]),
        name=problem.name(at),
        runs=tuple(problem.runs[first : first + len(machines)].tolist()) if first >= 0 else (),
        lags=tuple(problem.lags[before].tolist()) if problem.lags.size else (),
        quantity=int(row["quantity"]),
        transfer=int(row["transfer"]),
        pauses=bool(row["pauses"]),
        skill=int(row["skill"]),
        tools=tuple(problem.held.value[problem.held.ptr[at] : problem.held.ptr[at + 1]].tolist()),
    )


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


def _kept(held: Sequence[Held], job: int, floor: Floor) -> Table:
    """What promises hold, as work that is pinned to its machine and its minutes."""
    start = np.array([max(floor.clock, minute_of(each.starts)) for each in held], np.int64)
    end = np.array([next_minute(each.ends) for each in held], np.int64)
    pinned = np.zeros(len(held), engine.OPERATION)
    pinned["job"], pinned["pool"], pinned["family"] = job, -1, -1
    pinned["unattended"], pinned["release"], pinned["run"] = 1, floor.clock, np.maximum(1, end - start)
    pinned["fixing"], pinned["start"] = engine.Fixing.PINNED, start
    pinned["machine"] = [floor.resources.index[each.machine_id] for each in held]
    pinned["first_run"], pinned["quantity"], pinned["pauses"], pinned["skill"] = -1, 1, 1, -1
    return pinned


def job_rows(floor: Floor) -> Table:
    """When the last operation must end for the promise to hold: the delivery takes working days."""
    rows, clock = floor.rows, floor.clock
    first = np.sort(np.unique(rows["line"], return_index=True)[1])
    promised = rows["promised"][first]
    jobs = np.zeros(len(first), engine.JOB)
    jobs["due"] = np.where(
        promised == NEVER,
        clock + UNPROMISED_DAYS * 1440,
        floor.resources.days_after(promised, -settings.MTO_DELIVERY_DAYS),
    )
    jobs["weight"] = rows["weight"][first]
    gate = floor.resources.days_later(clock, HELD_DAYS)
    jobs["release"] = np.where(rows["held"][first] == 1, gate, NEVER)
    return jobs


def operation_rows(floor: Floor, pool: IntArray, short: Table) -> Table:
    """OPERATION rows without families and skills; of started ones the run is what is left of it."""
    rows, clock, free = floor.rows, floor.clock, ~floor.started
    table = np.zeros(len(rows), engine.OPERATION)
    table["job"], table["pool"], table["unattended"] = floor.job, pool, rows["unattended"]
    table["setup"], table["run"] = np.where(free, rows["setup"], 0), work_of(floor)
    table["quantity"], table["first_run"] = np.where(free, pieces_of(floor), 1), -1
    table["done"] = np.where(free, np.minimum(rows["good"], rows["quantity"] - 1), 0)
    table["transfer"], table["pauses"] = np.where(free, rows["transfer"], 0), rows["pauses"]
    expected = np.full(len(rows), NEVER, np.int64)
    order = np.argsort(rows["id"])
    np.maximum.at(expected, order[np.searchsorted(rows["id"][order], short["operation"])], short["expected"])
    table["release"] = np.maximum(clock, np.maximum(expected, rows["not_before"]))
    stays = free & (floor.seat >= 0) & (rows["start"] != NEVER) & may_stay(floor)
    table["fixing"] = np.where(floor.running, engine.Fixing.STARTED, engine.Fixing.FREE)
    table["fixing"][stays & (rows["pinned"] == 1)] = engine.Fixing.PINNED
    table["machine"] = np.where(floor.running, floor.here, np.where(stays, floor.seat, -1))
    table["start"] = np.where(floor.running, clock, np.where(stays, rows["start"], NEVER))
    return table


def _pools(floor: Floor) -> tuple[engine.Ragged, IntArray]:
    """The machines of each process, and of each started operation its own: a pool of its own each."""
    pools = floor.resources.pools
    processes = sorted(process for process, pool in pools.items() if pool)
    sets = [pools[process] for process in processes]
    pool = places_in(np.array(processes, np.int64), floor.rows["process"])
    alone = np.unique(floor.here[floor.started])
    pool[floor.started] = len(sets) + np.searchsorted(alone, floor.here[floor.started])
    return engine.ragged([*sets, *((int(seat),) for seat in alone)]), pool


def _runs(floor: Floor, operations: Table, pools: engine.Ragged) -> IntArray:
    """Run minutes by machine where these are not equally fast; `first_run` says where."""
    found: list[IntArray] = []
    many = 0
    for number in np.unique(operations["pool"][~floor.started & (operations["pool"] >= 0)]).tolist():
        members = pools.value[pools.ptr[number] : pools.ptr[number + 1]]
        speeds = floor.resources.speeds[members]
        if (speeds == 100).all():
            continue
        mine = np.flatnonzero((operations["pool"] == number) & ~floor.started)
        table = -(-operations["run"][mine][:, None] * 100 // speeds[None, :])
        operations["first_run"][mine] = many + len(members) * np.arange(len(mine))
        found.append(table.ravel())
        many += table.size
    return np.concatenate([np.empty(0, np.int64), *found])


def _families(names: IntArray, resources: Resources) -> tuple[IntArray, Sequence[Sequence[int]]]:
    """Numbers of set-up families, -1 for none, and the minutes from each to each where some are known.

    A negative time stands for the operation's own set-up.
    """
    rules = [(number_of(one), number_of(other), time) for one, other, time in resources.changeovers]
    every = np.concatenate([names, np.array([end for rule in rules for end in rule[:2]], np.int64)])
    known, which = np.unique(every, return_inverse=True)
    family = which[: len(names)] - (known.min(initial=0) < 0)
    size = int((known >= 0).sum())
    if not rules or size > MOST_FAMILIES:
        return family, ()
    matrix = np.full((size, size), -1)
    np.fill_diagonal(matrix, 0)
    place = {number: at for at, number in enumerate(known[known >= 0].tolist())}
    for one, other, time in rules:
        if one in place and other in place:
            matrix[place[one], place[other]] = time
    return family, matrix.tolist()


def _after(floor: Floor, links: Table, held: int) -> tuple[engine.Ragged, IntArray]:
    """What each operation follows, and the minutes that pass in between; empty where nobody waits.

    Where nothing is said it is the operation before it in its loop; what is complete is not there any more.
    """
    rows, count = floor.rows, len(floor.rows)
    same = np.zeros(count, np.bool_)
    same[1:] = (floor.job[1:] == floor.job[:-1]) & (rows["loop"][1:] == rows["loop"][:-1])
    chained = np.flatnonzero(same & ~floor.running & (rows["graph"] == 0))
    owner, target = _named(floor, links[links["kind"] == Link.AFTER])
    owner, target = np.concatenate([chained, owner]), np.concatenate([chained - 1, target])
    order = np.lexsort((target, owner))
    owner, target = owner[order], target[order]
    many = np.bincount(owner, minlength=count + held)
    waits = rows["wait"][target] + rows["queue"][owner]
    ptr = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return engine.Ragged(ptr, target.astype(np.int64)), waits if waits.any() else np.empty(0, np.int64)


def _named(floor: Floor, links: Table) -> tuple[IntArray, IntArray]:
    """Operations and those open ones of their loop that they name."""
    rows = floor.rows
    owner = places_in(rows["id"], links["operation"])
    links, owner = links[owner >= 0], owner[owner >= 0]
    loops, steps = int(rows["loop"].max(initial=0)) + 1, int(rows["sequence"].max(initial=0)) + 1
    known = (floor.job * loops + rows["loop"]) * steps + rows["sequence"]
    wanted = (floor.job[owner] * loops + rows["loop"][owner]) * steps + links["value"]
    target = np.where(links["value"] < steps, places_in(known, wanted), -1)
    good = (target >= 0) & ~floor.running[owner] & (target != owner)
    return owner[good], target[good]


def _skills(rows: Table, links: Table, skills: SkillBook) -> IntArray:
    """The number of what each operation asks of a person, -1 for nothing."""
    found = np.full(len(rows), -1)
    mine = links[links["kind"] == Link.SKILL]
    owner = places_in(rows["id"], mine["operation"])
    asked: dict[int, list[int]] = {}
    for at, skill in zip(owner.tolist(), mine["value"].tolist(), strict=True):
        asked.setdefault(at, []).append(skill)
    for at, wanted in asked.items():
        if at >= 0:
            found[at] = skills.number(wanted)
    return found


def _tools(rows: Table, links: Table, resources: Resources, held: int) -> engine.Ragged:
    """The tools each operation holds; the last one stands for those that were deleted."""
    mine = links[links["kind"] == Link.TOOL]
    owner = places_in(rows["id"], mine["operation"])
    mine, owner = mine[owner >= 0], owner[owner >= 0]
    known = np.array(resources.people.tool_ids, np.int64)
    tool = places_in(known, mine["value"])
    order = np.argsort(owner, kind="stable")
    many = np.bincount(owner, minlength=len(rows) + held)
    ptr = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return engine.Ragged(ptr, np.where(tool < 0, len(known), tool)[order].astype(np.int64))
