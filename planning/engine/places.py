"""Where an operation finds room: the earliest gap, pushing others inside their slack, or the latest one."""

from typing import Final

from kernel.jit import Row, inlined, part
from planning.engine.axis import end_of, start_of, work_at
from planning.engine.shop import FAR
from planning.engine.tracks import link, move, node_at, unlink
from planning.engine.view import (
    after_of,
    axes_of,
    before_of,
    changeover_of,
    choices_of,
    lag_after_of,
    lag_before_of,
    nodes_of,
    scratch_of,
    sides_of,
    steps_of,
    stock_of,
    supplies_of,
    tracks_of,
    works_of,
)

PUSHED: Final = 20
"""How many operations one insertion may push."""

SKIPPED: Final = 25
"""One time of so many a room is passed by, so that an operation may wait for a better neighbour."""

BEHIND, BEGIN, SETUP, MACHINE, RUN, END, CHAIN = 0, 1, 2, 3, 4, 5, 16
"""Places in the scratch pad: the room found, and the operations to be pushed with their new minutes."""


@inlined
def chance(floor: Row, below: int) -> int:
    """A number from 0 to below - 1."""
    state = floor.random * 6364136223846793005 + 1442695040888963407
    floor.random = state
    return int(((state >> 33) & 0x7FFFFFFF) % below)


@part
def setup_between(floor: Row, node: int, operation: int) -> int:
    """The set-up minutes of an operation that runs behind a node."""
    step, family = steps_of(floor)[operation], sides_of(floor)[node].family
    if family >= 0 and step.family >= 0 and floor.families > 0:
        known: int = changeover_of(floor)[family * floor.families + step.family]
        if known >= 0:
            return known
    setup: int = 0 if family >= 0 and family == step.family else step.setup
    return setup


@inlined
def arrival(floor: Row, operation: int) -> int:
    """From which moment release and placed predecessors let an operation start."""
    step, nodes = steps_of(floor)[operation], nodes_of(floor)
    moment: int = step.release
    for at in range(step.first_before, step.last_before):
        before = before_of(floor)[at]
        if nodes[before].track >= 0:
            moment = max(moment, nodes[before].end + lag_before_of(floor)[at])
    return moment


@inlined
def departure(floor: Row, operation: int) -> int:
    """By which moment an operation must end for its placed successors; FAR without any."""
    step, nodes = steps_of(floor)[operation], nodes_of(floor)
    limit = FAR
    for at in range(step.first_after, step.last_after):
        after = after_of(floor)[at]
        if nodes[after].track >= 0:
            limit = min(limit, nodes[after].start - lag_after_of(floor)[at])
    return limit


@inlined
def slack_end(floor: Row, operation: int) -> int:
    """Until when an operation may end without any job getting later than it is."""
    step, limit = steps_of(floor)[operation], departure(floor, operation)
    if step.last:
        limit = min(limit, max(works_of(floor)[step.job].due, nodes_of(floor)[operation].end))
    return limit


@part
def push_chain(floor: Row, node: int, lead: int, setup: int) -> int:
    """How many nodes from `node` on must move for it to begin at `lead` with another set-up; -1: too many.

    Their new minutes are written behind scratch[CHAIN]: node, begin, stop, set-up.
    """
    nodes, scratch, count = nodes_of(floor), scratch_of(floor), 0
    while count < PUSHED:
        row = nodes[node]
        if row.begin >= lead and row.setup == setup:
            return count
        if node >= floor.base:
            return -1
        step = steps_of(floor)[node]
        if step.fixed or not step.plain:
            return count if row.begin >= lead and setup < row.setup else -1
        length = row.stop - row.begin - row.setup + setup
        begin = max(lead, row.stop - length) if setup < row.setup else max(lead, row.begin)
        stop = begin + length
        if stop > row.stop and end_of(floor, stop) > slack_end(floor, node):
            return -1
        at = CHAIN + 4 * count
        scratch[at], scratch[at + 1], scratch[at + 2], scratch[at + 3] = node, begin, stop, setup
        count += 1
        lead, node = stop, row.next
        setup = nodes[node].setup
    return -1


@part
def push(floor: Row, count: int) -> None:
    """Move the nodes that `push_chain` listed, the last one first."""
    scratch = scratch_of(floor)
    for index in range(count - 1, -1, -1):
        at = CHAIN + 4 * index
        node = scratch[at]
        move(floor, node, scratch[at + 1], scratch[at + 2], scratch[at + 3])
        row = nodes_of(floor)[node]
        row.start = start_of(floor, row.begin)
        row.end = end_of(floor, row.stop)


@inlined
def ready_at(floor: Row, begin: int, setup: int) -> int:
    """The moment at which the set-up that begins with a working minute is done."""
    return end_of(floor, begin + setup) if setup > 0 else start_of(floor, begin)


