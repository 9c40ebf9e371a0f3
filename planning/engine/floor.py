"""A problem and a plan of it, as improvement works on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.axis import Axes, build_axes
from planning.engine.calendars import NEVER
from planning.engine.problem import Problem
from planning.engine.shop import PINNED, STARTED, Shop, open_shop
from planning.engine.view import CHOICE, ENTRY, FLOOR, NODE, SIDE, STEP, SUPPLY, TABLES, TRACK, WORK

JOURNAL: Final = 1 << 15
BUCKET: Final = 8


class Goal(NamedTuple):
    """What a plan costs: minutes late times weight, more for each late job and for long lateness, flow.

    A late job costs `fee` minutes on top; lateness beyond `cap` minutes counts (1 + `beyond`)-fold; every
    minute between the first start and the last end of a job counts `flow`. When everything is shifted to its
    latest start, a job that is in time keeps `margin` minutes until it is due; near a plan in force that is
    done only where a margin is given.
    """

    fee: float = 0.0
    cap: float = 1e12
    beyond: float = 0.0
    flow: float = 0.0
    margin: int | None = None


@dataclass(frozen=True, eq=False)
class Floor:
    """What improvement works on: `view` is the FLOOR row for kernels, `tables` the arrays it points to.

    Nodes are numbered: operations, then heads and tails of tracks (base + 2 * track, + 1). A node occupies
    begin..stop of its track in working minutes of the machine's axis, start..end are moments; its track is
    -1 while it has no place. Units are jobs that hang together through their operations.
    """

    view: Table
    tables: Mapping[str, Table]

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def open_floor(problem: Problem, seed: int) -> Floor:
    """The floor of a problem, nothing placed yet."""
    shop = open_shop(problem)
    ops, count = problem.operations, len(problem)
    calendars = [
        problem.windows[low:high]
        for low, high in zip(problem.window_ptr[:-1], problem.window_ptr[1:], strict=True)
    ]
    axes = build_axes([_from_now(each, problem.now) for each in calendars])
    unit_of_job = _units(problem)
    unit = unit_of_job[ops["job"]]
    units = int(unit_of_job.max(initial=-1)) + 1
    rank = np.empty(count, np.int64)
    rank[shop.order] = np.arange(count)
    steps, choices, supplies = _steps(problem, shop, unit)
    works = np.zeros(len(problem.jobs), WORK)
    works["due"], works["weight"] = problem.jobs["due"], problem.jobs["weight"]
    tables = {
        "spans": axes.windows,
        "axes": axes.rows,
        "by_time": axes.by_time,
        "by_work": axes.by_work,
        **_tracks(problem, axes),
        "steps": steps,
        "choices": choices,
        "before": shop.before,
        "lag_before": shop.lag_before,
        "after": shop.after,
        "lag_after": shop.lag_after,
        "supplies": supplies,
        "stock": problem.materials["onhand"].copy(),
        **_users(problem),
        "changeover": problem.changeover.ravel().copy(),
        "works": works,
        "unit_ptr": np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=units))]),
        "unit_steps": np.lexsort((rank, unit)),
        "cost": np.zeros(units),
        "late": np.zeros(units, np.int64),
        "place": np.full(units, -1, np.int64),
        "touched": np.zeros(units + 64, np.int64),
        "mark": np.zeros(units, np.int64),
        "begun": np.zeros(len(works), np.int64),
        "ended": np.full(len(works), NEVER, np.int64),
        "scratch": np.zeros(4096, np.int64),
    }
    return Floor(_view(problem, tables, units, seed), tables)


def _view(problem: Problem, tables: Mapping[str, Table], units: int, seed: int) -> Table:
    view = np.zeros(1, FLOOR)
    for name in TABLES:
        view[name] = tables[name].ctypes.data
    view["base"], view["units"], view["families"] = len(problem), units, len(problem.changeover)
    view["setups"] = problem.changeover.size > 0 or bool((problem.operations["setup"] > 0).any())
    view["random"] = 88172645463325252 + 1442695040888963407 * seed % 2**62
    return view


def _from_now(windows: Table, now: int) -> Table:
    """Working time that is still to come."""
    mine = windows[windows["end"] > now].copy()
    mine["start"] = np.maximum(mine["start"], now)
    return mine


def _units(problem: Problem) -> IntArray:
    """Per job the number of the group of jobs that hang together by precedence."""
    root = list(range(len(problem.jobs)))

    def top(job: int) -> int:
        while root[job] != job:
            root[job] = root[root[job]]
            job = root[job]
        return job

    job = problem.operations["job"]
    owner = np.repeat(job, np.diff(problem.after.ptr))
    other = job[problem.after.value]
    for one, two in zip(owner[owner != other].tolist(), other[owner != other].tolist(), strict=True):
        root[top(one)] = top(two)
    return np.unique([top(each) for each in range(len(root))], return_inverse=True)[1].astype(np.int64)


def _steps(problem: Problem, shop: Shop, unit: IntArray) -> tuple[Table, Table, Table]:
    tasks, ops, count = shop.tasks, problem.operations, len(problem)
    steps = np.zeros(count, STEP)
    for name in ("job", "run", "setup", "family", "release", "unattended", "pauses"):
        steps[name] = tasks[name]
    for name in ("first_before", "last_before", "first_after", "last_after"):
        steps[name] = tasks[name]
    steps["unit"], steps["home"] = unit, -1
    steps["fixed"] = (tasks["fixing"] == STARTED) | (tasks["fixing"] == PINNED)
    steps["plain"] = (tasks["unattended"] == 0) & (tasks["pauses"] != 0) & (ops["skill"] < 0)
    # A run without time has no end that differs from its start; it is not pushed.
    steps["plain"] &= tasks["run"] > 0
    pools = shop.pools[tasks["pool"]]
    size = np.where(tasks["pool"] >= 0, pools["last"] - pools["first"], 0)
    steps["last_choice"] = np.cumsum(size)
    steps["first_choice"] = steps["last_choice"] - size
    within = np.arange(int(size.sum())) - np.repeat(steps["first_choice"], size)
    choices = np.zeros(len(within), CHOICE)
    choices["machine"] = shop.members[np.repeat(pools["first"], size) + within]
    choices["run"] = np.repeat(tasks["run"], size)
    named = np.repeat((tasks["first_run"] >= 0) & (tasks["fixing"] == 0), size)
    choices["run"][named] = shop.runs[(np.repeat(tasks["first_run"], size) + within)[named]]
    supplies = np.zeros(len(problem.takes.value), SUPPLY)
    rows = problem.take_rows[problem.takes.value]
    supplies["material"], supplies["quantity"] = rows["material"], rows["quantity"]
    supplies["lead"] = problem.materials["lead"][rows["material"]]
    if len(problem.takes.ptr) == count + 1:
        steps["first_take"], steps["last_take"] = problem.takes.ptr[:-1], problem.takes.ptr[1:]
    least = np.zeros(count, np.int64)
    for operation in shop.order[::-1].tolist():
        behind = shop.after[tasks["first_after"][operation] : tasks["last_after"][operation]]
        least[operation] = max((int(least[at] + tasks["run"][at]) for at in behind), default=0)
    steps["tail"] = least
    steps["last"] = 1
    owner = np.repeat(np.arange(count), np.diff(problem.after.ptr))
    steps["last"][shop.before[ops["job"][owner] == ops["job"][shop.before]]] = 0
    return steps, choices, supplies


def _users(problem: Problem) -> dict[str, Table]:
    """The operations that take each material."""
    ptr = problem.takes.ptr if len(problem.takes.ptr) == len(problem) + 1 else np.zeros(len(problem) + 1, int)
    owner = np.repeat(np.arange(len(problem)), np.diff(ptr))
    material = problem.take_rows["material"][problem.takes.value]
    count = np.bincount(material, minlength=len(problem.materials))
    return {
        "users": owner[np.argsort(material, kind="stable")],
        "user_ptr": np.concatenate([[0], np.cumsum(count)]),
    }


def _tracks(problem: Problem, axes: Axes) -> dict[str, Table]:
    count, machines = len(problem), problem.machines
    rows = np.zeros(len(machines), TRACK)
    rows["calendar"], rows["single"], rows["size"] = (
        machines["calendar"],
        machines["single"],
        machines["size"],
    )
    axis = axes.rows[machines["calendar"]]
    rows["origin"], rows["grain"] = axis["first"], BUCKET
    buckets = ((axis["last"] - axis["first"]) >> BUCKET) + 2
    rows["last_bucket"] = np.cumsum(buckets) - 1
    rows["bucket"] = rows["last_bucket"] - buckets + 1
    nodes = np.zeros(count + 2 * len(machines), NODE)
    nodes["track"], nodes["next"], nodes["prev"] = -1, -1, -1
    heads = count + 2 * np.arange(len(machines))
    nodes["begin"][heads] = nodes["stop"][heads] = axis["first"]
    nodes["begin"][heads + 1] = nodes["stop"][heads + 1] = axis["last"]
    nodes["next"][heads], nodes["prev"][heads + 1] = heads + 1, heads
    sides = np.zeros(len(nodes), SIDE)
    sides["family"] = -1
    sides["family"][:count] = problem.operations["family"]
    sides["family"][heads] = machines["family"]
    return {
        "nodes": nodes,
        "sides": sides,
        "tracks": rows,
        "buckets": np.full(int(buckets.sum()), -1, np.int64),
        "journal": np.zeros(JOURNAL, ENTRY),
        "old_nodes": np.zeros(JOURNAL, NODE),
        "old_sides": np.zeros(JOURNAL, SIDE),
    }
