"""When machines can be used: stretches in which they stand, and extra hours."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.errors import Refused
from planning.models import Downtime
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.names import Names


@change
@dataclass(frozen=True)
class Down(Change):
    """A machine cannot be used for a while; `cause` is a kind of downtime."""

    kind: ClassVar[str] = "down"
    machine: int
    starts: int
    ends: int
    cause: str = Downtime.Kind.BREAKDOWN
    note: str = ""

    def tables(self, tables: Tables) -> None:
        """One more downtime."""
        row = {"id": 0, "machine_id": self.machine, "starts": self.starts, "ends": self.ends}
        tables["downtimes"].append(row)

    def check(self, names: Names, now: int) -> None:
        """There is such a machine, and such a stretch."""
        names.object("machine", self.machine)
        check_ends(self.starts, self.ends, now)

    def words(self, names: Names) -> str:
        """Machine, stretch and cause."""
        cause = dict(Downtime.Kind.choices).get(self.cause, self.cause).lower()
        return f"{names.name('machine', self.machine)} stands {names.span(self.starts, self.ends)} ({cause})"


@change
@dataclass(frozen=True)
class EndDown(Change):
    """A downtime ends now, or never was."""

    kind: ClassVar[str] = "end_down"
    room: ClassVar[bool] = True
    downtime: int

    def tables(self, tables: Tables) -> None:
        """As if it were not."""
        tables["downtimes"] = [row for row in tables["downtimes"] if row["id"] != self.downtime]

    def words(self, names: Names) -> str:
        """The downtime."""
        return f"{names.name('downtime', self.downtime)} ends now"


@change
@dataclass(frozen=True)
class Overtime(Change):
    """Machines work beside their calendar."""

    kind: ClassVar[str] = "overtime"
    room: ClassVar[bool] = True
    machines: tuple[int, ...]
    starts: int
    ends: int
    note: str = ""

    def tables(self, tables: Tables) -> None:
        """Extra hours of each."""
        tables["overtime"] += [
            {"id": 0, "machine_id": machine, "starts": self.starts, "ends": self.ends}
            for machine in self.machines
        ]

    def check(self, names: Names, now: int) -> None:
        """There are such machines, and such a stretch."""
        if not self.machines:
            raise Refused("No machine is chosen.", field="machines", remedy="Choose at least one.")
        for each in self.machines:
            names.object("machine", each)
        check_ends(self.starts, self.ends, now)

    def words(self, names: Names) -> str:
        """Machines and stretch."""
        return f"Overtime on {names.several('machine', self.machines)}, {names.span(self.starts, self.ends)}"


@change
@dataclass(frozen=True)
class EndOvertime(Change):
    """Overtime is called off, or ends now."""

    kind: ClassVar[str] = "end_overtime"
    overtimes: tuple[int, ...]

    def tables(self, tables: Tables) -> None:
        """As if it were not."""
        tables["overtime"] = [row for row in tables["overtime"] if row["id"] not in self.overtimes]

    def words(self, names: Names) -> str:
        """The machines."""
        return f"{names.several('overtime', self.overtimes)} is called off"


def check_ends(starts: int, ends: int, now: int) -> None:
    """Refused where it ends before it starts, or is over."""
    if ends <= starts:
        raise Refused("It ends before it starts.", field="ends", remedy="Give an end after the start.")
    if ends <= now:
        raise Refused("It is over already.", field="ends", remedy="Give a time to come.")