@inlined
def stop_of(floor: Row, operation: int, calendar: int, begin: int, setup: int, run: int) -> int:
    """The first working minute behind an operation; what runs unattended also runs while nobody is there."""
    stop = begin + setup + run
    if steps_of(floor)[operation].unattended and stop > begin:
        if begin + max(setup, 1) > axes_of(floor)[calendar].last:
            return FAR
        stop = max(work_at(floor, calendar, ready_at(floor, begin, setup) + run), begin + setup)
    return int(stop)


@inlined
def end_when(floor: Row, operation: int, begin: int, stop: int, setup: int, run: int) -> int:
    """The moment at which an operation ends that takes these working minutes."""
    if steps_of(floor)[operation].unattended:
        return ready_at(floor, begin, setup) + run
    return end_of(floor, stop) if stop > begin else start_of(floor, begin)


@part
def home_again(floor: Row, operation: int, moment: int) -> None:
    """Write where an operation stands in the plan in force into the scratch pad, if that room is free."""
    step, nodes, scratch = steps_of(floor)[operation], nodes_of(floor), scratch_of(floor)
    if step.home < 0 or step.home_start < moment:
        return
    track, run = tracks_of(floor)[step.home], -1
    for choice in range(step.first_choice, step.last_choice):
        if choices_of(floor)[choice].machine == step.home:
            run = choices_of(floor)[choice].run
    begin, behind, setup = work_at(floor, track.calendar, step.home_start), -1, step.setup
    last = axes_of(floor)[track.calendar].last
    if run < 0 or begin >= last:
        return
    if track.single:
        behind = node_at(floor, step.home, begin)
        setup = setup_between(floor, behind, operation) if floor.setups else setup
    stop = stop_of(floor, operation, track.calendar, begin, setup, run)
    if stop > last:
        return
    if track.single:
        following = nodes[behind].next
        changed = nodes[following].setup
        if floor.setups and following < floor.base:
            changed = setup_after(floor, operation, following)
        if nodes[behind].stop > begin or stop > nodes[following].begin or changed != nodes[following].setup:
            return
    scratch[BEHIND], scratch[BEGIN], scratch[SETUP] = behind, begin, setup
    scratch[MACHINE], scratch[RUN] = step.home, run
    scratch[END] = end_when(floor, operation, begin, stop, setup, run)


@part
def earliest_on(floor: Row, operation: int, machine: int, run: int, moment: int) -> None:
    """Write the first room on a machine into the scratch pad if it ends sooner than what stands there."""
    scratch = scratch_of(floor)
    nodes, setups = nodes_of(floor), floor.setups
    calendar = tracks_of(floor)[machine].calendar
    low = work_at(floor, calendar, moment)
    last = axes_of(floor)[calendar].last
    behind, setup = -1, steps_of(floor)[operation].setup
    begin = low
    if tracks_of(floor)[machine].single:
        behind = node_at(floor, machine, low)
        while True:
            following = nodes[behind].next
            begin = max(low, nodes[behind].stop)
            changed = nodes[following].setup
            if setups:
                setup = setup_between(floor, behind, operation)
                if following < floor.base:
                    changed = setup_after(floor, operation, following)
            need = stop_of(floor, operation, calendar, begin, setup, run)
            if need > last:
                return
            free = need <= nodes[following].begin and changed == nodes[following].setup
            room = free or push_chain(floor, following, need, changed) >= 0
            if room and (following >= floor.base or chance(floor, SKIPPED) > 0):
                break
            behind = following
    if begin >= last:
        return
    stop = stop_of(floor, operation, calendar, begin, setup, run)
    if stop > last:
        return
    end = end_when(floor, operation, begin, stop, setup, run)
    if end < scratch[END]:
        scratch[BEHIND], scratch[BEGIN], scratch[SETUP] = behind, begin, setup
        scratch[MACHINE], scratch[RUN], scratch[END] = machine, run, end


@part
def setup_after(floor: Row, operation: int, following: int) -> int:
    """The set-up minutes a node needs when an operation comes ahead of it."""
    return setup_between(floor, operation, following)


@inlined
def begin_unattended(floor: Row, calendar: int, ready: int, setup: int) -> int:
    """The last working minute to begin with so that the set-up, or the first minute, is over by `ready`."""
    if setup > 0:
        return work_at(floor, calendar, ready) - setup
    return work_at(floor, calendar, ready + 1) - 1


