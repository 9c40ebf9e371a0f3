"""Problems joined: new work for a shop that has work already, alone or behind the other's operations."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.assembly import Resources, assemble
from planning.engine.calendars import NEVER
from planning.engine.problem import Problem
from planning.engine.rows import Job, Machine, Operation, Ragged, Tool


def work_for(problem: Problem, jobs: Sequence[Sequence[Operation]], stock: IntArray) -> Problem:
    """Only this new work - operations of job after job - for the machines, people and tools of a problem.

    `stock` is what is there of each material. Families that a set-up matrix does not know are none.
    """
    families = len(problem.changeover)
    rows: list[Operation] = []
    for number, job in enumerate(jobs):
        first = len(rows)
        for each in job:
            after = tuple(first + before for before in each.after)
            family = -1 if families and each.family >= families else each.family
            rows.append(each._replace(job=number, after=after, family=family))
    singles = problem.machines["single"] != 0
    lone = assemble(
        now=problem.now,
        calendars=[problem.windows[:0]],
        machines=[Machine(0, single=bool(single)) for single in singles],
        jobs=[Job(NEVER, 0)] * len(jobs),
        operations=rows,
        resources=Resources(tools=[Tool(0)] * len(problem.tools), materials=problem.materials.tolist()),
    )
    materials = problem.materials.copy()
    materials["onhand"] = stock
    return replace(
        lone,
        windows=problem.windows,
        window_ptr=problem.window_ptr,
        machines=problem.machines,
        changeover=problem.changeover,
        crews=problem.crews,
        skills=problem.skills,
        tools=problem.tools,
        materials=materials,
        labels=problem.labels,
    )


def joined(one: Problem, other: Problem) -> Problem:
    """Both at once in the shop of `one`, with its stock: the operations and jobs of `other` come behind."""
    operations = other.operations.copy()
    operations["job"] += len(one.jobs)
    operations["pool"] += np.where(operations["pool"] >= 0, len(one.pools.ptr) - 1, 0)
    operations["first_run"] += np.where(operations["first_run"] >= 0, len(one.runs), 0)
    count, takes = len(one), len(one.take_rows)
    names = (*one.names, *[""] * (count - len(one.names)), *other.names)
    return replace(
        one,
        pools=_behind(one.pools, other.pools, 0),
        jobs=np.concatenate([one.jobs, other.jobs]),
        operations=np.concatenate([one.operations, operations]),
        after=_behind(one.after, other.after, count),
        lags=_lags(one, other),
        runs=np.concatenate([one.runs, other.runs]),
        held=_behind(_lists(one.held, count), _lists(other.held, len(other)), 0),
        takes=_behind(_lists(one.takes, count), _lists(other.takes, len(other)), takes),
        take_rows=np.concatenate([one.take_rows, other.take_rows]),
        names=names,
    )


def stock_left(problem: Problem, slots: Table) -> IntArray:
    """What a plan leaves of each material: who starts ahead of the purchase takes from the stock."""
    left = problem.materials["onhand"].astype(np.int64)
    if len(problem.takes.ptr) != len(problem) + 1:
        return left
    owner = np.repeat(np.arange(len(problem)), np.diff(problem.takes.ptr))
    rows = problem.take_rows[problem.takes.value]
    early = (slots["machine"][owner] >= 0) & (problem.operations["fixing"][owner] != 1)
    early &= slots["start"][owner] < problem.materials["lead"][rows["material"]]
    np.subtract.at(left, rows["material"][early], rows["quantity"][early])
    return np.maximum(left, 0)


def _lists(rows: Ragged, count: int) -> Ragged:
    return rows if len(rows.ptr) == count + 1 else Ragged(np.zeros(count + 1, np.int64), rows.value)


def _behind(one: Ragged, other: Ragged, shift: int) -> Ragged:
    ptr = np.concatenate([one.ptr, one.ptr[-1] + other.ptr[1:]])
    return Ragged(ptr, np.concatenate([one.value, other.value + shift]))


def _lags(one: Problem, other: Problem) -> IntArray:
    none = [np.zeros(len(each.after.value), np.int64) for each in (one, other)]
    if not one.lags.size and not other.lags.size:
        return one.lags
    pairs = zip((one, other), none, strict=True)
    return np.concatenate([each.lags if each.lags.size else zeros for each, zeros in pairs])
