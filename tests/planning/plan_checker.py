"""A feasibility checker for plans, written from the rules alone: plain arithmetic, none of the engine's."""

import functools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kernel.jit import Table
from planning.engine import NEVER, Fixing, Plan, Problem


@functools.lru_cache(maxsize=64)
def windows_of_machine(problem: Problem, machine: int) -> list[tuple[int, int]]:
    """The machine's working time as pairs."""
    calendar = int(problem.machines["calendar"][machine])
    mine = problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]
    return [(int(start), int(end)) for start, end, _ in mine]


def worked(windows: Sequence[tuple[int, int]], first: int, last: int) -> int:
    """Working minutes between two moments."""
    near = windows[max(0, bisect_left(windows, (first, first)) - 1) : bisect_left(windows, (last, last))]
    return sum(max(0, min(end, last) - max(start, first)) for start, end in near)


def is_open(windows: Sequence[tuple[int, int]], moment: int) -> bool:
    """Whether somebody is there in the minute that begins at `moment`."""
    return worked(windows, moment, moment + 1) == 1


def violations(plan: Plan, busy: Table | None = None) -> list[str]:
    """Every broken rule of a plan as a sentence; empty for a feasible one."""
    found = [*_places(plan), *_durations(plan), *_precedence(plan), *_machines(plan, busy), *_totals(plan)]
    return [f"{plan.problem.name(operation)}: {what}" for operation, what in found]


def _places(plan: Plan) -> Iterator[tuple[int, str]]:
    problem = plan.problem
    for operation, row in enumerate(problem.operations):
        machine = int(plan.machine[operation])
        if machine < 0:
            if plan.reason[operation] == 0 or plan.end[operation] != NEVER:
                yield operation, "has no place and no reason"
            continue
        pool = int(row["pool"])
        allowed = (
            problem.pools.value[problem.pools.ptr[pool] : problem.pools.ptr[pool + 1]] if pool >= 0 else []
        )
        if row["fixing"] != Fixing.FREE:
            allowed = [int(row["machine"])]
        if machine not in allowed:
            yield operation, f"stands on machine {machine}, which may not do it"
        if plan.start[operation] < problem.now:
            yield operation, "starts in the past"
        if row["fixing"] == Fixing.FREE and plan.start[operation] < row["release"]:
            yield operation, "starts before its release"
        if row["fixing"] == Fixing.PINNED and plan.start[operation] < max(row["release"], row["start"]):
            yield operation, "starts before its pin or release"


def _durations(plan: Plan) -> Iterator[tuple[int, str]]:
    problem = plan.problem
    for operation, row in enumerate(problem.operations):
        if plan.machine[operation] < 0:
            continue
        windows = windows_of_machine(problem, int(plan.machine[operation]))
        start, ready, end = (int(each[operation]) for each in (plan.start, plan.ready, plan.end))
        goes_on = row["fixing"] == Fixing.STARTED and row["unattended"] and not row["setup"]
        if not start <= ready <= end:
            yield operation, "has times out of order"
        if not goes_on and not is_open(windows, start):
            yield operation, "starts when nobody is there"
        if worked(windows, start, ready) not in {0, int(row["setup"])} or (
            ready > start and row["setup"] == 0
        ):
            yield operation, "has a wrong set-up"
        if row["unattended"]:
            if end - ready != row["run"]:
                yield operation, "has a wrong unattended run"
        elif worked(windows, ready, end) != row["run"] or (row["run"] and not is_open(windows, end - 1)):
            yield operation, "has a wrong run"


def _precedence(plan: Plan) -> Iterator[tuple[int, str]]:
    problem = plan.problem
    for operation in range(len(problem)):
        if plan.machine[operation] < 0 or problem.operations["fixing"][operation] == Fixing.STARTED:
            continue
        first, last = problem.after.ptr[operation], problem.after.ptr[operation + 1]
        for before in problem.after.value[first:last]:
            if plan.machine[before] < 0 or plan.end[before] > plan.start[operation]:
                yield operation, f"starts before {problem.name(int(before))} has ended"


class Stretch(NamedTuple):
    """Time taken on a machine; `outside` is set-up that is not within it. Code -1 was there before."""

    start: int
    end: int
    family: int
    outside: int
    code: int


def _stretches(plan: Plan, busy: Table | None, machine: int) -> list[Stretch]:
    ops = plan.problem.operations
    rows = [
        Stretch(
            int(plan.start[o]),
            int(plan.end[o]),
            int(ops["family"][o]),
            int(ops["setup"][o]) if plan.ready[o] == plan.start[o] else 0,
            int(o),
        )
        for o in np.flatnonzero(plan.machine == machine)
    ]
    names = ["start", "end", "family", "needs"]
    old = [] if busy is None else busy[busy["machine"] == machine][names].tolist()
    return sorted([*rows, *(Stretch(*each, -1) for each in old)])


def _machines(plan: Plan, busy: Table | None) -> Iterator[tuple[int, str]]:
    """No overlap, and where the family changes a set-up: within the stretch, or in free time ahead of it."""
    problem = plan.problem
    for machine, facts in enumerate(problem.machines):
        if not facts["single"]:
            continue
        windows = windows_of_machine(problem, machine)
        rows = _stretches(plan, busy, machine)
        clock, families, last = NEVER, {int(facts["family"])}, -1
        for start, end, family, outside, code in rows:
            guilty = max(code, last)
            if start < clock:
                yield guilty, f"overlaps its neighbour on machine {machine}"
            # Work without duration leaves no trace of the order at its moment: any order is believed.
            families |= {
                each.family for each in rows if each.start == each.end == start and each.code != code
            }
            free = 0 if busy is None else worked(windows, max(clock, problem.now), start)
            if (family < 0 or family not in families) and outside > free and guilty >= 0:
                yield guilty, f"leaves out a set-up on machine {machine}"
            clock, last = max(clock, end), code
            families = {family} if end > start else families | {family}


def _totals(plan: Plan) -> Iterator[tuple[int, str]]:
    problem, late = plan.problem, 0
    for job, facts in enumerate(problem.jobs):
        mine = [int(o) for o in np.flatnonzero(problem.operations["job"] == job)]
        whole = bool(mine) and all(plan.machine[o] >= 0 for o in mine)
        finish = max((int(plan.end[o]) for o in mine), default=NEVER) if whole else NEVER
        if finish != plan.finish[job]:
            yield mine[0] if mine else 0, f"its job {job} reports a wrong finish"
        if whole:
            late += int(facts["weight"]) * max(0, finish - int(facts["due"]))
            if plan.bound[job] == NEVER or plan.bound[job] > finish:
                yield mine[0], f"its job {job} ends before its lower bound"
    if late != plan.tardiness or plan.least_tardiness > late:
        yield 0, "the plan's tardiness is not what its jobs add up to"
