"""The ledger of promises: a plan as lists per machine that can be changed on trial and rolled back."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, builder, fields, part
from planning.engine.calendars import (
    NEVER,
    Windows,
    find_window,
    next_working_in,
    setup_and_run_in,
    subtract_work_in,
)
from planning.engine.material import granted
from planning.engine.problem import Problem
from planning.engine.shop import open_shop

FAR: Final = 2**61
NEW_NODES: Final = 1024
"""Room for the operations of the jobs that are quoted together."""

NEW_EDGES: Final = 4 * NEW_NODES
LOG_ROWS: Final = 1 << 16

NODE: Final = fields(
    *("machine", "start", "ready", "end", "previous", "next", "stale"),
    *("job", "pool", "setup", "run", "first_run", "family", "unattended", "release", "fixed"),
    *(
        "limit",
        "seen",
        "latest_end",
        "latest_start",
        "first_before",
        "last_before",
        "first_after",
        "last_after",
    ),
)
SAVED: Final = fields("node", "machine", "start", "ready", "end", "previous", "next", "stale")
STATION: Final = fields("low", "high", "family", "single", "first_row", "last_row")
OWNER: Final = fields("finish", "allowed", "weight")


class Ledger(NamedTuple):
    """The kernels' view: NODE rows for the plan's operations, two ends per machine, and new operations.

    A machine's operations are a list from its head to its tail node. `rows` names them in the order of the
    plan, `row_ends` when they end there: where the search enters a list. Every change of a node is noted in
    `log`, so that any trial can be rolled back; `tally[0]` is its length, `tally[1]` the number of
    evaluations, `tally[2]` that of steps since the last placement began. `owners` are OWNER rows per job:
    when it ends, how late it may end without being wronged, and what a minute beyond that weighs.
    """

    now: int
    operations: int
    windows: Windows
    stations: Table
    pool_ptr: IntArray
    members: IntArray
    nodes: Table
    before: IntArray
    after: IntArray
    lag_before: IntArray
    lag_after: IntArray
    runs: IntArray
    rows: IntArray
    row_ends: IntArray
    job_ptr: IntArray
    job_nodes: IntArray
    owners: Table
    log: Table
    tally: IntArray
    work: IntArray


def open_ledger(
    problem: Problem, machine: IntArray, start: IntArray, ready: IntArray, end: IntArray, fixed: IntArray
) -> Ledger:
    """The ledger of a plan: where each operation of `problem` stands (machine -1: nowhere) and may not move.

    Whatever stands on a machine that does one thing at a time must not overlap there. Raises ValueError.
    """
    shop, machines, count = open_shop(problem), len(problem.machines), len(problem)
    nodes = np.zeros(count + 2 * machines + NEW_NODES, NODE)
    nodes["machine"], nodes["job"], nodes["pool"], nodes["first_run"] = -1, -1, -1, -1
    for name in ("job", "setup", "run", "first_run", "family", "unattended"):
        nodes[name][:count] = shop.tasks[name]
    nodes["pool"][:count] = problem.operations["pool"]
    nodes["release"][:count] = granted(problem, shop)
    for name, column in (("machine", machine), ("start", start), ("ready", ready), ("end", end)):
        nodes[name][:count] = column
    nodes["fixed"][:count] = fixed
    nodes["limit"], nodes["latest_end"], nodes["latest_start"] = FAR, FAR, FAR
    room = np.zeros(NEW_EDGES, np.int64)
    for name in ("first_before", "last_before", "first_after", "last_after"):
        nodes[name][:count] = shop.tasks[name]
    stations, rows = _stations(problem, nodes)
    job_ptr, job_nodes = _job_nodes(nodes[:count], len(problem.jobs))
    ledger = Ledger(
        now=problem.now,
        operations=count,
        windows=problem.windows,
        stations=stations,
        pool_ptr=np.concatenate([problem.pools.ptr, np.zeros(NEW_NODES, np.int64)]),
        members=np.concatenate([problem.pools.value, np.zeros(NEW_EDGES, np.int64)]),
        nodes=nodes,
        before=np.concatenate([shop.before, room]),
        after=np.concatenate([shop.after, room]),
        lag_before=np.concatenate([shop.lag_before, room]),
        lag_after=np.concatenate([shop.lag_after, room]),
        runs=np.concatenate([shop.runs, room]),
        rows=rows,
        row_ends=nodes["end"][rows],
        job_ptr=job_ptr,
        job_nodes=job_nodes,
        owners=_owners(problem, nodes[:count]),
        log=np.zeros(LOG_ROWS, SAVED),
        tally=np.zeros(3, np.int64),
        work=np.zeros(4096, np.int64),
    )
    placed = np.flatnonzero(nodes["machine"][:count] >= 0)
    find_latest(ledger, placed[np.argsort(nodes["start"][placed], kind="stable")[::-1]])
    return ledger


def _stations(problem: Problem, nodes: Table) -> tuple[Table, IntArray]:
    """Machines with their slice of `rows`, and the lists linked from head to tail."""
    machines, count = len(problem.machines), len(problem)
    stations = np.zeros(machines, STATION)
    calendar = problem.machines["calendar"]
    stations["low"], stations["high"] = problem.window_ptr[calendar], problem.window_ptr[calendar + 1]
    stations["family"], stations["single"] = problem.machines["family"], problem.machines["single"]
    owner = nodes["machine"][:count]
    listed = np.flatnonzero((owner >= 0) & (stations["single"][np.maximum(owner, 0)] != 0))
    rows = listed[np.lexsort((nodes["end"][listed], nodes["start"][listed], owner[listed]))]
    clash = np.flatnonzero(
        (owner[rows][1:] == owner[rows][:-1]) & (nodes["start"][rows[1:]] < nodes["end"][rows[:-1]])
    )
    if clash.size:
        raise ValueError(
            f"{problem.name(int(rows[clash[0]]))} and {problem.name(int(rows[clash[0] + 1]))} overlap."
        )
    edges = np.searchsorted(owner[rows], np.arange(machines + 1))
    stations["first_row"], stations["last_row"] = edges[:-1], edges[1:]
    heads, tails = count + np.arange(machines), count + machines + np.arange(machines)
    nodes["start"][heads], nodes["ready"][heads], nodes["end"][heads] = -FAR, -FAR, -FAR
    nodes["start"][tails], nodes["ready"][tails], nodes["end"][tails] = FAR, FAR, FAR
    nodes["family"][heads], nodes["fixed"][heads], nodes["fixed"][tails] = stations["family"], 1, 1
    link_all(nodes, rows, edges, count)
    return stations, rows


@builder
def link_all(nodes: Table, rows: IntArray, edges: IntArray, count: int) -> None:
    """Link each machine's rows between its head and its tail."""
    machines = len(edges) - 1
    for machine in range(machines):
        here, tail = count + machine, count + machines + machine
        for at in range(edges[machine], edges[machine + 1]):
            nodes[here].next = rows[at]
            nodes[rows[at]].previous = here
            here = rows[at]
        nodes[here].next = tail
        nodes[tail].previous = here


