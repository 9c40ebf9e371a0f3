"""A job in danger as remedies see it: its way through the shop, what it needs, where there is room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER, Cause, Fixing
from planning.engine.calendars import Windows
from planning.selectors.changes import Change
from planning.selectors.order_book.ledger import Ledger

WORTH_MOVING: Final = 30
"""Minutes by which an operation must end sooner elsewhere."""


NOBODY: Final[Mapping[int, int]] = {}


@dataclass(frozen=True)
class Subject:
    """The job and its order, by id, and what it weighs."""

    line: int
    order: int
    weight: int


@dataclass(frozen=True)
class Offer:
    """Something that may help: a kind of remedy, what it is in words, its changes, and what it costs."""

    kind: str
    words: str
    changes: tuple[Change, ...]
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, eq=False)
class Trouble:
    """A job in danger. `need` are the minutes of the clock by which it should end sooner.

    `rates` are what an hour costs by work centre.
    """

    book: Ledger
    subject: Subject
    need: int
    rates: Mapping[int, Decimal]

    @cached_property
    def job(self) -> int:
        """Its number in the problem, -1 where nothing of it is open."""
        (found,) = np.nonzero(self.book.line_ids == self.subject.line)
        return int(found[0]) if found.size else -1

    @cached_property
    def links(self) -> Sequence[engine.Link]:
        """What its way is spent on, the first stretch first; empty where an operation has no place."""
        if self.job < 0:
            return ()
        return engine.chain(self.book.problem, self.book.standing, self.job)[::-1]

    @cached_property
    def finish(self) -> int:
        """When its last operation ends."""
        return int(self.slots["end"][self.operations == self.job].max(initial=NEVER))

    @property
    def operations(self) -> IntArray:
        """The job of every operation."""
        jobs: IntArray = self.book.problem.operations["job"]
        return jobs

    @property
    def slots(self) -> Table:
        """The plan in force."""
        return self.book.standing

    def minutes(self, *causes: Cause) -> dict[int, int]:
        """Minutes of its way spent on these causes, by operation, the longest first."""
        found: dict[int, int] = {}
        for link in self.links:
            if link.cause in causes:
                found[link.operation] = found.get(link.operation, 0) + link.minutes
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def machine(self, operation: int) -> int:
        """The engine's number of the machine it is planned on, -1 for none."""
        return int(self.slots["machine"][operation])

    def windows(self, machine: int) -> Windows:
        """The working time of a machine."""
        problem = self.book.problem
        calendar = int(problem.machines["calendar"][machine])
        return problem.windows[problem.window_ptr[calendar] : problem.window_ptr[calendar + 1]]

    def alone(self, machine: int) -> bool:
        """Whether it does one operation at a time."""
        row = self.book.problem.machines[machine]
        return bool(row["single"]) and not row["size"]

    def may_move(self, operation: int) -> bool:
        """Neither started nor pinned, not within the frozen zone, and an operation of the order book."""
        problem = self.book.problem
        free = problem.operations["fixing"][operation] == Fixing.FREE
        fluid = problem.frozen == NEVER or self.slots["start"][operation] >= problem.frozen
        return bool(free and fluid and operation < len(self.book.rows) and self.machine(operation) >= 0)

    def takes(self, operation: int, machine: int) -> int:
        """Set-up and run minutes of an operation on a machine of its pool."""
        problem, row = self.book.problem, self.book.problem.operations[operation]
        run = int(row["run"])
        if row["first_run"] >= 0:
            members = self.pool(operation)
            run = int(problem.runs[int(row["first_run"]) + members.index(machine)])
        return int(row["setup"]) + run

    def pool(self, operation: int) -> list[int]:
        """The machines that can do it."""
        pools, number = self.book.problem.pools, int(self.book.problem.operations["pool"][operation])
        if number < 0:
            return []
        members: list[int] = pools.value[pools.ptr[number] : pools.ptr[number + 1]].tolist()
        return members

    def ready(self, operation: int, ends: Mapping[int, int] = NOBODY) -> int:
        """From when it could begin by the plan: what it follows, its material and its gate.

        `ends` are operations that would end at another time.
        """
        problem = self.book.problem
        row = problem.operations[operation]
        best = max(problem.now, int(row["release"]), int(problem.jobs["release"][row["job"]]))
        for at in range(problem.after.ptr[operation], problem.after.ptr[operation + 1]):
            lag, before = int(problem.lags[at]) if problem.lags.size else 0, int(problem.after.value[at])
            best = max(best, ends.get(before, int(self.slots["end"][before])) + lag)
        return best

    def gap(self, operation: int, machine: int, ready: int) -> tuple[int, int] | None:
        """The first stretch from `ready` on in which nobody else has the machine for as long as it takes."""
        windows, minutes = self.windows(machine), self.takes(operation, machine)
        here = np.flatnonzero((self.slots["machine"] == machine) & (self.slots["end"] > ready))
        here, edge = here[here != operation], ready
        for at in here[np.argsort(self.slots["start"][here])].tolist():
            end = _end(windows, edge, minutes)
            if end is None or end <= int(self.slots["start"][at]):
                break
            edge = max(edge, int(self.slots["end"][at]))
        start = int(engine.next_working(windows, edge))
        end = _end(windows, edge, minutes)
        return (start, end) if end is not None and start != NEVER else None

    def best_gap(self, operation: int, ready: int, but: int = -1) -> tuple[int, int, int] | None:
        """End, machine and start where it would end first, on any machine of its pool `but` that one."""
        found = [
            (place[1], machine, place[0])
            for machine in self.pool(operation)
            if machine != but and self.alone(machine) and (place := self.gap(operation, machine, ready))
        ]
        return min(found, default=None)

    def spare(self, job: int) -> int:
        """Minutes by which another job could end later and still keep its promise."""
        end = int(self.slots["end"][self.operations == job].max(initial=NEVER))
        return int(self.book.problem.jobs["due"][job]) - end


def _end(windows: Windows, start: int, minutes: int) -> int | None:
    end = int(engine.add_work(windows, start, minutes))
    return None if end == NEVER else end
