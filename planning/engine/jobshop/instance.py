"""A job shop on public instances' terms: jobs are chains, an operation runs on one of several machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final, TypeAlias

import numpy as np

from kernel.jit import IntArray

Alternatives: TypeAlias = tuple[tuple[int, int], ...]
"""The machines an operation may run on, each with its duration."""

LARGEST: Final = 1 << 40


class Unusable(ValueError):
    """An instance that no plan can follow; the text says where and what to do."""


@dataclass(frozen=True)
class JobShop:
    """Jobs as chains of operations; times are whole units, machines are numbered from 0.

    Operations are numbered job by job, in the order of the chains.
    """

    jobs: tuple[tuple[Alternatives, ...], ...]

    def __post_init__(self) -> None:
        for job, chain in enumerate(self.jobs):
            for place, ways in enumerate(chain):
                if not ways:
                    raise Unusable(f"Job {job}, operation {place} has no machine: name at least one.")
                if len({machine for machine, _ in ways}) < len(ways):
                    raise Unusable(
                        f"Job {job}, operation {place} names a machine twice: keep the faster one."
                    )
                if any(machine < 0 or not 0 <= time < LARGEST for machine, time in ways):
                    raise Unusable(f"Job {job}, operation {place}: machines and durations start at 0.")

    @cached_property
    def operations(self) -> tuple[Alternatives, ...]:
        """All operations in their numbering."""
        return tuple(ways for chain in self.jobs for ways in chain)

    @cached_property
    def machines(self) -> int:
        """How many machines there are, named or not below the highest number."""
        return max((machine for ways in self.operations for machine, _ in ways), default=-1) + 1

    @cached_property
    def flexible(self) -> bool:
        """Whether any operation has a choice."""
        return any(len(ways) > 1 for ways in self.operations)

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The number of each job's first operation, and the number of all operations at the end."""
        return tuple(accumulate((len(chain) for chain in self.jobs), initial=0))


def job_shop(rows: Sequence[Sequence[Sequence[object]]]) -> JobShop:
    """The shop from nested lists: `[machine, duration]` per operation, or a list of such pairs."""
    return JobShop(tuple(tuple(_ways(entry) for entry in job) for job in rows))


def _ways(entry: Sequence[object]) -> Alternatives:
    """One operation's alternatives from either form."""
    pairs = [entry] if entry and isinstance(entry[0], int) else entry
    return tuple((int(pair[0]), int(pair[1])) for pair in pairs)  # type: ignore[index]


@dataclass(frozen=True)
class Schedule:
    """Start and machine of every operation, in the instance's numbering."""

    starts: IntArray
    machines: IntArray
    makespan: int


def duration_table(shop: JobShop) -> IntArray:
    """Durations, operations by machines; -1 where an operation cannot run."""
    table = np.full((len(shop.operations) + 1, max(shop.machines, 1)), -1, np.int64)
    for operation, ways in enumerate(shop.operations):
        for machine, time in ways:
            table[operation, machine] = time
    return table
