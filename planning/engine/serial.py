"""Serial planning with every feature: operation after operation takes the room in which it ends first."""

from typing import Final

from kernel.jit import IntArray, Table, part
from planning.engine.calendars import (
    NEVER,
    add_work_in,
    find_window,
    next_working_in,
    setup_and_run_in,
    subtract_work_in,
)
from planning.engine.shop import FAR, FREE, STARTED, Shop, run_on, setup_after
from planning.engine.yard import Yard

BEST_END, BEST_START, BEST_READY, BEST_MACHINE, BEST_PERSON, BEST_JOIN, BEST_CALENDAR, BEST_SETUP = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
)
START, READY, END, ENOUGH = 8, 9, 10, 11
"""Places in the pad: the best room so far, the times of the one being tried, the end that is early enough."""

PAD: Final = 16


@part
def first_stay(yard: Yard, track: int, moment: int) -> int:
    """The row of the first stay on a track that ends after a moment, or one behind the last."""
    low = yard.offset[track]
    high = low + yard.length[track]
    while low < high:
        middle = (low + high) // 2
        if yard.stays[middle].end > moment:
            high = middle
        else:
            low = middle + 1
    return int(low)


@part
def busy_until(yard: Yard, track: int, start: int, end: int) -> int:
    """When the stay ends that is in the way from start to end; NEVER if the track is free."""
    row = first_stay(yard, track, start)
    if start < end and row < yard.offset[track] + yard.length[track] and yard.stays[row].start < end:
        return int(yard.stays[row].end)
    return NEVER


@part
def stay(yard: Yard, track: int, start: int, end: int, operation: int, load: int) -> None:
    """Enter a stay; what takes no time leaves no trace."""
    if start >= end:
        return
    row, last = first_stay(yard, track, start), yard.offset[track] + yard.length[track]
    for at in range(last, row, -1):
        yard.stays[at] = yard.stays[at - 1]
    mine = yard.stays[row]
    mine.start, mine.end, mine.operation, mine.load = start, end, operation, load
    yard.length[track] += 1


