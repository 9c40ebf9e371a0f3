"""Kernels that follow an alteration through a plan: only operations that it reaches get their places anew.

In a plan built by turns an operation depends on its own row, on the ends of those it follows, and on the end
and family of the one before it on its machine. Whoever finds these as they were stays as it was.
"""

from typing import NamedTuple

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, builder, kernel, part
from planning.engine.calendars import NEVER
from planning.engine.repair import ready_from
from planning.engine.seats import KEPT, OUT, kept_from, seated
from planning.engine.shop import FAR, STARTED, Shop, place
from planning.engine.turns import turn_of


class Lines(NamedTuple):
    """Who stands behind whom on machines that do one operation at a time.

    `line[ptr[m]:ptr[m + 1]]` are the operations of machine m in the order of their turns, as they were before
    anything was altered; `first` of each machine, `ahead` and `behind` of each operation are kept up to date
    (-1: nobody). `seat` is the machine in whose line an operation is, -1 for none; `free` and `family` tell
    when its machine is free behind it, and for which family it is then set up.
    """

    ptr: IntArray
    line: IntArray
    first: IntArray
    ahead: IntArray
    behind: IntArray
    seat: IntArray
    free: IntArray
    family: IntArray


class Again(NamedTuple):
    """Operations that get another turn: `chosen` in their new order, `place` of all in the old one.

    Of each operation `again` tells whether it is among them, `rank` which one it is, and `spot` the old place
    of the next one behind it that is not.
    """

    chosen: IntArray
    again: BoolArray
    rank: IntArray
    spot: IntArray
    place: IntArray


@part
def in_line(shop: Shop, standing: Table, marks: IntArray, operation: int) -> int:
    """The machine in whose line a kept operation stands, -1 for none."""
    task, machine = shop.tasks[operation], standing[operation].machine
    if marks[operation] != KEPT or task.fixing == STARTED or task.pool < 0 or machine < 0:
        return -1
    return int(machine) if shop.machines[machine].single else -1


@builder
def lined_up(
    shop: Shop, standing: Table, marks: IntArray, order: IntArray, slots: Table, free: IntArray,
    family: IntArray,
) -> Lines:  # fmt: skip
    """The lines of a plan by turns; `free` and `family` of each machine as they were before it."""
    count, machines = len(shop.tasks), len(shop.machines)
    ptr, first = np.zeros(machines + 1, np.int64), np.full(machines, -1, np.int64)
    seat = np.full(count, -1, np.int64)
    ahead, behind = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    end, kind = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for operation in range(count):
        seat[operation] = in_line(shop, standing, marks, operation)
        if seat[operation] >= 0:
            ptr[seat[operation] + 1] += 1
    for machine in range(machines):
        ptr[machine + 1] += ptr[machine]
    line, fill = np.empty(ptr[machines], np.int64), ptr[:-1].copy()
    for operation in order:
        machine = seat[operation]
        if machine < 0:
            continue
        at = fill[machine]
        line[at] = operation
        fill[machine] += 1
        end[operation], kind[operation] = free[machine], family[machine]
        if at == ptr[machine]:
            first[machine] = operation
        else:
            other = line[at - 1]
            ahead[operation], behind[other] = other, operation
            end[operation], kind[operation] = end[other], kind[other]
        if slots[operation].machine >= 0:
            end[operation], kind[operation] = slots[operation].end, shop.tasks[operation].family
    return Lines(ptr, line, first, ahead, behind, seat, end, kind)


@builder
def unequal(one: Table, other: Table) -> IntArray:
    """The rows in which two tables of numbers, as wide as each other, differ."""
    found, many = np.empty(len(one), np.int64), 0
    for row in range(len(one)):
        for column in range(one.shape[1]):
            if one[row, column] != other[row, column]:
                found[many] = row
                many += 1
                break
    return found[:many]


