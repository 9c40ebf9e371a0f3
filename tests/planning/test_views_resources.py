"""The planner's pages of machines, people and tools."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import User
from planning.models import (
    Absence,
    CalendarException,
    Crew,
    Downtime,
    Machine,
    Overtime,
    PlanEdit,
    Skill,
    Tool,
    WorkCentre,
)
from tests.planning.shop import MONDAY, Shop
from tests.planning.test_selectors_problem import crew

HOUR = timedelta(hours=1)
PAGE, PEOPLE, TOOLS, HOURS = (
    "/planning/resources/",
    "/planning/resources/people/",
    "/planning/resources/tools/",
    "/planning/downtimes/",
)
LATER = MONDAY + timedelta(days=14)


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def times(hours: int = 4, start: int = 0) -> dict[str, object]:
    """From a Monday morning on, in two weeks."""
    starts = timezone.localtime(LATER) + start * HOUR
    return {"starts": f"{starts:%Y-%m-%dT%H:%M}", "ends": f"{starts + hours * HOUR:%Y-%m-%dT%H:%M}"}


def absence(mine: Crew, people: int = 1) -> dict[str, object]:
    """What a planner fills in."""
    return {"crew": mine.id, "people": people, **times()}


def hours(shop: Shop, act: str, *machines: str, **more: object) -> dict[str, object]:
    """Machines that stand or work longer."""
    ids = [shop.machines[name].id for name in machines]
    return {"machines": ids, "act": act, **times(), **more}


def matrix(mine: Crew, **more: object) -> dict[str, object]:
    """The skills matrix as it is drawn."""
    row = {
        f"name-{mine.id}": mine.name,
        f"size-{mine.id}": mine.size,
        f"calendar-{mine.id}": mine.calendar_id,
    }
    can = [skill.code for skill in mine.skills.all()]
    return {**row, f"can-{mine.id}": can, "size-new": 1, "calendar-new": mine.calendar_id, **more}


def rows(prefix: str, count: int, **cells: object) -> dict[str, object]:
    """A table of rows, `count` of which were there."""
    forms = {f"{prefix}-TOTAL_FORMS": count + 1, f"{prefix}-INITIAL_FORMS": count}
    return {**forms, **{name.replace("__", "-"): value for name, value in cells.items()}}


# The overview --------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("page", [PAGE, PEOPLE, TOOLS, HOURS])
def test_a_page_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        mine = crew(shop, 2, f"SKILL-{number}", "WELD")
        Absence.objects.create(crew=mine, starts=MONDAY, ends=MONDAY + 9000 * HOUR, at=MONDAY)
        Tool.objects.create(code=f"JIG-{number}")
        machine = Machine.objects.create(work_centre=shop.centres["CUT"], code=f"M{number}", name="M")
        Overtime.objects.create(machine=machine, starts=MONDAY, ends=MONDAY + 9000 * HOUR, at=MONDAY)
        Downtime.objects.create(machine=machine, starts=MONDAY, ends=MONDAY + 9000 * HOUR, at=MONDAY)
    with django_assert_max_num_queries(12):
        assert planner.get(page).status_code == 200


@pytest.mark.parametrize("page", [PAGE, PEOPLE, TOOLS, HOURS, f"{PAGE}centres/new/"])
def test_an_operator_does_not_see_it(client: Client, db: None, page: str) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.get(page).status_code == 403


# Absences ------------------------------------------------------------------------------------------------


def test_a_planner_reports_an_absence_and_ends_it(shop: Shop, planner: Client) -> None:
    assert planner.post(PEOPLE, absence(crew(shop, 2))).status_code == 302
    assert "1 of 2" in planner.get(PEOPLE).content.decode()
    planner.post(f"/planning/absences/{Absence.objects.get().id}/end/")
    assert not Absence.objects.exists()


def test_more_people_than_there_are_stand_at_their_field(shop: Shop, planner: Client) -> None:
    answer = planner.post(PEOPLE, absence(crew(shop, 2), people=3))
    assert answer.status_code == 422
    assert "has 2 of 2 people there at that time." in answer.content.decode()


def test_an_absence_that_is_over_is_said_so(shop: Shop, planner: Client) -> None:
    over = Absence.objects.create(
        crew=crew(shop, 1), starts=MONDAY - 9000 * HOUR, ends=MONDAY - 8999 * HOUR, at=MONDAY
    )
    page = planner.post(f"/planning/absences/{over.id}/end/", follow=True).content.decode()
    assert "is over already" in page


def test_the_effect_of_an_absence_is_a_part_of_the_page_and_stores_nothing(
    shop: Shop, planner: Client
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "effect-absence"}
    data = {**absence(crew(shop, 2)), "preview": "1"}
    part = planner.post(PEOPLE, data, headers=headers).content.decode()
    assert 'id="effect-absence"' in part
    assert "No job becomes late." in part
    assert "<html" not in part
    assert not Absence.objects.exists()


# Skills --------------------------------------------------------------------------------------------------


def test_a_tick_in_the_matrix_gives_a_skill(shop: Shop, planner: Client) -> None:
    mine = crew(shop, 2, "WELD")
    Skill.objects.create(code="PAINT")
    planner.post(PEOPLE, matrix(mine, **{f"can-{mine.id}": ["WELD", "PAINT"]}))
    assert {skill.code for skill in mine.skills.all()} == {"WELD", "PAINT"}
    assert PlanEdit.objects.get().words.endswith("can PAINT")


def test_a_new_crew_and_a_new_skill_come_from_the_same_form(shop: Shop, planner: Client) -> None:
    mine = crew(shop, 2, "WELD")
    new = {"skill": "PAINT", "code": "NIGHT", "name-new": "Night crew", "can-new": ["WELD"]}
    planner.post(PEOPLE, matrix(mine, **new))
    assert [skill.code for skill in Crew.objects.get(code="NIGHT").skills.all()] == ["WELD"]
    assert Skill.objects.filter(code="PAINT").exists()


def test_a_matrix_without_a_difference_is_refused(shop: Shop, planner: Client) -> None:
    answer = planner.post(PEOPLE, matrix(crew(shop, 2, "WELD")))
    assert answer.status_code == 422
    assert "Nothing is different. Change something first." in answer.content.decode()


def test_a_skill_without_a_crew_is_removed(shop: Shop, planner: Client) -> None:
    Skill.objects.create(code="WELD")
    planner.post(f"{PAGE}remove/", {"what": "skill", "code": "WELD"})
    assert not Skill.objects.exists()


# Machines that stand or work longer ------------------------------------------------------------------------


def test_one_act_closes_many_machines(shop: Shop, planner: Client) -> None:
    planner.post(HOURS, hours(shop, "closure", "CUT-1", "CUT-2", "FIT-1"))
    assert Downtime.objects.filter(kind="closure").count() == 3
    assert PlanEdit.objects.count() == 1


def test_maintenance_repeats_every_week(shop: Shop, planner: Client) -> None:
    until = (LATER + timedelta(days=14)).date().isoformat()
    planner.post(HOURS, hours(shop, "maintenance", "CUT-1", repeat="week", until=until))
    starts = list(Downtime.objects.values_list("starts", flat=True))
    assert [start - starts[0] for start in starts] == [timedelta(days=7 * week) for week in range(3)]


def test_a_repetition_on_a_holiday_is_left_out(shop: Shop, planner: Client) -> None:
    free = LATER + timedelta(days=7)
    CalendarException.objects.create(calendar=shop.calendar, date=free.date(), name="Fair")
    until = (LATER + timedelta(days=14)).date().isoformat()
    planner.post(HOURS, hours(shop, "maintenance", "CUT-1", repeat="week", until=until))
    starts = list(Downtime.objects.values_list("starts", flat=True))
    assert [start - starts[0] for start in starts] == [timedelta(), timedelta(days=14)]


def test_what_repeats_needs_a_last_day(shop: Shop, planner: Client) -> None:
    answer = planner.post(HOURS, hours(shop, "maintenance", "CUT-1", repeat="week"))
    assert "It repeats without an end. Give the last day." in answer.content.decode()


def test_overtime_is_granted_to_several_and_called_off(shop: Shop, planner: Client) -> None:
    planner.post(HOURS, hours(shop, "overtime", "CUT-1", "CUT-2") | times(4, start=10))
    ids = list(Overtime.objects.values_list("id", flat=True))
    assert len(ids) == 2
    planner.post("/planning/overtime/end/", {"overtime": ids})
    assert not Overtime.objects.exists()


def test_an_act_without_a_machine_is_refused(shop: Shop, planner: Client) -> None:
    answer = planner.post(HOURS, hours(shop, "closure"))
    assert answer.status_code == 422
    assert "No machine is chosen. Tick at least one." in answer.content.decode()


# Work centres, machines, tools -----------------------------------------------------------------------------


def centre_form(shop: Shop, **cells: object) -> dict[str, object]:
    """The work centre CUT as it is drawn, with other cells of its machines."""
    centre = shop.centres["CUT"]
    data: dict[str, object] = {"name": centre.name, "calendar": centre.calendar_id, "hourly_rate": "0"}
    data |= {"position": centre.position, "processes": [shop.processes["CUT"].id]}
    for at, code in enumerate(("CUT-1", "CUT-2")):
        own = {"id": shop.machines[code].id, "code": code, "name": code, "speed": 100, "places": 0}
        data |= {f"machine-{at}-{name}": value for name, value in {**own, "active": "on"}.items()}
    data |= {"machine-2-speed": 100, "machine-2-places": 0, "machine-2-active": "on"}
    return data | rows("machine", 2, **cells)


def test_a_machine_is_made_faster_on_the_page_of_its_work_centre(shop: Shop, planner: Client) -> None:
    url = f"{PAGE}centres/{shop.centres['CUT'].id}/"
    assert planner.get(url).status_code == 200
    assert planner.post(url, centre_form(shop, machine__0__speed=200)).status_code == 302
    assert Machine.objects.get(code="CUT-1").speed == 200
    assert PlanEdit.objects.get().words == "Machine CUT-1 is in service, 200 % speed"


def test_a_new_machine_is_one_more_row(shop: Shop, planner: Client) -> None:
    cells = {"machine__2__code": "CUT-3", "machine__2__name": "Third"}
    planner.post(f"{PAGE}centres/{shop.centres['CUT'].id}/", centre_form(shop, **cells))
    assert Machine.objects.get(code="CUT-3").work_centre == shop.centres["CUT"]


def test_a_row_that_makes_no_sense_is_named(shop: Shop, planner: Client) -> None:
    url = f"{PAGE}centres/{shop.centres['CUT'].id}/"
    answer = planner.post(url, centre_form(shop, machine__1__speed=0))
    assert answer.status_code == 422
    assert "Machine 2, Speed in %" in answer.content.decode()


def test_a_new_work_centre_is_made(shop: Shop, planner: Client) -> None:
    data = {"code": "WC-X", "name": "X", "calendar": shop.calendar.id, "hourly_rate": "0", "position": 9}
    assert planner.post(f"{PAGE}centres/new/", data).status_code == 302
    assert WorkCentre.objects.get(code="WC-X").position == 9


def test_tools_are_counted_added_and_removed_in_one_table(shop: Shop, planner: Client) -> None:
    tools = [Tool.objects.create(code=code) for code in ("JIG-1", "JIG-2")]
    data = rows("tool", 2, tool__0__quantity=3, tool__1__quantity=1, tool__1__DELETE="on")
    data |= {f"tool-{at}-id": tool.id for at, tool in enumerate(tools)}
    data |= {f"tool-{at}-code": tool.code for at, tool in enumerate(tools)}
    planner.post(TOOLS, data | {"tool-2-code": "JIG-3", "tool-2-quantity": 2})
    assert list(Tool.objects.values_list("code", "quantity")) == [("JIG-1", 3), ("JIG-3", 2)]


# Two planners ----------------------------------------------------------------------------------------------


def seen(planner: Client, page: str) -> str:
    """The mark of what the page was drawn from."""
    (value,) = re.findall(r'name="seen" value="(\w*)"', planner.get(page).content.decode())
    return str(value)


def test_ticks_of_somebody_else_are_not_overwritten(shop: Shop, planner: Client) -> None:
    mine = crew(shop, 2, "WELD")
    Skill.objects.create(code="PAINT")
    data = matrix(mine, seen=seen(planner, PEOPLE), **{f"size-{mine.id}": 3})
    mine.skills.clear()
    answer = planner.post(PEOPLE, data)
    assert "Somebody else changed this while you edited it." in answer.content.decode()
    assert not mine.skills.exists()


def test_machines_of_somebody_else_are_not_overwritten(shop: Shop, planner: Client) -> None:
    url = f"{PAGE}centres/{shop.centres['CUT'].id}/"
    data = centre_form(shop, machine__0__speed=200) | {"seen": seen(planner, url)}
    Machine.objects.filter(code="CUT-2").update(speed=300)
    assert planner.post(url, data).status_code == 422
    assert Machine.objects.get(code="CUT-2").speed == 300


def test_tools_of_somebody_else_are_not_overwritten(shop: Shop, planner: Client) -> None:
    tool = Tool.objects.create(code="JIG")
    data = rows("tool", 1, tool__0__id=tool.id, tool__0__code="JIG", tool__0__quantity=1)
    data |= {"seen": seen(planner, TOOLS), "tool-1-code": "NEW", "tool-1-quantity": 1}
    Tool.objects.update(quantity=9)
    assert planner.post(TOOLS, data).status_code == 422
    assert Tool.objects.get().quantity == 9


def test_a_work_centre_is_ticked_for_all_of_its_machines(shop: Shop, planner: Client) -> None:
    shop.machines["CUT-2"].active = False
    shop.machines["CUT-2"].save()
    planner.post(HOURS, hours(shop, "closure", "FIT-1", centres=[shop.centres["CUT"].id]))
    assert sorted(Downtime.objects.values_list("machine__code", flat=True)) == ["CUT-1", "FIT-1"]


@pytest.mark.parametrize(
    "address", ["overtime/end/", "resources/remove/", "downtimes/1/end/", "absences/1/end/", "uploads/1/"]
)
def test_an_operator_may_press_none_of_it(client: Client, db: None, address: str) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.post(f"/planning/{address}").status_code == 403
