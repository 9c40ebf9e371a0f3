"""Local repair: what an event made impossible moves, everything else stays where it stands."""

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, builder, kernel, part
from planning.engine.busy import by_job, stretches
from planning.engine.calendars import NEVER
from planning.engine.features import INSERTION, features
from planning.engine.insert import fill, laid_out
from planning.engine.near import Near, repaired
from planning.engine.overtake import give_way, queue_of
from planning.engine.problem import Problem
from planning.engine.result import Plan, finished_plan
from planning.engine.seats import AHEAD, KEPT, OUT, kept_from, seated
from planning.engine.shop import (
    FAR,
    PINNED,
    STARTED,
    Shop,
    empty_slots,
    open_shop,
    opens,
    place,
    place_started,
    timing,
)
from planning.engine.standing import score
from planning.engine.turns import homeless, let_go, turns


def repair(problem: Problem, standing: Table, about: BoolArray | None = None) -> Plan:
    """A feasible plan near `standing` (SLOT rows): the best of a few ways to let go of little.

    What has no place, and what waits for material or a gate, is put into gaps with all that follows it in its
    job, the most urgent first. The others (1) keep their turn on their machines and move right where they
    must; or (2) let the next one go first while they are late themselves; or (3) those the event hits take
    gaps, too, and everybody else stays; or (4) what has no place goes ahead of others; or (5) the operations
    the event is `about` look for better gaps, or go ahead of others. The ways are compared by operations
    without a place, then by weighted tardiness plus PRICE_OF_A_MOVE per operation moved. Deterministic.
    """
    if not features(problem) <= INSERTION:
        return repaired(problem, standing, about)
    shop = opened(problem)
    lost = homeless(shop, standing)
    waiting = lost | ((shop.tasks["release"] > standing["start"]) & (standing["start"] >= problem.now))
    struck = hit(shop, standing, begun_of(shop)[1])
    rest = let_go(shop, waiting.astype(np.int64) * OUT)
    tried = [_in_turn(problem, shop, standing, rest)]
    if struck.any():
        tried.append(giving_way(problem, shop, standing, rest))
        marks = let_go(shop, (waiting | struck).astype(np.int64) * OUT)
        tried.append(_in_turn(problem, shop, standing, marks))
    if lost.any():
        marks = np.maximum(rest, let_go(shop, lost.astype(np.int64) * AHEAD))
        tried.append(_in_turn(problem, shop, standing, marks))
    if about is not None and about.any():
        for how in (OUT, AHEAD):
            marks = np.maximum(rest, let_go(shop, about.astype(np.int64) * how))
            tried.append(_in_turn(problem, shop, standing, marks))
    best = min(tried, key=lambda slots: score(shop, slots, standing))
    return finished_plan(problem, shop, best, "local repair")


def pushed(problem: Problem, standing: Table) -> Table:
    """The slots when everybody keeps turn and machine, and moves right where they must.

    The first way of `repair`, and what a planner's move does at once. Those without a place, and what
    follows them, are put into gaps.
    """
    if not features(problem) <= INSERTION:
        near = Near(problem, standing)
        return near.way(near.lost.astype(np.int64) * OUT)[0]
    shop = opened(problem)
    marks = let_go(shop, homeless(shop, standing).astype(np.int64) * OUT)
    return _in_turn(problem, shop, standing, marks)


def pushed_plan(problem: Problem, standing: Table) -> Plan:
    """The same as a plan, with its bounds and reasons."""
    return finished_plan(problem, opened(problem), pushed(problem, standing), "kept in turn")


def in_turn(problem: Problem, standing: Table) -> Table:
    """The slots when every operation keeps its turn on its machine and begins as soon as it can.

    Also ahead of its place in `standing`: for comparing what a fact costs. Those without a place get none.
    """
    if not features(problem) <= INSERTION:
        return Near(problem, standing).soon()
    shop = opened(problem)
    marks = let_go(shop, homeless(shop, standing).astype(np.int64) * OUT)
    slots, free, family = begun_of(shop)
    keep(shop, standing, turns(shop, standing, marks), marks, slots, free, family, False)
    return slots


def opened(problem: Problem) -> Shop:
    """The shop, a pin being one more reason not to begin sooner."""
    shop = open_shop(problem)
    pinned = shop.tasks["fixing"] == PINNED
    shop.tasks["release"][pinned] = np.maximum(shop.tasks["release"], shop.tasks["start"])[pinned]
    return shop


def begun_of(shop: Shop, rows: IntArray | None = None) -> tuple[Table, IntArray, IntArray]:
    """Slots with what runs already; when each machine is free, and for which family it is set up.

    `rows` are what has started, where that is known.
    """
    slots = empty_slots(len(shop.tasks))
    rows = np.flatnonzero(shop.tasks["fixing"] == STARTED) if rows is None else rows
    return slots, *place_started(shop, slots, rows[np.argsort(shop.tasks["start"][rows], kind="stable")])


