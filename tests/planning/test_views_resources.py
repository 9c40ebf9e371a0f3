"""The planner's page of resources, and its tables for administrators."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import User
from planning import services
from planning.models import Absence, Crew, Machine, Operation, Skill, Tool
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning
from tests.planning.test_selectors_problem import crew

HOUR = timedelta(hours=1)
PAGE = "/planning/resources/"


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    """A browser in which an administrator has signed in."""
    client.force_login(User.objects.create_superuser("admin@example.com", "secret"))
    return client


def form(mine: Crew, hours: int = 4, people: int = 1) -> dict[str, object]:
    """What a planner fills in: people are away from a Monday morning on."""
    start = timezone.localtime(MONDAY + timedelta(days=14))
    moment = "%Y-%m-%dT%H:%M"
    ends = start + hours * HOUR
    return {"crew": mine.id, "people": people, "starts": f"{start:{moment}}", "ends": f"{ends:{moment}}"}


def test_the_page_names_machines_crews_and_tools(shop: Shop, planner: Client) -> None:
    crew(shop, 2, "WELD")
    Tool.objects.create(code="JIG-7")
    Machine.objects.filter(code="CUT-2").update(speed=150, places=6)
    page = planner.get(PAGE).content.decode()
    for words in ("CUT-2", "150 % speed", "6 places", "WELD", "JIG-7", "2 work centres, 1 crew, 1 tool."):
        assert words in page


def test_the_page_says_what_nobody_has(shop: Shop, planner: Client) -> None:
    Skill.objects.create(code="WELD")
    Tool.objects.create(code="JIG-7", quantity=0)
    page = planner.get(PAGE).content.decode()
    assert "Nobody has the skill <b>WELD</b>" in page
    assert "There is no <b>JIG-7</b>" in page


def test_a_planner_reports_an_absence_and_ends_it(shop: Shop, planner: Client) -> None:
    assert planner.post(PAGE, form(crew(shop, 2))).status_code == 302
    assert "1 of 2" in planner.get(PAGE).content.decode()
    planner.post(f"/planning/absences/{Absence.objects.get().id}/end/")
    assert not Absence.objects.exists()


def test_more_people_than_there_are_stand_at_their_field(shop: Shop, planner: Client) -> None:
    answer = planner.post(PAGE, form(crew(shop, 2), people=3))
    assert answer.status_code == 422
    assert "has 2 of 2 people there at that time." in answer.content.decode()


def test_an_absence_that_is_over_is_said_so(shop: Shop, planner: Client) -> None:
    over = Absence.objects.create(
        crew=crew(shop, 1), starts=MONDAY - 9000 * HOUR, ends=MONDAY - 8999 * HOUR, at=MONDAY
    )
    page = planner.post(f"/planning/absences/{over.id}/end/", follow=True).content.decode()
    assert "is over already" in page


def test_the_page_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        mine = crew(shop, 2, f"SKILL-{number}", "WELD")
        Absence.objects.create(crew=mine, starts=MONDAY, ends=MONDAY + 9000 * HOUR, at=MONDAY)
    with django_assert_max_num_queries(12):
        assert planner.get(PAGE).status_code == 200


def test_an_operator_does_not_see_it(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("page", ["skill", "crew", "tool", "changeover"])
def test_their_tables_open(shop: Shop, administrator: Client, page: str) -> None:
    assert administrator.get(f"/admin/planning/{page}/").status_code == 200
    assert administrator.get(f"/admin/planning/{page}/add/").status_code == 200


def test_an_operation_is_pinned_by_an_administrator(shop: Shop, administrator: Client) -> None:
    line = make_job(shop)
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    mine = line.operations.get(sequence=10)
    answer = administrator.post(
        f"/admin/planning/operation/{mine.id}/change/", {"pinned": "on", "transfer": 0, "pauses": "on"}
    )
    assert answer.status_code == 302
    assert Operation.objects.get(pinned=True) == mine
