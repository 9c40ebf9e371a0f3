"""Calendars from their rows in the workbook: a row for each shift, a row for each day that differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.errors import Refused
from planning.selectors.sheets.columns import CALENDARS, EXCEPTIONS, WEEKDAYS, Fault, text_of
from planning.selectors.sheets.reading import Cells
from planning.selectors.shop.hours import Definition, OtherDay, WeekShift, check_shift

MARKS = {"x": True, "1": True, "yes": True, "true": True, "": False, "0": False, "no": False, "false": False}


@dataclass(frozen=True)
class CalendarRows:
    """A calendar as the workbook has it: its first row, the version it had, whether a cell is faulty."""

    definition: Definition
    row: int
    version: str
    faulty: bool


def calendars_of(
    shifts: Sequence[Cells],
    days: Sequence[Cells] | None,
    faults: list[Fault],
    stored: Mapping[str, Definition],
) -> list[CalendarRows]:
    """The calendars of these rows in their order; without a sheet of exceptions those stored stay."""
    groups: dict[str, list[Cells]] = {}
    for row in shifts:
        code = text_of(row.values["Calendar"])
        if not code:
            faults.append(Fault(CALENDARS, row.number, "Calendar", "The code is missing.", "Write it."))
            continue
        groups.setdefault(code, []).append(row)
    return [_calendar(code, rows, days, faults, stored.get(code)) for code, rows in groups.items()]


def _calendar(
    code: str,
    rows: Sequence[Cells],
    days: Sequence[Cells] | None,
    faults: list[Fault],
    stored: Definition | None,
) -> CalendarRows:
    before = len(faults)
    first = rows[0]
    head = [text_of(first.values[name]) for name in ("Name", "Time zone", "Country", "Part of it")]
    found = [_shift(row, faults) for row in rows if not _empty(row)]
    own = [row for row in days or () if text_of(row.values["Calendar"]) == code]
    others = [_day(row, faults) for row in own]
    kept = stored.days if stored and days is None else ()
    definition = Definition(
        code,
        head[0],
        head[1],
        head[2].upper(),
        head[3].upper(),
        _in_order([shift for shift in found if shift], stored),
        (*kept, *sorted(day for day in others if day)),
    )
    version = text_of(first.values["Version"])
    return CalendarRows(definition, first.number, version, len(faults) > before)


def _in_order(shifts: list[WeekShift], stored: Definition | None) -> tuple[WeekShift, ...]:
    """In the order in which they begin, as they are stored: the order of rows in a file means nothing."""
    place = {shift: at for at, shift in enumerate(stored.shifts if stored else ())}
    return tuple(sorted(shifts, key=lambda shift: (shift.starts, place.get(shift, len(place)))))


def _empty(row: Cells) -> bool:
    return not any(text_of(row.values[name]) for name in ("Shift", "From", "To", *WEEKDAYS))


def _shift(row: Cells, faults: list[Fault]) -> WeekShift | None:
    try:
        digits = "".join(str(at) for at, day in enumerate(WEEKDAYS) if _mark(row, day))
        times = [_time(row, name) for name in ("From", "To", "Break from", "Break to")]
        shift = WeekShift(text_of(row.values["Shift"]), digits, *times)
        check_shift(shift)
    except Refused as refusal:
        column = refusal.field if refusal.field in row.values else "Shift"
        faults.append(Fault(CALENDARS, row.number, column, refusal.message, refusal.remedy))
        return None
    return shift


def _mark(row: Cells, day: str) -> bool:
    text = text_of(row.values[day]).lower()
    if text not in MARKS:
        raise Refused(f"“{text[:20]}” is no mark.", field=day, remedy="Write x, or leave the cell empty.")
    return MARKS[text]


def _day(row: Cells, faults: list[Fault]) -> OtherDay | None:
    try:
        name = text_of(row.values["Why"])
        if not name or len(name) > 80:
            raise Refused("The reason is missing or too long.", field="Why", remedy="Write 80 signs at most.")
        starts, ends = _time(row, "Extra shift from"), _time(row, "To")
        if bool(starts) != bool(ends):
            remedy = "Write both times for an extra shift, none for a closed day."
            raise Refused("Half a shift.", field="To", remedy=remedy)
        return OtherDay(_date(row), name, starts, ends)
    except Refused as refusal:
        faults.append(Fault(EXCEPTIONS, row.number, refusal.field, refusal.message, refusal.remedy))
        return None


def _date(row: Cells) -> str:
    value = row.values["Day"]
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(text_of(value)).isoformat()
    except ValueError as error:
        told = f"“{text_of(value)[:20]}” is no day."
        raise Refused(told, field="Day", remedy="Write 2026-12-24.") from error


def _time(row: Cells, column: str) -> str:
    """A time of day as 06:00; spreadsheets send times, moments, spans or texts."""
    value = row.values[column]
    if isinstance(value, datetime | time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60) % 1440
        return f"{minutes // 60:02}:{minutes % 60:02}"
    text = text_of(value)
    try:
        return f"{time.fromisoformat(text):%H:%M}" if text else ""
    except ValueError as error:
        raise Refused(f"“{text[:20]}” is no time.", field=column, remedy="Write 06:00.") from error
