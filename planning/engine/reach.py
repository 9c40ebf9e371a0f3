"""Kernels that follow an alteration through a serial plan: only operations that it reaches look for room again.

Where an operation finds its place depends on its own row, on the ends of those it follows, and on who stands
on its machine, its people and its tools: those with an earlier turn, between the minute from which it looks
and its end. Of its machine it depends on the stays just before and just behind that, too, for the set-up.
"""

from typing import NamedTuple

from kernel.jit import BoolArray, IntArray, Table, kernel, part
from planning.engine.build import free_unit, seek, settle_in, slip
from planning.engine.calendars import NEVER
from planning.engine.serial import (
    BEST_END,
    BEST_MACHINE,
    BEST_PERSON,
    BEST_READY,
    BEST_SETUP,
    BEST_START,
    arrives,
    first_stay,
    fits_before,
    last_seen,
    next_seen,
)
from planning.engine.shop import FAR, FREE, STARTED, Shop, place
from planning.engine.yard import Yard


class Reach(NamedTuple):
    """What is touched so far, and from when operations looked for their places.

    Those that are `dirty` look again. Of those that are `lifted` no stay is left on any track. `begins` are
    the minutes from which they looked, `opening` the families for which their machines were set up then. Of
    track k the minutes from first[k] to last[k] are touched at most: those stretches of `grain` minutes since
    `origin` that are marked in flags[k * wide:(k + 1) * wide].
    """

    dirty: BoolArray
    lifted: BoolArray
    begins: IntArray
    opening: IntArray
    first: IntArray
    last: IntArray
    flags: BoolArray
    wide: int
    grain: int
    origin: int


class Course(NamedTuple):
    """The turns of a plan: first those in `order`, what runs and what is pinned ahead, then those in `rest`.

    `behind` is the turn of each operation in the rest; the others are as in Turns.
    """

    order: IntArray
    rest: IntArray
    behind: IntArray
    ready: IntArray
    latest: IntArray
    enough: IntArray
    pins: IntArray