def _in_turn(problem: Problem, shop: Shop, standing: Table, marks: IntArray) -> Table:
    """The slots of one way: the kept and those ahead in turn, then the rest into the gaps."""
    slots, free, family = begun_of(shop)
    keep(shop, standing, turns(shop, standing, marks), marks, slots, free, family, True)
    return filled(problem, shop, slots, marks == OUT)


def giving_way(problem: Problem, shop: Shop, standing: Table, marks: IntArray) -> Table:
    """The slots when the kept give way to each other, the rest in the gaps."""
    slots, free, family = begun_of(shop)
    give_way(shop, standing, slots, queue_of(shop, standing, marks, slots), free, family)
    return filled(problem, shop, slots, slots["machine"] < 0)


def filled(
    problem: Problem, shop: Shop, slots: Table, rest: BoolArray, order: IntArray | None = None
) -> Table:
    """The slots with the rest put into the gaps, the most urgent job first: by `order` where known."""
    if rest.any():
        if order is None:
            rank = problem.jobs["due"][problem.operations["job"]].copy()
            order = by_job(problem, shop.order, rank)
        pools = shop.tasks["pool"][rest]
        busy = stretches(problem, slots, np.flatnonzero(_asked(shop, pools)[slots["machine"]]))
        busy["needs"][busy["needs"] > 0] = FAR
        taken, offset, length = laid_out(shop, busy, pools)
        fill(shop, slots, taken, offset, length, order[rest[order]], np.zeros(4, np.int64))
    return slots


def _asked(shop: Shop, pools: IntArray) -> BoolArray:
    """Which machines are in these pools; the row behind them stands for no machine."""
    found = np.zeros(len(shop.machines) + 1, np.bool_)
    for pool in np.unique(pools[pools >= 0]):
        found[shop.members[shop.pools["first"][pool] : shop.pools["last"][pool]]] = True
    return found


def hit(shop: Shop, standing: Table, free: IntArray) -> BoolArray:
    """Operations that cannot be done where they stand, whatever else moves.

    Their machine is closed or goes on with something until `free`, or what they follow still runs.
    """
    return hit_among(shop, standing, free, np.arange(len(shop.tasks)))


@builder
def hit_among(shop: Shop, standing: Table, free: IntArray, rows: IntArray) -> BoolArray:
    """Whether each of these operations is hit."""
    found = np.zeros(len(rows), np.bool_)
    for row in range(len(rows)):
        operation = rows[row]
        slot = standing[operation]
        if slot.machine < 0 or shop.tasks[operation].fixing == STARTED:
            continue
        end = timing(shop, slot.machine, operation, slot.start, 0)[1]
        late = slot.start < shop.now or slot.start < free[slot.machine]
        closed = opens(shop, slot.machine, slot.start) != slot.start or end == NEVER or end > slot.end
        found[row] = late or closed
    return found


@part
def ready_from(shop: Shop, slots: Table, operation: int) -> int:
    """From when material, gate and predecessors let an operation begin; NEVER if one has no place."""
    task = shop.tasks[operation]
    begin: int = task.release
    for at in range(task.first_before, task.last_before):
        if slots[shop.before[at]].machine < 0:
            return NEVER
        begin = max(begin, slots[shop.before[at]].end + shop.lag_before[at])
    return begin


@kernel
def keep(
    shop: Shop,
    standing: Table,
    order: IntArray,
    marks: IntArray,
    slots: Table,
    free: IntArray,
    family: IntArray,
    patient: bool,
) -> None:
    """Give operations their places in this order: the kept on their machines, others where they end first.

    The kept never begin earlier than they stand if `patient`.
    """
    for operation in order:
        task = shop.tasks[operation]
        if task.fixing == STARTED or marks[operation] == OUT or task.pool < 0:
            continue
        begin = ready_from(shop, slots, operation)
        if begin == NEVER:
            continue
        first, last = shop.pools[task.pool].first, shop.pools[task.pool].last
        kept = marks[operation] == KEPT
        if kept and patient:
            begin = kept_from(shop, operation, standing[operation], begin, free, family)
        best, best_start, best_ready, best_end = -1, NEVER, NEVER, FAR
        for at in range(first, last):
            machine = shop.members[at]
            if kept and machine != standing[operation].machine:
                continue
            start, ready, end = seated(shop, operation, machine, begin, free, family)
            if end != NEVER and end < best_end:
                best, best_start, best_ready, best_end = machine, start, ready, end
        if best < 0:
            continue
        place(slots, operation, best, best_start, best_ready, best_end)
        if shop.machines[best].single:
            free[best] = best_end
            family[best] = task.family
