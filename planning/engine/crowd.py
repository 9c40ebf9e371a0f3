"""The yard with what stands already: stretches that others take are stays of nobody's operations."""

import numpy as np

from kernel.jit import IntArray, Table, kernel, part
from planning.engine.calendars import NEVER, Windows, next_working_in
from planning.engine.problem import Problem
from planning.engine.serial import busy_until, stay
from planning.engine.shop import TASK, Shop
from planning.engine.yard import NEED, STAY, Yard


def crowded(problem: Problem, shop: Shop, yard: Yard, busy: Table) -> tuple[Shop, Yard]:
    """Shop and yard with BUSY rows in them, each as one more task that has no machine of its own.

    Raises ValueError for stretches of a machine that overlap; on a rack they may be the same.
    """
    _check(problem, busy)
    count, more = len(problem), len(busy)
    tasks = np.zeros(more, TASK)
    tasks["pool"], tasks["first_run"], tasks["machine"] = -1, -1, -1
    tasks["family"], tasks["setup"] = busy["family"], busy["needs"]
    length = _stays(yard, busy)
    needs = np.zeros(more, NEED)
    needs["skill"], needs["quantity"], needs["pauses"] = -1, 1, 1
    full = yard._replace(
        needs=np.concatenate([yard.needs, needs]),
        held_ptr=np.concatenate([yard.held_ptr, np.full(more, yard.held_ptr[-1])]),
        stays=np.zeros(int(length.sum()) + 1, STAY),
        offset=np.cumsum(length) - length,
        given=np.concatenate([yard.given, busy["given"]]),
        used=np.concatenate([yard.used, np.zeros(more, np.int64)]),
        persons=np.concatenate([yard.persons, np.full(more, -1, np.int64)]),
    )
    shop = shop._replace(tasks=np.concatenate([shop.tasks, tasks]))
    order = np.argsort(busy["start"], kind="stable")
    hours = problem.crews["calendar"].astype(np.int64)
    occupy(shop, full, busy, order, count, problem.windows, problem.window_ptr, hours)
    return shop, full


def _check(problem: Problem, busy: Table) -> None:
    rows = busy[busy["machine"] >= 0]
    rows = rows[np.lexsort((rows["end"], rows["start"], rows["machine"]))]
    if len(rows) and rows["machine"][-1] >= len(problem.machines):
        raise ValueError(f"Busy time names a machine outside 0..{len(problem.machines) - 1}.")
    families = len(problem.changeover)
    if families and rows["family"].max(initial=-1) >= families:
        raise ValueError("Busy time names a family that the set-up matrix does not know.")
    one, other = rows[:-1], rows[1:]
    clash = (one["machine"] == other["machine"]) & (other["start"] < one["end"])
    clash &= problem.machines["single"][one["machine"]] != 0
    load = (one["start"] == other["start"]) & (one["end"] == other["end"])
    clash &= ~(load & (problem.machines["size"][one["machine"]] > 0))
    if clash.any():
        raise ValueError(f"Two busy stretches of machine {one['machine'][clash.argmax()]} overlap.")


def _stays(yard: Yard, busy: Table) -> IntArray:
    """How many stays each track may get now."""
    length = np.diff(np.append(yard.offset, len(yard.stays) - 1))
    known = busy["machine"] >= 0
    length[: yard.people] += np.bincount(busy["machine"][known], minlength=yard.people)
    crowd = len(yard.crew_of)
    length[yard.people : yard.people + crowd] += int(((busy["person"] >= 0) | (busy["skill"] >= 0)).sum())
    for tool, uses in enumerate(np.bincount(busy["tool"][busy["tool"] >= 0]).tolist()):
        if tool + 1 < len(yard.units):
            length[yard.units[tool] : yard.units[tool + 1]] += uses
    return length.astype(np.int64)


@part
def somebody(
    yard: Yard, skill: int, start: int, end: int, windows: Windows, ptr: IntArray, hours: IntArray
) -> int:
    """Who of those that have a skill is free then, best somebody whose shift it is; -1 for nobody."""
    found = -1
    if skill + 1 >= len(yard.able_ptr):
        return found
    for at in range(yard.able_ptr[skill], yard.able_ptr[skill + 1]):
        person = yard.able[at]
        if busy_until(yard, yard.people + person, start, end) != NEVER:
            continue
        calendar = hours[yard.crew_of[person]]
        if next_working_in(windows, ptr[calendar], ptr[calendar + 1], start) == start:
            return int(person)
        if found < 0:
            found = person
    return int(found)


@part
def free_track(yard: Yard, first: int, last: int, start: int, end: int) -> int:
    """The first of these tracks that is free then; -1 for none."""
    for track in range(first, last):
        if busy_until(yard, track, start, end) == NEVER:
            return int(track)
    return -1


@kernel
def occupy(
    shop: Shop, yard: Yard, busy: Table, order: IntArray, first: int, windows: Windows, ptr: IntArray,
    hours: IntArray,
) -> None:  # fmt: skip
    """Enter BUSY rows as stays, row r as operation `first` + r. Who is asked for twice is taken once."""
    for row in order:
        one = busy[row]
        track = -1
        if one.machine >= 0 and shop.machines[one.machine].single:
            track = free_track(yard, one.machine, one.machine + 1, one.start, one.end)
        elif one.tool >= 0 and one.tool + 1 < len(yard.units):
            track = free_track(yard, yard.units[one.tool], yard.units[one.tool + 1], one.start, one.end)
        elif one.machine < 0 and 0 <= one.person < len(yard.crew_of):
            person = yard.people + one.person
            track = free_track(yard, person, person + 1, one.start, one.end)
        elif one.machine < 0 and one.skill >= 0:
            person = somebody(yard, one.skill, one.start, one.end, windows, ptr, hours)
            track = yard.people + person if person >= 0 else -1
        if track >= 0:
            stay(yard, track, one.start, one.end, first + row, 0)