def _job_nodes(nodes: Table, jobs: int) -> tuple[IntArray, IntArray]:
    """Each job's operations by their start."""
    order = np.lexsort((nodes["start"], nodes["job"]))
    return np.searchsorted(nodes["job"][order], np.arange(jobs + 1)).astype(np.int64), order


def _owners(problem: Problem, nodes: Table) -> Table:
    """The jobs as others see them; their last operations are limited to what they are allowed."""
    owners = np.zeros(len(problem.jobs), OWNER)
    owners["finish"] = NEVER
    np.maximum.at(owners["finish"], nodes["job"], np.where(nodes["machine"] >= 0, nodes["end"], NEVER))
    owners["allowed"] = np.maximum(problem.jobs["due"], owners["finish"])
    owners["weight"] = problem.jobs["weight"]
    last = nodes["first_after"] == nodes["last_after"]
    nodes["limit"] = np.where(last, owners["allowed"][nodes["job"]], FAR)
    return owners


@part
def run_on(ledger: Ledger, machine: int, node: int) -> int:
    """The run minutes of a node on this machine."""
    row = ledger.nodes[node]
    run: int = row.run
    if row.first_run >= 0 and row.pool >= 0:
        first = ledger.pool_ptr[row.pool]
        for at in range(first, ledger.pool_ptr[row.pool + 1]):
            if ledger.members[at] == machine:
                run = ledger.runs[row.first_run + at - first]
    return run


@builder
def find_latest(ledger: Ledger, order: IntArray) -> None:
    """Write how late each operation may start and end while the order on the machines stays.

    `order` are the placed operations, the latest start first.
    """
    for node in order:
        row = ledger.nodes[node]
        if row.fixed != 0:
            row.latest_end, row.latest_start = row.end, row.start
            continue
        latest = row.limit
        for at in range(row.first_after, row.last_after):
            follower = ledger.nodes[ledger.after[at]]
            if follower.machine >= 0:
                latest = min(latest, follower.latest_start - ledger.lag_after[at])
        if ledger.stations[row.machine].single != 0:
            latest = min(latest, ledger.nodes[row.next].latest_start)
        row.latest_end = max(latest, row.end)
        if latest == FAR:
            row.latest_start = FAR
            continue
        station = ledger.stations[row.machine]
        setup = row.setup if row.ready > row.start else 0
        moment = row.latest_end
        if row.unattended:
            moment -= run_on(ledger, row.machine, node)
        else:
            run = run_on(ledger, row.machine, node)
            moment = subtract_work_in(ledger.windows, station.low, station.high, moment, run)
        moment = subtract_work_in(ledger.windows, station.low, station.high, moment, setup)
        row.latest_start = max(moment, row.start)


