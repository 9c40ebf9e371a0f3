"""Calendars as a planner reads them: how much is worked, who works by them, what differs next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planning.models import Calendar, Crew, WorkCentre
from planning.selectors.shop.hours import (
    Definition,
    OtherDay,
    Stretch,
    definition_of,
    next_holidays,
    week_minutes,
    week_picture,
)


@dataclass(frozen=True)
class CalendarCard:
    """A calendar with its week; `free` are the next public holidays, `days` the next exceptions."""

    calendar: Calendar
    definition: Definition
    minutes: int
    week: Sequence[tuple[str, list[Stretch]]]
    free: Sequence[tuple[date, str]]
    days: Sequence[OtherDay]
    centres: Sequence[WorkCentre]
    crews: Sequence[Crew]

    @property
    def hours(self) -> str:
        """Hours of a week without holidays."""
        return f"{self.minutes / 60:g} h"

    @property
    def next(self) -> tuple[date, str] | None:
        """The next day that differs, by law or by decision."""
        told = [(day.on, f"works: {day.name}" if day.starts else day.name) for day in self.days]
        return min([*told, *self.free], default=None)


def calendar_cards(today: date) -> list[CalendarCard]:
    """All calendars. Five statements at any size."""
    related = ("shifts", "exceptions", "work_centres", "crews")
    return [card_of(calendar, today) for calendar in Calendar.objects.prefetch_related(*related)]


def card_of(calendar: Calendar, today: date) -> CalendarCard:
    """One calendar; four statements unless what belongs to it was read before."""
    own = definition_of(calendar)
    return CalendarCard(
        calendar,
        own,
        week_minutes(own.shifts),
        week_picture(own.shifts),
        next_holidays(own.country, own.subdivision, today),
        [day for day in own.days if day.day >= today.isoformat()],
        list(calendar.work_centres.all()),
        list(calendar.crews.all()),
    )
