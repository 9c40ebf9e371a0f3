"""The workbook that goes out and comes back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from kernel.errors import Refused
from orders.models import Customer, OrderLine, User
from planning import services
from planning.models import Calendar, CalendarException, Operation, PlanEdit, Shift, Upload
from planning.selectors.changes import Gate, Hours, Weigh
from planning.selectors.sheets import Compared, compare, read_workbook, write_workbook
from planning.selectors.sheets.columns import COLUMNS
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning

Edit = Callable[[Workbook], object]


@pytest.fixture
def job(shop: Shop) -> OrderLine:
    """A planned job."""
    line = make_job(shop)
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    return line


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(edit: Edit) -> bytes:
    """The workbook after somebody changed it."""
    book = load_workbook(BytesIO(write_workbook(MONDAY, "me")))
    edit(book)
    return saved(book)


def checked(edit: Edit) -> Compared:
    """What the changed workbook would change."""
    return compare(read_workbook(edited(edit)), MONDAY)


def cell(book: Workbook, sheet: str, row: int, column: str) -> Any:
    """A cell by its heading."""
    return book[sheet].cell(row, COLUMNS[sheet].index(column) + 1)


def put(sheet: str, row: int, **cells: object) -> Edit:
    """Write these cells; `Not_before` is the column “Not before”."""

    def edit(book: Workbook) -> None:
        for column, value in cells.items():
            cell(book, sheet, row, column.replace("_", " ")).value = value

    return edit


def faults(found: Compared) -> list[tuple[str, str, str]]:
    """Each fault with its place and remedy."""
    return [(fault.place, fault.message, fault.remedy) for fault in found.faults]


def test_a_workbook_that_nobody_touched_changes_nothing(shop: Shop, job: OrderLine) -> None:
    CalendarException.objects.create(calendar=shop.calendar, date="2026-12-24", name="Eve")
    found = checked(lambda book: None)
    assert (found.changes, found.faults) == ([], [])


def test_the_workbook_needs_few_statements_at_any_size(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [make_job(shop) for _ in range(10)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    with django_assert_max_num_queries(5):
        book = write_workbook(MONDAY, "me")
    with django_assert_max_num_queries(5):
        compare(read_workbook(book), MONDAY)


def test_a_priority_becomes_a_change_of_the_order(job: OrderLine) -> None:
    assert checked(put("Jobs", 2, Priority="rush")).changes == [Weigh(job.order_id, 9)]


def test_a_date_becomes_a_gate(job: OrderLine) -> None:
    found = checked(put("Jobs", 2, Not_before=datetime(2026, 12, 3, 8, 0)))
    moment = timezone.make_aware(datetime(2026, 12, 3, 8, 0))
    assert found.changes == [Gate(job.id, int(moment.timestamp() // 60))]


def test_an_emptied_date_opens_the_gate(job: OrderLine) -> None:
    Operation.objects.update(not_before=MONDAY + timedelta(days=9))
    (change,) = checked(put("Jobs", 2, Not_before=None)).changes
    assert change == Gate(job.id)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            {"Priority": "urgent"},
            ("Jobs, row 2, Priority", "“urgent” is no priority.", "Write one of Normal, Key customer, Rush."),
        ),
        (
            {"Not_before": "soon"},
            (
                "Jobs, row 2, Not before",
                "“soon” is no day and time.",
                "Write 2026-12-03 08:00, or leave the cell empty.",
            ),
        ),
        (
            {"Not_before": datetime(2020, 1, 1)},
            (
                "Jobs, row 2, Not before",
                "That moment is over.",
                "Write one to come, or leave the cell empty.",
            ),
        ),
        (
            {"Job_id": 999_999},
            ("Jobs, row 2, Job id", "This job is finished, cancelled or unknown.", "Leave the row out."),
        ),
        (
            {"Job_id": "=1+1"},
            ("Jobs, row 2, Job id", "This job is finished, cancelled or unknown.", "Leave the row out."),
        ),
    ],
)
def test_a_faulty_cell_is_named_with_its_remedy(
    job: OrderLine, cells: dict[str, object], fault: tuple[str, str, str]
) -> None:
    found = checked(put("Jobs", 2, **cells))
    assert faults(found) == [fault]
    assert found.changes == []


def test_a_row_that_was_changed_here_in_the_meantime_is_told(job: OrderLine) -> None:
    data = edited(put("Jobs", 2, Priority="Rush"))
    OrderLine.objects.update(priority=3)
    found = compare(read_workbook(data), MONDAY)
    assert [fault.message for fault in found.faults] == ["It was changed here after the file was downloaded."]


def test_a_stale_row_that_nobody_edited_undoes_nothing(job: OrderLine) -> None:
    data = edited(lambda book: None)
    OrderLine.objects.update(priority=3)
    found = compare(read_workbook(data), MONDAY)
    assert (found.changes, found.faults) == ([], [])


def test_a_shift_is_changed_in_the_sheet_of_calendars(shop: Shop) -> None:
    (change,) = checked(put("Calendars", 2, To="18:00")).changes
    assert isinstance(change, Hours)
    assert change.shifts == (("Day", "01234", "08:00", "18:00", "", ""),)


def test_a_closed_day_is_one_more_row_of_exceptions(shop: Shop) -> None:
    (change,) = checked(put("Exceptions", 2, Calendar="DAY", Day="2026-12-24", Why="Eve")).changes
    assert isinstance(change, Hours)
    assert change.days == (("2026-12-24", "Eve", "", ""),)


def test_a_new_code_makes_a_new_calendar(shop: Shop) -> None:
    row = {"Calendar": "LATE", "Name": "Late", "Time_zone": "Europe/Berlin", "Shift": "Late", "Mon": "x"}
    (change,) = checked(put("Calendars", 3, **row, From="14:00", To="22:00")).changes
    assert isinstance(change, Hours)
    assert (change.calendar, change.code) == (0, "LATE")


@pytest.mark.parametrize(
    ("sheet", "row", "cells", "place"),
    [
        ("Calendars", 2, {"To": "late"}, "Calendars, row 2, To"),
        ("Calendars", 2, {"Mon": "maybe"}, "Calendars, row 2, Mon"),
        ("Calendars", 2, {"Time_zone": "Mars/Base"}, "Calendars, row 2, Time zone"),
        ("Calendars", 2, {"Break_from": "18:00", "Break_to": "18:30"}, "Calendars, row 2, Shift"),
        ("Calendars", 2, dict.fromkeys(("Mon", "Tue", "Wed", "Thu", "Fri"), ""), "Calendars, row 2, Shift"),
        ("Exceptions", 2, {"Calendar": "DAY", "Day": "soon", "Why": "X"}, "Exceptions, row 2, Day"),
        (
            "Exceptions",
            2,
            {"Calendar": "NONE", "Day": "2026-12-24", "Why": "X"},
            "Exceptions, row 2, Calendar",
        ),
    ],
)
def test_a_faulty_cell_of_a_calendar_is_named(
    shop: Shop, sheet: str, row: int, cells: dict[str, object], place: str
) -> None:
    found = checked(put(sheet, row, **cells))
    assert [fault.place for fault in found.faults] == [place]
    assert found.changes == []


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1"])
def test_a_name_that_looks_like_a_formula_is_text_in_the_workbook(job: OrderLine, name: str) -> None:
    Customer.objects.update(name=name)
    book = load_workbook(BytesIO(write_workbook(MONDAY, name)))
    found = cell(book, "Jobs", 2, "Customer")
    assert (found.value, found.data_type) == (f"'{name}", "s")


def test_a_calendar_whose_name_looks_like_a_formula_comes_back_as_it_was(shop: Shop) -> None:
    Calendar.objects.update(name="=Day")
    assert checked(lambda book: None).changes == []


# Broken files -----------------------------------------------------------------------------------------------


def packed(content: bytes) -> bytes:
    """A zip file with one sheet of this content."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is broken or no workbook."),
        (b"hello", "The file is broken or no workbook."),
        (b"PK\x03\x04" + b"x" * 100, "The file is broken or no workbook."),
        (b"x" * 5_000_001, "The file is larger than 5 MB."),
        (packed(b"0" * 60_000_001), "The file unpacks to more than a workbook of jobs can be."),
        (packed(b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "The file holds what no workbook needs."),
        (packed(b"<x/>"), "The file is broken or no workbook."),
        (saved(Workbook()), "It has none of the sheets Jobs, Calendars and Exceptions."),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_calmly(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_workbook(data)
    assert str(refusal.value) == f"{words} Download the workbook anew, change it, and save it as .xlsx."


def test_a_sheet_without_a_column_is_refused_by_its_name(shop: Shop) -> None:
    with pytest.raises(Refused, match="The sheet Jobs lacks the column Priority"):
        checked(put("Jobs", 1, Priority="Prio"))


# The page ---------------------------------------------------------------------------------------------------


def send(planner: Client, data: bytes) -> str:
    """Upload a workbook; the page that shows what it would change."""
    file = SimpleUploadedFile("planning.xlsx", data)
    return planner.post("/planning/sheets/", {"file": file}, follow=True).content.decode()


def test_the_dry_run_tells_changes_faults_and_effect(shop: Shop, job: OrderLine, planner: Client) -> None:
    other = make_job(shop)
    services.plan_jobs(moves=moves_to_planning(other), now=MONDAY)

    def edit(book: Workbook) -> None:
        put("Jobs", 2, Priority="Rush")(book)
        put("Jobs", 3, Priority="urgent")(book)

    with clock.told_at(MONDAY):
        page = send(planner, edited(edit))
    for words in ("has the priority “rush”", "Jobs, row 3, Priority", "job becomes late", "Import 1 change"):
        assert words in page
    assert not PlanEdit.objects.exists()


def test_the_import_makes_what_was_shown_as_one_edit(job: OrderLine, planner: Client) -> None:
    with clock.told_at(MONDAY):
        send(planner, edited(put("Jobs", 2, Priority="Rush")))
        planner.post(f"/planning/uploads/{Upload.objects.get().id}/")
    assert OrderLine.objects.get().priority == 9
    assert Upload.objects.get().edit == PlanEdit.objects.get()


def test_an_import_is_undone_like_every_change(job: OrderLine, planner: Client) -> None:
    with clock.told_at(MONDAY):
        send(planner, edited(put("Jobs", 2, Priority="Rush")))
        planner.post(f"/planning/uploads/{Upload.objects.get().id}/")
        planner.post(f"/planning/changes/{PlanEdit.objects.get().id}/undo/")
    assert OrderLine.objects.get().priority == 1


def test_an_upload_is_not_imported_twice(job: OrderLine, planner: Client) -> None:
    with clock.told_at(MONDAY):
        send(planner, edited(put("Jobs", 2, Priority="Rush")))
        planner.post(f"/planning/uploads/{Upload.objects.get().id}/")
        answer = planner.post(f"/planning/uploads/{Upload.objects.get().id}/")
    assert answer.status_code == 422
    assert PlanEdit.objects.count() == 1


def test_an_upload_whose_calendar_was_changed_since_is_not_imported(shop: Shop, planner: Client) -> None:
    with clock.told_at(MONDAY):
        send(planner, edited(put("Calendars", 2, To="18:00")))
        Shift.objects.update(ends="17:00")
        page = planner.post(f"/planning/uploads/{Upload.objects.get().id}/").content.decode()
    assert "Somebody changed the same jobs or calendars after this file was checked." in page
    assert f"{Shift.objects.get().ends:%H:%M}" == "17:00"


def test_a_workbook_without_a_difference_says_so(job: OrderLine, planner: Client) -> None:
    with clock.told_at(MONDAY):
        page = send(planner, edited(lambda book: None))
    assert "Nothing in this file differs from what stands." in page


def test_the_workbook_is_downloaded(job: OrderLine, planner: Client) -> None:
    answer = planner.get("/planning/sheets/workbook.xlsx")
    assert load_workbook(BytesIO(answer.content)).sheetnames == ["Jobs", "Calendars", "Exceptions", "About"]


def test_the_pages_need_few_statements(
    job: OrderLine, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.told_at(MONDAY):
        send(planner, edited(put("Jobs", 2, Priority="Rush")))
        for page in ("/planning/sheets/", f"/planning/uploads/{Upload.objects.get().id}/"):
            with django_assert_max_num_queries(20):
                assert planner.get(page).status_code == 200


@pytest.mark.parametrize("page", ["", "workbook.xlsx"])
def test_an_operator_gets_no_workbook(client: Client, db: None, page: str) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.get(f"/planning/sheets/{page}").status_code == 403
