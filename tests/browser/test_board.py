"""The planner's board in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from planning import services
from tests.planning.shop import build_shop, make_job, material, moves_to_planning

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Page:
    """The planning page of a shop with six jobs, one of them late."""
    shop, now = build_shop(), timezone.now()
    bom = [material(shop.items["steel"], 10)]
    lines = [
        make_job(shop, bom=bom, now=now, promised=now + timedelta(days=20 if number else -2))
        for number in range(6)
    ]
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(*lines), now=now)
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    page.goto(f"{live_server.url}/planning/?days=7")
    return page


def test_arrow_keys_move_the_window_and_its_address(board: Page) -> None:
    first = board.url
    board.keyboard.press("ArrowRight")
    expect(board).not_to_have_url(first)
    moved = board.url
    board.keyboard.press("ArrowLeft")
    expect(board).not_to_have_url(moved)


def test_minus_and_plus_zoom(board: Page) -> None:
    board.keyboard.press("-")
    expect(board).to_have_url(re.compile("days=14"))
    board.keyboard.press("+")
    expect(board).to_have_url(re.compile("days=7"))


def test_a_bar_opens_its_order(board: Page) -> None:
    link = board.locator(".board-grid tbody a").first
    assert "/orders/SO-2026-" in (link.get_attribute("href") or "")
    expect(link.locator("title")).to_contain_text("Op 10 Cut")


def test_the_page_is_accessible(board: Page) -> None:
    found = Axe().run(board).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in grave] == []


def test_the_board_as_a_table_is_accessible(board: Page) -> None:
    board.get_by_role("link", name="Show as table").click()
    expect(board.get_by_role("cell", name="CUT-1").first).to_be_visible()
    found = Axe().run(board).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