@builder
def followed(shop: Shop, rows: IntArray) -> IntArray:
    """These operations and everything that follows them."""
    found, known = np.empty(len(shop.tasks), np.int64), np.zeros(len(shop.tasks), np.bool_)
    many = 0
    for operation in rows:
        if not known[operation]:
            known[operation], found[many] = True, operation
            many += 1
    done = 0
    while done < many:
        task = shop.tasks[found[done]]
        done += 1
        for at in range(task.first_after, task.last_after):
            other = shop.after[at]
            if not known[other]:
                known[other], found[many] = True, other
                many += 1
    return found[:many]


@builder
def marked(shop: Shop, rows: IntArray, how: int) -> IntArray:
    """What `let_go` makes of these operations alone, marked in this way; the others are kept."""
    marks, found = np.zeros(len(shop.tasks), np.int64), np.empty(len(shop.tasks), np.int64)
    many = 0
    for operation in rows:
        if shop.tasks[operation].fixing != STARTED and marks[operation] == KEPT:
            marks[operation], found[many] = how, operation
            many += 1
    done = 0
    while done < many:
        task = shop.tasks[found[done]]
        done += 1
        for at in range(task.first_after, task.last_after):
            other = shop.after[at]
            if shop.tasks[other].fixing != STARTED and marks[other] == KEPT:
                marks[other], found[many] = how, other
                many += 1
    return marks


@kernel
def turned(shop: Shop, standing: Table, marks: IntArray, rows: IntArray, keys: IntArray) -> None:
    """Write the moments of these operations' turns anew; predecessors come first."""
    for operation in rows:
        keys[operation] = turn_of(shop, standing, marks, operation, keys)


@part
def sooner(keys: IntArray, marks: IntArray, one: int, other: int) -> bool:
    """Whether one operation has its turn before the other."""
    if keys[one] != keys[other]:
        return bool(keys[one] < keys[other])
    if marks[one] != marks[other]:
        return bool(marks[one] > marks[other])
    return one < other


