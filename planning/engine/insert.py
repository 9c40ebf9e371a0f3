"""Gap insertion: new jobs take the earliest gaps of an existing plan, and nobody is moved."""

from collections.abc import Sequence

import numpy as np

from kernel.jit import IntArray, Table, kernel, part
from planning.engine.busy import BUSY, Busy, by_job
from planning.engine.calendars import NEVER, subtract_work_in
from planning.engine.features import INSERTION, features
from planning.engine.near import inserted
from planning.engine.problem import Problem
from planning.engine.result import Plan, finished_plan
from planning.engine.shop import (
    FAR,
    FREE,
    Shop,
    empty_slots,
    open_shop,
    opens,
    place,
    run_on,
    setup_after,
    timing,
)


def insert(problem: Problem, busy: Sequence[Busy] | Table) -> Plan:
    """A plan of the new jobs in `problem` around what is `busy`, job by job in the order given.

    Deterministic; nothing busy moves. `busy` are BUSY rows, best sorted by machine and start; where people or
    tools are asked for, also theirs (see `busy_rows`). Raises ValueError for stretches of a machine that
    overlap, or when an operation is started or pinned.
    """
    fixed = np.flatnonzero(problem.operations["fixing"] != FREE)
    if fixed.size:
        name = problem.name(int(fixed[0]))
        raise ValueError(f"{name} is started or pinned. Pass it as busy time; only new work is inserted.")
    table = np.array(busy, BUSY)
    if not features(problem) <= INSERTION:
        return inserted(problem, table)
    shop = open_shop(problem)
    slots = empty_slots(len(problem))
    # Where several are at once nothing is in the way: racks are not asked for here, vendors take everybody.
    alone = (problem.machines["single"] != 0) & (problem.machines["size"] == 0)
    known = np.minimum(table["machine"], len(alone) - 1)
    table = table[(known >= 0) & ((known < table["machine"]) | alone[known])]
    taken, offset, length = laid_out(shop, table, shop.tasks["pool"])
    order = by_job(problem, shop.order, problem.operations["job"].copy())
    fill(shop, slots, taken, offset, length, order, np.zeros(4, np.int64))
    return finished_plan(problem, shop, slots, "gap insertion")


def laid_out(shop: Shop, busy: Table, pools: IntArray) -> tuple[Table, IntArray, IntArray]:
    """The busy rows by machine and start with room for work of these pools; each machine's offset, length.

    Raises ValueError for stretches of a machine that overlap.
    """
    machines = len(shop.machines)
    if not _in_order(busy):
        busy = busy[np.lexsort((busy["end"], busy["start"], busy["machine"]))]
    owner = busy["machine"]
    if len(busy) and not 0 <= int(owner[0]) <= int(owner[-1]) < machines:
        raise ValueError(f"Busy time names a machine outside 0..{machines - 1}.")
    clash = np.flatnonzero((owner[1:] == owner[:-1]) & (busy["start"][1:] < busy["end"][:-1]))
    if clash.size:
        raise ValueError(f"Two busy stretches of machine {owner[clash[0]]} overlap.")
    sizes = np.bincount(pools[pools >= 0], minlength=len(shop.pools))
    wanted = np.repeat(sizes, shop.pools["last"] - shop.pools["first"])
    new = np.bincount(shop.members, wanted, minlength=machines).astype(np.int64)
    length = np.bincount(owner, minlength=machines).astype(np.int64)
    offset = np.cumsum(length + new) - length - new
    taken = np.zeros(int((length + new).sum()), BUSY)
    taken[np.arange(len(busy)) + np.repeat(offset - np.cumsum(length) + length, length)] = busy
    return taken, offset, length


def _in_order(busy: Table) -> bool:
    owner, start, end = (np.diff(busy[name]) for name in ("machine", "start", "end"))
    return bool(((owner > 0) | ((owner == 0) & ((start > 0) | ((start == 0) & (end >= 0))))).all())


