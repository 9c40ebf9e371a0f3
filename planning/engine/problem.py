"""What is to be planned, as arrays: calendars, machines, pools of eligible machines, operations, jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, fields
from planning.engine.calendars import NEVER, WINDOW, Windows, numbered
from planning.engine.graph import topological_order

LONGEST: Final = 2**40
"""Minutes beyond which a duration or a moment is taken for an error: about two million years."""


class Fixing(IntEnum):
    """How far the world has already decided about an operation."""

    FREE = 0
    STARTED = 1
    """Runs on its machine: set-up and run are what remains, from now on."""
    PINNED = 2
    """A planner wants it on this machine at this minute; it slips only when it cannot be ready by then."""


class Machine(NamedTuple):
    """A machine: its calendar, the family it is set up for (-1: none), its work centre.

    `single` machines do one operation at a time; the others (a vendor, a drying room) take any number.
    """

    calendar: int
    family: int = -1
    centre: int = 0
    single: bool = True


class Job(NamedTuple):
    """A job: when it is due, and what a minute of its lateness weighs."""

    due: int
    weight: int = 1


class Operation(NamedTuple):
    """One operation: its job, the machines that may do it, minutes, and what must come before it.

    `after` holds indices of operations. Family -1 always needs its set-up. `release` is the minute from
    which material and job are there. `machine` and `start` belong to started and pinned operations.
    """

    job: int
    machines: tuple[int, ...]
    run: int
    setup: int = 0
    family: int = -1
    after: tuple[int, ...] = ()
    unattended: bool = False
    release: int = NEVER
    fixing: Fixing = Fixing.FREE
    machine: int = -1
    start: int = NEVER
    name: str = ""


MACHINE: Final = fields("calendar", "family", "centre", "single")
JOB: Final = fields("due", "weight")
OPERATION: Final = fields(
    "job", "pool", "setup", "run", "family", "unattended", "release", "fixing", "machine", "start"
)


class Ragged(NamedTuple):
    """Lists of different length in two arrays: row i is value[ptr[i]:ptr[i + 1]]."""

    ptr: IntArray
    value: IntArray


@dataclass(frozen=True, eq=False)
class Problem:
    """A checked planning problem; moments are minutes since the caller's epoch, nothing starts before `now`.

    `windows` holds every calendar, calendar c being the rows window_ptr[c]:window_ptr[c + 1]. `machines`,
    `jobs` and `operations` are tables of MACHINE, JOB and OPERATION rows; an operation's `pool` is a row of
    `pools`, the machines that may do it, or -1; `after` lists its predecessors. Raises ValueError, naming
    the operation.
    """

    now: int
    windows: Windows
    window_ptr: IntArray
    machines: Table
    pools: Ragged
    jobs: Table
    operations: Table
    after: Ragged
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_shop(self)
        _check_operations(self)
        _check_graph(self)

    def __len__(self) -> int:
        return len(self.operations)

    def name(self, operation: int) -> str:
        """What messages call this operation."""
        known = self.names[operation] if operation < len(self.names) else ""
        return known or f"operation #{operation}"


def assemble(
    *,
    now: int,
    calendars: Sequence[Windows],
    machines: Sequence[Machine],
    jobs: Sequence[Job],
    operations: Sequence[Operation],
) -> Problem:
    """The problem of these rows; equal sets of machines share a pool. Raises ValueError as Problem does."""
    windows, window_ptr = pack(calendars)
    sets: dict[tuple[int, ...], int] = {(): -1}
    rows = []
    for each in operations:
        pool = sets.setdefault(each.machines, len(sets) - 1)
        facts = (each.setup, each.run, each.family, each.unattended, each.release)
        rows.append((each.job, pool, *facts, each.fixing, each.machine, each.start))
    return Problem(
        now=now,
        windows=windows,
        window_ptr=window_ptr,
        machines=np.array([tuple(each) for each in machines], dtype=MACHINE),
        pools=ragged(list(sets)[1:]),
        jobs=np.array([tuple(each) for each in jobs], dtype=JOB),
        operations=np.array(rows, dtype=OPERATION),
        after=ragged([each.after for each in operations]),
        names=tuple(each.name for each in operations),
    )


def pack(calendars: Sequence[Windows]) -> tuple[Windows, IntArray]:
    """All calendars in one table, and where each begins (one more entry than calendars)."""
    windows = numbered(np.concatenate([np.empty(0, WINDOW), *calendars]))
    return windows, np.cumsum([0, *(len(each) for each in calendars)], dtype=np.int64)


def ragged(rows: Sequence[Sequence[int]]) -> Ragged:
    """Rows of indices in two arrays."""
    ptr = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return Ragged(ptr, np.fromiter((value for row in rows for value in row), np.int64))


def _check_shop(problem: Problem) -> None:
    machines, weight = problem.machines, problem.jobs["weight"]
    if len(problem.window_ptr) < 1 or problem.window_ptr[-1] != len(problem.windows):
        raise ValueError("The calendar index does not cover the working-time windows.")
    calendar = machines["calendar"]
    wrong = np.flatnonzero((calendar < 0) | (calendar >= len(problem.window_ptr) - 1))
    if wrong.size:
        raise ValueError(f"Machine {wrong[0]} names calendar {calendar[wrong[0]]}, which does not exist.")
    member = problem.pools.value
    wrong = member[(member < 0) | (member >= len(machines))]
    if wrong.size:
        raise ValueError(f"A pool names machine {wrong[0]}; there are {len(machines)} machines.")
    for first, last in zip(problem.pools.ptr[:-1], problem.pools.ptr[1:], strict=True):
        kinds = machines["single"][member[first:last]]
        if kinds.size and kinds.any() != kinds.all():
            raise ValueError(
                "A pool mixes machines of unlimited capacity with others. Give them pools of their own."
            )
    if weight.size and weight.min() < 0:
        raise ValueError(f"Job {int(weight.argmin())} has a negative weight.")


def _check_operations(problem: Problem) -> None:
    ops, machines = problem.operations, len(problem.machines)
    job, pool, fixing, machine = ops["job"], ops["pool"], ops["fixing"], ops["machine"]
    checks = (
        ((job < 0) | (job >= len(problem.jobs)), "belongs to a job that does not exist"),
        ((pool < -1) | (pool >= len(problem.pools.ptr) - 1), "names a pool that does not exist"),
        (ops["setup"] < 0, "has a negative set-up time"),
        (ops["run"] < 0, "has a negative run time"),
        (np.maximum(ops["setup"], ops["run"]) > LONGEST, "takes longer than any calendar"),
        ((fixing < Fixing.FREE) | (fixing > Fixing.PINNED), "has an unknown fixing"),
        (
            (fixing != Fixing.FREE) & ((machine < 0) | (machine >= machines)),
            "is started or pinned but names no machine",
        ),
        ((fixing == Fixing.PINNED) & (np.abs(ops["start"]) > LONGEST), "is pinned but names no start"),
        (ops["release"] > LONGEST, "is released later than any calendar reaches"),
    )
    for wrong, complaint in checks:
        if wrong.any():
            raise ValueError(f"{problem.name(int(wrong.argmax()))} {complaint}.")


def _check_graph(problem: Problem) -> None:
    count, ptr, before = len(problem), problem.after.ptr, problem.after.value
    if len(ptr) != count + 1 or ptr[-1] != len(before):
        raise ValueError("The predecessor lists do not cover the operations.")
    wrong = np.flatnonzero((before < 0) | (before >= count))
    if wrong.size:
        owner = int(np.searchsorted(ptr, wrong[0], side="right")) - 1
        raise ValueError(f"{problem.name(owner)} follows operation {before[wrong[0]]}, which does not exist.")
    order = topological_order(ptr, before)
    if len(order) < count:
        stuck = set(range(count)) - set(order.tolist())
        raise ValueError(
            f"{problem.name(_on_circle(problem.after, stuck))} waits for itself through its predecessors."
        )


def _on_circle(after: Ragged, stuck: set[int]) -> int:
    here, seen = min(stuck), set()
    while here not in seen:
        seen.add(here)
        row = after.value[after.ptr[here] : after.ptr[here + 1]].tolist()
        here = next(each for each in row if each in stuck)
    return here