@part
def stretch_of(reach: Reach, moment: int) -> int:
    """The stretch in which a minute lies."""
    return max(0, min(reach.wide - 1, (moment - reach.origin) // reach.grain))


@part
def touch(reach: Reach, track: int, start: int, end: int) -> None:
    """Note that these minutes of a track are other than they were."""
    reach.first[track], reach.last[track] = min(reach.first[track], start), max(reach.last[track], end)
    for at in range(stretch_of(reach, start), stretch_of(reach, end) + 1):
        reach.flags[track * reach.wide + at] = True


@part
def touched(reach: Reach, track: int, start: int, end: int) -> bool:
    """Whether some of these minutes of a track may be touched."""
    if reach.last[track] < start or reach.first[track] > end:
        return False
    for at in range(stretch_of(reach, start), stretch_of(reach, end) + 1):
        if reach.flags[track * reach.wide + at]:
            return True
    return False


@part
def attended(shop: Shop, slots: Table, operation: int) -> int:
    """Until when somebody attends a placed operation."""
    return int(slots[operation].ready if shop.tasks[operation].unattended else slots[operation].end)


@part
def note(shop: Shop, yard: Yard, slots: Table, reach: Reach, operation: int) -> None:
    """Touch whatever a placed operation holds."""
    slot = slots[operation]
    if slot.machine < 0:
        return
    touch(reach, slot.machine, slot.start, slot.end)
    if yard.persons[operation] >= 0:
        track = yard.people + yard.persons[operation]
        touch(reach, track, slot.start, attended(shop, slots, operation))
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if yard.unit[at] >= 0:
            touch(reach, yard.unit[at], slot.start, slot.end)


@part
def remove(yard: Yard, track: int, start: int, operation: int) -> None:
    """Take the stay of an operation that begins then off a track."""
    row, last = first_stay(yard, track, start), yard.offset[track] + yard.length[track]
    if row < last and yard.stays[row].operation == operation:
        for at in range(row, last - 1):
            yard.stays[at] = yard.stays[at + 1]
        yard.length[track] -= 1


@part
def lift(yard: Yard, slots: Table, reach: Reach, operation: int) -> None:
    """Take an operation off its tracks; where it stood is still known."""
    slot = slots[operation]
    if reach.lifted[operation] or slot.machine < 0:
        return
    reach.lifted[operation] = True
    remove(yard, slot.machine, slot.start, operation)
    if yard.persons[operation] >= 0:
        remove(yard, yard.people + yard.persons[operation], slot.start, operation)
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if yard.unit[at] >= 0:
            remove(yard, yard.unit[at], slot.start, operation)


@part
def clear(yard: Yard, slots: Table, reach: Reach, track: int, start: int, end: int) -> bool:
    """Lift those whose turn is still to come off these minutes; whether the track has room for a stay more."""
    row = first_stay(yard, track, start)
    while start < end and row < yard.offset[track] + yard.length[track] and yard.stays[row].start < end:
        other = yard.stays[row].operation
        reach.dirty[other] = True
        lift(yard, slots, reach, other)
    limit = yard.offset[track + 1] if track + 1 < len(yard.offset) else len(yard.stays)
    return bool(yard.offset[track] + yard.length[track] < limit)


@part
def make_way(shop: Shop, yard: Yard, slots: Table, reach: Reach, operation: int, pad: IntArray) -> bool:
    """Clear the tracks for the place in the pad; whether they have room for it."""
    machine, person, start, end = pad[BEST_MACHINE], pad[BEST_PERSON], pad[BEST_START], pad[BEST_END]
    enough = True
    if shop.machines[machine].single:
        enough = clear(yard, slots, reach, machine, start, end)
    if person >= 0:
        until = pad[BEST_READY] if shop.tasks[operation].unattended else end
        enough = clear(yard, slots, reach, yard.people + person, start, until) and enough
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        unit = free_unit(yard, operation, yard.held[at], start, end)
        if unit >= 0:
            enough = clear(yard, slots, reach, unit, start, end) and enough
    return enough


@part
def as_before(yard: Yard, slots: Table, operation: int, pad: IntArray) -> bool:
    """Whether the place in the pad is the one where the operation stands or stood last."""
    slot, start, end = slots[operation], pad[BEST_START], pad[BEST_END]
    if slot.machine != pad[BEST_MACHINE] or slot.start != start or slot.end != end:
        return False
    if slot.ready != pad[BEST_READY] or yard.given[operation] != pad[BEST_SETUP]:
        return False
    if yard.persons[operation] != pad[BEST_PERSON]:
        return False
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if yard.unit[at] != free_unit(yard, operation, yard.held[at], start, end):
            return False
    return True


@part
def set_up_for(shop: Shop, yard: Yard, operation: int, machine: int, moment: int) -> int:
    """The family for which a machine is set up when an operation begins to look for room on it."""
    turn = yard.turn[operation]
    row = next_seen(yard, machine, first_stay(yard, machine, moment), turn)
    ahead = last_seen(yard, machine, row, turn)
    if ahead < yard.offset[machine]:
        return int(shop.machines[machine].family)
    return int(shop.tasks[yard.stays[ahead].operation].family)


@part
def reached_on(
    shop: Shop, yard: Yard, slots: Table, reach: Reach, operation: int, machine: int, until: int
) -> bool:
    """Whether an operation may find another place on the one machine that it may use."""
    begin = reach.begins[operation]
    if touched(reach, machine, begin, until):
        return True
    if not shop.machines[machine].single:
        return False
    if set_up_for(shop, yard, operation, machine, begin) != reach.opening[operation]:
        return True
    end = slots[operation].end
    row = next_seen(yard, machine, first_stay(yard, machine, end), yard.turn[operation])
    last = yard.offset[machine] + yard.length[machine]
    return bool(row < last and not fits_before(shop, yard, operation, row, end))


@part
def reached(shop: Shop, yard: Yard, slots: Table, reach: Reach, operation: int, enough: int) -> bool:
    """Whether an operation may find another place, or other people or tools, than where it stands."""
    slot, begin, pool = slots[operation], reach.begins[operation], shop.pools[shop.tasks[operation].pool]
    if slot.machine < 0:
        return True
    until, lone = max(slot.end, enough), pool.last - pool.first == 1
    for at in range(pool.first, pool.last):
        machine = shop.members[at]
        if reach.last[machine] == NEVER:
            continue
        if not lone or reached_on(shop, yard, slots, reach, operation, machine, until):
            return True
    skill = yard.needs[operation].skill
    if skill >= 0:
        for at in range(yard.able_ptr[skill], yard.able_ptr[skill + 1]):
            if touched(reach, yard.people + yard.able[at], begin, until):
                return True
            if lone and slot.end <= enough and yard.able[at] == yard.persons[operation]:
                break
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        for track in range(yard.units[yard.held[at]], yard.units[yard.held[at] + 1]):
            if touched(reach, track, begin, until):
                return True
    return False


@part
def changed(shop: Shop, reach: Reach, operation: int) -> None:
    """Tell those that follow an operation to look again."""
    for at in range(shop.tasks[operation].first_after, shop.tasks[operation].last_after):
        reach.dirty[shop.after[at]] = True


@part
def again(
    shop: Shop, yard: Yard, slots: Table, course: Course, reach: Reach, operation: int, turn: int,
    moment: int, latest: int, enough: int, pad: IntArray,
) -> bool:  # fmt: skip
    """Let an operation look for room in this turn, from a moment on; False where a track is full.

    Where it finds none among those in order it is left to the rest, like whoever was there already.
    """
    early, was = len(course.order), yard.turn[operation]
    lift(yard, slots, reach, operation)
    reach.dirty[operation] = False
    yard.turn[operation] = turn
    found = moment != NEVER and seek(shop, yard, slots, operation, moment, latest, enough, pad)
    if not found and turn < early and shop.tasks[operation].fixing == FREE:
        reach.dirty[operation] = True
        yard.turn[operation] = course.behind[operation]
        if was >= early:
            return True
    if found and not make_way(shop, yard, slots, reach, operation, pad):
        return False
    same = found and (was < early) == (turn < early) and as_before(yard, slots, operation, pad)
    if not same:
        note(shop, yard, slots, reach, operation)
        changed(shop, reach, operation)
    if not found:
        place(slots, operation, -1, NEVER, NEVER, NEVER)
        yard.persons[operation] = -1
        return True
    reach.begins[operation], pool = moment, shop.pools[shop.tasks[operation].pool]
    machine = shop.members[pool.first]
    reach.opening[operation] = set_up_for(shop, yard, operation, machine, moment)
    settle_in(shop, yard, slots, operation, pad)
    reach.lifted[operation] = False
    if not same:
        note(shop, yard, slots, reach, operation)
    return True


@part
def awaited(shop: Shop, yard: Yard, slots: Table, operation: int, turn: int) -> int:
    """As `arrives` for this turn: what has a later one has no place yet."""
    task = shop.tasks[operation]
    for at in range(task.first_before, task.last_before):
        if yard.turn[shop.before[at]] > turn:
            return NEVER
    return arrives(shop, yard, slots, operation)


@kernel
def follow(
    shop: Shop, yard: Yard, slots: Table, course: Course, reach: Reach, others: IntArray, pad: IntArray
) -> bool:
    """What `build` does, but for `slip`, where the slots and the yard hold another plan by turns.

    The `others` have another row, another turn, or stood elsewhere. False, and nothing is to be used, where a
    track has too little room for another stay.
    """
    early = len(course.order)
    for operation in others:
        if not reach.lifted[operation]:
            note(shop, yard, slots, reach, operation)
        lift(yard, slots, reach, operation)
        reach.dirty[operation] = True
    for turn in range(early):
        operation = course.order[turn]
        enough, there = course.enough[operation], yard.turn[operation] < early
        if there and not reach.dirty[operation] and not reached(shop, yard, slots, reach, operation, enough):
            continue
        moment, latest = course.pins[operation], FAR
        if shop.tasks[operation].fixing == STARTED:
            moment = shop.now
        elif shop.tasks[operation].fixing == FREE:
            moment, latest = awaited(shop, yard, slots, operation, turn), course.latest[operation]
            if moment != NEVER:
                moment = max(moment, course.ready[operation])
        if not again(shop, yard, slots, course, reach, operation, turn, moment, latest, enough, pad):
            return False
    for at in range(len(course.rest)):
        operation = course.rest[at]
        if shop.tasks[operation].fixing != FREE or yard.turn[operation] < early:
            continue
        if not reach.dirty[operation] and not reached(shop, yard, slots, reach, operation, NEVER):
            continue
        moment = arrives(shop, yard, slots, operation)
        if moment != NEVER:
            moment = max(moment, course.ready[operation])
        if not again(shop, yard, slots, course, reach, operation, early + at, moment, FAR, NEVER, pad):
            return False
    return True


@kernel
def slips(shop: Shop, yard: Yard, slots: Table, order: IntArray, pins: IntArray) -> int:
    """What `slip` does behind a plan that `follow` made."""
    return int(slip(shop, yard, slots, order, pins))
