"""What a calendar is, as people write it: weekly shifts, days that differ, and what is wrong with it."""

import json
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from kernel.errors import Refused
from kernel.formats import WEEKDAYS, absolute, plural
from planning import engine
from planning.models import Calendar
from planning.selectors.shop.free_days import public_holidays
from planning.selectors.shop.resources import AHEAD, pattern_of

MONDAY: Final = date(2026, 1, 5)
WEEK: Final = 7 * 1440
NAMED: Final = 8
"""So many differences are named one by one."""
MOST_SHIFTS, MOST_DAYS = 50, 1500
WEEKDAY_DIGITS: Final = re.compile(r"[0-6]{1,7}")
TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LENGTHS: Final = {"code": 20, "name": 80, "zone": 40, "country": 2, "subdivision": 4}


class WeekShift(NamedTuple):
    """A weekly shift in texts: `weekdays` as digits (0 = Monday), times as 06:00; no break: empty."""

    name: str
    weekdays: str
    starts: str
    ends: str
    break_starts: str = ""
    break_ends: str = ""

    def __str__(self) -> str:
        rest = f", break {self.break_starts}–{self.break_ends}" if self.break_starts else ""
        return f"{self.name} {days_in_words(self.weekdays)} {self.starts}–{self.ends}{rest}"


class OtherDay(NamedTuple):
    """A day that differs, in texts: closed where it has no times, else an extra shift."""

    day: str
    name: str
    starts: str = ""
    ends: str = ""

    @property
    def on(self) -> date:
        """The day itself."""
        return date.fromisoformat(self.day)

    def said(self, today: date) -> str:
        """`Thu 24 Dec closed (Christmas Eve)`."""
        worked = f"works {self.starts}–{self.ends}" if self.starts else "closed"
        return f"{absolute(self.on, today=today)} {worked} ({self.name})"


@dataclass(frozen=True)
class Definition:
    """All of a calendar: who it is, where it is, when people work."""

    code: str
    name: str
    zone: str
    country: str = ""
    subdivision: str = ""
    shifts: tuple[WeekShift, ...] = ()
    days: tuple[OtherDay, ...] = ()

    def rows(self, calendar: int) -> dict[str, list[dict[str, Any]]]:
        """The same as rows of the tables that `selectors.resources` reads."""
        own = {"id": calendar, "code": self.code, "name": self.name, "timezone": self.zone}
        own |= {"country": self.country, "subdivision": self.subdivision}
        shifts = [
            {
                "calendar_id": calendar,
                "name": each.name,
                "weekdays": [int(digit) for digit in each.weekdays],
                "starts": each.starts,
                "ends": each.ends,
                "break_starts": each.break_starts or None,
                "break_ends": each.break_ends or None,
            }
            for each in self.shifts
        ]
        days = [
            {"calendar_id": calendar, "date": each.day, "name": each.name}
            | {"starts": each.starts or None, "ends": each.ends or None}
            for each in self.days
        ]
        return {"calendars": [own], "shifts": shifts, "exceptions": days}


def fingerprint(*values: object) -> str:
    """Eight signs that differ where any of the values does."""
    return sha256(json.dumps(values, default=str).encode()).hexdigest()[:8]


def version_of(definition: Definition) -> str:
    """The fingerprint of a whole calendar."""
    return fingerprint(*astuple(definition))


def definition_of(calendar: Calendar) -> Definition:
    """A stored calendar; two statements unless its shifts and exceptions were read before."""
    shifts = sorted(calendar.shifts.all(), key=lambda each: (each.starts, each.id))
    days = sorted(calendar.exceptions.all(), key=lambda each: (each.date, each.id))
    return Definition(
        calendar.code,
        calendar.name,
        calendar.timezone,
        calendar.country,
        calendar.subdivision,
        tuple(
            WeekShift(
                each.name,
                "".join(str(day) for day in sorted(each.weekdays)),
                *(_text(moment) for moment in (each.starts, each.ends, each.break_starts, each.break_ends)),
            )
            for each in shifts
        ),
        tuple(
            OtherDay(each.date.isoformat(), each.name, _text(each.starts), _text(each.ends)) for each in days
        ),
    )


