"""The workbook as it is downloaded."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any, Final

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from orders.models import Priority
from planning.models import Calendar
from planning.selectors.sheets.columns import (
    ABOUT,
    CALENDARS,
    COLUMNS,
    EDITABLE,
    EXCEPTIONS,
    JOBS,
    harmless,
)
from planning.selectors.sheets.jobs import cells_of, open_jobs
from planning.selectors.shop.hours import Definition, definition_of, version_of

BOLD: Final = Font(bold=True)
INPUT: Final = PatternFill("solid", fgColor="FFF4CC")
WIDE: Final = {"Customer", "Product", "Name", "Why", "Time zone", "Not before", "Order"}
NOTES: Final = (
    "Change cells under yellow headings only; the other columns tell what a row is about.",
    "Jobs: priority is Normal, Key customer or Rush and counts for the whole order; “Not before” is the day "
    "and time before which nothing that waits begins, empty: at any time.",
    "Calendars: a row for each shift, an x under each weekday. Exceptions: a day without times is closed.",
    "Leave ids and versions as they are: they tell whether somebody changed a row in the meantime.",
    "Nothing is changed by the upload: first you see each change and who becomes late.",
)


def write_workbook(now: datetime, by: str) -> bytes:
    """Jobs, calendars and exceptions as they stand. Five statements at any size."""
    book = Workbook(write_only=True)
    calendars = list(Calendar.objects.prefetch_related("shifts", "exceptions"))
    known = [(calendar.id, definition_of(calendar)) for calendar in calendars]
    jobs = _sheet(book, JOBS, [cells_of(row) for row in open_jobs()], frozen="E2")
    labels = ",".join(str(label) for label in Priority.labels)
    choice = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=False)
    letter = get_column_letter(COLUMNS[JOBS].index("Priority") + 1)
    choice.add(f"{letter}2:{letter}100000")
    jobs.data_validations.append(choice)
    _sheet(book, CALENDARS, [cells for pair in known for cells in _shift_rows(*pair)], frozen="D2")
    _sheet(book, EXCEPTIONS, [cells for _, own in known for cells in _day_rows(own)], frozen="A2")
    about = book.create_sheet(ABOUT)
    about.column_dimensions["A"].width = 110
    made = f"Made {timezone.localtime(now):%Y-%m-%d %H:%M} for {by}"
    for text in (made, *NOTES):
        about.append([harmless(text)])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, name: str, rows: Iterable[Sequence[object]], *, frozen: str) -> Any:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = frozen
    for at, column in enumerate(COLUMNS[name], 1):
        sheet.column_dimensions[get_column_letter(at)].width = 24 if column in WIDE else 12
    sheet.append([_heading(sheet, name, column) for column in COLUMNS[name]])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    return sheet


def _heading(sheet: Any, name: str, column: str) -> Any:
    cell = WriteOnlyCell(sheet, value=column)
    cell.font = BOLD
    if column in EDITABLE[name]:
        cell.fill = INPUT
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, datetime | time):
        return harmless(value)
    cell: Any = WriteOnlyCell(sheet)
    cell.value = value
    cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "hh:mm"
    return cell


def _shift_rows(number: int, own: Definition) -> Iterable[Sequence[object]]:
    head = (number, version_of(own), own.code, own.name, own.zone, own.country, own.subdivision)
    for shift in own.shifts:
        marks = ["x" if str(day) in shift.weekdays else "" for day in range(7)]
        times = (shift.starts, shift.ends, shift.break_starts, shift.break_ends)
        yield (*head, shift.name, *marks, *(_time(text) for text in times))
    if not own.shifts:
        yield head


def _day_rows(own: Definition) -> Iterable[Sequence[object]]:
    for day in own.days:
        yield (own.code, day.on, day.name, _time(day.starts), _time(day.ends))


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None
