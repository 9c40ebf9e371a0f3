"""What is to be planned, as arrays: calendars, machines, pools of eligible machines, operations, jobs."""

from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.calendars import NEVER, Windows
from planning.engine.graph import topological_order
from planning.engine.rows import NO_LABELS, Fixing, Labels, Ragged

LONGEST: Final = 2**40
"""Minutes beyond which a duration or a moment is taken for an error: about two million years."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A checked planning problem; moments are minutes since the caller's epoch, nothing starts before `now`.

    `windows` holds every calendar, calendar c being the rows window_ptr[c]:window_ptr[c + 1]. `machines`,
    `jobs` and `operations` are tables of MACHINE, JOB and OPERATION rows; an operation's `pool` is a row of
    `pools`, the machines that may do it, or -1; `after` lists its predecessors, `lags` (calendar minutes)
    stand beside `after.value`. Where run minutes differ by machine, the pool's k-th machine needs
    runs[first_run + k]. `changeover[a, b]` are the set-up minutes from family a to family b (a negative one:
    the operation's own set-up); without a matrix only the same family saves the set-up. `skills` lists the
    skills of each of the `crews`; `held` the tools of each operation; `takes.value` of each operation are
    rows of `take_rows`: material and quantity. What the plan so far starts before `frozen` stays there.
    Raises ValueError, naming the operation.
    """

    now: int
    windows: Windows
    window_ptr: IntArray
    machines: Table
    pools: Ragged
    jobs: Table
    operations: Table
    after: Ragged
    lags: IntArray
    runs: IntArray
    changeover: IntArray
    crews: Table
    skills: Ragged
    tools: Table
    held: Ragged
    materials: Table
    takes: Ragged
    take_rows: Table
    names: tuple[str, ...] = ()
    frozen: int = NEVER
    labels: Labels = NO_LABELS

    def __post_init__(self) -> None:
        _check_shop(self)
        _check_operations(self)
        _check_graph(self)
        _check_needs(self)

    def __len__(self) -> int:
        return len(self.operations)

    def with_operations(self, operations: Table) -> "Problem":
        """The same problem with other operations of the same graph, which is not checked again."""
        other = copy(self)
        object.__setattr__(other, "operations", operations)
        _check_operations(other)
        return other

    def having(self, operations: Table, jobs: Table, shop: "Problem") -> "Problem":
        """The same problem with other rows of the same operations and jobs, in a shop with other hours.

        Its graph and what the operations need is not checked again.
        """
        other = copy(self)
        for name in ("windows", "window_ptr", "machines", "crews", "skills", "tools", "labels"):
            object.__setattr__(other, name, getattr(shop, name))
        object.__setattr__(other, "jobs", jobs)
        return other if operations is self.operations else other.with_operations(operations)

    def among(self, rows: IntArray) -> "Problem":
        """The same shop with these operations only: to be looked at, not to be planned."""
        other = copy(self)
        object.__setattr__(other, "operations", self.operations[rows])
        return other

    def name(self, operation: int) -> str:
        """What messages call this operation."""
        known = self.names[operation] if operation < len(self.names) else ""
        return known or f"operation #{operation}"

    def label(self, kind: str, number: int) -> str:
        """What messages call a machine, skill, tool or material (kind as in Labels)."""
        known = getattr(self.labels, kind)
        return known[number] if number < len(known) else f"{kind[:-1]} #{number}"


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


def _check_needs(problem: Problem) -> None:
    """Lags, run tables, set-up matrix, skills, tools and materials refer to what exists."""
    ops, families = problem.operations, len(problem.changeover)
    piece = (
        (ops["quantity"] < 1) | (ops["done"] < 0) | (ops["done"] > ops["quantity"]) | (ops["transfer"] < 0)
    )
    checks = (
        (piece, "has quantities that make no sense: 0 <= done <= quantity, quantity at least 1"),
        ((families > 0) & (ops["family"] >= families), "has a family that the set-up matrix does not know"),
    )
    for wrong, complaint in checks:
        if wrong.any():
            raise ValueError(f"{problem.name(int(wrong.argmax()))} {complaint}.")
    if problem.lags.size not in {0, len(problem.after.value)}:
        raise ValueError("The lags do not stand beside the predecessors.")
    if problem.lags.size and problem.lags.min() < 0:
        owner = int(np.searchsorted(problem.after.ptr, int(problem.lags.argmin()), side="right")) - 1
        raise ValueError(f"{problem.name(owner)} has a negative lag behind its predecessor.")
    if problem.changeover.ndim != 2 or problem.changeover.shape[0] != problem.changeover.shape[1]:
        raise ValueError("The set-up matrix is not square.")
    _check_lists(problem)


def _check_lists(problem: Problem) -> None:
    for rows, count, what in (
        (problem.held, len(problem.tools), "tool"),
        (problem.takes, len(problem.take_rows), "material"),
    ):
        if len(rows.ptr) not in {1, len(problem) + 1} or rows.ptr[-1] != len(rows.value):
            raise ValueError(f"The {what} lists do not cover the operations.")
        wrong = np.flatnonzero((rows.value < 0) | (rows.value >= count))
        if wrong.size:
            owner = int(np.searchsorted(rows.ptr, wrong[0], side="right")) - 1
            raise ValueError(f"{problem.name(owner)} names a {what} that does not exist.")
    taken = problem.take_rows["material"]
    if taken.size and (taken.min() < 0 or taken.max() >= len(problem.materials)):
        raise ValueError("An operation takes a material that does not exist.")
    if taken.size and problem.take_rows["quantity"].min() < 0:
        raise ValueError("An operation takes a negative quantity of a material.")
    crew_calendars = problem.crews["calendar"]
    if (
        crew_calendars.size
        and not 0 <= crew_calendars.min() <= crew_calendars.max() < len(problem.window_ptr) - 1
    ):
        raise ValueError("A crew names a calendar that does not exist.")
