"""Dispatching: the shop is simulated event by event, free machines take the most urgent operation."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, fields, kernel, part
from planning.engine.calendars import NEVER, find_window
from planning.engine.events import pop, push
from planning.engine.rule import MARK, Rule, judge
from planning.engine.shop import (
    FAR,
    PINNED,
    STARTED,
    Shop,
    empty_slots,
    opens,
    pinned_blocks,
    place,
    place_started,
    room,
    run_on,
    setup_after,
    timing,
)

ENTRY: Final = fields("operation", "family", real=("score", "latest", "penalty"))
STATION: Final = fields("free", "family", "block", "last_block", "seen", "choice", real=("value",))


class Desk(NamedTuple):
    """What stands before the simulation starts: who is running, what is pinned; shared by all rules."""

    slots: Table
    free: IntArray
    family: IntArray
    block_ptr: IntArray
    blocks: Table


class State(NamedTuple):
    """The running simulation.

    `heap` holds events as moment * stride + code; a code is an operation that becomes ready, or the number
    of operations + a machine that looks for work. `marks` are MARK rows per operation, `stations` STATION
    rows per machine. `queue` holds the ready operations of each pool side by side as ENTRY rows, `length`
    many from the pool's head on: the scan reads nothing else. `active` are the machines that choose now.
    """

    heap: IntArray
    marks: Table
    stations: Table
    queue: Table
    length: IntArray
    active: IntArray
    blocks: Table
    slots: Table
    slope: float
    longest: int


def set_up_desk(shop: Shop) -> Desk:
    """Places what has started and keeps time for what is pinned."""
    slots = empty_slots(len(shop.tasks))
    by_start = np.argsort(shop.tasks["start"], kind="stable")
    free, family = place_started(shop, slots, by_start)
    return Desk(slots, free, family, *pinned_blocks(shop, free, by_start))


def dispatch(shop: Shop, desk: Desk, rule: Rule, ready: IntArray) -> Table:
    """The slots of one rule: deterministic, every operation placed at most once, the impossible left out.

    Nothing starts before its minute in `ready`.
    """
    # The simulation moves each machine's first window along with the clock, so this table is its own.
    shop = shop._replace(machines=shop.machines.copy())
    state = _state(shop, desk, rule, ready)
    judge(shop, state.marks, rule.lead, rule.saving)
    simulate(shop, state)
    return state.slots


def _state(shop: Shop, desk: Desk, rule: Rule, ready: IntArray) -> State:
    tasks, count, machines = shop.tasks, len(shop.tasks), len(shop.machines)
    # Every event is an operation getting ready, a machine getting free or opening, or a block.
    events = (
        2 * count
        + 2 * machines
        + len(desk.blocks)
        + int((shop.machines["high"] - shop.machines["low"]).sum())
    )
    marks = np.zeros(count, MARK)
    marks["missing"] = tasks["last_before"] - tasks["first_before"]
    marks["ready"], marks["held"] = ready, tasks["fixing"] == PINNED
    stations = np.zeros(machines, STATION)
    stations["free"], stations["family"], stations["seen"] = desk.free, desk.family, -1
    stations["block"], stations["last_block"] = desk.block_ptr[:-1], desk.block_ptr[1:]
    return State(
        heap=np.zeros(events + 1, np.int64),
        marks=marks,
        stations=stations,
        queue=np.empty(count, ENTRY),
        length=np.zeros(len(shop.pools), np.int64),
        active=np.empty(machines, np.int64),
        blocks=desk.blocks,
        slots=desk.slots.copy(),
        slope=1.0 / max(rule.reach * float(tasks["lasting"].mean()), 1.0) if count else 0.0,
        longest=int(
            max(tasks["setup"].max(initial=0), shop.changeover.max(initial=0))
            + max(tasks["run"].max(initial=0), shop.runs.max(initial=0))
        ),
    )


@part
def announce(shop: Shop, state: State, moment: int, code: int) -> None:
    """Note an event: an operation becomes ready, or a machine (code >= operations) looks for work."""
    push(state.heap, (moment - shop.now) * (len(shop.tasks) + len(shop.machines)) + code)


@part
def follow_up(shop: Shop, state: State, operation: int, end: int) -> None:
    """Tell the followers of an operation when it ends; those that wait for nothing else become ready."""
    task = shop.tasks[operation]
    for at in range(task.first_after, task.last_after):
        mark, follower = state.marks[shop.after[at]], shop.tasks[shop.after[at]]
        mark.missing -= 1
        mark.ready = max(mark.ready, end + shop.lag_after[at])
        if mark.missing == 0 and follower.fixing != STARTED and follower.pool >= 0:
            announce(shop, state, mark.ready, shop.after[at])


@part
def occupy(shop: Shop, state: State, machine: int, operation: int, moment: int, setup: int) -> None:
    """Place an operation on a machine, which looks for work again when it is done and open."""
    ready, end = timing(shop, machine, operation, moment, setup)
    place(state.slots, operation, machine, moment, ready, end)
    free = opens(shop, machine, end)
    station = state.stations[machine]
    station.family = shop.tasks[operation].family
    station.free = FAR if free == NEVER else free
    if free != NEVER:
        announce(shop, state, free, len(shop.tasks) + machine)
    follow_up(shop, state, operation, end)


@part
def place_unlimited(shop: Shop, state: State, operation: int, moment: int) -> None:
    """Place an operation at once where machines take any number: on the one that ends first."""
    task = shop.tasks[operation]
    pool = shop.pools[task.pool]
    best, best_start, best_ready, best_end = -1, NEVER, NEVER, FAR
    for at in range(pool.first, pool.last):
        machine = shop.members[at]
        start = opens(shop, machine, moment)
        if start == NEVER:
            continue
        ready, end = timing(shop, machine, operation, start, task.setup)
        if end != NEVER and end < best_end:
            best, best_start, best_ready, best_end = machine, start, ready, end
    if best >= 0:
        place(state.slots, operation, best, best_start, best_ready, best_end)
        follow_up(shop, state, operation, best_end)


@part
def enqueue(shop: Shop, state: State, operation: int) -> None:
    """Put a ready operation into the queue of its pool."""
    pool, mark = shop.tasks[operation].pool, state.marks[operation]
    mark.at = shop.pools[pool].head + state.length[pool]
    state.length[pool] += 1
    entry = state.queue[mark.at]
    entry.operation = operation
    entry.family = shop.tasks[operation].family
    entry.score = mark.score
    entry.latest = mark.latest
    entry.penalty = mark.penalty


@part
def dequeue(shop: Shop, state: State, operation: int) -> None:
    """Take an operation out of its queue; the last one fills the hole."""
    pool, at = shop.tasks[operation].pool, state.marks[operation].at
    state.length[pool] -= 1
    last = shop.pools[pool].head + state.length[pool]
    state.queue[at] = state.queue[last]
    state.marks[state.queue[at].operation].at = at


@part
def fits(shop: Shop, machine: int, family: int, operation: int, moment: int, space: int, limit: int) -> bool:
    """Whether an operation begun now is done before `limit`, with `space` working minutes until then."""
    setup = setup_after(shop, operation, family)
    if not shop.tasks[operation].unattended:
        return bool(setup + run_on(shop, machine, operation) <= space)
    if setup > space:
        return False
    end = timing(shop, machine, operation, moment, setup)[1]
    return end != NEVER and end <= limit


@part
def choose(shop: Shop, state: State, machine: int, moment: int) -> None:
    """Write the most urgent ready operation (or -1) and its value into the station of a free machine."""
    seat, station, queue = shop.machines[machine], state.stations[machine], state.queue
    limit = FAR
    if station.block < station.last_block:
        limit = state.blocks[station.block].start
    space = room(shop, machine, moment, limit)
    tight = space < state.longest
    slope, family, clock = state.slope, station.family, float(moment)
    best, best_value = -1, -np.inf
    for row in range(seat.first_pool, seat.last_pool):
        pool = shop.pools_of[row]
        head = shop.pools[pool].head
        for at in range(head, head + state.length[pool]):
            value = queue[at].score
            slack = queue[at].latest - clock
            if slack > 0.0:
                value -= slack * slope
            if family < 0 or queue[at].family != family:
                value -= queue[at].penalty
            if value > best_value:
                candidate = queue[at].operation
                if not tight or fits(shop, machine, family, candidate, moment, space, limit):
                    best, best_value = candidate, value
    station.choice = best
    station.value = best_value


@part
def wake(shop: Shop, state: State, machine: int, moment: int, turn: int, count: int) -> int:
    """Put a machine among the `count` that choose now, if it is free and open; returns the new count.

    A pinned operation whose time has come is placed, or set loose when it is not ready yet.
    """
    station = state.stations[machine]
    if station.seen == turn or station.free > moment:
        return count
    station.seen = turn
    seat = shop.machines[machine]
    seat.low = find_window(shop.windows, seat.low, seat.high, moment)
    opening = opens(shop, machine, moment)
    if opening != moment:
        station.free = FAR if opening == NEVER else opening
        if opening != NEVER:
            announce(shop, state, opening, len(shop.tasks) + machine)
        return count
    while station.block < station.last_block and state.blocks[station.block].start <= moment:
        operation = state.blocks[station.block].operation
        station.block += 1
        mark = state.marks[operation]
        mark.held = 0
        if mark.missing == 0 and mark.ready <= moment:
            occupy(shop, state, machine, operation, moment, shop.tasks[operation].setup)
            if station.free > moment:
                return count
    state.active[count] = machine
    return count + 1


@part
def most_urgent(shop: Shop, state: State, moment: int, count: int) -> int:
    """Which of the `count` active machines has the most urgent choice; on a tie the earlier end; or -1."""
    picked, value, soonest = -1, -np.inf, FAR
    for index in range(count):
        machine = state.active[index]
        station = state.stations[machine]
        if station.choice < 0 or station.value < value:
            continue
        setup = setup_after(shop, station.choice, station.family)
        end = timing(shop, machine, station.choice, moment, setup)[1]
        if station.value > value or end < soonest:
            picked, value, soonest = index, station.value, end
    return picked


@part
def assign(shop: Shop, state: State, moment: int, count: int) -> None:
    """Give the `count` active machines work, the most urgent choice first."""
    for index in range(count):
        choose(shop, state, state.active[index], moment)
    while count > 0:
        picked = most_urgent(shop, state, moment, count)
        if picked < 0:
            return
        machine = state.active[picked]
        operation = state.stations[machine].choice
        dequeue(shop, state, operation)
        occupy(
            shop,
            state,
            machine,
            operation,
            moment,
            setup_after(shop, operation, state.stations[machine].family),
        )
        count -= 1
        state.active[picked] = state.active[count]
        for index in range(count):
            if state.stations[state.active[index]].choice == operation:
                choose(shop, state, state.active[index], moment)


@part
def begin(shop: Shop, state: State) -> None:
    """Note the first events: operations that wait for nothing, followers of the started, machines."""
    for operation in range(len(shop.tasks)):
        task = shop.tasks[operation]
        if task.fixing == STARTED:
            if state.slots[operation].end != NEVER:
                follow_up(shop, state, operation, state.slots[operation].end)
        elif task.first_before == task.last_before and task.pool >= 0:
            announce(shop, state, state.marks[operation].ready, operation)
    for machine in range(len(shop.machines)):
        station = state.stations[machine]
        for block in range(station.block, station.last_block):
            if state.blocks[block].operation >= 0:
                announce(shop, state, state.blocks[block].start, len(shop.tasks) + machine)
        if station.free > shop.now:
            announce(shop, state, station.free, len(shop.tasks) + machine)


@kernel
def simulate(shop: Shop, state: State) -> None:
    """Run the shop from event to event until nothing more can happen; fills the slots."""
    heap, count = state.heap, len(shop.tasks)
    stride = count + len(shop.machines)
    begin(shop, state)
    turn = 0
    while heap[0] > 0:
        moment, chosen = heap[1] // stride + shop.now, 0
        while heap[0] > 0 and heap[1] // stride + shop.now == moment:
            code = pop(heap) % stride
            if code >= count:
                chosen = wake(shop, state, code - count, moment, turn, chosen)
                continue
            pool = shop.pools[shop.tasks[code].pool]
            # A pinned operation may have been placed by its machine in this very moment.
            placed = state.slots[code].machine >= 0
            if placed or state.marks[code].held or pool.first == pool.last:
                continue
            if not shop.machines[shop.members[pool.first]].single:
                place_unlimited(shop, state, code, moment)
                continue
            enqueue(shop, state, code)
            for at in range(pool.first, pool.last):
                chosen = wake(shop, state, shop.members[at], moment, turn, chosen)
        assign(shop, state, moment, chosen)
        turn += 1
