"""An uploaded workbook as plain rows: bounded before it is opened, refused calmly where it is broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from kernel.errors import Refused
from kernel.formats import plural
from planning.selectors.sheets.columns import CALENDARS, COLUMNS, EXCEPTIONS, JOBS, Value

LARGEST: Final = 5_000_000
UNPACKED: Final = 60_000_000
PARTS: Final = 200
ROWS: Final = 30_000
WIDTH: Final = 40
REMEDY: Final = "Download the workbook anew, change it, and save it as .xlsx."


@dataclass(frozen=True)
class Cells:
    """A row of a sheet: its number there, and its values by column."""

    number: int
    values: Mapping[str, Value]


def read_workbook(data: bytes) -> dict[str, list[Cells]]:
    """The rows of each known sheet that is in the workbook; empty rows are left out. Refused says why not."""
    _check_size(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        names = [name for name in (JOBS, CALENDARS, EXCEPTIONS) if name in book.sheetnames]
        if not names:
            raise _refused(f"It has none of the sheets {JOBS}, {CALENDARS} and {EXCEPTIONS}.")
        return {name: _rows(book[name], name) for name in names}
    except Refused:
        raise
    except Exception as error:  # the library raises whatever its parsers do; all of it means a broken file
        raise _refused("The file is broken or no workbook.") from error


def _check_size(data: bytes) -> None:
    """Refused before anything is unpacked: nobody's memory is filled by a small file."""
    if len(data) > LARGEST:
        raise _refused("The file is larger than 5 MB.")
    try:
        with ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
                raise _refused("The file unpacks to more than a workbook of jobs can be.")
            for part in parts:
                with packed.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(2000):
                        raise _refused("The file holds what no workbook needs.")
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise _refused("The file is broken or no workbook.") from error


def _rows(sheet: Any, name: str) -> list[Cells]:
    lines = sheet.iter_rows(max_row=ROWS + 2, max_col=WIDTH, values_only=True)
    headings = [str(value or "").strip() for value in next(lines, ())]
    missing = [column for column in COLUMNS[name] if column not in headings]
    if missing:
        raise _refused(f"The sheet {name} lacks the column {missing[0]}.")
    places = [(column, headings.index(column)) for column in COLUMNS[name]]
    found = []
    for number, line in enumerate(lines, 2):
        if number > ROWS + 1:
            raise _refused(f"The sheet {name} has more than {plural(ROWS, 'row')}.")
        if any(value not in (None, "") for value in line):
            values = {column: line[at] if at < len(line) else None for column, at in places}
            found.append(Cells(number, values))
    return found


def _refused(message: str) -> Refused:
    return Refused(message, field="file", remedy=REMEDY)
