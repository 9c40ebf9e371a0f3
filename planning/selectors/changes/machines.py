"""Machines that come into service or leave it."""

from dataclasses import dataclass
from typing import ClassVar, Final

from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.calendars import check_number, check_texts
from planning.selectors.changes.equipment import MOST_PLACES, MOST_SPEED
from planning.selectors.changes.names import Names

FIRST: Final = -1001
"""Machines that are only thought of have ids from here downwards: -1 stands for nowhere."""


@change
@dataclass(frozen=True)
class NewMachine(Change):
    """One more machine in a work centre; `speed` in percent, `places` as in Machine."""

    kind: ClassVar[str] = "new_machine"
    room: ClassVar[bool] = True
    centre: int
    code: str
    name: str
    speed: int = 100
    places: int = 0

    def tables(self, tables: Tables) -> None:
        """One more row; where a machine has its code already, it is in service."""
        for row in tables["machines"]:
            if row["code"] == self.code:
                row["active"] = True
                return
        tables["machines"].append(
            {
                "id": min([FIRST + 1, *(row["id"] for row in tables["machines"])]) - 1,
                "work_centre_id": self.centre,
                "code": self.code,
                "name": self.name,
                "active": True,
                "speed": self.speed,
                "places": self.places,
            }
        )

    def check(self, names: Names, now: int) -> None:
        """It stands in a work centre that is there, with numbers that make sense."""
        names.object("centre", self.centre)
        check_texts(self.code, 20, self.name, 120)
        check_number(self.speed, 1, MOST_SPEED, "speed")
        check_number(self.places, 0, MOST_PLACES, "places")

    def words(self, names: Names) -> str:
        """Machine and work centre."""
        speed = "" if self.speed == 100 else f", {self.speed} % speed"
        return f"New machine {self.code} in {names.name('centre', self.centre)}{speed}"


@change
@dataclass(frozen=True)
class InService(Change):
    """A machine is taken out of service, or comes back."""

    kind: ClassVar[str] = "in_service"
    room: ClassVar[bool] = True
    machine: int
    active: bool

    def tables(self, tables: Tables) -> None:
        """Whether anything may be planned on it."""
        for row in tables["machines"]:
            if row["id"] == self.machine:
                row["active"] = self.active

    def words(self, names: Names) -> str:
        """The machine."""
        machine = names.name("machine", self.machine)
        return f"{machine} is in service again" if self.active else f"{machine} is out of service"
