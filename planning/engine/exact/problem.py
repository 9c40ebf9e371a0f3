"""A small shop for the exact solver: tasks, machines, what stands between them."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Objective: TypeAlias = Literal["makespan", "tardiness"]
Span: TypeAlias = tuple[int, int]
Matrix: TypeAlias = tuple[tuple[int, ...], ...]


class Unsolvable(ValueError):
    """A shop no plan can follow; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Task:
    """One operation: it runs uninterrupted on one of its `ways` (machine, duration), after others have ended.

    `family` is its row and column in set-up matrices; its set-up begins with it and delays its work.
    """

    ways: tuple[tuple[int, int], ...]
    after: tuple[int, ...] = ()
    release: int = 0
    family: int = 0


@dataclass(frozen=True)
class Due:
    """Some tasks are late together: `weight` per unit of time from `due` to the last one's end."""

    tasks: tuple[int, ...]
    due: int
    weight: int = 1


@dataclass(frozen=True)
class SmallShop:
    """Tasks, and by machine: when it is blocked, set-up times between families, the family it stands in.

    Times are whole units from 0 on; by `longest` all must have ended. On `unlimited` machines tasks do not
    wait for each other. Where times are working time, `clock` says how the clock goes on: pairs of a working
    time, ascending from 0, and by how much the clock is ahead of it for all that ends later; due times are
    then clock times.
    """

    tasks: tuple[Task, ...]
    dues: tuple[Due, ...] = ()
    blocked: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    setups: dict[int, Matrix] = field(default_factory=dict)
    standing: dict[int, int] = field(default_factory=dict)
    unlimited: frozenset[int] = frozenset()
    clock: tuple[tuple[int, int], ...] = ((0, 0),)
    longest: int | None = None

    def checked(self) -> "SmallShop":
        """The shop itself, or `Unsolvable` with the first thing that is wrong."""
        for number, task in enumerate(self.tasks):
            if not task.ways:
                raise Unsolvable(f"Task {number} has no machine: name at least one.")
            if any(time < 0 for _, time in task.ways) or task.release < 0:
                raise Unsolvable(f"Task {number} has a negative duration or release: times start at 0.")
            if any(not 0 <= each < len(self.tasks) for each in task.after):
                raise Unsolvable(f"Task {number} comes after a task that is not there: leave it out.")
            sizes = [len(self.setups[machine]) for machine, _ in task.ways if machine in self.setups]
            if any(task.family >= size for size in sizes):
                raise Unsolvable(
                    f"Task {number} is of a family without a row in a set-up matrix: add the row."
                )
        if any(not 0 <= each < len(self.tasks) for due in self.dues for each in due.tasks):
            raise Unsolvable("A due date names a task that is not there: leave it out.")
        if self._circular():
            raise Unsolvable("Some tasks wait for each other in a circle: take one of the arrows out.")
        return self

    def _circular(self) -> bool:
        """Whether the precedences contain a circle."""
        missing = [len(set(task.after)) for task in self.tasks]
        followers: list[list[int]] = [[] for _ in self.tasks]
        for number, task in enumerate(self.tasks):
            for each in set(task.after):
                followers[each].append(number)
        ready = [number for number, count in enumerate(missing) if count == 0]
        for number in ready:
            for follower in followers[number]:
                missing[follower] -= 1
                if missing[follower] == 0:
                    ready.append(follower)
        return len(ready) < len(self.tasks)

    def horizon(self) -> int:
        """A time by which some best plan has surely ended."""
        released = max((task.release for task in self.tasks), default=0)
        work = sum(max(time for _, time in task.ways) for task in self.tasks)
        change = sum(self._largest_setup(task) for task in self.tasks)
        idle = [span for spans in self.blocked.values() for span in spans]
        longest = max((time for task in self.tasks for _, time in task.ways), default=0)
        waits = sum(stop - start + longest for start, stop in idle)
        enough = released + work + change + waits
        return enough if self.longest is None else min(enough, self.longest)

    def clock_time(self, moment: int) -> int:
        """The clock time of an end at a working time."""
        return moment + next(ahead for since, ahead in reversed(self.clock) if moment > since or since == 0)

    def ends(self, placement: "Placement") -> list[int]:
        """When each task of a plan ends, its set-up included."""
        found = [0] * len(self.tasks)
        family = dict(self.standing)
        for number in sorted(range(len(self.tasks)), key=lambda each: (placement.starts[each], each)):
            task, machine = self.tasks[number], placement.machines[number]
            matrix, before = self.setups.get(machine), family.get(machine)
            setup = 0 if matrix is None or before is None else matrix[before][task.family]
            found[number] = placement.starts[number] + setup + dict(task.ways)[machine]
            family[machine] = task.family
        return found

    def _largest_setup(self, task: Task) -> int:
        """The longest set-up that can precede a task."""
        matrices = [self.setups[machine] for machine, _ in task.ways if machine in self.setups]
        return max((row[task.family] for matrix in matrices for row in matrix), default=0)


@dataclass(frozen=True)
class Placement:
    """Where and when each task runs."""

    starts: tuple[int, ...]
    machines: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """The best plan found, its value, and the value no plan can go below; equal means proven.

    Without a plan `placement` and `value` are None: time ran out, or there is none when `impossible`.
    """

    placement: Placement | None
    value: int | None
    bound: int
    impossible: bool = False

    @property
    def proven(self) -> bool:
        """Whether the plan is as good as any."""
        return self.value is not None and self.value <= self.bound
