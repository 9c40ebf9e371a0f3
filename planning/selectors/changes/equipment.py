"""With what work is done: machines, work centres, tools."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from kernel.errors import Refused
from kernel.formats import plural
from planning.models import Machine, Tool, WorkCentre
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.calendars import check_number, check_texts, fresh
from planning.selectors.changes.names import Names
from planning.selectors.changes.people import altered

MOST_TOOLS, MOST_SPEED, MOST_PLACES = 30_000, 10_000, 1_000_000
RATE: Final = re.compile(r"\d{1,8}(\.\d{1,2})?")


@change
@dataclass(frozen=True)
class Tooled(Change):
    """A tool and how many equal ones there are; 0 as its id makes a new one."""

    kind: ClassVar[str] = "tooled"
    room: ClassVar[bool] = True
    tool: int
    code: str
    name: str
    quantity: int

    def tables(self, tables: Tables) -> None:
        """Its row, altered or new."""
        own = {"code": self.code, "name": self.name, "quantity": self.quantity}
        if self.tool:
            altered(tables, "tools", self.tool, own)
        else:
            tables["tools"].append({"id": fresh(tables, "tools"), **own})

    def check(self, names: Names, now: int) -> None:
        """A code, and a number that makes sense."""
        check_texts(self.code, 60, self.name or "-", 80)
        check_number(self.quantity, 0, MOST_TOOLS, "quantity")

    def stands(self) -> bool:
        """Whether there are still as many."""
        return Tool.objects.filter(code=self.code, name=self.name, quantity=self.quantity).exists()

    def words(self, names: Names) -> str:
        """How many there are."""
        return f"Tool {self.code}: there {'is' if self.quantity == 1 else 'are'} {self.quantity}"


@change
@dataclass(frozen=True)
class MachineAs(Change):
    """A machine: whether it is in service, how fast, how many pieces at once; 0 as its id makes a new one."""

    kind: ClassVar[str] = "machine"
    room: ClassVar[bool] = True
    machine: int
    centre: int
    code: str
    name: str
    active: bool = True
    speed: int = 100
    places: int = 0

    def tables(self, tables: Tables) -> None:
        """Its row, altered or new."""
        own = {"code": self.code, "name": self.name, "work_centre_id": self.centre}
        own |= {"active": self.active, "speed": self.speed, "places": self.places}
        if self.machine:
            altered(tables, "machines", self.machine, own)
        else:
            tables["machines"].append({"id": fresh(tables, "machines"), **own})

    def check(self, names: Names, now: int) -> None:
        """A code and a name, some speed, a work centre that is there."""
        check_texts(self.code, 20, self.name, 120)
        check_number(self.speed, 1, MOST_SPEED, "speed")
        check_number(self.places, 0, MOST_PLACES, "places")
        names.object("centre", self.centre)

    def stands(self) -> bool:
        """Whether it is still so."""
        found = Machine.objects.filter(code=self.code, name=self.name, work_centre=self.centre)
        return found.filter(active=self.active, speed=self.speed, places=self.places).exists()

    def words(self, names: Names) -> str:
        """Where it stands, whether it is used, speed and places."""
        parts = ["in service" if self.active else "out of service", f"{self.speed} % speed"]
        parts += [plural(self.places, "place")] if self.places else []
        made = "is" if self.machine else f"is new in {names.name('centre', self.centre)}:"
        return f"Machine {self.code} {made} {', '.join(parts)}"


@change
@dataclass(frozen=True)
class CentreAs(Change):
    """A work centre: its calendar and what it offers (ids of processes); 0 as its id makes a new one."""

    kind: ClassVar[str] = "centre"
    room: ClassVar[bool] = True
    centre: int
    code: str
    name: str
    calendar: int
    processes: tuple[int, ...] = ()
    unlimited: bool = False
    rate: str = "0"
    position: int = 0

    def tables(self, tables: Tables) -> None:
        """Its row and offers, altered or new."""
        own = {"code": self.code, "name": self.name, "calendar_id": self.calendar}
        own |= {"unlimited": self.unlimited, "position": self.position}
        number = self.centre or fresh(tables, "centres")
        if self.centre:
            altered(tables, "centres", number, own)
        else:
            tables["centres"].append({"id": number, **own})
        rest = [row for row in tables["offers"] if row["workcentre_id"] != number]
        tables["offers"] = rest + [
            {"id": 0, "workcentre_id": number, "process_id": process} for process in self.processes
        ]

    def check(self, names: Names, now: int) -> None:
        """A code and a name, a rate, a calendar that is there."""
        check_texts(self.code, 20, self.name, 120)
        check_number(self.position, 0, MOST_PLACES, "position")
        if not RATE.fullmatch(self.rate):
            remedy = "Give an amount per hour."
            raise Refused(f"{self.rate[:20]} is no rate.", field="hourly_rate", remedy=remedy)
        names.object("calendar", self.calendar)

    def stands(self) -> bool:
        """Whether it is still so."""
        found = WorkCentre.objects.filter(code=self.code, name=self.name, calendar=self.calendar).first()
        if found is None or (found.unlimited, found.position) != (self.unlimited, self.position):
            return False
        offers = found.processes.values_list("id", flat=True)
        return found.hourly_rate == Decimal(self.rate) and set(offers) == set(self.processes)

    def words(self, names: Names) -> str:
        """Its calendar and how much it offers."""
        offers = plural(len(self.processes), "process", "processes")
        made = "works" if self.centre else "is new and works"
        return f"Work centre {self.code} {made} on {names.name('calendar', self.calendar)}, offers {offers}"
