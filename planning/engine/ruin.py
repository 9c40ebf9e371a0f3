"""Ruin and recreate: a few jobs that stand in each other's way are taken off the machines and put back."""

from typing import Final

import numpy as np

from kernel.jit import IntArray, Row, Table, kernel, part
from planning.engine.axis import work_at
from planning.engine.calendars import NEVER
from planning.engine.places import (
    END,
    arrival,
    chance,
    departure,
    earliest_on,
    home_again,
    latest_on,
    settle,
    supplied,
    supply,
    take_out,
)
from planning.engine.shop import FAR
from planning.engine.tracks import LINKED, MOVED, UNLINKED, node_at, undo
from planning.engine.view import (
    before_of,
    begun_of,
    choices_of,
    cost_of,
    ended_of,
    journal_of,
    late_of,
    mark_of,
    nodes_of,
    place_of,
    scratch_of,
    steps_of,
    supplies_of,
    touched_of,
    tracks_of,
    unit_ptr_of,
    unit_steps_of,
    user_ptr_of,
    users_of,
    works_of,
)

MOST_UNITS: Final = 5
MOST_STEPS: Final = 300

RIVALRY: Final = 3
"""One time of so many the next unit is one that had the machine, or takes the same material."""

BLINK: Final = 10
"""One time of so many an operation overlooks one of its machines, so that others may have it."""


@part
def job_cost(floor: Row, job: int, begin: int, end: int) -> float:
    """What a job costs that runs from `begin` to `end`; see Goal."""
    late = float(end - works_of(floor)[job].due)
    cost: float = floor.flow * (end - begin)
    if late > 0.0:
        cost += works_of(floor)[job].weight * (late + floor.fee + floor.beyond * max(0.0, late - floor.cap))
    return cost


@part
def away(floor: Row, operation: int) -> bool:
    """Whether an operation stands elsewhere than in the plan in force."""
    step, node = steps_of(floor)[operation], nodes_of(floor)[operation]
    return bool(step.home >= 0 and (node.track != step.home or node.start != step.home_start))


@part
def unit_cost(floor: Row, unit: int) -> float:
    """What the jobs of a unit cost as they stand."""
    nodes, total = nodes_of(floor), 0.0
    for at in range(unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]):
        operation = unit_steps_of(floor)[at]
        job, node = steps_of(floor)[operation].job, nodes[operation]
        if floor.price > 0.0 and away(floor, operation):
            total += floor.price
        if ended_of(floor)[job] == NEVER:
            begun_of(floor)[job] = node.start
            ended_of(floor)[job] = node.end
        else:
            begun_of(floor)[job] = min(begun_of(floor)[job], node.start)
            ended_of(floor)[job] = max(ended_of(floor)[job], node.end)
    for at in range(unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]):
        job = steps_of(floor)[unit_steps_of(floor)[at]].job
        if ended_of(floor)[job] != NEVER:
            total += job_cost(floor, job, begun_of(floor)[job], ended_of(floor)[job])
            ended_of(floor)[job] = NEVER
    return total


@part
def tardy(floor: Row, unit: int) -> bool:
    """Whether a job of the unit is late."""
    for at in range(unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]):
        operation = unit_steps_of(floor)[at]
        if nodes_of(floor)[operation].end > works_of(floor)[steps_of(floor)[operation].job].due:
            return True
    return False


@part
def enrol(floor: Row, unit: int) -> None:
    """Keep the list of late units right for one of them."""
    place, late, count = place_of(floor), late_of(floor), floor.late_count
    if tardy(floor, unit):
        if place[unit] < 0:
            place[unit] = count
            late[count] = unit
            floor.late_count = count + 1
    elif place[unit] >= 0:
        last = late[count - 1]
        late[place[unit]] = last
        place[last] = place[unit]
        place[unit] = -1
        floor.late_count = count - 1


@part
def touch(floor: Row, unit: int) -> bool:
    """Put a unit among those of this turn; False if it is there already, or lacks a place."""
    if mark_of(floor)[unit] == floor.turn or mark_of(floor)[unit] < 0:
        return False
    mark_of(floor)[unit] = floor.turn
    touched_of(floor)[floor.touched_count] = unit
    floor.touched_count += 1
    return True


@part
def ruin_unit(floor: Row, unit: int, first: int) -> bool:
    """Take the operations of a unit off, from its `first` on in the order of precedence."""
    low, high = unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]
    for at in range(high - 1, low + first - 1, -1):
        operation = unit_steps_of(floor)[at]
        movable = nodes_of(floor)[operation].track >= 0 and not steps_of(floor)[operation].fixed
        if movable and not take_out(floor, operation):
            return False
    return True


