"""The work list: what waits, for whom, in which order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import services
from orders.models import Role, User
from orders.services import Work
from tests.cast import People, client_of
from tests.orders import pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


def put(key: str, role: str, reason: str, days: int | None = None, place: str = "") -> None:
    """Something on a list."""
    due = timezone.now() + timedelta(days=days) if days is not None else None
    services.open_work(items=[Work(key, role, reason, f"/somewhere/{key}/", due_at=due, place=place)])


def test_the_oldest_date_stands_first_and_what_has_none_last(browser_of: Browser) -> None:
    put("a", Role.BUYER, "Send the later one", 9)
    put("b", Role.BUYER, "Look at the undated one")
    put("c", Role.BUYER, "Send the urgent one", 1)
    text = browser_of("buyer").get("/").content.decode()
    places = [text.index(words) for words in ("the urgent one", "the later one", "the undated one")]
    assert places == sorted(places)


def test_each_row_leads_to_where_it_is_done(browser_of: Browser) -> None:
    put("a", Role.INSPECTOR, "Inspect it")
    assert 'href="/somewhere/a/"' in browser_of("inspector").get("/").content.decode()


def test_a_role_reads_no_other_roles_list(browser_of: Browser) -> None:
    put("a", Role.BUYER, "Send the order")
    text = browser_of("shipper").get("/").content.decode()
    assert "Send the order" not in text
    assert "Your list is clear" in text


def test_several_roles_are_grouped_and_can_be_told_apart() -> None:
    both = User.objects.create_user("both@shop.example", None, roles=[Role.BUYER, Role.SHIPPER])
    put("a", Role.BUYER, "Send the order")
    put("b", Role.SHIPPER, "Pack the goods")
    client = client_of(both)
    text = client.get("/").content.decode()
    assert "work-buyer" in text
    assert "work-shipper" in text
    assert "Pack the goods" not in client.get("/", {"role": "buyer"}).content.decode()


def test_operators_choose_a_work_centre(browser_of: Browser) -> None:
    put("a", Role.OPERATOR, "Cut it", place="SAW")
    put("b", Role.OPERATOR, "Fit it", place="FIT")
    text = browser_of("operator").get("/", {"place": "SAW"}).content.decode()
    assert "Cut it" in text
    assert "Fit it" not in text
    assert "/production/work-centre/SAW/" in text


def test_those_who_watch_the_shop_see_its_figures(browser_of: Browser, cast_of_people: People) -> None:
    pages.running(cast_of_people["customer"].customer)
    for role in ("sales", "planner", "manager"):
        assert "Late jobs" in browser_of(role).get("/").content.decode()
    assert "Late jobs" not in browser_of("operator").get("/").content.decode()


def test_the_list_answers_its_pulse_only_when_it_changed(browser_of: Browser) -> None:
    put("a", Role.BUYER, "Send the order")
    client = browser_of("buyer")
    seen = client.get("/").context["work"].token
    assert pages.in_part(client, "/", "work-live", seen=seen).status_code == 204
    put("b", Role.BUYER, "Send another")
    assert "Send another" in pages.in_part(client, "/", "work-live", seen=seen).content.decode()


def test_home_takes_few_statements(browser_of: Browser) -> None:
    for number in range(30):
        put(str(number), Role.PLANNER, f"Plan {number}", number)
    client = browser_of("planner")
    client.get("/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/")
    assert len(statements) <= 12
