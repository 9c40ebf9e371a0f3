"""BOM lines as CSV: one line each, the columns named as the fields of `BomRow`."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from kernel.errors import Refused
from kernel.wording import plain
from orders.engine.document import FROM_MASTER_DATA, BadDocument, fields_of, row_from_document
from orders.engine.logic.syntax import nearest, refused
from orders.engine.model import BomRow

LONGEST: Final = 50_000_000
MOST_LINES: Final = 200_000
MARKS: Final = ",;\t"
BETWEEN: Final = "|"
"""Between several alternates in one cell."""
WHOLE: Final = {"find_number", "operation", "serial_from", "serial_to"}
COLUMNS: Final = tuple(fields_of(BomRow))
KNOWN: Final = (*COLUMNS, *sorted(FROM_MASTER_DATA[BomRow]))
SHOWN: Final = ("description", "unit")
"""From master data, for whoever reads the file; not read back."""


def dump_bom(lines: Sequence[BomRow]) -> str:
    """The lines with a header; description and unit of the items stand behind, for reading only."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *SHOWN))
    for line in lines:
        writer.writerow([_cell(getattr(line, name)) for name in COLUMNS] + [_inert(line, n) for n in SHOWN])
    return out.getvalue()


def load_bom(text: str, file: str = "bom.csv", items: Collection[str] | None = None) -> tuple[BomRow, ...]:
    """The lines of a file with comma, semicolon or tab between; empty cells stand for the usual.

    `items` are the item numbers there are, None where that is not to be checked. Refused with file, line,
    column and the nearest name for an unknown column or item, a wrong value or a find number used twice.
    """
    if len(text) > LONGEST:
        raise Refused(f"{file} has {len(text):,} characters.", remedy=f"At most {LONGEST:,} are read.")
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=_mark(text), strict=True)
    try:
        header = _header(next(reader, []), file)
        return tuple(_lines(reader, header, file, items))
    except csv.Error as error:
        raise refused(file, reader.line_num, 1, f"this is no CSV: {error}.") from None


def merged(lines: Sequence[BomRow], changes: Sequence[BomRow]) -> tuple[BomRow, ...]:
    """The lines with those changed or added that have the same or a new find number; in their order."""
    found = {line.find_number: line for line in lines} | {line.find_number: line for line in changes}
    return tuple(found[number] for number in sorted(found))


def _mark(text: str) -> str:
    first = text.partition("\n")[0]
    return max(MARKS, key=first.count)


def _header(cells: Sequence[str], file: str) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    for column, name in enumerate(names, start=1):
        if name not in KNOWN:
            raise refused(
                file, 1, column, f"there is no column “{name[:40]}”.", nearest(name, COLUMNS) or _columns()
            )
        if name in names[: column - 1]:
            raise refused(file, 1, column, f"column “{name}” is there twice.", "Remove one.")
    for name in ("find_number", "item"):
        if name not in names:
            raise refused(file, 1, 1, f"column “{name}” is missing.", _columns())
    return names


def _columns() -> str:
    return f"Columns: {', '.join(COLUMNS)}."


def _lines(reader: Any, header: Sequence[str], file: str, items: Collection[str] | None) -> Iterator[BomRow]:
    used: dict[int, int] = {}
    number = reader.line_num + 1
    for cells in reader:
        here, number = number, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            message = f"{len(cells)} cells stand below {len(header)} columns."
            raise refused(file, here, len(header) + 1, message, 'Put texts with separators in “"”.')
        row = _row(dict(zip(header, cells, strict=False)), header, file, here)
        _check(row, used, header, file, here, items)
        if len(used) > MOST_LINES:
            raise refused(file, here, 1, f"there are more than {MOST_LINES:,} lines.")
        yield row


def _row(cells: Mapping[str, str], header: Sequence[str], file: str, line: int) -> BomRow:
    given = {name: cell.strip() for name, cell in cells.items() if name in COLUMNS and cell.strip()}
    try:
        row = row_from_document(BomRow, {name: _read(name, cell) for name, cell in given.items()})
    except BadDocument as error:
        name = str(error.path[0]) if error.path else error.message.split("”")[0].removeprefix("“")
        column = header.index(name) + 1
        raise refused(file, line, column, f"{name}: {error.message}", error.remedy) from None
    assert isinstance(row, BomRow)
    return row


def _check(
    row: BomRow,
    used: dict[int, int],
    header: Sequence[str],
    file: str,
    line: int,
    items: Collection[str] | None,
) -> None:
    first = used.setdefault(row.find_number, line)
    if first != line:
        column, message = header.index("find_number") + 1, f"find number {row.find_number} stands in line"
        raise refused(file, line, column, f"{message} {first} already.", "Renumber one of them.")
    if items is None:
        return
    named = [("item", row.item), ("assembly", row.assembly), *(("alternates", n) for n in row.alternates)]
    for name, number in named:
        if number and number not in items:
            message = f"{name}: there is no item “{number[:40]}”."
            remedy = nearest(number, items) or "Create the item first, or correct it."
            raise refused(file, line, header.index(name) + 1, message, remedy)


def _read(name: str, cell: str) -> object:
    if name == "alternates":
        return [part.strip() for part in cell.split(BETWEEN) if part.strip()]
    return int(cell) if name in WHOLE and cell.isascii() and cell.isdigit() and len(cell) < 10 else cell


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return BETWEEN.join(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


def _inert(line: BomRow, name: str) -> str:
    """A text no spreadsheet takes for a formula."""
    text = str(getattr(line, name))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
