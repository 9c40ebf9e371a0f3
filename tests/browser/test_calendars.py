"""Calendars, people, machines and workbooks in a real browser, for mouse, keyboard and axe."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from kernel import clock
from orders.models import OrderLine, User
from planning import engine, services
from planning.models import Calendar, Downtime, PlanEdit
from planning.selectors.sheets import write_workbook
from planning.selectors.shop.hours import definition_of
from tests.browser.axe import grave
from tests.planning.shop import Shop, build_shop, make_job, moves_to_planning

SignIn = Callable[[User], Page]


@pytest.fixture(scope="session")
def kernels() -> None:
    """Compiled as in workers: not while a page waits."""
    engine.warm_up()


@pytest.fixture
def shop(kernels: None, transactional_db: None) -> Shop:
    """A small shop."""
    return build_shop()


@pytest.fixture
def planner(shop: Shop, sign_in: SignIn) -> Page:
    """A browser in which a planner has signed in."""
    return sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))


def test_a_calendar_is_edited_with_its_effect_and_undone(
    shop: Shop, planner: Page, live_server: LiveServer
) -> None:
    before = definition_of(shop.calendar)
    planner.goto(f"{live_server.url}/planning/calendars/{shop.calendar.id}/")
    planner.get_by_label("Fri").first.uncheck()
    expect(planner.locator("#week")).to_contain_text("32 h a week")
    planner.get_by_role("button", name="Show effect").click()
    expect(planner.locator("#effect")).to_contain_text("No job becomes late.")
    assert grave(planner) == []
    planner.get_by_role("button", name="Save calendar").click()
    expect(planner.locator("#toasts")).to_contain_text("Calendar DAY")
    planner.goto(f"{live_server.url}/planning/changes/")
    planner.get_by_role("button", name="Undo change").click()
    expect(planner.locator("#toasts")).to_contain_text("Undone")
    assert definition_of(Calendar.objects.get()) == before


def test_two_machines_are_closed_with_the_keyboard_alone(
    shop: Shop, planner: Page, live_server: LiveServer
) -> None:
    planner.goto(f"{live_server.url}/planning/downtimes/?machine={shop.machines['CUT-1'].id}")
    planner.get_by_label("CUT-2").focus()
    planner.keyboard.press("Space")
    planner.get_by_label("What").select_option("closure")
    day = (clock.now() + timedelta(days=8)).date()
    day += timedelta(days=(7 - day.weekday()) % 7)
    for name, hour in (("From", 9), ("Until", 12)):
        planner.get_by_label(name, exact=True).fill(f"{day}T{hour:02}:00")
    planner.get_by_role("button", name="Show effect").press("Enter")
    expect(planner.locator("#effect")).to_contain_text("No job becomes late.")
    planner.get_by_role("button", name="Save machine times").press("Enter")
    expect(planner.locator("#toasts")).to_contain_text("It can be undone under Changes")
    assert Downtime.objects.filter(kind="closure").count() == 2


def test_a_workbook_is_checked_and_imported(shop: Shop, planner: Page, live_server: LiveServer) -> None:
    services.plan_jobs(moves=moves_to_planning(make_job(shop, now=clock.now())))
    book = load_workbook(BytesIO(write_workbook(clock.now(), "me")))
    book["Jobs"]["L2"] = "Rush"
    stream = BytesIO()
    book.save(stream)
    planner.goto(f"{live_server.url}/planning/sheets/")
    file = {"name": "plan.xlsx", "mimeType": "application/octet-stream", "buffer": stream.getvalue()}
    planner.locator("#id_file").set_input_files(file)  # type: ignore[arg-type]
    planner.get_by_role("button", name="Check workbook").click()
    expect(planner.get_by_role("main")).to_contain_text("has the priority “rush”")
    assert grave(planner) == []
    planner.get_by_role("button", name="Import 1 change").click()
    expect(planner.get_by_role("main")).to_contain_text("Imported")
    assert (OrderLine.objects.get().priority, PlanEdit.objects.count()) == (9, 1)


@pytest.mark.parametrize(
    "page_of", ["calendars/", "resources/", "resources/people/", "resources/tools/", "sheets/"]
)
def test_axe_finds_nothing_serious(shop: Shop, planner: Page, live_server: LiveServer, page_of: str) -> None:
    planner.goto(f"{live_server.url}/planning/{page_of}")
    assert grave(planner) == []
