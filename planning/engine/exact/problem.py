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

    A `due` time makes lateness cost `weight` per unit of time. `family` is its row in set-up matrices.
    """

    ways: tuple[tuple[int, int], ...]
    after: tuple[int, ...] = ()
    release: int = 0
    due: int | None = None
    weight: int = 1
    family: int = 0


@dataclass(frozen=True)
class SmallShop:
    """Tasks, and by machine: when it is blocked, set-up times between families, the family it stands in.

    Times are whole units from 0 on. Set-up matrices should keep the triangle inequality. A set-up directly
    precedes its task and may lie over a blocked time only as waiting.
    """

    tasks: tuple[Task, ...]
    blocked: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    setups: dict[int, Matrix] = field(default_factory=dict)
    standing: dict[int, int] = field(default_factory=dict)

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
        return released + work + change + waits

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
