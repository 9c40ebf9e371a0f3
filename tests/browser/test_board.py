"""The planner's board in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from planning import engine, selectors, services
from planning.models import Downtime, Operation, PlanEdit
from planning.selectors.changes import Move, Unpin
from tests.browser.axe import grave
from tests.planning.shop import build_shop, make_job, material, moves_to_planning, open_always, soon

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    engine.warm_up()


@pytest.fixture
def board(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Page:
    """The board of a shop with six jobs, one of them late, that works round the clock."""
    shop, now = build_shop(), soon()
    open_always(shop)
    bom = [material(shop.items["steel"], 10)]
    lines = [
        make_job(shop, bom=bom, now=now, promised=now + timedelta(days=20 if number else -2))
        for number in range(6)
    ]
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(*lines), now=now)
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    page.goto(f"{live_server.url}/planning/board/?days=2")
    expect(page.locator("#board")).to_have_attribute("data-bars", "12")
    return page


@pytest.fixture
def fingers(board: Page) -> CDPSession:
    """The same board on a touch screen."""
    session = board.context.new_cdp_session(board)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    return session


Spot = tuple[float, float]


def glass(board: Page) -> Spot:
    """The upper left corner of the canvas."""
    box = board.locator("#board-glass").bounding_box()
    assert box
    return box["x"], box["y"]


def chosen_bar(board: Page) -> tuple[float, float, float, float]:
    """Where the chosen bar stands on the page."""
    expect(board.locator("#board-glass")).to_have_attribute("data-chosen", re.compile(r"\d"))
    (x, y), told = glass(board), (board.locator("#board-glass").get_attribute("data-chosen") or "").split()
    left, top, width, height = map(float, told)
    return x + left, y + top, width, height


def touch(session: CDPSession, kind: str, *spots: Spot) -> None:
    """Fingers are at these places now."""
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(spots)]
    session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})


def shown(board: Page) -> tuple[float, float]:
    """Minutes from the day of the first minute that is shown, and days shown, by the address."""
    board.wait_for_timeout(300)
    expect(board).to_have_url(re.compile("from="))
    moment, days = re.findall(r"from=[\d-]+T(\d\d%3A\d\d)&days=([\d.]+)", board.url)[0]
    hour, minute = moment.split("%3A")
    return 60 * int(hour) + int(minute), float(days)


def test_one_finger_pans(board: Page, fingers: CDPSession) -> None:
    x, y = glass(board)
    touch(fingers, "Start", (x + 700, y + 200))
    for step in range(1, 11):
        touch(fingers, "Move", (x + 700 - 20 * step, y + 200))
    touch(fingers, "End")
    first, days = shown(board)
    assert days == 2
    assert 200 < first < 1300
    expect(board.locator("#board-chosen")).to_contain_text("Choose a bar")


def test_two_fingers_zoom_about_their_centre(board: Page, fingers: CDPSession) -> None:
    board.keyboard.press("ArrowDown")
    y = glass(board)[1] + 200
    middle, _, wide, _ = chosen_bar(board)
    touch(fingers, "Start", (middle - 50, y))
    touch(fingers, "Start", (middle - 50, y), (middle + 50, y))
    for step in range(1, 11):
        touch(fingers, "Move", (middle - 50 - 5 * step, y), (middle + 50 + 5 * step, y))
    touch(fingers, "End")
    assert shown(board)[1] == pytest.approx(1, abs=0.01)
    assert chosen_bar(board)[0] == pytest.approx(middle, abs=2)
    assert chosen_bar(board)[2] == pytest.approx(2 * wide, abs=3)


def test_a_tap_chooses(board: Page, fingers: CDPSession) -> None:
    board.keyboard.press("ArrowDown")
    x, y, _, height = chosen_bar(board)
    board.keyboard.press("Escape")
    expect(board.locator("#board-chosen")).to_contain_text("Choose a bar")
    touch(fingers, "Start", (x + 4, y + height / 2))
    touch(fingers, "End")
    expect(board.locator("#board-chosen")).to_contain_text("Op 10 Cut")


def test_a_long_press_picks_a_bar_up_and_a_drag_moves_it(board: Page, fingers: CDPSession) -> None:
    board.keyboard.press("ArrowDown")
    x, y, width, height = chosen_bar(board)
    at = (x + width / 2, y + height / 2)
    touch(fingers, "Start", at)
    board.wait_for_timeout(500)
    expect(board.locator("#board-chosen")).to_contain_text("It stands where it stood")
    for step in range(1, 11):
        touch(fingers, "Move", (at[0] + 10 * step, at[1]))
    touch(fingers, "End")
    expect(board.locator("#board-chosen")).to_contain_text("becomes late")
    assert shown(board)[1] == 2
    board.get_by_role("button", name="Save move").click()
    expect(board.locator("#board-notice")).to_have_class("board-notice is-good")
    assert Operation.objects.filter(pinned=True).count() == 1


def test_a_finger_scrolls_the_page_below(board: Page, fingers: CDPSession) -> None:
    board.set_viewport_size({"width": 390, "height": 700})
    _, y = glass(board)
    touch(fingers, "Start", (200, y + 200))
    for step in range(1, 11):
        touch(fingers, "Move", (200, y + 200 - 15 * step))
    touch(fingers, "End")
    board.wait_for_function("window.scrollY > 60")


def test_page_keys_move_the_window_and_its_address(board: Page) -> None:
    board.keyboard.press("PageDown")
    expect(board).to_have_url(re.compile("from="))
    moved = board.url
    board.keyboard.press("PageUp")
    expect(board).not_to_have_url(moved)


def test_minus_and_plus_zoom(board: Page) -> None:
    board.keyboard.press("-")
    expect(board).to_have_url(re.compile(r"days=2\.86"))
    board.keyboard.press("+")
    expect(board).to_have_url(re.compile(r"days=2(&|$)"))


def test_an_operation_chosen_by_key_is_spoken_and_stays_in_the_address(board: Page) -> None:
    board.keyboard.press("ArrowDown")
    expect(board.locator("#board-say")).to_contain_text("Op 10 Cut")
    expect(board).to_have_url(re.compile("op="))
    board.reload()
    expect(board.locator("#board-chosen")).to_contain_text("Op 10 Cut")


def test_arrows_go_along_the_row_and_to_other_rows(board: Page) -> None:
    first = Operation.objects.filter(machine__code="CUT-1").earliest("during")
    board.goto(f"{board.url}&op={first.id}")
    expect(board.locator("#board-chosen")).to_contain_text("Op 10 Cut")
    board.keyboard.press("ArrowRight")
    expect(board.locator("#board-say")).to_contain_text("CUT-1")
    told = board.locator("#board-say").text_content()
    board.keyboard.press("ArrowRight")
    expect(board.locator("#board-say")).not_to_have_text(told or "")
    expect(board.locator("#board-say")).to_contain_text("CUT-1")
    board.keyboard.press("ArrowDown")
    expect(board.locator("#board-say")).to_contain_text("CUT-2")


def test_enter_opens_the_order(board: Page) -> None:
    board.keyboard.press("ArrowDown")
    board.keyboard.press("Enter")
    expect(board).to_have_url(re.compile("/orders/SO-2026-"))


def test_a_late_job_is_named_late(board: Page) -> None:
    late = Operation.objects.filter(line__promised_at__lt=timezone.now(), sequence=10).get()
    board.goto(f"{board.url}&op={late.id}")
    expect(board.locator("#board-chosen")).to_contain_text(re.compile(r"▲ \d+ .* late"))


def test_rows_may_be_work_centres_and_crews(board: Page) -> None:
    board.get_by_role("button", name="Work centres").click()
    expect(board).to_have_url(re.compile("rows=centres"))
    board.keyboard.press("v")
    expect(board).to_have_url(re.compile("rows=people"))


def test_the_load_names_the_bottleneck(board: Page) -> None:
    expect(board.locator("#board-centres")).to_contain_text("Bottleneck")
    expect(board.locator("#board-load-words")).to_contain_text("the bottleneck of this window")


def test_what_moves_elsewhere_is_listed(board: Page) -> None:
    first = Operation.objects.filter(sequence=10).order_by("during")[0]
    assert first.machine
    services.report_downtime(
        machine=first.machine, starts=timezone.now(), ends=timezone.now() + timedelta(hours=4)
    )
    services.repair_plan()
    expect(board.locator("#board-moved-count")).to_contain_text("moved since you last looked", timeout=5000)
    board.get_by_role("button", name="Mark as seen").click()
    expect(board.locator("#board-moved")).to_be_hidden()


def test_what_moved_is_put_back_and_pinned(board: Page) -> None:
    last = Operation.objects.filter(sequence=10).latest("during")
    assert last.planned_start
    assert last.machine
    was = (last.machine_id, last.planned_start)
    expect(board.locator("#board-view")).not_to_have_class("board-view is-loading")
    later = selectors.minute_of(last.planned_start + timedelta(hours=9))
    move, free = Move(last.id, last.machine.id, later), Unpin(last.id)
    services.apply_changes(changes=[move], by=None)
    services.apply_changes(changes=[free], by=None)
    board.locator("#board-moved-list").get_by_role("button", name="Put back and pin").first.click()
    expect(board.locator("#board-notice")).to_contain_text("is pinned there")
    last.refresh_from_db()
    assert (last.machine_id, last.planned_start, last.pinned) == (*was, True)


def test_it_says_how_many_operations_are_in_view(board: Page, live_server: LiveServer) -> None:
    board.goto(f"{live_server.url}/planning/board/?from={timezone.localdate() - timedelta(days=2)}&days=2")
    expect(board.locator("#board-say")).to_contain_text(": 0 operations.")


def pinned_by_key(board: Page) -> Operation:
    """The first operation, pinned on the board by the one who looks at it."""
    board.keyboard.press("ArrowDown")
    board.keyboard.press("p")
    expect(board.locator("#board-notice")).to_contain_text("is pinned where it is planned")
    expect(board.get_by_role("button", name="Unpin")).to_be_enabled()
    return Operation.objects.get(pinned=True)


def test_what_is_undone_here_did_not_move_by_itself(board: Page) -> None:
    board.keyboard.press("ArrowDown")
    for key in ("m", "ArrowRight", "ArrowRight"):
        board.keyboard.press(key)
    board.get_by_role("button", name="Save move").click()
    expect(board.locator("#board-notice")).to_contain_text("is pinned there")
    board.keyboard.press("u")
    expect(board.locator("#board-notice")).to_contain_text("Undone")
    expect(board.locator("#board-chosen")).not_to_contain_text("pinned")
    expect(board.get_by_role("heading", name="moved since you last looked")).to_have_count(0)


def test_what_cannot_be_undone_yet_is_undone_later(board: Page) -> None:
    pinned_by_key(board)
    board.route("**/undo/", lambda route: route.abort())
    board.keyboard.press("u")
    expect(board.locator("#board-notice")).to_contain_text("No connection to the server")
    board.unroute("**/undo/")
    board.keyboard.press("u")
    expect(board.locator("#board-notice")).to_contain_text("Undone")
    assert not Operation.objects.filter(pinned=True).exists()


def test_what_somebody_undid_does_not_stand_before_the_rest(board: Page) -> None:
    pinned_by_key(board)
    board.keyboard.press("p")
    expect(board.locator("#board-notice")).to_contain_text("is not pinned any more")
    services.undo_edit(edit=PlanEdit.objects.latest("id"), by=None)
    board.keyboard.press("u")
    expect(board.locator("#board-notice")).to_contain_text("undone already")
    board.keyboard.press("u")
    expect(board.locator("#board-notice")).to_contain_text("Undone")
    assert not Operation.objects.filter(pinned=True).exists()


def test_a_change_after_the_session_is_over_says_what_to_do(board: Page) -> None:
    board.keyboard.press("ArrowDown")
    board.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    board.keyboard.press("p")
    expect(board.locator("#board-notice")).to_contain_text("You are signed out: nothing was changed. Reload")


def test_a_machine_tells_where_it_stands_and_is_freed(board: Page) -> None:
    machine = Operation.objects.filter(sequence=10).order_by("during")[0].machine
    assert machine
    now = timezone.now()
    services.report_downtime(machine=machine, starts=now, ends=now + timedelta(hours=4), note="belt")
    board.reload()
    expect(board.locator("#board")).to_have_attribute("data-bars", "12")
    first = 40 + 24 + (14 if machine.code == "CUT-1" else 42)
    board.locator("#board-glass").click(position={"x": 20, "y": first})
    expect(board.locator("#board-chosen")).to_contain_text("Breakdown")
    board.get_by_role("button", name="End downtime").click()
    expect(board.locator("#board-notice")).to_contain_text("ends now")
    assert Downtime.objects.filter(ends__gt=timezone.now() + timedelta(minutes=2)).count() == 0


def test_only_rows_with_work_are_shown_on_demand_and_able_machines_while_moving(board: Page) -> None:
    sheet = board.locator("#board-sheet")
    tall = sheet.evaluate("node => node.style.height")
    Operation.objects.filter(machine__code="CUT-2").update(machine=None, during=None)
    board.get_by_role("button", name="Only with work").click()
    expect(board.locator("#board")).not_to_have_attribute("data-bars", "12", timeout=5000)
    assert sheet.evaluate("node => node.style.height") != tall
    board.keyboard.press("ArrowDown")
    board.keyboard.press("m")
    expect(board.locator("#board-chosen")).to_contain_text("It stands where it stood")
    assert sheet.evaluate("node => node.style.height") == tall


def test_the_form_for_machine_time_is_accessible(board: Page) -> None:
    board.keyboard.press("d")
    expect(board.locator("#board-form-effect")).to_contain_text("becomes late")
    assert grave(board) == []


def test_the_keys_are_listed(board: Page) -> None:
    board.keyboard.press("?")
    expect(board.get_by_role("dialog")).to_contain_text("Follow the job")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(board: Page, theme: str) -> None:
    board.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    board.keyboard.press("ArrowDown")
    assert grave(board) == []


@pytest.mark.parametrize("width", [390, 1440, 2560])
def test_nothing_scrolls_sideways(board: Page, width: int) -> None:
    board.set_viewport_size({"width": width, "height": 900})
    assert board.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_is_accessible(board: Page) -> None:
    board.get_by_role("link", name="Show as list").click()
    expect(board.get_by_role("cell", name="CUT-1").first).to_be_visible()
    assert grave(board) == []
