"""Kernels that follow an alteration through a serial plan: only operations that it reaches look for room again.

Where an operation finds its place depends on its own row, on the ends of those it follows, and on who stands
on its machine, its people and its tools: those with an earlier turn, between the minute from which it looks
and its end. Of its machine it depends on the stays just before and just behind that, too, for the set-up.
"""

from typing import NamedTuple

from kernel.jit import BoolArray, IntArray, Table, kernel, part
from planning.engine.build import put, slip
from planning.engine.calendars import NEVER
from planning.engine.serial import arrives, first_stay, fits_before, stay
from planning.engine.shop import FAR, FREE, STARTED, Shop, place
from planning.engine.yard import Yard


class Before(NamedTuple):
    """A known plan: slots, and beside them what a Yard tells of placed operations.

    `early` are those placed in order, not among the rest. `begins` are the minutes from which each looked for
    room, `opening` the families for which their machines were set up then; `pins` are as in Turns.
    """

    slots: Table
    given: IntArray
    used: IntArray
    persons: IntArray
    unit: IntArray
    early: BoolArray
    begins: IntArray
    opening: IntArray
    pins: IntArray


class Reach(NamedTuple):
    """What is touched: the operations that are `dirty`, and minutes of tracks.

    Of track k these lie between first[k] and last[k], in the stretches of `grain` minutes since `origin` that
    are marked in flags[k * wide:(k + 1) * wide].
    """

    dirty: BoolArray
    first: IntArray
    last: IntArray
    flags: BoolArray
    wide: int
    grain: int
    origin: int


class Course(NamedTuple):
    """The turns of a plan: first those in `order`, what runs and what is pinned ahead, then those in `rest`.

    The others are as in Turns.
    """

    order: IntArray
    rest: IntArray
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
def touch_all(
    shop: Shop, yard: Yard, slots: Table, persons: IntArray, unit: IntArray, reach: Reach, operation: int
) -> None:
    """Touch whatever an operation holds by these slots, persons and units of tools."""
    slot, person = slots[operation], persons[operation]
    if slot.machine < 0:
        return
    touch(reach, slot.machine, slot.start, slot.end)
    if person >= 0:
        attended = slot.ready if shop.tasks[operation].unattended else slot.end
        touch(reach, yard.people + person, slot.start, attended)
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if unit[at] >= 0:
            touch(reach, unit[at], slot.start, slot.end)


@part
def as_before(yard: Yard, slots: Table, before: Before, operation: int) -> bool:
    """Whether an operation stands where it stood, with the same person and tools."""
    slot, other = slots[operation], before.slots[operation]
    if slot.machine != other.machine or slot.start != other.start or slot.end != other.end:
        return False
    if slot.ready != other.ready or yard.given[operation] != before.given[operation]:
        return False
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if yard.unit[at] != before.unit[at]:
            return False
    return bool(yard.persons[operation] == before.persons[operation])


@part
def put_back(shop: Shop, yard: Yard, slots: Table, before: Before, operation: int) -> None:
    """Place an operation where it stood."""
    slot, person = before.slots[operation], before.persons[operation]
    place(slots, operation, slot.machine, slot.start, slot.ready, slot.end)
    yard.given[operation], yard.used[operation] = before.given[operation], before.used[operation]
    yard.persons[operation] = person
    if shop.machines[slot.machine].single:
        stay(yard, slot.machine, slot.start, slot.end, operation, yard.needs[operation].quantity)
    if person >= 0:
        attended = slot.ready if shop.tasks[operation].unattended else slot.end
        stay(yard, yard.people + person, slot.start, attended, operation, 0)
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        yard.unit[at] = before.unit[at]
        if yard.unit[at] >= 0:
            stay(yard, yard.unit[at], slot.start, slot.end, operation, 0)


@part
def set_up_for(shop: Shop, yard: Yard, machine: int, moment: int) -> int:
    """The family for which a machine is set up where room is looked for from a moment on."""
    row = first_stay(yard, machine, moment)
    if row == yard.offset[machine]:
        return int(shop.machines[machine].family)
    return int(shop.tasks[yard.stays[row - 1].operation].family)


@part
def reached_on(
    shop: Shop, yard: Yard, before: Before, reach: Reach, operation: int, machine: int, until: int
) -> bool:
    """Whether an operation may find another place on the one machine that it may use."""
    begin, end = before.begins[operation], before.slots[operation].end
    if touched(reach, machine, begin, until):
        return True
    if not shop.machines[machine].single:
        return False
    if set_up_for(shop, yard, machine, begin) != before.opening[operation]:
        return True
    row, last = first_stay(yard, machine, end), yard.offset[machine] + yard.length[machine]
    return bool(row < last and not fits_before(shop, yard, operation, row, end))


