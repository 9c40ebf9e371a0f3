"""What is asked of a promise and what it answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from planning.engine.rows import Operation


class Way(StrEnum):
    """How much others are moved."""

    GAP = "gap"
    """Nobody is moved."""
    SLACK = "slack"
    """Others move right, and none becomes later than its due date, or later than it is."""
    DISPLACE = "displace"
    """A few jobs give way and are put back."""


class Slot(NamedTuple):
    """Where an operation of the new job stands."""

    machine: int
    start: int
    ready: int
    end: int


class Shift(NamedTuple):
    """An operation of the plan that moves, and to where."""

    operation: int
    machine: int
    start: int
    ready: int
    end: int


class Displaced(NamedTuple):
    """A job of the plan that ends at another time, and what of it lies behind its due date."""

    job: int
    before: int
    after: int
    late: int


class Cause(NamedTuple):
    """What the new job's time is spent on, in minutes: `kind` is material, machine, people, closed or work.

    People are waited for with tools and rack loads while the machine is free. `operation` counts within the
    new job. `jobs` are the jobs that took most of a machine's time, `until` when the waiting ended.
    """

    kind: str
    operation: int
    minutes: int
    until: int
    machine: int = -1
    jobs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A date and what it rests on: slots by operation, who moves, who is displaced, the binding causes."""

    way: Way
    finish: int
    slots: tuple[Slot, ...]
    shifts: tuple[Shift, ...] = ()
    displaced: tuple[Displaced, ...] = ()
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class NewJob:
    """A job to be promised: operations whose `after` and `job` count within it, and what its time weighs."""

    operations: tuple[Operation, ...]
    weight: int = 3


@dataclass(frozen=True)
class Promise:
    """The answers for one job; without any of them `missing` says which resource or calendar is missing."""

    answers: tuple[Answer, ...]
    missing: str = ""

    def by(self, way: Way) -> Answer | None:
        """The answer of this way."""
        return next((each for each in self.answers if each.way == way), None)


class Overtime(NamedTuple):
    """Extra working time of one machine, in minutes."""

    machine: int
    spans: tuple[tuple[int, int], ...]


class Gain(NamedTuple):
    """What a change brings: the new end and the minutes won."""

    change: int
    finish: int
    minutes: int


class Change(NamedTuple):
    """Something that might make a job earlier: the job as it would be then, or overtime of a machine."""

    job: NewJob | None = None
    overtime: Overtime | None = None
