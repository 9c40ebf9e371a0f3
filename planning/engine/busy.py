"""What stands already when new work is inserted: stretches of machines, people and tools that are taken."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, fields, kernel
from planning.engine.calendars import Windows, windows_of, work_between
from planning.engine.problem import Problem
from planning.engine.result import Plan
from planning.engine.shop import FAR, empty_slots

LONGEST_KEY: Final = 2**62
BUSY: Final = fields("machine", "start", "end", "family", "needs", "given", "person", "skill", "tool")


class Busy(NamedTuple):
    """A stretch of a machine that is taken; or, without a machine (-1), of a person or a tool.

    `needs` are the set-up minutes that are not within it because its family ran before: whoever comes between
    with another family leaves that much working time ahead of it; FAR: nobody of another family may. `given`
    are set-up minutes within it, of what the matrix or `needs` ask for. A `person` is counted crew by
    crew; where only the `skill` is known, somebody free who has it is taken; of a `tool` one unit is.
    """

    machine: int
    start: int
    end: int
    family: int = -1
    needs: int = 0
    given: int = 0
    person: int = -1
    skill: int = -1
    tool: int = -1


def busy_of(plan: Plan) -> Table:
    """What a plan keeps busy, as BUSY rows: machines that do one thing at a time, people and tools."""
    slots = empty_slots(len(plan.problem))
    for name in ("machine", "start", "ready", "end"):
        slots[name] = getattr(plan, name)
    return busy_rows(plan.problem, slots, plan.persons)


def busy_rows(problem: Problem, slots: Table, persons: IntArray | None = None) -> Table:
    """What these SLOT rows keep busy: BUSY rows of machines by machine and start, then of people and tools.

    Where nobody says who attends an operation, its row asks for somebody with the skill.
    """
    rows = np.flatnonzero(slots["machine"] >= 0)
    table = stretches(problem, slots, rows, persons)
    return np.concatenate([table, _attended(problem, slots, persons), _held(problem, slots)])


def stretches(problem: Problem, slots: Table, rows: IntArray, persons: IntArray | None = None) -> Table:
    """What these operations, which have a place, keep busy of machines: BUSY rows by machine and start."""
    ops, single = problem.operations, problem.machines["single"]
    rows = _by_machine(slots, rows[single[slots["machine"][rows]] != 0])
    table = _rows(len(rows))
    for name in ("machine", "start", "end"):
        table[name] = slots[name][rows]
    table["family"] = ops["family"][rows]
    table["needs"] = np.where(slots["ready"][rows] == slots["start"][rows], ops["setup"][rows], 0)
    if problem.changeover.size:
        table["needs"], table["given"] = ops["setup"][rows], _given(problem, slots, rows, persons)
    return table


def _by_machine(slots: Table, rows: IntArray) -> IntArray:
    """Ascending rows by machine, start and number."""
    machine, start = slots["machine"][rows], slots["start"][rows]
    first = int(start.min(initial=FAR))
    span, count = int(start.max(initial=first)) - first + 1, len(slots)
    if (int(machine.max(initial=0)) + 1) * span * count > LONGEST_KEY:
        return rows[np.lexsort((start, machine))]
    # One number each: sorting those takes a tenth of the time.
    found: IntArray = np.sort((machine * span + start - first) * count + rows) % max(1, count)
    return found


def _rows(count: int) -> Table:
    table = np.zeros(count, BUSY)
    for name in ("machine", "family", "person", "skill", "tool"):
        table[name] = -1
    return table


def _attended(problem: Problem, slots: Table, persons: IntArray | None) -> Table:
    """When people stand at machines; those of one rack load together."""
    ops = problem.operations
    rows = np.flatnonzero((ops["skill"] >= 0) & (slots["machine"] >= 0))
    table = _rows(len(rows))
    table["start"], table["skill"] = slots["start"][rows], ops["skill"][rows]
    table["end"] = np.where(ops["unattended"][rows] != 0, slots["ready"][rows], slots["end"][rows])
    if persons is not None and len(persons):
        table["person"] = persons[rows]
    racks = problem.machines["size"][slots["machine"][rows]] > 0
    load = np.where(racks, slots["machine"][rows], -1 - rows)
    _, first = np.unique(np.stack([load, table["start"], table["skill"]]), axis=1, return_index=True)
    table = table[np.sort(first)]
    return table[table["start"] < table["end"]]


def _held(problem: Problem, slots: Table) -> Table:
    """When tools are in use."""
    if len(problem.held.ptr) != len(problem) + 1:
        return _rows(0)
    owner = np.repeat(np.arange(len(problem)), np.diff(problem.held.ptr))
    placed = slots["machine"][owner] >= 0
    table = _rows(int(placed.sum()))
    table["tool"] = problem.held.value[placed]
    table["start"], table["end"] = slots["start"][owner[placed]], slots["end"][owner[placed]]
    return table[table["start"] < table["end"]]


def _given(problem: Problem, slots: Table, rows: IntArray, persons: IntArray | None) -> list[int]:
    """The working minutes between start and ready of these operations, somebody being there."""
    crew = np.repeat(np.arange(len(problem.crews)), problem.crews["size"])
    known: dict[tuple[int, int], Windows] = {}
    found = []
    for row in rows.tolist():
        who = int(persons[row]) if persons is not None and len(persons) else -1
        own = int(problem.machines["calendar"][slots["machine"][row]])
        theirs = int(problem.crews["calendar"][crew[who]]) if who >= 0 else -1
        if (own, theirs) not in known:
            hours = (
                spans(problem, own) if theirs < 0 else overlap(spans(problem, own), spans(problem, theirs))
            )
            known[own, theirs] = windows_of(hours)
        unknown = problem.operations["skill"][row] >= 0 and who < 0
        start, ready = int(slots["start"][row]), int(slots["ready"][row])
        found.append(0 if unknown else int(work_between(known[own, theirs], start, ready)))
    return found


def spans(problem: Problem, calendar: int) -> list[tuple[int, int]]:
    """A calendar of a problem as spans of working time."""
    mine = problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]
    return list(zip(mine["start"].tolist(), mine["end"].tolist(), strict=True))


def overlap(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The time that two sorted lists of spans have in common."""
    found, at, there = [], 0, 0
    while at < len(one) and there < len(other):
        start, end = max(one[at][0], other[there][0]), min(one[at][1], other[there][1])
        if start < end:
            found.append((start, end))
        if one[at][1] < other[there][1]:
            at += 1
        else:
            there += 1
    return found


def by_job(problem: Problem, order: IntArray, rank: IntArray) -> IntArray:
    """The operations by the rank of their job, each behind its predecessors, also those in other jobs."""
    # A job that feeds another is planned with it: its operations take the smaller rank of their followers.
    hand_back(order, problem.after.ptr, problem.after.value, rank)
    return order[np.argsort(rank[order], kind="stable")]


@kernel
def hand_back(order: IntArray, ptr: IntArray, before: IntArray, rank: IntArray) -> None:
    """Lower each rank to those of the followers."""
    for position in range(len(order) - 1, -1, -1):
        operation = order[position]
        for at in range(ptr[operation], ptr[operation + 1]):
            rank[before[at]] = min(rank[before[at]], rank[operation])
