"""The list for the floor on paper, and the display on the wall, in a real browser."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from planning import services
from tests.planning.shop import build_shop, make_job, moves_to_planning, open_always

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planner(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Page:
    """Thirty machines, each with a job."""
    shop, now = build_shop(machines=15), timezone.now()
    open_always(shop)
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(*(make_job(shop, now=now) for _ in range(15))), now=now)
    return sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))


def test_on_paper_there_is_only_the_list(planner: Page, live_server: LiveServer) -> None:
    planner.goto(f"{live_server.url}/planning/dispatch/")
    navigation = planner.get_by_role("navigation", name="Main")
    expect(navigation).to_be_visible()
    planner.emulate_media(media="print")
    expect(navigation).to_be_hidden()
    expect(planner.get_by_role("button")).to_have_count(0)
    expect(planner.get_by_text("Op 10 Cut").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1920])
def test_the_wall_shows_all_machines_at_once(planner: Page, live_server: LiveServer, width: int) -> None:
    planner.set_viewport_size({"width": width, "height": width * 10 // 16})
    planner.goto(f"{live_server.url}/planning/dispatch/wall/")
    expect(planner.locator(".wall-machine")).to_have_count(30)
    assert planner.evaluate("document.documentElement.scrollHeight <= innerHeight")
