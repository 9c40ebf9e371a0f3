"""Rows put together to a planning problem."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray
from planning.engine.calendars import NEVER, WINDOW, Windows, numbered
from planning.engine.problem import Problem
from planning.engine.rows import (
    CREW,
    JOB,
    MACHINE,
    MATERIAL,
    NO_LABELS,
    OPERATION,
    TAKE,
    TOOL,
    Crew,
    Job,
    Labels,
    Machine,
    Material,
    Operation,
    Ragged,
    Tool,
)


class Resources(NamedTuple):
    """What a shop has beside machines: operators, tools, stock, set-up times between families."""

    crews: Sequence[Crew] = ()
    tools: Sequence[Tool] = ()
    materials: Sequence[Material] = ()
    changeover: Sequence[Sequence[int]] = ()
    labels: Labels = NO_LABELS


NOTHING_MORE: Final = Resources()


def assemble(
    *,
    now: int,
    calendars: Sequence[Windows],
    machines: Sequence[Machine],
    jobs: Sequence[Job],
    operations: Sequence[Operation],
    resources: Resources = NOTHING_MORE,
    frozen: int = NEVER,
) -> Problem:
    """The problem of these rows; equal sets of machines share a pool. Raises ValueError as Problem does."""
    windows, window_ptr = pack(calendars)
    crews, size = resources.crews, len(resources.changeover)
    rows, pools, runs = _operation_rows(operations)
    needs = [_summed(each.takes) for each in operations]
    takes = [row for each in needs for row in each]
    ends = np.cumsum([0, *map(len, needs)], dtype=np.int64)
    return Problem(
        now=now,
        windows=windows,
        window_ptr=window_ptr,
        machines=np.array([tuple(each) for each in machines], dtype=MACHINE),
        pools=pools,
        jobs=np.array([tuple(each) for each in jobs], dtype=JOB),
        operations=np.array(rows, dtype=OPERATION),
        after=ragged([each.after for each in operations]),
        names=tuple(each.name for each in operations),
        lags=_lags(operations),
        runs=runs,
        changeover=np.array(resources.changeover, dtype=np.int64).reshape(size, size),
        crews=np.array([(each.calendar, each.size) for each in crews], dtype=CREW),
        skills=ragged([each.skills for each in crews]),
        tools=np.array([tuple(each) for each in resources.tools], dtype=TOOL),
        held=ragged([each.tools for each in operations]),
        materials=np.array([tuple(each) for each in resources.materials], dtype=MATERIAL),
        takes=Ragged(ends, np.arange(len(takes), dtype=np.int64)),
        take_rows=np.array(takes, dtype=TAKE),
        frozen=frozen,
        labels=resources.labels,
    )


def _operation_rows(operations: Sequence[Operation]) -> tuple[list[tuple[int, ...]], Ragged, IntArray]:
    """OPERATION rows, the pools they name, and the run minutes by machine where these differ."""
    sets: dict[tuple[int, ...], int] = {(): -1}
    rows: list[tuple[int, ...]] = []
    runs: list[int] = []
    for each in operations:
        pool = sets.setdefault(each.machines, len(sets) - 1)
        first_run = len(runs) if each.runs else -1
        if each.runs and len(each.runs) != len(each.machines):
            raise ValueError(f"{each.name or 'An operation'} has run times for some of its machines only.")
        runs.extend(each.runs)
        facts = (each.setup, each.run, each.family, each.unattended, each.release)
        pieces = (each.quantity, each.done, each.transfer)
        fixed = (each.fixing, each.machine, each.start)
        rows.append((each.job, pool, *facts, *fixed, first_run, *pieces, each.pauses, each.skill))
    return rows, ragged(list(sets)[1:]), np.array(runs, np.int64)


def _summed(takes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each material once."""
    found: dict[int, int] = {}
    for material, quantity in takes:
        found[material] = found.get(material, 0) + quantity
    return list(found.items())


def _lags(operations: Sequence[Operation]) -> IntArray:
    """Minutes beside each predecessor; empty when nobody has any."""
    if not any(each.lags for each in operations):
        return np.empty(0, np.int64)
    for each in operations:
        if each.lags and len(each.lags) != len(each.after):
            raise ValueError(f"{each.name or 'An operation'} has lags for some of its predecessors only.")
    return np.array([lag for each in operations for lag in each.lags or (0,) * len(each.after)], np.int64)


def pack(calendars: Sequence[Windows]) -> tuple[Windows, IntArray]:
    """All calendars in one table, and where each begins (one more entry than calendars)."""
    windows = numbered(np.concatenate([np.empty(0, WINDOW), *calendars]))
    return windows, np.cumsum([0, *(len(each) for each in calendars)], dtype=np.int64)


def ragged(rows: Sequence[Sequence[int]]) -> Ragged:
    """Rows of indices in two arrays."""
    ptr = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return Ragged(ptr, np.fromiter((value for row in rows for value in row), np.int64))