@part
def note(ledger: Ledger, node: int) -> None:
    """Note how a node stands before it changes."""
    saved, row = ledger.log[ledger.tally[0]], ledger.nodes[node]
    saved.node = node
    saved.machine = row.machine
    saved.start = row.start
    saved.ready = row.ready
    saved.end = row.end
    saved.previous = row.previous
    saved.next = row.next
    saved.stale = row.stale
    ledger.tally[0] += 1


@part
def roll_back(ledger: Ledger, mark: int) -> None:
    """Undo what was noted since the log was `mark` rows long."""
    while ledger.tally[0] > mark:
        ledger.tally[0] -= 1
        saved = ledger.log[ledger.tally[0]]
        row = ledger.nodes[saved.node]
        row.machine = saved.machine
        row.start = saved.start
        row.ready = saved.ready
        row.end = saved.end
        row.previous = saved.previous
        row.next = saved.next
        row.stale = saved.stale


@part
def crowded(ledger: Ledger) -> bool:
    """Whether the log has too little room for another trial."""
    return bool(ledger.tally[0] > LOG_ROWS - 8192)


@part
def link(ledger: Ledger, node: int, machine: int, behind: int, start: int, ready: int, end: int) -> None:
    """Place a node; on a machine that does one thing at a time directly behind the node `behind`."""
    note(ledger, node)
    row = ledger.nodes[node]
    row.machine = machine
    row.start = start
    row.ready = ready
    row.end = end
    row.stale = 1
    if ledger.stations[machine].single == 0:
        return
    ahead = ledger.nodes[behind].next
    note(ledger, behind)
    note(ledger, ahead)
    row.previous = behind
    row.next = ahead
    ledger.nodes[behind].next = node
    ledger.nodes[ahead].previous = node


@part
def unlink(ledger: Ledger, node: int) -> None:
    """Take a node off its machine."""
    note(ledger, node)
    row = ledger.nodes[node]
    if ledger.stations[row.machine].single != 0:
        note(ledger, row.previous)
        note(ledger, row.next)
        ledger.nodes[row.previous].next = row.next
        ledger.nodes[row.next].previous = row.previous
    row.machine = -1
    row.stale = 1


@part
def opening(ledger: Ledger, machine: int, moment: int) -> int:
    """The first working minute of a machine at or after `moment`, or NEVER."""
    station = ledger.stations[machine]
    return next_working_in(ledger.windows, station.low, station.high, moment)


@part
def times(ledger: Ledger, machine: int, node: int, start: int, setup: int) -> tuple[int, int]:
    """When set-up and run end if begun at `start`; NEVER when working time is short."""
    station, row = ledger.stations[machine], ledger.nodes[node]
    near = find_window(ledger.windows, station.low, station.high, start)
    run = run_on(ledger, machine, node)
    return setup_and_run_in(ledger.windows, near, station.high, start, setup, run, row.unattended != 0)


@part
def setup_behind(ledger: Ledger, behind: int, node: int) -> int:
    """The set-up minutes of a node that follows `behind` on a machine."""
    row = ledger.nodes[node]
    saves = row.family >= 0 and ledger.nodes[behind].family == row.family
    setup: int = 0 if saves else row.setup
    return setup


@part
def enter(ledger: Ledger, machine: int, moment: int) -> int:
    """The first node of a machine's list that ends after `moment`, or its tail."""
    station = ledger.stations[machine]
    low, high = station.first_row, station.last_row
    while low < high:
        middle = (low + high) // 2
        if ledger.row_ends[middle] > moment:
            high = middle
        else:
            low = middle + 1
    # What was taken out or put elsewhere is no way in; nothing else ends earlier than in the plan.
    while low < station.last_row and ledger.nodes[ledger.rows[low]].stale != 0:
        low += 1
    node: int = (
        ledger.rows[low] if low < station.last_row else (ledger.operations + len(ledger.stations) + machine)
    )
    while ledger.nodes[ledger.nodes[node].previous].end > moment:
        node = ledger.nodes[node].previous
    return node
