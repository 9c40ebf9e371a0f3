"""When people work: a calendar's whole definition, and taking away what nobody uses."""

from dataclasses import dataclass
from typing import ClassVar, Final

from kernel.errors import Refused
from planning.models import Calendar
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.names import Names
from planning.selectors.shop.hours import (
    Definition,
    OtherDay,
    WeekShift,
    check_definition,
    definition_of,
    differences,
    same,
)


@change
@dataclass(frozen=True)
class Hours(Change):
    """All of a calendar; 0 as its id makes a new one. Texts as in `WeekShift` and `OtherDay`."""

    kind: ClassVar[str] = "hours"
    room: ClassVar[bool] = True
    calendar: int
    code: str
    name: str
    zone: str
    country: str = ""
    subdivision: str = ""
    shifts: tuple[tuple[str, ...], ...] = ()
    days: tuple[tuple[str, ...], ...] = ()

    @property
    def definition(self) -> Definition:
        """The same as the selectors know it; rows of a wrong length lack what is missing."""
        shifts = tuple(WeekShift(*[*each, *[""] * 6][:6]) for each in self.shifts)
        days = tuple(OtherDay(*[*each, *[""] * 4][:4]) for each in self.days)
        return Definition(self.code, self.name, self.zone, self.country, self.subdivision, shifts, days)

    def tables(self, tables: Tables) -> None:
        """Its rows instead of those that were."""
        number = self.calendar or fresh(tables, "calendars")
        own = self.definition.rows(number)
        place = [at for at, row in enumerate(tables["calendars"]) if row["id"] == number]
        for name in ("shifts", "exceptions"):
            others = [row for row in tables[name] if row["calendar_id"] != number]
            tables[name] = [*others, *own[name]]
        if place:
            tables["calendars"][place[0]] = own["calendars"][0]
        else:
            tables["calendars"].append(own["calendars"][0])

    def check(self, names: Names, now: int) -> None:
        """Somebody must work by it some time."""
        check_definition(self.definition, names.today)

    def stands(self) -> bool:
        """Whether nobody changed the calendar since."""
        rows = Calendar.objects.prefetch_related("shifts", "exceptions")
        found = rows.filter(id=self.calendar) if self.calendar else rows.filter(code=self.code)
        return any(same(definition_of(each), self.definition) for each in found)

    def words(self, names: Names) -> str:
        """What becomes different."""
        stored = names.found.get("calendar", {}).get(self.calendar)
        before = definition_of(stored) if stored else None
        told = differences(before, self.definition, names.today)
        return f"Calendar {self.code}: {'; '.join(told) or 'as it was'}"


def hours_of(calendar: int, definition: Definition) -> Hours:
    """The change that makes a calendar so."""
    own = definition
    shifts, days = tuple(tuple(each) for each in own.shifts), tuple(tuple(each) for each in own.days)
    return Hours(calendar, own.code, own.name, own.zone, own.country, own.subdivision, shifts, days)


REMOVABLE: Final = {
    "calendar": "calendars",
    "centre": "centres",
    "crew": "crews",
    "machine": "machines",
    "skill": "skills",
    "tool": "tools",
}
"""What `Remove` takes away, with its table."""


@change
@dataclass(frozen=True)
class Remove(Change):
    """Something that nobody uses goes; `what` is a key of REMOVABLE."""

    kind: ClassVar[str] = "remove"
    what: str
    code: str

    def check(self, names: Names, now: int) -> None:
        """Only what REMOVABLE names."""
        if self.what not in REMOVABLE:
            remedy = f"Use one of {', '.join(REMOVABLE)}."
            raise Refused("Such a thing is not known.", field="what", remedy=remedy)

    def tables(self, tables: Tables) -> None:
        """Without it, and without what it can do."""
        table = REMOVABLE[self.what]
        gone = {row["id"] for row in tables[table] if row["code"] == self.code}
        if self.what in ("calendar", "centre"):  # what uses it would have none: making it is refused anyway
            return
        tables[table] = [row for row in tables[table] if row["id"] not in gone]
        for name in ("crew_skills", "absences", "downtimes", "overtime"):
            key = f"{self.what}_id"
            tables[name] = [row for row in tables[name] if row.get(key) not in gone]

    def words(self, names: Names) -> str:
        """What goes."""
        word = "Work centre" if self.what == "centre" else self.what.capitalize()
        return f"{word} {self.code} is removed"


def fresh(tables: Tables, name: str) -> int:
    """An id that no row of the table has."""
    return max((row["id"] for row in tables[name]), default=0) + 1


def check_texts(code: str, most: int, name: str, longest: int) -> None:
    """Refused where code or name is missing or too long."""
    if not code.strip() or len(code) > most:
        raise Refused("The code is missing or too long.", field="code", remedy=f"Use 1 to {most} signs.")
    if not name.strip() or len(name) > longest:
        raise Refused("The name is missing or too long.", field="name", remedy=f"Use 1 to {longest} signs.")


def check_number(value: int, least: int, most: int, field: str) -> None:
    """Refused where the number is outside these bounds."""
    if not least <= value <= most:
        remedy = f"Give a number from {least} to {most}."
        raise Refused(f"{value} makes no sense as {field}.", field=field, remedy=remedy)
