"""Holiday files: iCalendar or CSV, read line by line; nonsense is refused by its line."""

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Final, NamedTuple

from kernel.errors import Refused
from planning.selectors.shop.hours import OtherDay

LARGEST: Final = 1_000_000
MOST: Final = 2000
LONGEST: Final = 60
"""So many days one entry may last."""
FARTHEST: Final = date(2099, 12, 31)
"""No holiday lies behind it: days are counted from those that are read."""
GERMAN: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
ICAL_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?")
HEADINGS: Final = {"date", "day", "datum", "tag"}
REMEDY: Final = "Choose an iCalendar file (.ics) or a CSV file with a date and a name in each line."


class Line(NamedTuple):
    """A line of the file with its number, after unfolding."""

    number: int
    text: str


def read_holidays(data: bytes, today: date) -> tuple[OtherDay, ...]:
    """The days to come, closed, sorted, each once. Refused names the line that makes no sense."""
    if len(data) > LARGEST:
        raise Refused("The file is larger than 1 MB.", field="file", remedy=REMEDY)
    text = _text(data)
    found = list(_ical(text, today) if "BEGIN:VCALENDAR" in text[:2000].upper() else _csv(text))
    if not found:
        raise Refused("There is no holiday in this file.", field="file", remedy=REMEDY)
    if len(found) > MOST:
        raise Refused(f"That are {len(found)} days.", field="file", remedy=f"Import {MOST} days at most.")
    names = {day.isoformat(): name for day, name in reversed(found) if day >= today}
    if not names:
        remedy = "Choose a file for this year or the next."
        raise Refused("All days in this file are over.", field="file", remedy=remedy)
    return tuple(OtherDay(day, name) for day, name in sorted(names.items()))


def _text(data: bytes) -> str:
    if b"\x00" in data:
        raise Refused("This is no text file.", field="file", remedy=REMEDY)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


# CSV ---------------------------------------------------------------------------------------------------


def _csv(text: str) -> Iterator[tuple[date, str]]:
    delimiter = ";" if text.count(";") > text.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or (reader.line_num == 1 and cells[0].lower() in HEADINGS):
                continue
            yield _day(cells[0], reader.line_num), _name(cells[1] if len(cells) > 1 else "", reader.line_num)
    except csv.Error as error:
        raise _wrong(reader.line_num, "cannot be read", "Save the file as CSV anew.") from error


def _day(text: str, number: int) -> date:
    german = GERMAN.fullmatch(text)
    try:
        if german:
            return _near(date(int(german[3]), int(german[2]), int(german[1])), number)
        return _near(date.fromisoformat(text), number)
    except ValueError as error:
        raise _wrong(number, f"“{text[:40]}” is no day", "Write 2026-12-24 or 24.12.2026.") from error


def _near(day: date, number: int) -> date:
    if day > FARTHEST:
        raise _wrong(number, f"{day} is too far away", f"Leave out days after {FARTHEST.year}.")
    return day


def _name(text: str, number: int) -> str:
    """One line without control signs: no workbook carries them there and back."""
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not shown:
        raise _wrong(number, "the name is missing", "Write it behind the date, separated by a comma.")
    return shown[:80]


# iCalendar (RFC 5545) ----------------------------------------------------------------------------------


def _ical(text: str, today: date) -> Iterator[tuple[date, str]]:
    event: dict[str, Line] | None = None
    for line in _unfolded(text):
        name, _, value = line.text.partition(":")
        name = name.partition(";")[0].upper()
        if (name, value.strip().upper()) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value.strip().upper()) == ("END", "VEVENT"):
            if event is None:
                raise _wrong(line.number, "an event ends that did not begin", "Export the calendar anew.")
            yield from _event(event, line.number, today)
            event = None
        elif event is not None:
            event.setdefault(name, Line(line.number, value.strip()))
    if event is not None:
        raise Refused("The file ends within an event.", field="file", remedy="Export the calendar anew.")


def _unfolded(text: str) -> Iterator[Line]:
    """The lines; one that begins with a space or tab goes on with the line before it."""
    kept: Line | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        if raw[:1] in (" ", "\t") and kept is not None:
            kept = Line(kept.number, kept.text + raw[1:])
            continue
        if kept is not None:
            yield kept
        kept = Line(number, raw)
    if kept is not None:
        yield kept


def _event(event: dict[str, Line], number: int, today: date) -> Iterator[tuple[date, str]]:
    if "DTSTART" not in event:
        raise _wrong(number, "the event has no day (DTSTART)", "Export the calendar anew.")
    first = _ical_day(event["DTSTART"])
    last = _ical_day(event["DTEND"]) if "DTEND" in event else first + timedelta(days=1)
    days = max(1, (last - first).days)
    if days > LONGEST:
        raise _wrong(number, f"the event lasts {days} days", f"A holiday lasts {LONGEST} days at most.")
    name = _plain(event["SUMMARY"].text) if "SUMMARY" in event else ""
    name = _name(name, number)
    for begin in _years(first, event.get("RRULE"), today):
        for offset in range(days):
            yield begin + timedelta(days=offset), name


def _years(first: date, rule: Line | None, today: date) -> Iterator[date]:
    """The day itself, or for a yearly rule the same day of this year and the next."""
    if rule is None:
        yield first
        return
    parts = dict(part.partition("=")[::2] for part in rule.text.upper().split(";"))
    if parts.pop("FREQ", "") != "YEARLY" or parts.pop("INTERVAL", "1") != "1" or parts.keys() - {"WKST"}:
        raise _wrong(
            rule.number, f"the rule {rule.text[:60]} is not understood", "Give each day an event of its own."
        )
    for year in range(max(first.year, today.year), max(first.year, today.year) + 2):
        if (first.month, first.day) != (2, 29):
            yield first.replace(year=year)


def _ical_day(line: Line) -> date:
    match = ICAL_DATE.fullmatch(line.text)
    try:
        if match is None:
            raise ValueError(line.text)
        return _near(date(int(match[1]), int(match[2]), int(match[3])), line.number)
    except ValueError as error:
        raise _wrong(line.number, f"“{line.text[:40]}” is no day", "Write it as 20261224.") from error


def _plain(text: str) -> str:
    return re.sub(r"\\([,;\\])", r"\1", text.replace("\\n", " ").replace("\\N", " ")).strip()


def _wrong(number: int, what: str, remedy: str) -> Refused:
    return Refused(f"Line {number}: {what}.", field="file", remedy=remedy)
