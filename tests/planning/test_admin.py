"""Resources as master data."""

import pytest
from django.test import Client

from orders.models import User
from planning.forms import CalendarForm, ShiftForm
from planning.models import PlanRequest
from tests.planning.shop import Shop

CALENDAR = {
    "code": "LATE",
    "name": "Late shift",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "subdivision": "BE",
}
SHIFT = {"name": "Late", "weekdays": ["0", "1"], "starts": "14:00", "ends": "22:00"}


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    """A browser in which an administrator has signed in."""
    client.force_login(User.objects.create_superuser("admin@example.com", "secret"))
    return client


def test_taking_a_machine_out_of_service_asks_for_a_replan(shop: Shop, administrator: Client) -> None:
    machine = shop.machines["CUT-1"]
    data = {"work_centre": machine.work_centre_id, "code": machine.code, "name": machine.name}
    data |= {"speed": 100, "places": 0}
    assert administrator.post(f"/admin/planning/machine/{machine.id}/change/", data).status_code == 302
    assert PlanRequest.objects.get().reason == "CUT-1 was changed by admin@example.com"


@pytest.mark.parametrize("page", ["calendar", "workcentre", "machine"])
def test_the_lists_of_resources_open(shop: Shop, administrator: Client, page: str) -> None:
    assert administrator.get(f"/admin/planning/{page}/").status_code == 200
    assert administrator.get(f"/admin/planning/{page}/add/").status_code == 200


def test_a_calendar_of_a_known_zone_and_country_is_valid(db: None) -> None:
    assert CalendarForm(CALENDAR).is_valid()


@pytest.mark.parametrize(("field", "value"), [("timezone", "Mars/Base"), ("country", "QQ")])
def test_an_unknown_zone_or_country_is_refused(db: None, field: str, value: str) -> None:
    assert field in CalendarForm({**CALENDAR, field: value}).errors


def test_a_shift_over_midnight_with_a_break_is_valid(db: None) -> None:
    night = {**SHIFT, "starts": "22:00", "ends": "06:00", "break_starts": "02:00", "break_ends": "02:30"}
    assert ShiftForm(night).is_valid()


def test_a_break_outside_its_shift_is_refused(db: None) -> None:
    form = ShiftForm({**SHIFT, "break_starts": "12:00", "break_ends": "12:30"})
    assert form.errors == {"break_starts": ["The break lies outside its shift."]}


def test_half_a_break_is_refused(db: None) -> None:
    assert "break_ends" in ShiftForm({**SHIFT, "break_starts": "18:00"}).errors
