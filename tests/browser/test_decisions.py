"""The list of decisions in a real browser: a remedy is taken and taken back with the keyboard alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import OrderLine, User
from planning import services
from planning.models import Remedy
from tests.browser.axe import grave
from tests.planning.shop import build_shop, make_job, moves_to_planning, step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def decisions(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Page:
    """The list with two late jobs on one machine each, whose remedies were found."""
    shop, now = build_shop(machines=1), timezone.now()
    routing = [step(shop.processes["CUT"], 10, 480), step(shop.processes["FIT"], 20)]
    ahead = make_job(shop, routing=routing, now=now, promised=now + timedelta(days=40))
    late = [make_job(shop, routing=routing, now=now, promised=now + timedelta(days=1)) for _ in range(2)]
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(ahead, *late), now=now)
    services.find_remedies(now=now)
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    page.goto(f"{live_server.url}/planning/decisions/")
    return page


def test_a_remedy_is_taken_and_undone_with_the_keyboard_alone(decisions: Page) -> None:
    decisions.keyboard.press("j")
    decisions.keyboard.press("j")
    chosen = decisions.locator("tr.is-here")
    words = chosen.locator(".remedy p").first.evaluate("node => node.firstChild.textContent")
    decisions.keyboard.press("1")
    expect(decisions.locator("#taken-title")).to_be_visible()
    expect(decisions.locator("#list")).to_contain_text(words)
    assert Remedy.objects.taken().count() == 1
    decisions.keyboard.press("u")
    expect(decisions.locator("#taken-title")).to_have_count(0)
    assert not Remedy.objects.taken().exists()


def test_a_digit_without_a_chosen_row_takes_nothing(decisions: Page) -> None:
    decisions.keyboard.press("1")
    expect(decisions.locator("#taken-title")).to_have_count(0)
    assert not Remedy.objects.taken().exists()


def test_the_effect_on_every_job_opens_beside_the_list(decisions: Page) -> None:
    decisions.get_by_role("link", name="Effect on every job").first.click()
    expect(decisions.locator("#drawer-body")).to_contain_text("Forecast with it")
    decisions.keyboard.press("Escape")
    expect(decisions.locator("tbody tr")).to_have_count(OrderLine.objects.late().count())


@pytest.mark.parametrize(
    "address",
    [
        "/planning/",
        "/planning/decisions/",
        "/planning/dispatch/",
        "/planning/dispatch/wall/",
        "/planning/changes/",
        "/planning/moved/",
    ],
)
def test_the_pages_are_accessible(decisions: Page, live_server: LiveServer, address: str) -> None:
    decisions.goto(f"{live_server.url}{address}")
    assert grave(decisions) == []
