"""Days of a calendar that differ: an extra shift, a closed day, or a usual day again."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kernel.errors import Refused
from kernel.formats import absolute
from planning.models import CalendarException
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.names import Names


@change
@dataclass(frozen=True)
class SpecialDay(Change):
    """On one day a calendar has an extra shift from `starts` to `ends` (HH:MM), or is closed without them."""

    kind: ClassVar[str] = "special_day"
    room: ClassVar[bool] = True
    calendar: int
    day: str
    name: str
    starts: str = ""
    ends: str = ""

    @property
    def date(self) -> date:
        """The day; Refused where there is none of that name."""
        try:
            return date.fromisoformat(self.day)
        except ValueError as error:
            raise Refused(
                f"{self.day[:20]} is no day.", field="day", remedy="Write it like 2026-12-05."
            ) from error

    def tables(self, tables: Tables) -> None:
        """One more exception of the calendar."""
        tables["exceptions"].append(
            {
                "id": 0,
                "calendar_id": self.calendar,
                "date": self.date.isoformat(),
                "name": self.name,
                "starts": self.starts or None,
                "ends": self.ends or None,
            }
        )

    def words(self, names: Names) -> str:
        """Calendar, day and hours."""
        calendar, day = names.name("calendar", self.calendar), absolute(self.date, today=names.today)
        if self.starts:
            return f"Extra shift in {calendar}, {day} {self.starts} to {self.ends}: {self.name}"
        return f"{calendar} is closed, {day}: {self.name}"


@change
@dataclass(frozen=True)
class UsualDay(Change):
    """An exception of a calendar is taken back."""

    kind: ClassVar[str] = "usual_day"
    room: ClassVar[bool] = True
    exception: int

    def tables(self, tables: Tables) -> None:
        """As if it were not."""
        tables["exceptions"] = [row for row in tables["exceptions"] if row["id"] != self.exception]

    def words(self, names: Names) -> str:
        """Calendar and day."""
        found = CalendarException.objects.select_related("calendar").filter(id=self.exception).first()
        if found is None:
            return "A special day is taken back"
        return f"{found.calendar} is as usual again, {absolute(found.date, today=names.today)}: {found.name}"