@part
def run_for(shop: Shop, yard: Yard, machine: int, operation: int) -> int:
    """Run minutes on a machine; a rack too small for all pieces runs as often as it must."""
    run, size = run_on(shop, machine, operation), yard.size[machine]
    if size > 0:
        run *= -(-yard.needs[operation].quantity // size)
    return int(run)


@part
def times(
    shop: Shop, yard: Yard, operation: int, calendar: int, moment: int, setup: int, run: int, pad: IntArray
) -> bool:
    """Write start, ready and end of an operation begun at or after a moment; False: the calendar ends."""
    task, low, high = shop.tasks[operation], yard.ptr[calendar], yard.ptr[calendar + 1]
    if task.fixing == STARTED and setup == 0 and task.unattended:
        pad[START], pad[READY], pad[END] = moment, moment, moment + run
        return True
    start = next_working_in(yard.windows, low, high, moment)
    if start == NEVER:
        return False
    need = setup if task.unattended else setup + run
    if not yard.needs[operation].pauses and task.fixing != STARTED:
        at = find_window(yard.windows, low, high, start)
        while yard.windows[at].end - max(start, yard.windows[at].start) < need:
            at += 1
            if at == high:
                return False
        start = max(start, yard.windows[at].start)
    pad[START] = start
    pad[READY], pad[END] = setup_and_run_in(yard.windows, low, high, start, setup, run, task.unattended)
    return bool(pad[END] != NEVER)


@part
def in_lots(shop: Shop, yard: Yard, before: int, operation: int) -> bool:
    """Whether an operation may begin before its predecessor has finished all pieces."""
    one, other = yard.needs[before], yard.needs[operation]
    fixed = shop.tasks[before].fixing == STARTED or shop.tasks[operation].fixing != FREE
    return bool(not fixed and one.quantity == other.quantity and 0 < one.transfer < one.quantity)


@part
def lot_end(shop: Shop, yard: Yard, slots: Table, before: int, pieces: int) -> int:
    """When so many pieces of a placed operation are done."""
    slot, quantity = slots[before], yard.needs[before].quantity
    if pieces >= quantity or yard.size[slot.machine] > 0:
        return int(slot.end)
    part_run = -(-run_on(shop, slot.machine, before) * pieces // quantity)
    if shop.tasks[before].unattended:
        return int(slot.ready + part_run)
    low, high = yard.ptr[yard.used[before]], yard.ptr[yard.used[before] + 1]
    return add_work_in(yard.windows, low, high, slot.ready, part_run)


@part
def arrives(shop: Shop, yard: Yard, slots: Table, operation: int) -> int:
    """From when an operation may start for its predecessors; NEVER if one has no place."""
    task, moment = shop.tasks[operation], shop.now
    for at in range(task.first_before, task.last_before):
        before = shop.before[at]
        if slots[before].machine < 0:
            return NEVER
        pieces = yard.needs[before].quantity
        if in_lots(shop, yard, before, operation):
            pieces = yard.needs[before].transfer
        moment = max(moment, lot_end(shop, yard, slots, before, pieces) + shop.lag_before[at])
    return moment


@part
def runs_from(
    shop: Shop, yard: Yard, slots: Table, operation: int, calendar: int, run: int, rack: bool
) -> int:
    """From when the run may begin so that it never waits for a lot (or, on a rack, for any piece)."""
    task, found = shop.tasks[operation], NEVER
    low, high = yard.ptr[calendar], yard.ptr[calendar + 1]
    for at in range(task.first_before, task.last_before):
        before = shop.before[at]
        if not in_lots(shop, yard, before, operation):
            continue
        lot, quantity, lag = yard.needs[before].transfer, yard.needs[before].quantity, shop.lag_before[at]
        if rack:
            found = max(found, slots[before].end + lag)
            continue
        done = lot
        while done < quantity:
            ahead = run * done // quantity
            done = min(done + lot, quantity)
            there = lot_end(shop, yard, slots, before, done) + lag
            if task.unattended:
                found = max(found, there - ahead)
            else:
                found = max(found, subtract_work_in(yard.windows, low, high, there, ahead))
    return int(found)


@part
def tools_free(yard: Yard, operation: int, start: int, end: int) -> int:
    """NEVER if each tool of an operation has a free unit; else when the first missing one comes back."""
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        tool, soonest = yard.held[at], FAR
        for track in range(yard.units[tool], yard.units[tool + 1]):
            soonest = min(soonest, busy_until(yard, track, start, end))
        if soonest != NEVER:
            return int(soonest)
    return NEVER


@part
def try_room(
    shop: Shop,
    yard: Yard,
    operation: int,
    machine: int,
    person: int,
    calendar: int,
    moment: int,
    least: int,
    pad: IntArray,
) -> None:
    """Write the first room on a machine with this person (-1: nobody) into the pad, if it ends sooner."""
    run, single = run_for(shop, yard, machine, operation), shop.machines[machine].single
    low, last = yard.offset[machine], yard.offset[machine] + yard.length[machine]
    row = first_stay(yard, machine, moment)
    while moment < pad[BEST_END]:
        family = shop.machines[machine].family
        if single and row > low:
            moment = max(moment, yard.stays[row - 1].end)
            family = shop.tasks[yard.stays[row - 1].operation].family
        setup = setup_after(shop, operation, family) if single else shop.tasks[operation].setup
        if not times(shop, yard, operation, calendar, moment, setup, run, pad):
            return
        if least != NEVER and runs_begin(shop, yard, operation, calendar, pad) < least:
            first, behind = yard.ptr[calendar], yard.ptr[calendar + 1]
            moment = max(moment + 1, subtract_work_in(yard.windows, first, behind, least, setup))
        elif single and row < last and not fits_before(shop, yard, operation, row, pad[END]):
            moment = max(moment, yard.stays[row].end)
            row += 1
            continue
        else:
            attended = pad[READY] if shop.tasks[operation].unattended else pad[END]
            until = busy_until(yard, yard.people + person, pad[START], attended) if person >= 0 else NEVER
            until = max(until, tools_free(yard, operation, pad[START], pad[END]))
            if until == NEVER:
                break
            moment = until
        while single and row < last and yard.stays[row].end <= moment:
            row += 1
    if moment < pad[BEST_END] and pad[END] < pad[BEST_END]:
        pad[BEST_END], pad[BEST_START], pad[BEST_READY] = pad[END], pad[START], pad[READY]
        pad[BEST_MACHINE], pad[BEST_PERSON], pad[BEST_JOIN] = machine, person, -1
        pad[BEST_CALENDAR], pad[BEST_SETUP] = calendar, setup


@part
def fits_before(shop: Shop, yard: Yard, operation: int, row: int, end: int) -> bool:
    """Whether an operation that ends then leaves the next stay its time, and its set-up long enough."""
    following = yard.stays[row].operation
    setup = setup_after(shop, following, shop.tasks[operation].family)
    fixed = shop.tasks[following].fixing == STARTED
    return bool(end <= yard.stays[row].start and (fixed or setup <= yard.given[following]))


@part
def runs_begin(shop: Shop, yard: Yard, operation: int, calendar: int, pad: IntArray) -> int:
    """When the first piece of the room being tried is begun: not while nobody is there."""
    if shop.tasks[operation].unattended:
        return int(pad[READY])
    return next_working_in(yard.windows, yard.ptr[calendar], yard.ptr[calendar + 1], pad[READY])


@part
def try_joining(
    shop: Shop, yard: Yard, slots: Table, operation: int, machine: int, moment: int, pad: IntArray
) -> None:
    """Write the first rack load an operation can lie in with its like into the pad, if it ends sooner."""
    task, need = shop.tasks[operation], yard.needs[operation]
    for row in range(yard.offset[machine], yard.offset[machine] + yard.length[machine]):
        here = yard.stays[row]
        other = shop.tasks[here.operation]
        like = other.family == task.family and other.unattended == task.unattended
        like = like and yard.needs[here.operation].skill == need.skill and other.fixing != STARTED
        slot = slots[here.operation]
        long_enough = run_on(shop, machine, here.operation) == run_on(shop, machine, operation)
        room = here.load + need.quantity <= yard.size[machine] and here.load > 0
        on_time = here.start >= moment and here.end < pad[BEST_END]
        if not (task.family >= 0 and like and long_enough and room and on_time):
            continue
        if yard.needs[here.operation].pauses and not need.pauses:
            continue
        if tools_free(yard, operation, here.start, here.end) != NEVER:
            continue
        pad[BEST_END], pad[BEST_START], pad[BEST_READY] = here.end, here.start, slot.ready
        pad[BEST_MACHINE], pad[BEST_PERSON], pad[BEST_JOIN] = machine, -1, row
        return
