"""Kernels that follow an alteration through a serial plan: only what it reaches looks for room again.

Where an operation finds its place depends on its own row, on the ends of those it follows, and on who stands
on its machine, its people and its tools: those with an earlier turn, between the minute from which it looks
and its end. Of its machine it depends on the stays just before and just behind that, too, for the set-up.
"""

from typing import Final, NamedTuple

from kernel.jit import BoolArray, IntArray, Row, Table, fields, inlined, kernel, part
from planning.engine.build import put, slip
from planning.engine.calendars import NEVER
from planning.engine.serial import arrives, first_stay, fits_before, stay
from planning.engine.shop import FAR, FREE, STARTED, Shop, place
from planning.engine.yard import Yard

BRIEF: Final = fields("begin", "until", "machine", "skill", "person", "opening", "content", "tools")
"""In short on what a place depends: the minutes looked at, the one machine (-1: several, -2: no place), who
attends, the family for which the machine was set up, whether nobody behind that person was asked, how many
tools."""


class Before(NamedTuple):
    """A known plan: slots, and beside them what a Yard tells of placed operations and of tracks.

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
    brief: Table
    stays: Table
    offset: IntArray
    length: IntArray


class Reach(NamedTuple):
    """What is touched: operations that are `dirty`, and minutes of tracks; who has `looked` for room again.

    Of track k these lie between first[k] and last[k], in the stretches of `grain` minutes since `origin` that
    are marked in flags[k * wide:(k + 1) * wide]. The yard has the stays of tracks that are `open` only.
    """

    dirty: BoolArray
    first: IntArray
    last: IntArray
    flags: BoolArray
    looked: BoolArray
    open: BoolArray
    wide: int
    grain: int
    origin: int


class Course(NamedTuple):
    """The turns of a plan: first those in `order`, what runs and what is pinned ahead, then those in `rest`.

    `turn` tells which each operation has, or has among the rest; the others are as in Turns.
    """

    order: IntArray
    rest: IntArray
    turn: IntArray
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
def open_track(yard: Yard, course: Course, before: Before, reach: Reach, track: int, turn: int) -> None:
    """Enter those that stand on a track as they stood, and had their turn already."""
    if reach.open[track]:
        return
    reach.open[track], fill = True, yard.offset[track]
    for row in range(before.offset[track], before.offset[track] + before.length[track]):
        operation = before.stays[row].operation
        if course.turn[operation] < turn and not reach.looked[operation]:
            yard.stays[fill] = before.stays[row]
            fill += 1
    yard.length[track] = fill - yard.offset[track]


@part
def open_tracks(
    shop: Shop, yard: Yard, course: Course, before: Before, reach: Reach, operation: int, turn: int
) -> None:
    """Open whatever an operation may hold."""
    pool, skill = shop.tasks[operation].pool, yard.needs[operation].skill
    if pool >= 0:
        for at in range(shop.pools[pool].first, shop.pools[pool].last):
            open_track(yard, course, before, reach, shop.members[at], turn)
    if skill >= 0:
        for at in range(yard.able_ptr[skill], yard.able_ptr[skill + 1]):
            open_track(yard, course, before, reach, yard.people + yard.able[at], turn)
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        for track in range(yard.units[yard.held[at]], yard.units[yard.held[at] + 1]):
            open_track(yard, course, before, reach, track, turn)


@part
def put_back(shop: Shop, yard: Yard, slots: Table, before: Before, reach: Reach, operation: int) -> None:
    """Place an operation where it stood, on the tracks that are open."""
    slot, brief = before.slots[operation], before.brief[operation]
    if reach.open[slot.machine] and shop.machines[slot.machine].single:
        stay(yard, slot.machine, slot.start, slot.end, operation, yard.needs[operation].quantity)
    if brief.person >= 0 and reach.open[yard.people + brief.person]:
        attended = slot.ready if shop.tasks[operation].unattended else slot.end
        stay(yard, yard.people + brief.person, slot.start, attended, operation, 0)
    if brief.tools == 0:
        return
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        if before.unit[at] >= 0 and reach.open[before.unit[at]]:
            stay(yard, before.unit[at], slot.start, slot.end, operation, 0)


@part
def set_up_for(shop: Shop, yard: Yard, machine: int, moment: int) -> int:
    """The family for which a machine is set up where room is looked for from a moment on."""
    row = first_stay(yard, machine, moment)
    if row == yard.offset[machine]:
        return int(shop.machines[machine].family)
    return int(shop.tasks[yard.stays[row - 1].operation].family)


@part
def reached_on(
    shop: Shop, yard: Yard, course: Course, before: Before, reach: Reach, operation: int, turn: int
) -> bool:
    """Whether an operation may find another place on the one machine that it may use, which is touched."""
    brief, end = before.brief[operation], before.slots[operation].end
    machine = brief.machine
    if touched(reach, machine, brief.begin, brief.until):
        return True
    if not shop.machines[machine].single:
        return False
    open_track(yard, course, before, reach, machine, turn)
    if set_up_for(shop, yard, machine, brief.begin) != brief.opening:
        return True
    row, last = first_stay(yard, machine, end), yard.offset[machine] + yard.length[machine]
    return bool(row < last and not fits_before(shop, yard, operation, row, end))


@part
def reached(
    shop: Shop, yard: Yard, course: Course, before: Before, reach: Reach, operation: int, turn: int
) -> bool:
    """Whether an operation may find another place, or other people or tools, than where it stood."""
    brief = before.brief[operation]
    if brief.machine == -2:
        return True
    if brief.machine >= 0:
        on_machine = reach.last[brief.machine] != NEVER
        if on_machine and reached_on(shop, yard, course, before, reach, operation, turn):
            return True
    else:
        pool = shop.pools[shop.tasks[operation].pool]
        for at in range(pool.first, pool.last):
            if reach.last[shop.members[at]] != NEVER:
                return True
    if brief.skill >= 0:
        for at in range(yard.able_ptr[brief.skill], yard.able_ptr[brief.skill + 1]):
            if touched(reach, yard.people + yard.able[at], brief.begin, brief.until):
                return True
            if brief.content and yard.able[at] == brief.person:
                break
    if brief.tools == 0:
        return False
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        for track in range(yard.units[yard.held[at]], yard.units[yard.held[at] + 1]):
            if touched(reach, track, brief.begin, brief.until):
                return True
    return False


@inlined
def calm(
    brief: Row, first: IntArray, last: IntArray, able: IntArray, able_ptr: IntArray, people: int
) -> bool:
    """Whether it is plain that nothing reaches an operation: the quick part of `reached`."""
    if brief.machine < 0 or brief.tools > 0 or last[brief.machine] != NEVER:
        return False
    if brief.skill >= 0:
        for at in range(able_ptr[brief.skill], able_ptr[brief.skill + 1]):
            track = people + able[at]
            if last[track] >= brief.begin and first[track] <= brief.until:
                return False
            if brief.content and able[at] == brief.person:
                break
    return True


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
def from_when(shop: Shop, yard: Yard, slots: Table, course: Course, operation: int) -> int:
    """From when an operation of a course looks for room; NEVER where what it follows has no place."""
    fixing = shop.tasks[operation].fixing
    if fixing == STARTED:
        return shop.now
    if fixing != FREE:
        return int(course.pins[operation])
    moment = arrives(shop, yard, slots, operation)
    return int(max(moment, course.ready[operation])) if moment != NEVER else NEVER


@part
def look(
    shop: Shop, yard: Yard, slots: Table, course: Course, before: Before, made: Before, reach: Reach,
    operation: int, turn: int, pad: IntArray,
) -> None:  # fmt: skip
    """Let an operation look for room in this turn, and write down from where it did."""
    early = turn < len(course.order)
    reach.looked[operation], yard.persons[operation] = True, -1
    place(slots, operation, -1, NEVER, NEVER, NEVER)
    open_tracks(shop, yard, course, before, reach, operation, turn)
    moment, pool = from_when(shop, yard, slots, course, operation), shop.tasks[operation].pool
    if moment != NEVER and pool >= 0:
        latest, enough = FAR, course.enough[operation] if early else NEVER
        if early and shop.tasks[operation].fixing == FREE:
            latest = course.latest[operation]
        made.begins[operation] = moment
        machine = shop.members[shop.pools[pool].first]
        made.opening[operation] = set_up_for(shop, yard, machine, moment)
        put(shop, yard, slots, operation, moment, latest, enough, pad)
    made.early[operation] = early and slots[operation].machine >= 0
    if early and not made.early[operation] and not before.early[operation]:
        # Among the rest it may still stand where it stood.
        reach.looked[operation] = False
    settle(shop, yard, slots, before, reach, operation, early)


@kernel
def follow(
    shop: Shop, yard: Yard, slots: Table, course: Course, before: Before, made: Before, reach: Reach,
    pad: IntArray,
) -> int:  # fmt: skip
    """What `build` does, but for `slip`, beside a known plan by turns: slots, yard and `made` hold that one.

    `dirty` operations have another row or turn, or stood elsewhere. Returns how many looked for room.
    """
    count, early = 0, len(course.order)
    for operation in range(len(slots)):
        if reach.dirty[operation]:
            touch_all(shop, yard, before.slots, before.persons, before.unit, reach, operation)
        if reach.dirty[operation] or not before.early[operation]:
            place(slots, operation, -1, NEVER, NEVER, NEVER)
    for turn in range(early):
        operation = course.order[turn]
        again, brief = reach.dirty[operation] or not before.early[operation], before.brief[operation]
        # Passing everything on takes longer than all of this for the many that nothing reaches.
        quiet = not again and calm(brief, reach.first, reach.last, yard.able, yard.able_ptr, yard.people)
        asked = quiet and brief.person >= 0 and reach.open[yard.people + brief.person]
        if quiet and not asked and not reach.open[brief.machine]:
            continue
        if again or (not quiet and reached(shop, yard, course, before, reach, operation, turn)):
            look(shop, yard, slots, course, before, made, reach, operation, turn, pad)
            count += 1
        else:
            put_back(shop, yard, slots, before, reach, operation)
    for turn in range(early, early + len(course.rest)):
        operation = course.rest[turn - early]
        if shop.tasks[operation].fixing != FREE or slots[operation].machine >= 0:
            continue
        again = reach.dirty[operation] or before.early[operation]
        if again or reached(shop, yard, course, before, reach, operation, turn):
            look(shop, yard, slots, course, before, made, reach, operation, turn, pad)
            count += 1
        else:
            slot = before.slots[operation]
            place(slots, operation, slot.machine, slot.start, slot.ready, slot.end)
            yard.persons[operation] = before.persons[operation]
            put_back(shop, yard, slots, before, reach, operation)
    return count


@kernel
def slips(shop: Shop, yard: Yard, slots: Table, order: IntArray, pins: IntArray) -> int:
    """What `slip` does behind a plan that `follow` made."""
    return int(slip(shop, yard, slots, order, pins))
