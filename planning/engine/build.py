"""A whole plan in one order of operations, every feature honoured."""

from kernel.jit import IntArray, Table, kernel, part
from planning.engine.calendars import NEVER
from planning.engine.serial import (
    BEST_CALENDAR,
    BEST_END,
    BEST_JOIN,
    BEST_MACHINE,
    BEST_PERSON,
    BEST_READY,
    BEST_SETUP,
    BEST_START,
    ENOUGH,
    arrives,
    busy_until,
    runs_from,
    stay,
    try_joining,
    try_room,
)
from planning.engine.shop import FAR, FREE, STARTED, Shop, place, run_on
from planning.engine.yard import Yard


@part
def try_machine(
    shop: Shop, yard: Yard, slots: Table, operation: int, machine: int, moment: int, pad: IntArray
) -> None:
    """Look for room on a machine, with each person who has the skill, and in loads that are not full."""
    skill, own = yard.needs[operation].skill, machine * (yard.crews + 1)
    rack = yard.size[machine] > 0
    run, least = run_on(shop, machine, operation), NEVER
    if rack:
        # A load begins when all its pieces are there.
        moment = max(moment, runs_from(shop, yard, slots, operation, yard.met[own], run, True))
        try_joining(shop, yard, slots, operation, machine, moment, pad)
    if skill < 0:
        if not rack:
            least = runs_from(shop, yard, slots, operation, yard.met[own], run, False)
        try_room(shop, yard, operation, machine, -1, yard.met[own], moment, least, pad)
    elif skill + 1 < len(yard.able_ptr):
        for at in range(yard.able_ptr[skill], yard.able_ptr[skill + 1]):
            person = yard.able[at]
            calendar = yard.met[own + yard.crew_of[person] + 1]
            if not rack:
                least = runs_from(shop, yard, slots, operation, calendar, run, False)
            try_room(shop, yard, operation, machine, person, calendar, moment, least, pad)
            if pad[BEST_END] <= pad[ENOUGH]:
                return


@part
def hold_tools(yard: Yard, operation: int, start: int, end: int) -> None:
    """Enter an operation on a free unit of each of its tools."""
    for at in range(yard.held_ptr[operation], yard.held_ptr[operation + 1]):
        tool = yard.held[at]
        for track in range(yard.units[tool], yard.units[tool + 1]):
            if busy_until(yard, track, start, end) == NEVER:
                stay(yard, track, start, end, operation, 0)
                yard.unit[at] = track
                break


@part
def settle_in(shop: Shop, yard: Yard, slots: Table, operation: int, pad: IntArray) -> None:
    """Put an operation where the pad says, with its person and tools."""
    machine, person, join = pad[BEST_MACHINE], pad[BEST_PERSON], pad[BEST_JOIN]
    start, end = pad[BEST_START], pad[BEST_END]
    place(slots, operation, machine, start, pad[BEST_READY], end)
    hold_tools(yard, operation, start, end)
    if join >= 0:
        leader = yard.stays[join].operation
        yard.stays[join].load += yard.needs[operation].quantity
        yard.given[operation], yard.used[operation] = yard.given[leader], yard.used[leader]
        yard.persons[operation] = yard.persons[leader]
        return
    yard.given[operation], yard.used[operation] = pad[BEST_SETUP], pad[BEST_CALENDAR]
    yard.persons[operation] = person
    if shop.machines[machine].single:
        stay(yard, machine, start, end, operation, yard.needs[operation].quantity)
    if person >= 0:
        attended = pad[BEST_READY] if shop.tasks[operation].unattended else end
        stay(yard, yard.people + person, start, attended, operation, 0)


@part
def put(
    shop: Shop, yard: Yard, slots: Table, operation: int, moment: int, latest: int, enough: int, pad: IntArray
) -> None:
    """Place an operation where it ends first, from a moment on, if that room begins by `latest`.

    Of people with whom it ends by `enough` the first is taken: those that can do most come last.
    """
    task = shop.tasks[operation]
    if task.pool < 0:
        return
    pad[BEST_END], pad[ENOUGH] = FAR, enough
    pool = shop.pools[task.pool]
    for at in range(pool.first, pool.last):
        try_machine(shop, yard, slots, operation, shop.members[at], moment, pad)
    if pad[BEST_END] < FAR and pad[BEST_START] <= latest:
        settle_in(shop, yard, slots, operation, pad)


@kernel
def build(
    shop: Shop,
    yard: Yard,
    slots: Table,
    order: IntArray,
    rest: IntArray,
    ready: IntArray,
    latest: IntArray,
    enough: IntArray,
    pins: IntArray,
    pad: IntArray,
) -> int:
    """Fill the slots: what runs first, then what is pinned at its minute in `pins`, then the others in order.

    Those in `order` start between their minutes in `ready` and `latest` or not at all, best with people who
    let them end by `enough`; then those in `rest`
    that have no place yet get one from `ready` on. A pinned operation that starts before its predecessors
    allow gets the earliest minute they do in `pins`; returns how many did, so that the plan is built again.
    """
    for operation in order:
        if shop.tasks[operation].fixing == STARTED:
            put(shop, yard, slots, operation, shop.now, FAR, enough[operation], pad)
    for operation in order:
        if shop.tasks[operation].fixing != FREE and shop.tasks[operation].fixing != STARTED:
            put(shop, yard, slots, operation, pins[operation], FAR, enough[operation], pad)
    for operation in order:
        if shop.tasks[operation].fixing == FREE:
            moment = arrives(shop, yard, slots, operation)
            if moment != NEVER:
                moment = max(moment, ready[operation])
                put(shop, yard, slots, operation, moment, latest[operation], enough[operation], pad)
    for operation in rest:
        if shop.tasks[operation].fixing == FREE and slots[operation].machine < 0:
            moment = arrives(shop, yard, slots, operation)
            if moment != NEVER:
                put(shop, yard, slots, operation, max(moment, ready[operation]), FAR, NEVER, pad)
    return slip(shop, yard, slots, order, pins)


@part
def slip(shop: Shop, yard: Yard, slots: Table, order: IntArray, pins: IntArray) -> int:
    """Write later pins where predecessors ask for them; take back what waits for what has no place."""
    slipped = 0
    for operation in order:
        if shop.tasks[operation].fixing == STARTED or slots[operation].machine < 0:
            continue
        moment = arrives(shop, yard, slots, operation)
        if moment == NEVER:
            place(slots, operation, -1, NEVER, NEVER, NEVER)
            yard.persons[operation] = -1
        elif shop.tasks[operation].fixing != FREE and slots[operation].start < moment:
            pins[operation] = moment
            slipped += 1
    return slipped