@part
def reached(shop: Shop, yard: Yard, before: Before, reach: Reach, operation: int, enough: int) -> bool:
    """Whether an operation may find another place, or other people or tools, than where it stood."""
    slot, begin, pool = before.slots[operation], before.begins[operation], shop.tasks[operation].pool
    if slot.machine < 0:
        return True
    first, last = shop.pools[pool].first, shop.pools[pool].last
    until, lone = max(slot.end, enough), last - first == 1
    for at in range(first, last):
        machine = shop.members[at]
        if reach.last[machine] == NEVER:
            continue
        if not lone or reached_on(shop, yard, before, reach, operation, machine, until):
            return True
    skill = yard.needs[operation].skill
    if skill >= 0:
        for at in range(yard.able_ptr[skill], yard.able_ptr[skill + 1]):
            if touched(reach, yard.people + yard.able[at], begin, until):
                return True
            if lone and slot.end <= enough and yard.able[at] == before.persons[operation]:
                break
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        for track in range(yard.units[yard.held[at]], yard.units[yard.held[at] + 1]):
            if touched(reach, track, begin, until):
                return True
    return False


@part
def settle(
    shop: Shop, yard: Yard, slots: Table, before: Before, reach: Reach, operation: int, early: bool
) -> None:
    """Touch what an operation held and holds, and those that follow it, where it stands elsewhere now."""
    known, same = slots[operation].machine >= 0, before.early[operation] == early
    if not known and early and not before.early[operation]:
        return
    if known and same and as_before(yard, slots, before, operation):
        return
    reach.dirty[operation] = True
    touch_all(shop, yard, before.slots, before.persons, before.unit, reach, operation)
    touch_all(shop, yard, slots, yard.persons, yard.unit, reach, operation)
    for at in range(shop.tasks[operation].first_after, shop.tasks[operation].last_after):
        reach.dirty[shop.after[at]] = True


@part
def look(
    shop: Shop, yard: Yard, slots: Table, operation: int, moment: int, latest: int, enough: int,
    made: Before, pad: IntArray,
) -> None:  # fmt: skip
    """Place an operation from a moment on, and write down from where it looked."""
    if moment == NEVER:
        return
    pool = shop.tasks[operation].pool
    made.begins[operation] = moment
    if pool >= 0:
        machine = shop.members[shop.pools[pool].first]
        made.opening[operation] = set_up_for(shop, yard, machine, moment)
    put(shop, yard, slots, operation, moment, latest, enough, pad)


@part
def from_when(shop: Shop, yard: Yard, slots: Table, course: Course, operation: int) -> int:
    """From when an operation of a course looks for room; NEVER where what it follows has no place."""
    fixing = shop.tasks[operation].fixing
    if fixing == STARTED:
        return shop.now
    if fixing != FREE:
        return int(course.pins[operation])
    moment = arrives(shop, yard, slots, operation)
    return int(max(moment, course.ready[operation])) if moment != NEVER else NEVER


@kernel
def follow(
    shop: Shop, yard: Yard, slots: Table, course: Course, before: Before, made: Before, reach: Reach,
    pad: IntArray,
) -> int:  # fmt: skip
    """What `build` does in the empty yard, but for `slip`, beside a known plan by turns.

    `dirty` operations have another row or turn, or stood elsewhere. Writes `early`, `begins` and `opening` of
    `made`, of those that looked for room; returns how many did.
    """
    looked = 0
    for operation in range(len(slots)):
        if reach.dirty[operation]:
            touch_all(shop, yard, before.slots, before.persons, before.unit, reach, operation)
    for operation in course.order:
        enough, again = course.enough[operation], reach.dirty[operation] or not before.early[operation]
        made.early[operation] = True
        if not again and not reached(shop, yard, before, reach, operation, enough):
            put_back(shop, yard, slots, before, operation)
            continue
        looked += 1
        moment = from_when(shop, yard, slots, course, operation)
        latest = course.latest[operation] if shop.tasks[operation].fixing == FREE else FAR
        look(shop, yard, slots, operation, moment, latest, enough, made, pad)
        made.early[operation] = slots[operation].machine >= 0
        settle(shop, yard, slots, before, reach, operation, True)
    for operation in course.rest:
        if shop.tasks[operation].fixing != FREE or slots[operation].machine >= 0:
            continue
        again = reach.dirty[operation] or before.early[operation]
        if not again and not reached(shop, yard, before, reach, operation, NEVER):
            put_back(shop, yard, slots, before, operation)
            continue
        looked += 1
        moment = from_when(shop, yard, slots, course, operation)
        look(shop, yard, slots, operation, moment, FAR, NEVER, made, pad)
        settle(shop, yard, slots, before, reach, operation, False)
    return looked


@kernel
def slips(shop: Shop, yard: Yard, slots: Table, order: IntArray, pins: IntArray) -> int:
    """What `slip` does behind a plan that `follow` made."""
    return int(slip(shop, yard, slots, order, pins))