def _text(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


# What is wrong with it ---------------------------------------------------------------------------------


def check_definition(definition: Definition, today: date) -> None:
    """Refused where the zone or the holidays are unknown, a shift is none, or nobody ever works."""
    for field, length in LENGTHS.items():
        if len(getattr(definition, field)) > length:
            raise Refused(
                f"Its {field} is too long.", field=field, remedy=f"Use {length} characters at most."
            )
    if not definition.code or not definition.name:
        field = "name" if definition.code else "code"
        raise Refused(f"The calendar has no {field}.", field=field, remedy="Give it one, such as DAY.")
    check_zone(definition.zone)
    check_country(definition.country, definition.subdivision)
    if len(definition.shifts) > MOST_SHIFTS or len(definition.days) > MOST_DAYS:
        remedy = f"A calendar has {MOST_SHIFTS} shifts and {MOST_DAYS} exceptions at most: remove old ones."
        raise Refused("That is too much for one calendar.", field="shifts", remedy=remedy)
    for shift in definition.shifts:
        check_shift(shift)
    for day in definition.days:
        check_day(day)
    rows = definition.rows(0)
    pattern = pattern_of(rows["calendars"][0], rows, today, today + AHEAD)
    if not len(engine.build_windows(pattern, today, today + AHEAD, 0)):
        raise Refused(
            f"{definition.name} has no working time in the next year: nothing could be planned by it.",
            field="shifts",
            remedy="Give it a shift on at least one weekday, or an extra shift on a day to come.",
        )


def check_zone(zone: str) -> None:
    """Refused where the clocks of the world do not know it."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(
            f"Time zone {zone or 'without a name'} is unknown.",
            field="timezone",
            remedy="Write one like Europe/Berlin.",
        ) from error


def check_country(country: str, subdivision: str) -> None:
    """Refused where the public holidays of the country, or of this part of it, are not known."""
    if not country:
        if subdivision:
            remedy = "Give the country too, or leave both empty."
            raise Refused(f"{subdivision} is a part of no country.", field="subdivision", remedy=remedy)
        return
    parts = subdivisions().get(country)
    if parts is None:
        remedy = "Write a code of two letters like DE or AT, or leave it empty: then no holiday is free."
        raise Refused(f"The holidays of {country} are not known.", field="country", remedy=remedy)
    if subdivision and subdivision not in parts:
        some = ", ".join(parts[:20]) or "none: leave it empty"
        raise Refused(
            f"{country} has no part {subdivision}.", field="subdivision", remedy=f"Known are {some}."
        )


def check_shift(shift: WeekShift) -> None:
    """Refused where it has no weekday, where its times make no shift, or its break lies outside."""
    name = shift.name[:40] or "The shift"
    if not WEEKDAY_DIGITS.fullmatch(shift.weekdays):
        raise Refused(f"{name} is on no weekday.", field="shifts", remedy="Choose at least one.")
    if not (TIME.fullmatch(shift.starts) and TIME.fullmatch(shift.ends)):
        raise Refused(f"{name} has no times.", field="shifts", remedy="Give from when to when, like 06:00.")
    if not shift.name or len(shift.name) > 40:
        remedy = "Give it one of 40 characters at most, such as Early."
        raise Refused(f"{name} has no name of its own.", field="shifts", remedy=remedy)
    rest = (shift.break_starts, shift.break_ends)
    if any(rest) and not all(TIME.fullmatch(each) for each in rest):
        raise Refused(f"The break of {name} has only one end.", field="shifts", remedy="Fill in both.")
    try:
        week_windows((shift,))
    except ValueError as error:
        remedy = "Give times between its start and its end."
        raise Refused(f"The break of {name} lies outside it.", field="shifts", remedy=remedy) from error


def check_day(day: OtherDay) -> None:
    """Refused where it is no day, or has half a shift."""
    try:
        date.fromisoformat(day.day)
    except ValueError as error:
        raise Refused(f"{day.day[:20]!r} is no day.", field="days", remedy="Write 2026-12-24.") from error
    if not day.name or len(day.name) > 80:
        remedy = "Say in 80 characters at most why it differs."
        raise Refused(f"{day.day} has no name.", field="days", remedy=remedy)
    times = (day.starts, day.ends)
    if any(times) and not all(TIME.fullmatch(each) for each in times):
        remedy = "Give both times for an extra shift, none for a closed day."
        raise Refused(f"{day.day} has half a shift.", field="days", remedy=remedy)


@lru_cache(maxsize=1)
def subdivisions() -> dict[str, list[str]]:
    """The codes of the parts of every country whose holidays are known."""
    return holidays.list_supported_countries(include_aliases=True)


# How it looks ------------------------------------------------------------------------------------------


def week_windows(shifts: Sequence[WeekShift]) -> list[tuple[int, int]]:
    """When people work in a week without holidays, in minutes since Monday 00:00; the last may end after it.

    Raises ValueError where a break lies outside its shift.
    """
    rows = Definition("", "", "UTC", shifts=tuple(shifts)).rows(0)
    last = MONDAY + timedelta(days=6)
    pattern = pattern_of(rows["calendars"][0], rows, MONDAY, last)
    epoch = (MONDAY - date(1970, 1, 1)).days * 1440
    windows = engine.build_windows(pattern, MONDAY, last, epoch)
    return [(int(row["start"]), int(row["end"])) for row in windows]


def week_minutes(shifts: Sequence[WeekShift]) -> int:
    """How many minutes that are."""
    return sum(end - start for start, end in week_windows(shifts))


class Stretch(NamedTuple):
    """Working time within one day of the week picture, in minutes of the day."""

    start: int
    length: int
    words: str


def week_picture(shifts: Sequence[WeekShift]) -> list[tuple[str, list[Stretch]]]:
    """The days of the week with their working time; what runs over midnight goes on on the next day."""
    days: list[list[Stretch]] = [[] for _ in range(7)]
    for start, end in week_windows(shifts):
        while start < end:
            stop = min(end, (start // 1440 + 1) * 1440)
            words = f"{_clock(start)}–{_clock(stop, last=True)}"
            days[start // 1440 % 7].append(Stretch(start % 1440, stop - start, words))
            start = stop
    return [(name, sorted(day)) for name, day in zip(WEEKDAYS, days, strict=True)]


def _clock(minute: int, *, last: bool = False) -> str:
    minute %= 1440
    return "24:00" if last and not minute else f"{minute // 60:02}:{minute % 60:02}"


def next_holidays(country: str, subdivision: str, today: date, count: int = 6) -> list[tuple[date, str]]:
    """The next public holidays by name; none where the country is empty or not known."""
    found = public_holidays(country, subdivision, (today.year, today.year + 1))
    return sorted((day, name) for day, name in found.items() if day >= today)[:count]


def days_in_words(digits: str) -> str:
    """`Mon–Fri`, `Sat, Sun` of weekdays as digits."""
    runs: list[list[int]] = []
    for day in sorted(int(digit) for digit in digits):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{WEEKDAYS[run[0]]}–{WEEKDAYS[run[-1]]}" if len(run) > 2 else ", ".join(WEEKDAYS[day] for day in run)
        for run in runs
    )


def differences(before: Definition | None, after: Definition, today: date) -> list[str]:
    """What becomes different, each in a few words; NAMED of them at most."""
    if before is None:
        hours = f"{week_minutes(after.shifts) / 60:g} h a week"
        return [f"new: {hours}", *(str(shift) for shift in after.shifts)][:NAMED]
    found = []
    pairs = (
        ("name", before.name, after.name),
        ("time zone", before.zone, after.zone),
        ("holidays of", f"{before.country} {before.subdivision}", f"{after.country} {after.subdivision}"),
    )
    found += [f"{word} {new.strip() or 'nowhere'}" for word, old, new in pairs if old != new]
    found += [f"{shift} added" for shift in after.shifts if shift not in before.shifts]
    found += [f"{shift} removed" for shift in before.shifts if shift not in after.shifts]
    found += [day.said(today) for day in after.days if day not in before.days]
    found += [f"not any more: {day.said(today)}" for day in before.days if day not in after.days]
    more = len(found) - NAMED
    return [*found[:NAMED], f"and {plural(more, 'more difference')}"] if more > 0 else found


def with_days(definition: Definition, days: Sequence[OtherDay]) -> Definition:
    """The calendar with these days closed too; those that differ already stay as they are."""
    known = {day.day for day in definition.days}
    free = {day.isoformat() for day in _public(definition, days)}
    new = [day for day in days if day.day not in known and day.day not in free]
    return replace(definition, days=tuple(sorted((*definition.days, *new))))


def _public(definition: Definition, days: Sequence[OtherDay]) -> set[date]:
    """The public holidays of the calendar in the years of these days."""
    return set(public_holidays(definition.country, definition.subdivision, {day.on.year for day in days}))


def same(one: Definition, other: Definition) -> bool:
    """Whether they are equal, in whatever order their shifts and days stand."""
    first, second = (
        replace(each, shifts=tuple(sorted(each.shifts)), days=tuple(sorted(each.days)))
        for each in (one, other)
    )
    return first == second
