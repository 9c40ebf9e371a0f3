"""A problem turned into what the kernels read, and the operations whose place is fixed."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, builder, fields, part
from planning.engine.calendars import (
    NEVER,
    Windows,
    next_working_in,
    setup_and_run_in,
    work_until,
)
from planning.engine.graph import inverted, topological_order
from planning.engine.problem import Problem
from planning.engine.rows import Fixing

FAR: Final = 2**61
FREE, STARTED, PINNED = int(Fixing.FREE), int(Fixing.STARTED), int(Fixing.PINNED)

SEAT: Final = fields("low", "high", "family", "single", "first_pool", "last_pool")
POOL: Final = fields("first", "last", "head")
TASK: Final = fields(
    *("job", "pool", "setup", "run", "family", "unattended", "release", "fixing", "machine", "start"),
    *("first_run", "pauses", "transfer", "first_before", "last_before", "first_after", "last_after"),
    real=("lasting",),
)
SLOT: Final = fields("machine", "start", "ready", "end")
BLOCK: Final = fields("operation", "start", "end")


class Shop(NamedTuple):
    """The kernels' view of a problem. Fields `first_x`, `last_x` are slices of the list x.

    `machines` are SEAT rows (low:high are the machine's windows), `tasks` TASK rows, `pools` POOL rows:
    slices of `members`, and the `head` of their queue. Behind the caller's pools stands one pool per
    machine, for fixed operations. `order` lists operations behind their predecessors.
    """

    now: int
    windows: Windows
    machines: Table
    pools: Table
    members: IntArray
    pools_of: IntArray
    tasks: Table
    before: IntArray
    after: IntArray
    lag_before: IntArray
    lag_after: IntArray
    runs: IntArray
    changeover: IntArray
    order: IntArray
    jobs: Table


def open_shop(problem: Problem) -> Shop:
    """The problem as the kernels read it: releases raised to `now`, the fixed bound to their machine."""
    count = len(problem.machines)
    ptr = np.concatenate([problem.pools.ptr, problem.pools.ptr[-1] + np.arange(1, count + 1)])
    members = np.concatenate([problem.pools.value, np.arange(count)])
    machines, pools_of = _seats(problem, ptr, members)
    lag_before = problem.lags if problem.lags.size else np.zeros(len(problem.after.value), np.int64)
    tasks, after, lag_after = _tasks(problem, machines, lag_before)
    pools = np.zeros(len(ptr) - 1, POOL)
    pools["first"], pools["last"] = ptr[:-1], ptr[1:]
    sizes = np.bincount(tasks["pool"][tasks["pool"] >= 0], minlength=len(pools))
    pools["head"] = np.cumsum(sizes) - sizes
    tasks["lasting"] = lasting_of(problem, tasks, machines, pools, members)
    return Shop(
        now=problem.now,
        windows=problem.windows,
        machines=machines,
        pools=pools,
        members=members,
        pools_of=pools_of,
        tasks=tasks,
        before=problem.after.value,
        after=after,
        lag_before=lag_before,
        lag_after=lag_after,
        runs=_remaining_runs(problem),
        changeover=problem.changeover,
        order=topological_order(problem.after.ptr, problem.after.value),
        jobs=problem.jobs,
    )


def _seats(problem: Problem, ptr: IntArray, members: IntArray) -> tuple[Table, IntArray]:
    seats = np.zeros(len(problem.machines), SEAT)
    calendar = problem.machines["calendar"]
    pool_ptr, pools_of = inverted(ptr, members, len(seats))
    seats["low"], seats["high"] = problem.window_ptr[calendar], problem.window_ptr[calendar + 1]
    seats["family"], seats["single"] = problem.machines["family"], problem.machines["single"]
    seats["first_pool"], seats["last_pool"] = pool_ptr[:-1], pool_ptr[1:]
    return seats, pools_of


def _tasks(problem: Problem, machines: Table, lags: IntArray) -> tuple[Table, IntArray, IntArray]:
    after, tasks = problem.after, task_rows(problem, machines, problem.operations)
    after_ptr, followers = inverted(after.ptr, after.value, len(tasks))
    lag_after = lags[np.argsort(after.value, kind="stable")]
    tasks["first_before"], tasks["last_before"] = after.ptr[:-1], after.ptr[1:]
    tasks["first_after"], tasks["last_after"] = after_ptr[:-1], after_ptr[1:]
    return tasks, followers, lag_after


def task_rows(problem: Problem, machines: Table, ops: Table) -> Table:
    """TASK rows of these operations of the problem, without what they follow and how long they last."""
    tasks = np.zeros(len(ops), TASK)
    for name in set(TASK.names or ()) & set(ops.dtype.names or ()):
        tasks[name] = ops[name]
    left = ops["quantity"] - ops["done"]
    tasks["run"] = -(-ops["run"] * left // ops["quantity"])
    gate = problem.jobs["release"][ops["job"]]
    tasks["release"] = np.maximum(np.maximum(ops["release"], gate), problem.now)
    kept = (ops["fixing"] == FREE) & (ops["machine"] >= 0) & (ops["start"] < problem.frozen)
    tasks["fixing"][kept & (ops["start"] > NEVER)] = PINNED
    _settle_runs(problem, ops, tasks)
    fixed = np.flatnonzero(tasks["fixing"] != FREE)
    tasks["pool"][fixed] = len(problem.pools.ptr) - 1 + ops["machine"][fixed]
    # On a machine without limit nobody is in the way: its pins are releases.
    loose = fixed[(tasks["fixing"][fixed] == PINNED) & (machines["single"][ops["machine"][fixed]] == 0)]
    tasks["release"][loose] = np.maximum(tasks["release"][loose], ops["start"][loose])
    tasks["fixing"][loose] = FREE
    return tasks


def _settle_runs(problem: Problem, ops: Table, tasks: Table) -> None:
    """Pinned operations whose run differs by machine get that of theirs."""
    for row in np.flatnonzero((tasks["fixing"] == PINNED) & (ops["first_run"] >= 0) & (ops["pool"] >= 0)):
        op = ops[row]
        pool = problem.pools.value[problem.pools.ptr[op["pool"]] : problem.pools.ptr[op["pool"] + 1]]
        if op["machine"] in pool:
            run = problem.runs[op["first_run"] + pool.tolist().index(op["machine"])]
            tasks["run"][row] = -(-run * (op["quantity"] - op["done"]) // op["quantity"])
    tasks["first_run"][tasks["fixing"] != FREE] = -1


def _remaining_runs(problem: Problem) -> IntArray:
    """Run minutes per machine of the pieces still to be made."""
    runs, ops = problem.runs.copy(), problem.operations
    for row in np.flatnonzero((ops["first_run"] >= 0) & (ops["done"] > 0)):
        op = ops[row]
        mine = slice(op["first_run"], op["first_run"] + _pool_size(problem, int(op["pool"])))
        runs[mine] = -(-runs[mine] * (op["quantity"] - op["done"]) // op["quantity"])
    return runs


def _pool_size(problem: Problem, pool: int) -> int:
    return int(problem.pools.ptr[pool + 1] - problem.pools.ptr[pool]) if pool >= 0 else 0


def lasting_of(problem: Problem, tasks: Table, machines: Table, pools: Table, members: IntArray) -> Table:
    """Minutes of set-up and run per operation, stretched by the share of time its machines are closed."""
    share = np.ones(len(problem.window_ptr))
    for calendar, (low, high) in enumerate(zip(problem.window_ptr[:-1], problem.window_ptr[1:], strict=True)):
        if high > low:
            mine = problem.windows[low:high]
            share[calendar] = (mine["end"][-1] - mine["start"][0]) / (mine["end"] - mine["start"]).sum()
    sums = np.concatenate([[0.0], np.cumsum(share[problem.machines["calendar"][members]])])
    mean = np.ones(len(pools) + 1)
    mean[:-1] = (sums[pools["last"]] - sums[pools["first"]]) / np.maximum(pools["last"] - pools["first"], 1)
    factor = np.maximum(mean[tasks["pool"]], 1.0)
    run = tasks["run"] * np.where(tasks["unattended"] != 0, 1.0, factor)
    lasting: Table = np.maximum(tasks["setup"] * factor + run, 1.0)
    return lasting


def empty_slots(count: int) -> Table:
    """SLOT rows for `count` operations, none placed: machine -1, times NEVER."""
    slots = np.empty(count, SLOT)
    slots["machine"] = -1
    for name in ("start", "ready", "end"):
        slots[name] = NEVER
    return slots


@part
def timing(shop: Shop, machine: int, operation: int, start: int, setup: int) -> tuple[int, int]:
    """When set-up and run of `operation` end on `machine` if begun at `start`; NEVER if time is short."""
    seat, task = shop.machines[machine], shop.tasks[operation]
    run = run_on(shop, machine, operation)
    return setup_and_run_in(shop.windows, seat.low, seat.high, start, setup, run, task.unattended)


@part
def run_on(shop: Shop, machine: int, operation: int) -> int:
    """The run minutes of `operation` on `machine`."""
    task = shop.tasks[operation]
    run: int = task.run
    if task.first_run >= 0 and task.fixing == FREE:
        first = shop.pools[task.pool].first
        for at in range(first, shop.pools[task.pool].last):
            if shop.members[at] == machine:
                run = shop.runs[task.first_run + at - first]
    return run


@part
def setup_after(shop: Shop, operation: int, family: int) -> int:
    """The set-up minutes `operation` needs on a machine that is set up for `family`."""
    task = shop.tasks[operation]
    if family >= 0 and task.family >= 0 and len(shop.changeover) > 0:
        known: int = shop.changeover[family, task.family]
        if known >= 0:
            return known
    setup: int = 0 if family >= 0 and family == task.family else task.setup
    return setup


@part
def opens(shop: Shop, machine: int, moment: int) -> int:
    """The first working minute of `machine` at or after `moment`, or NEVER."""
    seat = shop.machines[machine]
    return next_working_in(shop.windows, seat.low, seat.high, moment)


@part
def room(shop: Shop, machine: int, first: int, last: int) -> int:
    """Working minutes of `machine` between two moments."""
    low, high = shop.machines[machine].low, shop.machines[machine].high
    return work_until(shop.windows, low, high, last) - work_until(shop.windows, low, high, first)


@part
def place(slots: Table, operation: int, machine: int, start: int, ready: int, end: int) -> None:
    """Write where an operation stands."""
    slot = slots[operation]
    slot.machine = machine
    slot.start = start
    slot.ready = ready
    slot.end = end


@builder
def place_started(shop: Shop, slots: Table, by_start: IntArray) -> tuple[IntArray, IntArray]:
    """Let started operations go on from now on their machines, one after the other in the order `by_start`.

    Returns per machine the moment it is free and the family it is then set up for.
    """
    free = np.full(len(shop.machines), shop.now, np.int64)
    family = np.empty(len(shop.machines), np.int64)
    for machine in range(len(shop.machines)):
        family[machine] = shop.machines[machine].family
    for operation in by_start:
        task = shop.tasks[operation]
        if task.fixing != STARTED:
            continue
        machine = task.machine
        begin = free[machine] if shop.machines[machine].single else shop.now
        if task.setup > 0 or not task.unattended:
            begin = opens(shop, machine, begin)
        if begin == NEVER:
            continue
        ready, end = timing(shop, machine, operation, begin, task.setup)
        if end == NEVER:
            continue
        place(slots, operation, machine, begin, ready, end)
        if shop.machines[machine].single:
            free[machine] = end
            family[machine] = task.family
    return free, family


@builder
def pinned_blocks(shop: Shop, free: IntArray, by_start: IntArray) -> tuple[IntArray, Table]:
    """Time kept for the pinned operations, each from its pin on or behind what is fixed already.

    Returns slices per machine and BLOCK rows by start. Set-up is kept in full, whatever will run before.
    One that finds no working time gets no block.
    """
    machines = len(shop.machines)
    ptr = np.zeros(machines + 1, np.int64)
    for operation in by_start:
        if shop.tasks[operation].fixing == PINNED:
            ptr[shop.tasks[operation].machine + 1] += 1
    for machine in range(machines):
        ptr[machine + 1] += ptr[machine]
    blocks = np.empty(ptr[machines], BLOCK)
    for at in range(len(blocks)):
        blocks[at].operation, blocks[at].start, blocks[at].end = -1, FAR, FAR
    fill, edge = ptr[:-1].copy(), free.copy()
    for operation in by_start:
        task = shop.tasks[operation]
        if task.fixing != PINNED:
            continue
        start = opens(shop, task.machine, max(edge[task.machine], task.start))
        if start == NEVER:
            continue
        end = timing(shop, task.machine, operation, start, task.setup)[1]
        if end == NEVER:
            continue
        block = blocks[fill[task.machine]]
        block.operation, block.start, block.end = operation, start, end
        fill[task.machine] += 1
        edge[task.machine] = end
    return ptr, blocks