@part
def latest_on(floor: Row, operation: int, machine: int, run: int, moment: int, limit: int) -> None:
    """Write the last room that ends by `limit` and starts from `moment` on, if it starts later than `END`.

    Nobody is pushed, no set-up of others gets longer.
    """
    scratch = scratch_of(floor)
    nodes, setups = nodes_of(floor), floor.setups
    calendar = tracks_of(floor)[machine].calendar
    low, high = work_at(floor, calendar, moment), work_at(floor, calendar, limit)
    behind, setup = -1, steps_of(floor)[operation].setup
    alone = steps_of(floor)[operation].unattended != 0 and run > 0
    if run == 0:
        # What takes no time happens in a working minute; the next one may begin behind the limit.
        high = work_at(floor, calendar, limit + 1) - 1
    stop = high
    if tracks_of(floor)[machine].single:
        behind = node_at(floor, machine, high - 1)
        while True:
            following = nodes[behind].next
            stop = min(high, nodes[following].begin)
            changed = nodes[following].setup
            if setups:
                setup = setup_between(floor, behind, operation)
                if following < floor.base:
                    changed = setup_after(floor, operation, following)
            begin = stop - setup - run
            if alone:
                until = min(limit, start_of(floor, stop)) if stop < axes_of(floor)[calendar].last else limit
                begin = begin_unattended(floor, calendar, until - run, setup)
            if begin < low:
                return
            if begin >= nodes[behind].stop and changed <= nodes[following].setup:
                break
            if nodes[behind].prev < 0:
                return
            behind = nodes[behind].prev
    begin = stop - setup - run
    if alone:
        until = min(limit, start_of(floor, stop)) if stop < axes_of(floor)[calendar].last else limit
        begin = begin_unattended(floor, calendar, until - run, setup)
    if begin < low or begin >= axes_of(floor)[calendar].last:
        return
    start = start_of(floor, begin)
    if -start < scratch[END]:
        scratch[BEHIND], scratch[BEGIN], scratch[SETUP] = behind, begin, setup
        scratch[MACHINE], scratch[RUN], scratch[END] = machine, run, -start


@part
def settle(floor: Row, operation: int) -> None:
    """Put an operation where the scratch pad says, pushing who is in the way, and take its material."""
    scratch = scratch_of(floor)
    behind, begin, setup = scratch[BEHIND], scratch[BEGIN], scratch[SETUP]
    row = nodes_of(floor)[operation]
    calendar = tracks_of(floor)[scratch[MACHINE]].calendar
    stop = stop_of(floor, operation, calendar, begin, setup, scratch[RUN])
    row.track, row.begin, row.stop, row.setup = scratch[MACHINE], begin, stop, setup
    row.start = start_of(floor, begin)
    row.end = end_when(floor, operation, begin, stop, setup, scratch[RUN])
    if steps_of(floor)[operation].unattended:
        sides_of(floor)[operation].ready = ready_at(floor, begin, setup)
    if behind >= 0:
        following = nodes_of(floor)[behind].next
        changed = nodes_of(floor)[following].setup
        if floor.setups and following < floor.base:
            changed = setup_after(floor, operation, following)
        push(floor, push_chain(floor, following, stop, changed))
    sides_of(floor)[operation].taken = row.start
    link(floor, operation, behind)
    supply(floor, operation, -1)


@part
def supply(floor: Row, operation: int, sign: int) -> None:
    """Take (-1) or give back (1) what an operation uses of the stock at its start."""
    step = steps_of(floor)[operation]
    for at in range(step.first_take, step.last_take):
        row = supplies_of(floor)[at]
        if row.lead > sides_of(floor)[operation].taken:
            stock_of(floor)[row.material] += sign * row.quantity


@part
def supplied(floor: Row, operation: int, moment: int) -> int:
    """From which moment at or after `moment` an operation has its material."""
    step, found = steps_of(floor)[operation], moment
    for at in range(step.first_take, step.last_take):
        row = supplies_of(floor)[at]
        if row.lead > moment and stock_of(floor)[row.material] < row.quantity:
            found = max(found, row.lead)
    return int(found)


@part
def take_out(floor: Row, operation: int) -> bool:
    """Take an operation off its machine; False where the one behind it cannot be set up anew in time."""
    row = nodes_of(floor)[operation]
    behind, following = row.prev, row.next
    supply(floor, operation, 1)
    unlink(floor, operation)
    if not floor.setups or behind < 0 or following >= floor.base:
        return True
    other, setup = nodes_of(floor)[following], setup_between(floor, behind, following)
    if setup == other.setup:
        return True
    if not steps_of(floor)[following].plain or steps_of(floor)[following].fixed:
        return bool(setup < other.setup)
    begin = other.begin - (setup - other.setup)
    if setup > other.setup:
        late = begin < nodes_of(floor)[behind].stop
        if late or start_of(floor, begin) < arrival(floor, following):
            return False
    move(floor, following, begin, other.stop, setup)
    other.start = start_of(floor, begin)
    return True