@builder
def merged(
    order: IntArray, again: BoolArray, chosen: IntArray, keys: IntArray, marks: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """The new order, and of each chosen operation its rank and its spot; see Again."""
    found = np.empty(len(order), np.int64)
    rank, spot = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    at, filled = 0, 0
    for row in range(len(order)):
        operation = order[row]
        if again[operation]:
            continue
        while at < len(chosen) and sooner(keys, marks, chosen[at], operation):
            rank[chosen[at]], spot[chosen[at]], found[filled] = at, row, chosen[at]
            at, filled = at + 1, filled + 1
        found[filled] = operation
        filled += 1
    while at < len(chosen):
        rank[chosen[at]], spot[chosen[at]], found[filled] = at, len(order), chosen[at]
        at, filled = at + 1, filled + 1
    return found, rank, spot


@part
def ahead_of(lines: Lines, new: Again, machine: int, operation: int) -> int:
    """The last operation in the line of the machine that has its turn before a chosen one; -1: none."""
    low, high = lines.ptr[machine], lines.ptr[machine + 1]
    while low < high:
        middle = (low + high) // 2
        if new.place[lines.line[middle]] < new.spot[operation]:
            low = middle + 1
        else:
            high = middle
    found = -1
    for at in range(low - 1, lines.ptr[machine] - 1, -1):
        if not new.again[lines.line[at]]:
            found = lines.line[at]
            break
    other = lines.behind[found] if found >= 0 else lines.first[machine]
    while other >= 0 and new.again[other] and new.rank[other] < new.rank[operation]:
        found, other = other, lines.behind[other]
    return int(found)


@part
def link(lines: Lines, new: Again, machine: int, operation: int, dirty: BoolArray) -> None:
    """Put a chosen operation into the line of a machine; who is behind it has to look again."""
    ahead = ahead_of(lines, new, machine, operation)
    behind = lines.first[machine]
    if ahead >= 0:
        behind = lines.behind[ahead]
        lines.behind[ahead] = operation
    else:
        lines.first[machine] = operation
    lines.ahead[operation], lines.behind[operation] = ahead, behind
    lines.seat[operation] = machine
    if behind >= 0:
        lines.ahead[behind] = operation
        dirty[behind] = True


@kernel
def relined(shop: Shop, standing: Table, marks: IntArray, lines: Lines, new: Again, dirty: BoolArray) -> None:
    """Take the chosen out of their lines, and put those that are kept where they have their turn now."""
    for operation in new.chosen:
        machine = lines.seat[operation]
        dirty[operation] = True
        if machine < 0:
            continue
        ahead, behind = lines.ahead[operation], lines.behind[operation]
        if ahead >= 0:
            lines.behind[ahead] = behind
        else:
            lines.first[machine] = behind
        if behind >= 0:
            lines.ahead[behind] = ahead
            dirty[behind] = True
        lines.ahead[operation], lines.behind[operation], lines.seat[operation] = -1, -1, -1
    for operation in new.chosen:
        machine = in_line(shop, standing, marks, operation)
        if machine >= 0:
            link(lines, new, machine, operation, dirty)


@part
def set_up(lines: Lines, machine: int, ahead: int, begun: Table, free: IntArray, family: IntArray) -> None:
    """Write when a machine is free behind the operation `ahead`, and for which family it is set up."""
    free[machine], family[machine] = begun[machine].free, begun[machine].family
    if ahead >= 0:
        free[machine], family[machine] = lines.free[ahead], lines.family[ahead]


@part
def settle(
    shop: Shop, lines: Lines, slots: Table, operation: int, was: int, free: IntArray, family: IntArray,
    dirty: BoolArray,
) -> None:  # fmt: skip
    """Tell who depends on an operation to look again where it ends otherwise than it did."""
    task, machine = shop.tasks[operation], lines.seat[operation]
    if slots[operation].end != was:
        for at in range(task.first_after, task.last_after):
            dirty[shop.after[at]] = True
    if machine < 0:
        return
    end, kind = free[machine], family[machine]
    if slots[operation].machine >= 0:
        end, kind = slots[operation].end, task.family
    if end != lines.free[operation] or kind != lines.family[operation]:
        lines.free[operation], lines.family[operation] = end, kind
        if lines.behind[operation] >= 0:
            dirty[lines.behind[operation]] = True


@kernel
def ripple(
    shop: Shop,
    standing: Table,
    marks: IntArray,
    order: IntArray,
    lines: Lines,
    new: Again,
    slots: Table,
    begun: Table,
    free: IntArray,
    family: IntArray,
    dirty: BoolArray,
    patient: bool,
) -> None:
    """What `keep` does, for the operations that are `dirty` and those they reach; `slots` hold the others.

    `begun` are the machines before any turn; `free` and `family` are scratch space for one number each.
    """
    for operation in order:
        if not dirty[operation]:
            continue
        task = shop.tasks[operation]
        if task.fixing == STARTED or marks[operation] == OUT or task.pool < 0:
            continue
        was, begin, seat = slots[operation].end, ready_from(shop, slots, operation), lines.seat[operation]
        kept = marks[operation] == KEPT
        if seat >= 0:
            set_up(lines, seat, lines.ahead[operation], begun, free, family)
        if kept and patient and begin != NEVER:
            begin = kept_from(shop, operation, standing[operation], begin, free, family)
        best, best_start, best_ready, best_end = -1, NEVER, NEVER, FAR
        for at in range(shop.pools[task.pool].first, shop.pools[task.pool].last):
            machine = shop.members[at]
            if begin == NEVER or (kept and machine != standing[operation].machine):
                continue
            if not kept and shop.machines[machine].single:
                set_up(lines, machine, ahead_of(lines, new, machine, operation), begun, free, family)
            start, ready, end = seated(shop, operation, machine, begin, free, family)
            if end != NEVER and end < best_end:
                best, best_start, best_ready, best_end = machine, start, ready, end
        if best >= 0:
            place(slots, operation, best, best_start, best_ready, best_end)
            if not kept and shop.machines[best].single:
                link(lines, new, best, operation, dirty)
        else:
            place(slots, operation, -1, NEVER, NEVER, NEVER)
        settle(shop, lines, slots, operation, was, free, family, dirty)
