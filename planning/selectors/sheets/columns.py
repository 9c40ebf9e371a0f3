"""The workbook that goes out and comes back: its sheets, their columns, and how a cell reads."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

JOBS, CALENDARS, EXCEPTIONS, ABOUT = "Jobs", "Calendars", "Exceptions", "About"
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    JOBS: (
        "Job id",
        "Version",
        "Order",
        "Position",
        "Customer",
        "Product",
        "Quantity",
        "State",
        "Requested",
        "Promised",
        "Forecast",
        "Priority",
        "Not before",
    ),
    CALENDARS: (
        "Calendar id",
        "Version",
        "Calendar",
        "Name",
        "Time zone",
        "Country",
        "Part of it",
        "Shift",
        *WEEKDAYS,
        "From",
        "To",
        "Break from",
        "Break to",
    ),
    EXCEPTIONS: ("Calendar", "Day", "Why", "Extra shift from", "To"),
}
EDITABLE: Final = {
    JOBS: ("Priority", "Not before"),
    CALENDARS: COLUMNS[CALENDARS][2:],
    EXCEPTIONS: COLUMNS[EXCEPTIONS],
}
HARMFUL: Final = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so could be taken for a formula."""

Value = str | int | float | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be taken: where it is, what is wrong, what to do."""

    sheet: str
    row: int
    column: str
    message: str
    remedy: str

    @property
    def place(self) -> str:
        """`Jobs, row 7, Priority`."""
        where = f"{self.sheet}, row {self.row}"
        return f"{where}, {self.column}" if self.column else where


def harmless(value: Value) -> Value:
    """A text that no spreadsheet takes for a formula, without signs that a workbook cannot hold."""
    if not isinstance(value, str):
        return value
    text = "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")
    return f"'{text}" if text.startswith(HARMFUL) else text


def text_of(value: Value) -> str:
    """What a cell says, with the mark of `harmless` taken away."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(HARMFUL) else text
