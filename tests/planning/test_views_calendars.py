"""The pages of calendars."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import User
from planning.models import Calendar, CalendarException, PlanEdit, Shift, Upload
from planning.selectors.shop.hours import WeekShift, definition_of, version_of, week_minutes, week_picture
from tests.planning.shop import Shop

PAGE = "/planning/calendars/"
HTMX = {"HX-Request": "true", "HX-Target": "effect"}


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def editor(calendar: Calendar | None = None, **more: object) -> dict[str, object]:
    """The form of a calendar with one shift, Monday to Friday."""
    data: dict[str, object] = {
        "code": "DAY",
        "name": "Day shift",
        "timezone": "Europe/Berlin",
        "shift-TOTAL_FORMS": 1,
        "shift-INITIAL_FORMS": 1,
        "shift-0-name": "Day",
        "shift-0-weekdays": ["0", "1", "2", "3", "4"],
        "shift-0-starts": "08:00",
        "shift-0-ends": "16:00",
        "day-TOTAL_FORMS": 0,
        "day-INITIAL_FORMS": 0,
    }
    if calendar:
        data["seen"] = version_of(definition_of(calendar))
    return {**data, **{name.replace("__", "-"): value for name, value in more.items()}}


def address(shop: Shop) -> str:
    """The page of the day shift."""
    return f"{PAGE}{shop.calendar.id}/"


def test_a_week_over_midnight_is_drawn_on_both_days() -> None:
    shifts = (WeekShift("Night", "6", "22:00", "06:00", "02:00", "02:30"),)
    picture = dict(week_picture(shifts))
    assert [stretch.words for stretch in picture["Sun"]] == ["22:00–24:00"]
    assert [stretch.words for stretch in picture["Mon"]] == ["00:00–02:00", "02:30–06:00"]
    assert week_minutes(shifts) == 450


def test_the_list_names_hours_users_and_the_next_day_that_differs(shop: Shop, planner: Client) -> None:
    CalendarException.objects.create(calendar=shop.calendar, date="2099-12-24", name="Inventory")
    page = planner.get(PAGE).content.decode()
    for words in ("40 h", "WC-CUT", "Inventory"):
        assert words in page


def test_the_list_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        Calendar.objects.create(code=f"C{number}", name="Calendar", country="DE")
    with django_assert_max_num_queries(12):
        assert planner.get(PAGE).status_code == 200


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}new/"])
def test_an_operator_does_not_see_it(client: Client, db: None, page: str) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.get(page).status_code == 403


def test_a_shift_is_made_longer(shop: Shop, planner: Client) -> None:
    assert planner.post(address(shop), editor(shop.calendar, shift__0__ends="18:00")).status_code == 302
    assert f"{Shift.objects.get().ends:%H:%M}" == "18:00"
    assert PlanEdit.objects.get().by is not None


def test_the_effect_is_shown_and_nothing_is_stored(shop: Shop, planner: Client) -> None:
    data = editor(shop.calendar, shift__0__ends="18:00", preview="1")
    part = planner.post(address(shop), data, headers=HTMX).content.decode()
    assert "No job becomes late." in part
    assert not PlanEdit.objects.exists()


def test_a_calendar_without_working_time_is_refused_at_the_page(shop: Shop, planner: Client) -> None:
    answer = planner.post(address(shop), editor(shop.calendar, shift__0__DELETE="on"), headers=HTMX)
    assert answer.status_code == 422
    assert "Give it a shift on at least one weekday" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"timezone": "Mars/Base"}, "Time zone Mars/Base is unknown."),
        ({"country": "QQ"}, "The holidays of QQ are not known."),
        ({"country": "DE", "subdivision": "XX"}, "DE has no part XX."),
        ({"shift__0__weekdays": []}, "Shift 1, Weekdays"),
        ({"shift__0__break_starts": "18:00"}, "The break of Day has only one end."),
        ({"day__TOTAL_FORMS": 1, "day__0__date": "2026-12-24"}, "Exception 1, Why"),
    ],
)
def test_what_makes_no_sense_is_named(
    shop: Shop, planner: Client, given: dict[str, object], words: str
) -> None:
    page = planner.post(address(shop), editor(shop.calendar, **given)).content.decode()
    assert words in page


def test_a_change_of_somebody_else_in_the_meantime_is_not_overwritten(shop: Shop, planner: Client) -> None:
    data = editor(shop.calendar, shift__0__ends="18:00")
    Shift.objects.update(ends="17:00")
    answer = planner.post(address(shop), data)
    assert "Somebody else changed this while you edited it." in answer.content.decode()
    assert f"{Shift.objects.get().ends:%H:%M}" == "17:00"


def test_exceptions_of_long_ago_stay_though_they_are_not_shown(shop: Shop, planner: Client) -> None:
    CalendarException.objects.create(calendar=shop.calendar, date="2020-12-24", name="Eve")
    assert "2020-12-24" not in planner.get(address(shop)).content.decode()
    planner.post(address(shop), editor(shop.calendar, shift__0__ends="18:00"))
    assert CalendarException.objects.get().name == "Eve"


def test_the_picture_follows_the_form_and_stores_nothing(shop: Shop, planner: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "week"}
    data = editor(shop.calendar, shift__0__starts="22:00", shift__0__ends="06:00", draw="week")
    part = planner.post(address(shop), data, headers=headers).content.decode()
    assert "22:00–24:00" in part
    assert "<html" not in part
    assert not PlanEdit.objects.exists()


def test_the_picture_of_a_new_calendar_needs_no_name(shop: Shop, planner: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "week"}
    part = planner.post(f"{PAGE}new/", editor(code="", name="", draw="week"), headers=headers)
    assert "40 h a week" in part.content.decode()


def test_the_picture_stays_while_a_shift_makes_no_sense(shop: Shop, planner: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "week"}
    data = editor(shop.calendar, shift__0__starts="late", draw="week")
    assert planner.post(address(shop), data, headers=headers).status_code == 204


def test_a_new_calendar_begins_as_a_copy(shop: Shop, planner: Client) -> None:
    page = planner.get(f"{PAGE}new/?copy=DAY").content.decode()
    assert 'value="08:00"' in page
    planner.post(f"{PAGE}new/?copy=DAY", editor(code="LATE", name="Late", shift__0__starts="14:00"))
    assert Calendar.objects.get(code="LATE").shifts.get().name == "Day"


def test_the_next_holidays_are_listed_by_name(shop: Shop, planner: Client) -> None:
    Calendar.objects.update(country="DE", subdivision="BE")
    page = planner.get(address(shop)).content.decode()
    assert "Next holidays" in page
    assert "Day</dd>" in page


def test_an_unused_calendar_is_removed(shop: Shop, planner: Client) -> None:
    unused = Calendar.objects.create(code="OLD", name="Old")
    planner.post(f"{PAGE}{unused.id}/remove/")
    assert not Calendar.objects.filter(code="OLD").exists()


def upload(planner: Client, shop: Shop, text: bytes) -> str:
    """The page after a holiday file was sent."""
    file = SimpleUploadedFile("days.csv", text, content_type="text/csv")
    return planner.post(f"{address(shop)}holidays/", {"file": file}, follow=True).content.decode()


def test_a_holiday_file_is_shown_first_and_imported_then(shop: Shop, planner: Client) -> None:
    page = upload(planner, shop, b"2099-12-24,Eve\n2099-12-31,New Year's Eve\n")
    assert "Thu 24 Dec 2099 closed (Eve)" in page
    assert not CalendarException.objects.exists()
    planner.post(f"/planning/uploads/{Upload.objects.get().id}/")
    assert CalendarException.objects.count() == 2


def test_a_holiday_file_of_nonsense_is_refused_with_its_line(shop: Shop, planner: Client) -> None:
    page = upload(planner, shop, b"2099-12-24,Eve\nsoon,Party\n")
    assert "Line 2: “soon” is no day. Write 2026-12-24 or 24.12.2026." in page
    assert not Upload.objects.exists()