@part
def insert_forward(floor: Row, unit: int, spent: float, limit: float, home: bool) -> bool:
    """Put the missing operations of a unit where they end first; False: no room, or it gets too late.

    With `home` they go where they stand in the plan in force if that room is free.
    """
    scratch, nodes = scratch_of(floor), nodes_of(floor)
    for at in range(unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]):
        operation = unit_steps_of(floor)[at]
        if nodes[operation].track >= 0:
            continue
        moment = supplied(floor, operation, arrival(floor, operation))
        step = steps_of(floor)[operation]
        scratch[END] = FAR
        if home:
            home_again(floor, operation, moment)
        if scratch[END] == FAR:
            many = step.last_choice - step.first_choice
            blind = chance(floor, BLINK * many) if many > 1 else -1
            for choice in range(step.first_choice, step.last_choice):
                row = choices_of(floor)[choice]
                if choice - step.first_choice != blind:
                    earliest_on(floor, operation, row.machine, row.run, moment)
        end = scratch[END]
        if end == FAR or end > departure(floor, operation):
            return False
        if spent + job_cost(floor, step.job, end, end + step.tail) > limit:
            return False
        settle(floor, operation)
    return True


@part
def insert_backward(floor: Row, unit: int) -> bool:
    """Put the missing operations of a unit as late as their due date and successors allow.

    A job may end later than it is due where `ended` says so. False: no room from release to due date. Half of
    the units end up to `early` minutes sooner, where they may find room without gaps.
    """
    scratch, nodes = scratch_of(floor), nodes_of(floor)
    sooner = chance(floor, floor.early) if floor.early > 0 and chance(floor, 2) == 0 else 0
    for at in range(unit_ptr_of(floor)[unit + 1] - 1, unit_ptr_of(floor)[unit] - 1, -1):
        operation = unit_steps_of(floor)[at]
        if nodes[operation].track >= 0:
            continue
        step = steps_of(floor)[operation]
        limit = departure(floor, operation)
        if step.last:
            latest = max(works_of(floor)[step.job].due - floor.margin, ended_of(floor)[step.job])
            limit = min(limit, latest - sooner)
        moment = arrival(floor, operation)
        scratch[END] = FAR
        for choice in range(step.first_choice, step.last_choice):
            row = choices_of(floor)[choice]
            latest_on(floor, operation, row.machine, row.run, moment, limit)
        if scratch[END] == FAR or supplied(floor, operation, -scratch[END]) > -scratch[END]:
            return False
        settle(floor, operation)
    return True


@part
def back_to(floor: Row, length: int) -> None:
    """Undo what was done since the journal had this length."""
    while floor.length > length:
        kind = journal_of(floor)[floor.length - 1].kind
        node = journal_of(floor)[floor.length - 1].node
        if kind == LINKED:
            supply(floor, node, 1)
        undo(floor)
        if kind == UNLINKED:
            supply(floor, node, -1)


@part
def pick_seed(floor: Row) -> int:
    """A late unit mostly, else any."""
    if floor.late_count > 0 and chance(floor, 1000) < floor.late_share * 1000:
        return int(late_of(floor)[chance(floor, floor.late_count)])
    return int(chance(floor, floor.units))


@part
def rival_of(floor: Row, operation: int) -> int:
    """Now and then one that had the machine while this one waited, or takes its material; or -1."""
    step, nodes = steps_of(floor)[operation], nodes_of(floor)
    if chance(floor, RIVALRY) > 0:
        return -1
    many = step.last_take - step.first_take
    if many > 0 and chance(floor, 2) == 0:
        material = supplies_of(floor)[step.first_take + chance(floor, many)].material
        low, high = user_ptr_of(floor)[material], user_ptr_of(floor)[material + 1]
        return int(users_of(floor)[low + chance(floor, high - low)])
    many = step.last_choice - step.first_choice
    if many == 0:
        return -1
    machine = choices_of(floor)[step.first_choice + chance(floor, many)].machine
    ready = step.release
    for at in range(step.first_before, step.last_before):
        ready = max(ready, nodes[before_of(floor)[at]].end)
    track, wait = tracks_of(floor)[machine], nodes[operation].start - ready
    if wait <= 0 or not track.single:
        return -1
    rival = node_at(floor, machine, work_at(floor, track.calendar, ready + chance(floor, wait)))
    return int(rival) if rival < floor.base else -1


