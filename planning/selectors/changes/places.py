"""Where an operation stands: moved to another place, pinned there, or given free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from kernel.errors import Refused
from planning.engine import NEVER, Fixing
from planning.models import Machine, Operation
from planning.selectors.changes.base import Change, Standing, change
from planning.selectors.changes.names import Names

MOST_NAMED: Final = 6


@change
@dataclass(frozen=True)
class Move(Change):
    """An operation begins at `start` on this machine and is pinned there.

    It comes before what begins at the same minute. `was_machine` and `was_start` are what the planner saw.
    """

    kind: ClassVar[str] = "move"
    operation: int
    machine: int
    start: int
    was_machine: int = -1
    was_start: int = NEVER

    def floor(self, standing: Standing) -> None:
        """Bind it to its new place."""
        at, seat = standing.at(self.operation), standing.seats[self.machine]
        row, slot = standing.operations[at], standing.slots[at]
        if row["fixing"] == Fixing.STARTED:
            return
        row["fixing"], row["machine"], row["start"] = Fixing.PINNED, seat, self.start
        # Its turn comes a minute sooner, so that it goes before what begins together with it.
        _stand(slot, seat, self.start - 1)

    def check(self, names: Names, now: int) -> None:
        """The machine can do it, and the time is not past."""
        check_place(names.object("operation", self.operation), names.object("machine", self.machine))
        if self.start < now - 1:
            raise Refused("That time is past.", field="start", remedy="Drop it behind the line of now.")

    def warnings(self, outcome: Standing, names: Names) -> list[str]:
        """It cannot begin when it should, and why."""
        at = outcome.at(self.operation)
        begins = int(outcome.slots[at]["start"])
        if begins <= self.start:
            return []
        step, release = names.name("operation", self.operation), int(outcome.operations[at]["release"])
        why = "its machine or the step before is not free sooner"
        if release > self.start:
            why = f"its material comes {names.moment(release)} or its job may not begin sooner"
        return [f"{step} begins {names.moment(begins)}, later than asked: {why}."]

    def words(self, names: Names) -> str:
        """Operation, machine and moment."""
        operation, machine = names.name("operation", self.operation), names.name("machine", self.machine)
        return f"{operation} moves to {machine}, {names.moment(self.start)}, and is pinned there"


@change
@dataclass(frozen=True)
class Pin(Change):
    """An operation stays where it is planned."""

    kind: ClassVar[str] = "pin"
    operation: int

    def floor(self, standing: Standing) -> None:
        """Bind it to its place."""
        at = standing.at(self.operation)
        row, slot = standing.operations[at], standing.slots[at]
        if row["fixing"] == Fixing.FREE and slot["machine"] >= 0:
            row["fixing"], row["machine"], row["start"] = Fixing.PINNED, slot["machine"], slot["start"]

    def check(self, names: Names, now: int) -> None:
        """It has a place."""
        operation = names.object("operation", self.operation)
        if operation.machine_id is None:
            remedy = "Wait for the next plan, or see why it has none."
            raise Refused(f"{operation} has no place in the plan yet.", field="operation", remedy=remedy)

    def words(self, names: Names) -> str:
        """The operation."""
        return f"{names.name('operation', self.operation)} is pinned where it is planned"


@change
@dataclass(frozen=True)
class Unpin(Change):
    """Plans may move an operation again."""

    kind: ClassVar[str] = "unpin"
    operation: int

    def floor(self, standing: Standing) -> None:
        """Let it go."""
        row = standing.operations[standing.at(self.operation)]
        if row["fixing"] == Fixing.PINNED:
            row["fixing"] = Fixing.FREE

    def words(self, names: Names) -> str:
        """The operation."""
        return f"{names.name('operation', self.operation)} is not pinned any more"


@change
@dataclass(frozen=True)
class Restore(Change):
    """Undoes what moved: operations stand where they stood again, as far as they can."""

    kind: ClassVar[str] = "restore"
    operations: tuple[int, ...]
    machines: tuple[int, ...]
    starts: tuple[int, ...]

    def floor(self, standing: Standing) -> None:
        """Their turn is where it was; who is over, has started or lost its machine is left alone."""
        rows = {number: at for at, number in enumerate(standing.rows["id"].tolist())}
        for number, machine, start in zip(self.operations, self.machines, self.starts, strict=True):
            at, seat = rows.get(number, -1), standing.seats.get(machine, -1)
            if at < 0 or seat < 0 or standing.operations[at]["fixing"] == Fixing.STARTED:
                continue
            _stand(standing.slots[at], seat, start)
            if standing.operations[at]["fixing"] == Fixing.PINNED:
                standing.operations[at]["machine"], standing.operations[at]["start"] = seat, start

    def check(self, names: Names, now: int) -> None:
        """Each operation has its machine and its start."""
        if not len(self.operations) == len(self.machines) == len(self.starts) > 0:
            remedy = "Give each operation a machine and a start."
            raise Refused("The places do not belong together.", field="operations", remedy=remedy)

    def words(self, names: Names) -> str:
        """How many, the first by name."""
        more = len(self.operations) - 1
        first = names.name("operation", self.operations[0])
        return f"{first} goes back to its place" + (f", and {more} more" if more else "")


def _stand(slot: Any, seat: int, start: int) -> None:
    """Give it this place, with the length it has."""
    length = max(1, int(slot["end"] - slot["start"])) if slot["machine"] >= 0 else 1
    slot["machine"], slot["start"], slot["ready"], slot["end"] = seat, start, start, start + length


def check_place(operation: Operation, machine: Machine) -> None:
    """Refused where this machine cannot do the operation, naming those that can. One statement or two."""
    able = Machine.objects.filter(active=True, work_centre__processes=operation.process_id)
    codes = list(able.order_by("work_centre__position", "code").values_list("code", flat=True))
    if machine.code in codes:
        return
    offers = f"{machine.work_centre} does not offer “{operation.process}”"
    why = offers if machine.active else "it is out of service"
    remedy = f"Drop it on {_either(codes)}." if codes else "Give a work centre this process first."
    raise Refused(f"{machine} cannot do {operation}: {why}.", field="machine", remedy=remedy)


def _either(codes: Sequence[str]) -> str:
    shown = list(codes[:MOST_NAMED])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