@part
def first_ending_after(taken: Table, low: int, high: int, moment: int) -> int:
    """The first row of low..high that ends after `moment`; `high` when there is none."""
    while low < high:
        middle = (low + high) // 2
        if taken[middle].end > moment:
            high = middle
        else:
            low = middle + 1
    return low


@part
def gap_end(shop: Shop, taken: Table, row: int, machine: int, family: int) -> int:
    """Until when `family` may use the gap before `row`: its start, less the set-up it would then need."""
    until: int = taken[row].start
    if taken[row].needs == 0 or (family >= 0 and family == taken[row].family):
        return until
    if taken[row].needs == FAR:
        return NEVER
    seat = shop.machines[machine]
    return subtract_work_in(shop.windows, seat.low, seat.high, until, taken[row].needs)


@part
def earliest(
    shop: Shop, taken: Table, low: int, high: int, machine: int, operation: int, moment: int, best: IntArray
) -> None:
    """Write (end, row, start, ready) of a machine's first gap into `best`, if it ends sooner than that."""
    task, seat = shop.tasks[operation], shop.machines[machine]
    run = run_on(shop, machine, operation)
    for row in range(first_ending_after(taken, low, high, moment), high + 1):
        family = taken[row - 1].family if row > low else seat.family
        begin = max(moment, taken[row - 1].end) if row > low else moment
        if row < high and begin + run > taken[row].start:
            continue
        begin = opens(shop, machine, begin)
        if begin == NEVER or begin >= best[0]:
            return
        limit = gap_end(shop, taken, row, machine, task.family) if row < high else FAR
        ready, end = timing(shop, machine, operation, begin, setup_after(shop, operation, family))
        if end != NEVER and end <= limit:
            if end < best[0]:
                best[0], best[1], best[2], best[3] = end, row, begin, ready
            return


@part
def take(taken: Table, row: int, last: int, start: int, end: int, family: int, needs: int) -> None:
    """Put a stretch into a machine's rows, `last` being the row behind them."""
    for at in range(last, row, -1):
        taken[at] = taken[at - 1]
    taken[row].start = start
    taken[row].end = end
    taken[row].family = family
    taken[row].needs = needs


@part
def insert_one(
    shop: Shop, slots: Table, taken: Table, offset: IntArray, length: IntArray, operation: int, best: IntArray
) -> None:
    """Place one operation where it ends first, if its predecessors have places and a gap exists."""
    task, moment = shop.tasks[operation], shop.tasks[operation].release
    for at in range(task.first_before, task.last_before):
        if slots[shop.before[at]].machine < 0:
            return
        moment = max(moment, slots[shop.before[at]].end + shop.lag_before[at])
    pool = shop.pools[task.pool]
    best[0], chosen = FAR, -1
    for at in range(pool.first, pool.last):
        machine = shop.members[at]
        known = best[0]
        rows = length[machine] if shop.machines[machine].single else 0
        earliest(shop, taken, offset[machine], offset[machine] + rows, machine, operation, moment, best)
        if best[0] < known:
            chosen = machine
    if chosen < 0:
        return
    place(slots, operation, chosen, best[2], best[3], best[0])
    if shop.machines[chosen].single:
        # What was placed here stands in this plan without its set-up: nobody may come between.
        needs = FAR if task.setup > 0 and best[3] == best[2] else 0
        take(taken, best[1], offset[chosen] + length[chosen], best[2], best[0], task.family, needs)
        length[chosen] += 1


@kernel
def fill(
    shop: Shop,
    slots: Table,
    taken: Table,
    offset: IntArray,
    length: IntArray,
    order: IntArray,
    best: IntArray,
) -> None:
    """Place the operations in this order, each for good; `best` is scratch space for four numbers."""
    for operation in order:
        if shop.tasks[operation].pool >= 0:
            insert_one(shop, slots, taken, offset, length, operation, best)
