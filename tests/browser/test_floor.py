"""The operator's and the inspector's pages in a real browser: touch, keyboard, live parts, accessibility."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import OrderLine, User
from procurement.services.sourcing import cover_jobs
from procurement.services.stock import Opening, open_stock
from production.services import release_jobs, start
from quality.models import Inspection
from tests.browser.axe import grave
from tests.planning.shop import MONDAY, Shop, build_shop, make_job, make_operations, require
from tests.production.floor import move_of, released
from tests.quality.bench import to_inspect

SignIn = Callable[[User], Page]
SPECIFICATION: list[dict[str, object]] = [
    {"code": "RAM", "label": "Memory", "value": "64", "text": "64 GB", "unit": ""}
]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    """A shop whose rows are committed."""
    return build_shop()


@pytest.fixture
def tablet(sign_in: SignIn) -> Page:
    """An operator's tablet."""
    page = sign_in(User.objects.create_user("olga@example.com", "x", first_name="Olga", roles=["operator"]))
    page.set_viewport_size({"width": 1024, "height": 768})
    return page


@pytest.fixture
def bench(sign_in: SignIn) -> Page:
    """An inspector's screen."""
    return sign_in(User.objects.create_user("ines@example.com", "x", first_name="Ines", roles=["inspector"]))


def test_an_operator_starts_and_finishes_a_job(tablet: Page, shop: Shop, live_server: LiveServer) -> None:
    line, _ = released(shop, quantity=3)
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    tablet.get_by_role("button", name="Start operation 10").click()
    tablet.get_by_role("link", name="Finish operation 10").click()
    tablet.get_by_role("button", name="Finish operation 10").click()
    expect(tablet.get_by_text("Op 20 Fit can start")).to_be_visible()
    assert line.operations.get(sequence=10).good == 3


def test_issued_material_lets_the_job_start_at_once(
    tablet: Page, shop: Shop, live_server: LiveServer
) -> None:
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    require(cut, shop.items["steel"])
    open_stock(openings=[Opening(shop.items["steel"], "L-1", Decimal(9))])
    with transaction.atomic():
        cover_jobs(line_ids=[line.id], now=MONDAY)
    release_jobs(moves=[move_of(line)])
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    expect(tablet.get_by_role("button", name="Start operation 10")).to_have_count(0)
    tablet.get_by_role("button", name="Issue material").click()
    tablet.get_by_role("button", name="Start operation 10").click(timeout=3000)
    expect(tablet.get_by_role("link", name="Finish operation 10")).to_be_visible()


def test_a_press_counts_while_the_page_asks_for_news(
    tablet: Page, shop: Shop, live_server: LiveServer
) -> None:
    released(shop)
    tablet.route("**/*seen=*", lambda unanswered: None)
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    with tablet.expect_request("**/*seen=*"):
        pass
    tablet.get_by_role("button", name="Start operation 10").click()
    expect(tablet.get_by_role("button", name="Pause operation 10")).to_be_visible()


def test_pause_and_resume_happen_in_place(tablet: Page, shop: Shop, live_server: LiveServer) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=None)
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    tablet.get_by_role("button", name="Pause operation 10").click()
    tablet.get_by_role("button", name="Resume operation 10").click()
    expect(tablet.get_by_role("button", name="Pause operation 10")).to_be_visible()


def test_a_hold_appears_by_itself(tablet: Page, shop: Shop, live_server: LiveServer) -> None:
    line, _ = released(shop)
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    OrderLine.objects.filter(id=line.id).update(held_at=line.entered_at, hold_reason="Customer asks")
    expect(tablet.locator(".job-reason")).to_contain_text("On hold: Customer asks", timeout=8000)


def test_the_terminal_says_when_the_network_is_away(
    tablet: Page, shop: Shop, live_server: LiveServer
) -> None:
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    expect(tablet.get_by_text("Connected")).to_be_visible()
    tablet.context.set_offline(True)
    expect(tablet.get_by_text("No network")).to_be_visible()
    tablet.context.set_offline(False)
    expect(tablet.get_by_text("Connected")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1024])
def test_the_terminal_is_accessible_and_its_targets_are_large(
    tablet: Page, shop: Shop, live_server: LiveServer, width: int
) -> None:
    released(shop, specification=SPECIFICATION)
    tablet.set_viewport_size({"width": width, "height": 768})
    tablet.goto(f"{live_server.url}/production/work-centre/WC-CUT/")
    targets = tablet.locator("main .btn, main .queue-job").all()
    assert min((target.bounding_box() or {"height": 0})["height"] for target in targets) >= 56
    assert tablet.evaluate("document.documentElement.scrollWidth") <= width
    assert not grave(tablet)


def test_an_inspector_works_by_keyboard_only(bench: Page, shop: Shop, live_server: LiveServer) -> None:
    _, inspection = to_inspect(shop)
    bench.goto(f"{live_server.url}/quality/inspections/{inspection}/")
    expect(bench.get_by_label("1 Width, in mm")).to_be_focused()
    for keys in ("302,1", "70"):
        bench.keyboard.type(keys)
        bench.keyboard.press("Tab")
    for _ in range(2):
        bench.keyboard.press("Space")
        bench.keyboard.press("Tab")
    bench.keyboard.type("3.2")
    bench.keyboard.press("Tab")
    expect(bench.locator("#verdict-1")).to_contain_text("Pass")
    bench.get_by_role("button", name="Accept – release for delivery").press("Enter")
    expect(bench.get_by_text("is released for delivery")).to_be_visible()
    assert Inspection.objects.get(id=inspection.id).status == "accepted"


def test_a_wrong_value_is_told_at_its_row_and_stays(bench: Page, shop: Shop, live_server: LiveServer) -> None:
    _, inspection = to_inspect(shop)
    bench.goto(f"{live_server.url}/quality/inspections/{inspection}/")
    width = bench.get_by_label("1 Width, in mm")
    width.fill("3o2")
    width.press("Tab")
    expect(bench.locator("#verdict-1 .field-error")).to_contain_text("Enter a number")
    expect(width).to_have_value("3o2")
    expect(bench.get_by_text("5 characteristics to record")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_sheet_is_accessible_and_fits(
    bench: Page, shop: Shop, live_server: LiveServer, width: int
) -> None:
    _, inspection = to_inspect(shop)
    bench.set_viewport_size({"width": width, "height": 900})
    bench.goto(f"{live_server.url}/quality/inspections/{inspection}/")
    assert bench.evaluate("document.documentElement.scrollWidth") <= width
    assert not grave(bench)
