"""Holiday files: what is read, and how nonsense is refused."""

from datetime import date

import pytest

from kernel.errors import Refused
from planning.forms import read_holidays
from planning.selectors.shop.hours import Definition, OtherDay, with_days

TODAY = date(2026, 11, 23)
EVENT = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{}\r\nSUMMARY:{}\r\n{}END:VEVENT\r\n"


def calendar(*events: str) -> bytes:
    """An iCalendar file."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


def test_a_csv_file_with_a_heading_is_read() -> None:
    found = read_holidays(
        b"\xef\xbb\xbfDate,Name\n2026-12-24,Christmas Eve\n31.12.2026,New Year's Eve\n", TODAY
    )
    assert found == (OtherDay("2026-12-24", "Christmas Eve"), OtherDay("2026-12-31", "New Year's Eve"))


def test_a_csv_file_of_a_german_spreadsheet_is_read() -> None:
    assert read_holidays("Datum;Name\n6.1.2027;Heilige Drei Könige\n".encode("cp1252"), TODAY) == (
        OtherDay("2027-01-06", "Heilige Drei Könige"),
    )


def test_an_icalendar_file_is_read_with_folded_lines_and_escapes() -> None:
    text = calendar(EVENT.format("20261224", "Inventory\\, hall\r\n  2", ""))
    assert read_holidays(text, TODAY) == (OtherDay("2026-12-24", "Inventory, hall 2"),)


def test_an_event_of_several_days_closes_each() -> None:
    text = calendar(EVENT.format("20261224", "Shutdown", "DTEND;VALUE=DATE:20261227\r\n"))
    assert [day.day for day in read_holidays(text, TODAY)] == ["2026-12-24", "2026-12-25", "2026-12-26"]


def test_a_yearly_event_is_read_for_two_years() -> None:
    text = calendar(EVENT.format("20201224", "Eve", "RRULE:FREQ=YEARLY\r\n"))
    assert [day.day for day in read_holidays(text, TODAY)] == ["2026-12-24", "2027-12-24"]


def test_days_that_are_over_are_left_out() -> None:
    found = read_holidays(b"2026-01-01,Old\n2026-12-24,Eve\n", TODAY)
    assert [day.name for day in found] == ["Eve"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"2026-12-24,Eve\nnonsense,X\n", "Line 2: “nonsense” is no day. Write 2026-12-24 or 24.12.2026."),
        (b"2026-12-24\n", "Line 1: the name is missing. Write it behind the date"),
        (b"2026-02-30,X\n", "Line 1: “2026-02-30” is no day."),
        (b"", "There is no holiday in this file. Choose an iCalendar file"),
        (b"\x00\x01PK", "This is no text file."),
        (b"x" * 1_000_001, "The file is larger than 1 MB."),
        (b"2020-12-24,Old\n", "All days in this file are over."),
        (calendar("BEGIN:VEVENT\r\nSUMMARY:X\r\nEND:VEVENT\r\n"), "Line 5: the event has no day (DTSTART)."),
        (calendar(EVENT.format("2026-1-1", "X", "")), "Line 4: “2026-1-1” is no day. Write it as 20261224."),
        (calendar(EVENT.format("20261224", "X", "RRULE:FREQ=WEEKLY\r\n")), "Line 6: the rule FREQ=WEEKLY"),
        (calendar("END:VEVENT\r\n"), "Line 3: an event ends that did not begin."),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\n", "The file ends within an event."),
        (calendar(EVENT.format("20260101", "X", "DTEND:20270101\r\n")), "Line 7: the event lasts 365 days."),
        (calendar(EVENT.format("99991231", "X", "")), "Line 4: 9999-12-31 is too far away. Leave out days"),
        (calendar(EVENT.format("99990101", "X", "RRULE:FREQ=YEARLY\r\n")), "Line 4: 9999-01-01 is too far"),
        (b"9999-12-31,X\n", "Line 1: 9999-12-31 is too far away."),
    ],
)
def test_nonsense_is_refused_with_its_line_and_the_remedy(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_holidays(data, TODAY)
    assert str(refusal.value).startswith(words)


def test_a_name_is_one_line_without_control_signs() -> None:
    found = read_holidays(b'2026-12-24,"Christmas\n\x07 Eve"\n', TODAY)
    assert found == (OtherDay("2026-12-24", "Christmas Eve"),)


def test_days_that_are_free_already_are_not_added() -> None:
    own = Definition("D", "D", "UTC", "DE", "BE", days=(OtherDay("2026-12-24", "Extra", "06:00", "10:00"),))
    new = [OtherDay("2026-12-24", "Eve"), OtherDay("2026-12-25", "Christmas"), OtherDay("2026-12-31", "NYE")]
    assert [day.day for day in with_days(own, new).days] == ["2026-12-24", "2026-12-31"]
