"""People on the planner's board in a real browser: lanes, absences, load, moves; work without a place."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from planning import engine, services
from planning.models import Absence, Crew, Operation, Skill
from tests.browser.axe import grave
from tests.planning.shop import build_shop, make_job, moves_to_planning, open_always

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    engine.warm_up()


@pytest.fixture
def people(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Page:
    """Rows of people in a shop day and night: cutting asks for a cutter, two are there, a third is ill."""
    shop, now = build_shop(machines=3), timezone.now()
    open_always(shop)
    skills = [Skill.objects.create(code=code) for code in ("CUT", "FIT")]
    for skill, (code, name, size) in zip(skills, (("A", "Cutters", 3), ("B", "Fitters", 2)), strict=True):
        crew = Crew.objects.create(code=code, name=name, calendar=shop.calendar, size=size)
        crew.skills.add(skill)
    cutters = Crew.objects.get(code="A")
    Absence.objects.create(crew=cutters, starts=now, ends=now + timedelta(hours=30), note="ill", at=now)
    lines = [make_job(shop, now=now, promised=now + timedelta(days=20 if at else -2)) for at in range(7)]
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(*lines), now=now)
    for skill, sequence in zip(skills, (10, 20), strict=True):
        Operation.objects.filter(sequence=sequence).update(skills=[skill.id])
    services.replan(reason="Skills", now=now)
    lost = Operation.objects.filter(sequence=20).latest("during")
    reason = "Op 20 Fit needs PAINT, which nobody has. Train or hire somebody, or change the step."
    Operation.objects.filter(id=lost.id).update(machine=None, during=None, unplanned_reason=reason)
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    page.goto(f"{live_server.url}/planning/board/?days=2&rows=people")
    expect(page.locator("#board")).to_have_attribute("data-bars", "13")
    return page


def test_the_panel_names_who_attends(people: Page) -> None:
    people.keyboard.press("ArrowDown")
    expect(people.locator("#board-chosen")).to_contain_text("Cutters, person")
    expect(people.locator("#board-say")).to_contain_text("Cutters, person")


def test_the_load_is_that_of_crews_and_names_the_bottleneck(people: Page) -> None:
    expect(people.locator("#board-centres")).to_contain_text("Cutters")
    expect(people.locator("#board-centres")).to_contain_text("Bottleneck")
    expect(people.locator("#board-load-words")).to_contain_text("the bottleneck of this window")
    people.get_by_role("button", name="Machines").click()
    expect(people.locator("#board-centres")).not_to_contain_text("Cutters")


def test_the_name_of_a_crew_tells_who_is_away(people: Page) -> None:
    people.locator("#board-glass").click(position={"x": 40, "y": 60})
    expect(people.locator("#board-chosen")).to_contain_text("Person 1 is away")
    expect(people.locator("#board-chosen")).to_contain_text("ill")


def test_a_bar_is_moved_in_time_where_rows_are_people(people: Page) -> None:
    people.keyboard.press("ArrowDown")
    expect(people.locator("#board-glass")).to_have_attribute("data-chosen", re.compile(r"\d"))
    told = (people.locator("#board-glass").get_attribute("data-chosen") or "").split()
    box = people.locator("#board-glass").bounding_box()
    assert box
    x, y = box["x"] + float(told[0]) + 8, box["y"] + float(told[1]) + 5
    people.mouse.move(x, y)
    people.mouse.down()
    people.mouse.move(x + 200, y, steps=8)
    people.mouse.up()
    expect(people.locator("#board-chosen")).to_contain_text("becomes late")
    people.get_by_role("button", name="Save move").click()
    expect(people.locator("#board-notice")).to_have_class("board-notice is-good")
    assert Operation.objects.filter(pinned=True).count() == 1


def test_a_move_begun_from_the_panel_stays_with_the_people(people: Page) -> None:
    people.keyboard.press("ArrowDown")
    people.get_by_role("button", name="Move", exact=True).click()
    people.keyboard.press("Shift+ArrowRight")
    expect(people.locator("#board-chosen")).to_contain_text("becomes late")
    expect(people.get_by_role("button", name="People")).to_have_attribute("aria-pressed", "true")


def test_what_nobody_attends_says_why(people: Page) -> None:
    Crew.objects.get(code="A").skills.clear()
    people.reload()
    expect(people.locator("#board")).to_have_attribute("data-bars", "13")
    people.keyboard.press("ArrowDown")
    expect(people.locator("#board-chosen")).to_contain_text("No crew has the skills it asks for")


def test_operations_without_a_place_are_listed_with_what_to_do(people: Page) -> None:
    people.get_by_text("1 operation without a place").click()
    expect(people.locator("#board-without")).to_contain_text("which nobody has")
    people.get_by_role("link", name="Look at people").click()
    expect(people).to_have_url(re.compile("/planning/resources/people/"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_people_and_what_has_no_place_are_accessible(people: Page, theme: str) -> None:
    people.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    people.get_by_text("1 operation without a place").click()
    people.keyboard.press("ArrowDown")
    assert grave(people) == []


def test_the_list_by_person_is_accessible(people: Page) -> None:
    people.get_by_role("link", name="Show as list").click()
    expect(people.get_by_role("cell", name="A 2").first).to_be_visible()
    expect(people.get_by_role("cell", name="Cutters")).to_be_visible()
    assert grave(people) == []
