"""What a workbook would change: compared row by row with what stands, faults named by their cell."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from kernel.errors import Refused
from orders.models import Priority
from planning.engine import NEVER
from planning.models import Calendar
from planning.selectors.changes import Change, Gate, Weigh
from planning.selectors.changes.calendars import hours_of
from planning.selectors.moments import minute_of
from planning.selectors.sheets.columns import CALENDARS, EXCEPTIONS, JOBS, Fault, Value, text_of
from planning.selectors.sheets.jobs import JobRow, open_jobs, version_of_job
from planning.selectors.sheets.reading import Cells
from planning.selectors.sheets.shifts import CalendarRows, calendars_of
from planning.selectors.shop.hours import Definition, check_definition, definition_of, version_of

PRIORITIES: Final = {label.lower(): value for value, label in Priority.choices}
STALE: Final = "It was changed here after the file was downloaded."
ANEW: Final = "Download the workbook anew and enter your change there."


@dataclass
class Compared:
    """What would change, and what cannot be taken."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def compare(sheets: Mapping[str, Sequence[Cells]], now: datetime) -> Compared:
    """All sheets against what stands. Five statements at any size."""
    found = Compared()
    if JOBS in sheets:
        _jobs(sheets[JOBS], found, now)
    if CALENDARS in sheets:
        _calendars(sheets[CALENDARS], sheets.get(EXCEPTIONS), found, timezone.localdate(now))
    return found


# Jobs --------------------------------------------------------------------------------------------------


def _jobs(rows: Sequence[Cells], found: Compared, now: datetime) -> None:
    standing = {row.line.id: row for row in open_jobs()}
    weights: dict[int, tuple[int, Cells]] = {}
    for row in rows:
        job = standing.get(_number(row.values["Job id"]))
        if job is None:
            told = "This job is finished, cancelled or unknown.", "Leave the row out."
            found.faults.append(Fault(JOBS, row.number, "Job id", *told))
            continue
        try:
            priority, gate = _priority(row), _gate(row)
        except Refused as refusal:
            found.faults.append(Fault(JOBS, row.number, refusal.field, refusal.message, refusal.remedy))
            continue
        _job(job, row, priority, gate, found, weights, now)


def _job(
    job: JobRow,
    row: Cells,
    priority: int,
    gate: datetime | None,
    found: Compared,
    weights: dict[int, tuple[int, Cells]],
    now: datetime,
) -> None:
    """One row that can be read."""
    seen, asked = text_of(row.values["Version"]), version_of_job(priority, gate)
    if asked in (job.version, seen):
        return  # as it stands, or not touched by who sent the file
    if seen != job.version:
        found.faults.append(Fault(JOBS, row.number, "Version", STALE, ANEW))
        return
    if priority != job.line.priority:
        first = weights.setdefault(job.line.order_id, (priority, row))
        if first[0] != priority:
            told = f"Row {first[1].number} gives the same order another priority."
            remedy = "An order has one priority: write the same in both rows."
            found.faults.append(Fault(JOBS, row.number, "Priority", told, remedy))
        elif first[1] is row:
            found.changes.append(Weigh(job.line.order_id, priority))
    if _minute(gate) != _minute(job.gate):
        if gate and gate <= now:
            message, remedy = "That moment is over.", "Write one to come, or leave the cell empty."
            found.faults.append(Fault(JOBS, row.number, "Not before", message, remedy))
            return
        found.changes.append(Gate(job.line.id, minute_of(gate) if gate else NEVER))


def _number(value: Value) -> int:
    text = text_of(value)
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _priority(row: Cells) -> int:
    text = text_of(row.values["Priority"])
    known = PRIORITIES.get(text.lower())
    if known is None:
        names = ", ".join(str(label) for label in Priority.labels)
        raise Refused(f"“{text[:40]}” is no priority.", field="Priority", remedy=f"Write one of {names}.")
    return known


def _gate(row: Cells) -> datetime | None:
    value = row.values["Not before"]
    if isinstance(value, str) and value.strip():
        with suppress(ValueError):
            value = datetime.fromisoformat(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value is None or value == "":
        return None
    if not isinstance(value, datetime) or value.tzinfo or not 2000 <= value.year < 2100:
        told = f"“{text_of(value)[:40]}” is no day and time."
        raise Refused(told, field="Not before", remedy="Write 2026-12-03 08:00, or leave the cell empty.")
    return timezone.make_aware(value)


def _minute(moment: datetime | None) -> int | None:
    return minute_of(moment) if moment else None


# Calendars ---------------------------------------------------------------------------------------------


def _calendars(shifts: Sequence[Cells], days: Sequence[Cells] | None, found: Compared, today: date) -> None:
    stored = {
        each.code: (each.id, definition_of(each))
        for each in Calendar.objects.prefetch_related("shifts", "exceptions")
    }
    for own in calendars_of(shifts, days, found.faults, {code: own for code, (_, own) in stored.items()}):
        if not own.faulty:
            _calendar(own, stored.get(own.definition.code), found, today)
    if days is not None:
        known = {text_of(row.values["Calendar"]) for row in shifts}
        for row in days:
            code = text_of(row.values["Calendar"])
            if code not in known:
                told = f"There is no calendar “{code[:20]}” on the sheet {CALENDARS}."
                remedy = f"Write the code of one that is there, or add its shifts to {CALENDARS}."
                found.faults.append(Fault(EXCEPTIONS, row.number, "Calendar", told, remedy))


def _calendar(own: CalendarRows, stored: tuple[int, Definition] | None, found: Compared, today: date) -> None:
    asked = version_of(own.definition)
    standing = version_of(stored[1]) if stored else ""
    if asked in (standing, own.version):
        return
    if own.version != standing:
        told = (STALE, ANEW) if stored else ("This calendar was removed here.", "Empty its ids and versions.")
        found.faults.append(Fault(CALENDARS, own.row, "Version", *told))
        return
    try:
        check_definition(own.definition, today)
    except Refused as refusal:
        column = {"timezone": "Time zone", "country": "Country", "subdivision": "Part of it"}
        at = column.get(refusal.field, "Shift")
        found.faults.append(Fault(CALENDARS, own.row, at, refusal.message, refusal.remedy))
        return
    found.changes.append(hours_of(stored[0] if stored else 0, own.definition))