@part
def choose_and_ruin(floor: Row) -> bool:
    """Take off a unit and some that stand near it on the machines, each whole or from an operation on."""
    nodes, base = nodes_of(floor), floor.base
    wanted, unit, taken = 1 + chance(floor, MOST_UNITS), pick_seed(floor), 0
    first = 0
    for _ in range(3 * wanted):
        size = unit_ptr_of(floor)[unit + 1] - unit_ptr_of(floor)[unit]
        if taken + size <= MOST_STEPS and touch(floor, unit):
            taken += size
            if not ruin_unit(floor, unit, first):
                return False
            wanted -= 1
        if wanted == 0:
            break
        if floor.touched_count == 0:
            unit = pick_seed(floor)
            continue
        other = touched_of(floor)[chance(floor, floor.touched_count)]
        size = unit_ptr_of(floor)[other + 1] - unit_ptr_of(floor)[other]
        node = unit_steps_of(floor)[unit_ptr_of(floor)[other] + chance(floor, size)]
        rival = rival_of(floor, node)
        if rival >= 0:
            unit, first = steps_of(floor)[rival].unit, 0
            continue
        # What was taken off still knows its old neighbours.
        back = chance(floor, 4) > 0
        for _ in range(1 + chance(floor, 3)):
            following = nodes[node].prev if back else nodes[node].next
            if following < 0 or following >= base:
                break
            node = following
        unit, first = steps_of(floor)[node].unit, 0
        if chance(floor, 2) == 0:
            while unit_steps_of(floor)[unit_ptr_of(floor)[unit] + first] != node:
                first += 1
    return bool(floor.touched_count > 0)


@part
def recreate(floor: Row, limit: float) -> bool:
    """Put back what is missing, unit by unit in random order; False where it cannot be within `limit`."""
    count, spent = floor.touched_count, 0.0
    for at in range(count - 1, 0, -1):
        other = chance(floor, at + 1)
        touched_of(floor)[at], touched_of(floor)[other] = touched_of(floor)[other], touched_of(floor)[at]
    for at in range(count):
        unit = touched_of(floor)[at]
        home = floor.price > 0.0 and chance(floor, 1000) < floor.home_share * 1000
        done = False
        if not home and chance(floor, 1000) < floor.backward * 1000:
            length = floor.length
            done = insert_backward(floor, unit)
            if not done:
                back_to(floor, length)
        if not done and not insert_forward(floor, unit, spent, limit, home):
            return False
        spent += unit_cost(floor, unit)
        if spent > limit:
            return False
    return True


@part
def touch_pushed(floor: Row) -> None:
    """Where flow or moves cost something, count the units whose operations were pushed, too."""
    for at in range(floor.length):
        if journal_of(floor)[at].kind == MOVED:
            touch(floor, steps_of(floor)[journal_of(floor)[at].node].unit)


@kernel
def search(view: Table, rounds: int, heat: float) -> float:
    """Rounds of ruin and recreate at a fixed heat (minutes); returns what they changed the cost by."""
    floor = view[0]
    total = 0.0
    for _ in range(rounds):
        floor.turn += 1
        floor.touched_count = 0
        floor.length = 0
        good = choose_and_ruin(floor)
        allowance = -heat * np.log((1 + chance(floor, 1 << 30)) / (1 << 30))
        known, old = floor.touched_count, 0.0
        for at in range(known):
            old += cost_of(floor)[touched_of(floor)[at]]
        good = good and recreate(floor, old + allowance)
        if good and (floor.flow > 0.0 or floor.price > 0.0):
            touch_pushed(floor)
        new, old = 0.0, 0.0
        if good:
            for at in range(floor.touched_count):
                old += cost_of(floor)[touched_of(floor)[at]]
                new += unit_cost(floor, touched_of(floor)[at])
        if not good or new > old + allowance:
            back_to(floor, 0)
            continue
        total += new - old
        for at in range(floor.touched_count):
            cost_of(floor)[touched_of(floor)[at]] = unit_cost(floor, touched_of(floor)[at])
            enrol(floor, touched_of(floor)[at])
    return total


@part
def span(floor: Row, unit: int) -> int:
    """The minutes from the first start of a unit to its last end."""
    begin, end = FAR, NEVER
    for at in range(unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]):
        node = nodes_of(floor)[unit_steps_of(floor)[at]]
        begin, end = min(begin, node.start), max(end, node.end)
    return int(end - begin)


@kernel
def tighten(view: Table, order: IntArray) -> None:
    """Move units, one after the other, as late as their ends (or due dates, if later) and neighbours allow.

    No job gets late by it, or later than it is. Where the way from first start to last end would get longer a
    unit stays as it is.
    """
    floor = view[0]
    for unit in order:
        if mark_of(floor)[unit] < 0:
            continue
        floor.length = 0
        low, high = unit_ptr_of(floor)[unit], unit_ptr_of(floor)[unit + 1]
        for at in range(low, high):
            operation = unit_steps_of(floor)[at]
            job, end = steps_of(floor)[operation].job, nodes_of(floor)[operation].end
            ended_of(floor)[job] = max(ended_of(floor)[job], end)
        way = span(floor, unit)
        good = ruin_unit(floor, unit, 0) and insert_backward(floor, unit)
        if not good or span(floor, unit) > way:
            back_to(floor, 0)
        for at in range(low, high):
            ended_of(floor)[steps_of(floor)[unit_steps_of(floor)[at]].job] = NEVER
