"""Operations as they stand: where, since when, how many pieces, and how much work is left of them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kernel.jit import BoolArray, IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.order_book.book import PAUSED, RUNNING
from planning.selectors.shop.resources import Resources

LEAST_REMAINING: Final = 15
"""A running operation that is past its time is reckoned to need that many minutes more."""


@dataclass(frozen=True, eq=False)
class Floor:
    """The operations as they stand, seen from the machines: what every part of the problem asks for.

    `started` ones run or pause on the machine `here`; `seat` is the planned one, -1 for none.
    """

    rows: Table
    resources: Resources
    clock: int
    job: IntArray
    here: IntArray
    seat: IntArray
    started: BoolArray
    running: BoolArray


def floor_of(rows: Table, resources: Resources, clock: int) -> Floor:
    """The rows seen from the machines."""
    here = seats_of(rows["worked_on"], resources)
    started = np.isin(rows["status"], (RUNNING, PAUSED)) & (here >= 0)
    return Floor(
        rows=rows,
        resources=resources,
        clock=clock,
        job=jobs_of(rows)[1],
        here=here,
        seat=seats_of(rows["machine"], resources),
        started=started,
        running=started & (rows["status"] == RUNNING),
    )


def jobs_of(rows: Table) -> tuple[IntArray, IntArray]:
    """The jobs of these rows by id in the order they come, and the number of each row's job."""
    line_ids, first, job = np.unique(rows["line"], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return line_ids[order], rank[job]


def seats_of(machine_ids: IntArray, resources: Resources) -> IntArray:
    """The engine's numbers of these machines, -1 for none."""
    return places_in(np.array(resources.machine_ids, np.int64), machine_ids)


def places_in(known: IntArray, wanted: IntArray) -> IntArray:
    """Where each of the wanted stands among the known, -1 for nowhere."""
    if not known.size:
        return np.full(len(wanted), -1)
    order = np.argsort(known)
    at = np.clip(np.searchsorted(known[order], wanted), 0, len(known) - 1)
    return np.where(known[order][at] == wanted, order[at], -1)


def may_stay(floor: Floor) -> BoolArray:
    """Which operations are planned on a machine that may do them still."""
    found = np.zeros(len(floor.rows), np.bool_)
    for process in np.unique(floor.rows["process"]).tolist():
        mine = floor.rows["process"] == process
        found[mine] = np.isin(floor.seat[mine], floor.resources.pools.get(process, ()))
    return found


def work_of(floor: Floor) -> IntArray:
    """Run minutes: working days outside as minutes, of started operations what is left."""
    rows, resources = floor.rows, floor.resources
    run: IntArray = rows["run"].copy()
    for process in np.unique(rows["process"][rows["outside"] > 0]).tolist():
        pool = resources.pools.get(process, ())
        day = int(resources.day_minutes[list(pool)].max()) if pool else 1440
        run += np.where(rows["process"] == process, rows["outside"] * day, 0)
    for at in np.flatnonzero(floor.started):
        run[at] = _remaining(rows[at], int(run[at]), int(floor.here[at]), floor)
    loads, racks = _loads(floor)
    run[racks] = -(-run[racks] // loads[racks])
    return np.maximum(1, run)


def _loads(floor: Floor) -> tuple[IntArray, BoolArray]:
    """How often a rack is filled with the batches an operation asks for, and for which that counts."""
    rows = floor.rows
    racks = (rows["batch"] > 0) & ~floor.started & (_places(floor) > 0)
    return -(-rows["quantity"] // np.maximum(1, rows["batch"])), racks


def pieces_of(floor: Floor) -> IntArray:
    """How many pieces go on; on a rack a piece of a smaller batch takes more than one place."""
    racks, quantity = _loads(floor)[1], floor.rows["quantity"]
    spread = -(-quantity * _places(floor) // np.maximum(1, floor.rows["batch"]))
    return np.where(racks, spread, quantity)


def _places(floor: Floor) -> IntArray:
    """The places of the largest rack of each operation's process."""
    sizes = {
        process: max((floor.resources.machines[at].size for at in pool), default=0)
        for process, pool in floor.resources.pools.items()
    }
    processes, which = np.unique(floor.rows["process"], return_inverse=True)
    return np.array([sizes.get(each, 0) for each in processes.tolist()], np.int64)[which]


def _remaining(row: Any, run: int, seat: int, floor: Floor) -> int:
    """What is left of a started operation: planned less worked minutes, at least LEAST_REMAINING.

    Where pieces are counted already, the share of the run that is left for the others.
    """
    run = -(-run * 100 // int(floor.resources.speeds[seat]))
    if (size := floor.resources.machines[seat].size) and not row["batch"]:
        run *= -(-int(row["quantity"]) // size)
    if row["good"] > 0:
        return max(LEAST_REMAINING, run * max(0, int(row["quantity"] - row["good"])) // int(row["quantity"]))
    worked, since = int(row["worked"]), int(row["since"])
    if row["status"] == RUNNING and since != NEVER:
        if row["unattended"]:
            worked += floor.clock - since
        else:
            windows = floor.resources.windows_of(int(row["worked_on"]))
            worked += int(engine.work_between(windows, since, floor.clock))
    return max(LEAST_REMAINING, int(row["setup"]) + run - worked)
