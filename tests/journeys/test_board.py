"""What a planner does on the board, with the mouse and with the keyboard alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import OrderLine, User
from planning import engine, selectors, services
from planning.models import Downtime, Operation, Overtime, PlanEdit
from planning.selectors.changes import Move
from tests.journeys.story import until
from tests.planning.shop import (
    Shop,
    build_shop,
    make_job,
    material,
    moves_to_planning,
    open_always,
    soon,
    step,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROW = 28
"""Pixels from one machine's lane to the next."""


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    engine.warm_up()


def day_off(now: datetime) -> datetime:
    """Eight in the morning of this shop's Saturday: always three days ahead, whichever day it is today."""
    return timezone.localtime(now + timedelta(days=3)).replace(hour=8, minute=0, second=0, microsecond=0)


class Bar(NamedTuple):
    """Where the chosen bar stands on the canvas, in pixels of the page."""

    x: float
    y: float
    width: float
    height: float


class Planner:
    """A planner at the board of a small shop that works day and night."""

    def __init__(self, shop: Shop, page: Page, url: str, now: datetime) -> None:
        self.shop, self.page, self.url, self.now = shop, page, url, now

    def job(self, minutes: int = 120, *, days: float = 20, late_part: datetime | None = None) -> Operation:
        """A job of one cut behind those that are planned already."""
        bom = [material(self.shop.items["steel"], 10)] if late_part else None
        routing = [step(self.shop.processes["CUT"], 10, minutes=minutes)]
        line = make_job(
            self.shop, bom=bom, routing=routing, now=self.now, promised=self.now + timedelta(days=days)
        )
        with transaction.atomic():
            services.plan_jobs(moves=moves_to_planning(line), now=self.now)
        return line.operations.get()

    def opened(self, operation: Operation, days: float = 2) -> Page:
        """The board with this operation chosen."""
        self.page.goto(f"{self.url}/planning/board/?days={days}&op={operation.id}")
        expect(self.page.locator("#board-chosen")).to_contain_text(operation.line.order.reference)
        return self.page

    def bar(self) -> Bar:
        """The chosen bar."""
        glass = self.page.locator("#board-glass")
        box, told = glass.bounding_box(), (glass.get_attribute("data-chosen") or "").split()
        assert box
        assert len(told) == 4
        x, y, width, height = map(float, told)
        return Bar(box["x"] + x, box["y"] + y, width, height)

    def drag(self, across: float, down: float = 0) -> None:
        """Take the chosen bar and carry it so many pixels, without letting it go by itself."""
        bar = self.bar()
        x, y = bar.x + min(bar.width, 60) / 2, bar.y + bar.height / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across / 2 + 6, y + down / 2, steps=4)
        self.page.mouse.move(x + across, y + down, steps=6)
        self.page.mouse.up()

    def earlier_until(self, words: str) -> None:
        """Go from catch to catch until the effect says so."""
        for _ in range(4):
            self.press("ArrowLeft")
            self.page.wait_for_timeout(100)
            effect = self.page.locator("#board-chosen .board-effect")
            expect(effect).not_to_contain_text("Looking")
            if words in effect.inner_text():
                return

    def press(self, *keys: str) -> None:
        """Press these keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def planner(live_server: LiveServer, sign_in: Callable[[User], Page]) -> Planner:
    """Two machines that cut and two that fit, around the clock but on the day off."""
    shop, now = build_shop(), soon()
    open_always(shop, closed=day_off(now).weekday())
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    return Planner(shop, page, live_server.url, now)


def alone(shop: Shop) -> None:
    """Only one machine cuts, so that jobs stand behind each other."""
    shop.machines["CUT-2"].active = False
    shop.machines["CUT-2"].save()


def stands(operation: Operation) -> tuple[str, datetime | None]:
    """Its machine and when it begins."""
    found = Operation.objects.select_related("machine").get(id=operation.id)
    return str(found.machine), found.planned_start


def tight(operation: Operation) -> None:
    """Its job is promised for the moment it is forecast."""
    line = OrderLine.objects.get(id=operation.line_id)
    OrderLine.objects.filter(id=line.id).update(promised_at=line.forecast_at)


def saved(page: Page) -> None:
    """The page says that it is."""
    expect(page.locator("#board-notice")).to_be_visible()
    expect(page.locator("#board-notice")).to_have_class("board-notice is-good")


# A rush order is squeezed in ---------------------------------------------------------------------------


def test_a_rush_order_is_squeezed_in_with_the_mouse(planner: Planner) -> None:
    alone(planner.shop)
    first, patient, rush = planner.job(), planner.job(), planner.job()
    tight(patient)
    page = planner.opened(rush)
    bar = planner.bar()
    planner.drag(-bar.width)
    effect = page.locator("#board-chosen")
    expect(effect).to_contain_text("1 job becomes late")
    expect(effect).to_contain_text(patient.line.order.reference)
    assert stands(rush)[1] == rush.planned_start
    page.get_by_role("button", name="Save move").click()
    saved(page)
    assert stands(rush)[1] == patient.planned_start
    assert (stands(patient)[1] or planner.now) > (patient.planned_start or planner.now)
    assert stands(first)[1] == first.planned_start


def test_a_rush_order_is_squeezed_in_by_keyboard(planner: Planner) -> None:
    alone(planner.shop)
    _, patient, rush = planner.job(), planner.job(), planner.job()
    tight(patient)
    page = planner.opened(rush)
    planner.press("m")
    planner.earlier_until("1 job becomes late")
    expect(page.locator("#board-chosen")).to_contain_text("1 job becomes late")
    expect(page.locator("#board-say")).to_contain_text("1 job becomes late")
    planner.press("Enter")
    saved(page)
    assert stands(rush)[1] == patient.planned_start


# A breakdown of four hours ---------------------------------------------------------------------------


def down_for_four_hours() -> None:
    """One machine stands for four hours."""
    found = Downtime.objects.get()
    assert (str(found.machine), found.kind) == ("CUT-1", "breakdown")
    assert found.ends - found.starts == timedelta(hours=4)


def test_a_breakdown_is_entered_with_the_mouse(planner: Planner) -> None:
    alone(planner.shop)
    job = planner.job()
    tight(job)
    page = planner.opened(job)
    page.get_by_role("button", name="Report downtime").click()
    form = page.get_by_role("region", name="Time of a machine")
    expect(form).to_contain_text("1 job becomes late")
    form.get_by_role("button", name="Save downtime").click()
    saved(page)
    down_for_four_hours()
    assert (Operation.objects.get(id=job.id).planned_end or planner.now) > (job.planned_end or planner.now)


def test_a_breakdown_is_entered_by_dragging_over_a_lane(planner: Planner) -> None:
    page = planner.opened(planner.job(minutes=60))
    bar = planner.bar()
    hour = bar.width + 1
    x, y = bar.x + 3 * hour, bar.y + bar.height / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4 * hour, y, steps=8)
    page.mouse.up()
    form = page.get_by_role("region", name="Time of a machine")
    expect(form).to_contain_text("Nobody becomes late")
    form.get_by_role("button", name="Save downtime").click()
    saved(page)
    found = Downtime.objects.get()
    assert abs(found.ends - found.starts - timedelta(hours=4)) <= timedelta(minutes=30)


def test_a_breakdown_is_entered_by_keyboard(planner: Planner) -> None:
    alone(planner.shop)
    job = planner.job()
    tight(job)
    page = planner.opened(job)
    planner.press("d")
    expect(page.locator("#board-form-effect")).to_contain_text("1 job becomes late")
    planner.press("Tab", "Tab", "Enter")
    saved(page)
    down_for_four_hours()
    expect(page.locator("#board-glass")).to_be_focused()


# Overtime on a day off ---------------------------------------------------------------------------------


def fill(page: Page, label: str, moment: datetime) -> None:
    """Write a moment into a field of the form."""
    page.get_by_label(label, exact=True).fill(f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}")


def late_by_a_day_off(planner: Planner) -> Operation:
    """A job that runs beyond the day off and would be in time if that were a working day."""
    alone(planner.shop)
    until_then = int((day_off(planner.now) - planner.now).total_seconds() / 60)
    job = planner.job(minutes=until_then)
    line = OrderLine.objects.get(id=job.line_id)
    assert line.forecast_at
    OrderLine.objects.filter(id=line.id).update(promised_at=line.forecast_at - timedelta(hours=3))
    return job


def test_overtime_on_a_day_off_with_the_mouse(planner: Planner) -> None:
    job, begins = late_by_a_day_off(planner), day_off(planner.now)
    page = planner.opened(job, days=7)
    page.get_by_role("button", name="Add overtime").click()
    fill(page, "From", begins)
    fill(page, "Until", begins + timedelta(hours=8))
    effect = page.locator("#board-form-effect")
    expect(effect).to_contain_text("1 job is on time again")
    page.get_by_role("button", name="Save overtime").click()
    saved(page)
    assert Overtime.objects.get().starts == begins


def test_a_drag_over_closed_time_asks_for_overtime(planner: Planner) -> None:
    planner.page.set_viewport_size({"width": 1600, "height": 900})
    page = planner.opened(planner.job(), days=9)
    box = page.locator("#board-glass").bounding_box()
    assert box
    days = (day_off(planner.now).date() - timezone.localdate(planner.now)).days
    day, labels, lane = (box["width"] - 196) / 9, 196, 40 + 24 + ROW / 2
    x, y = box["x"] + labels + (days + 8 / 24) * day, box["y"] + lane
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + day / 3, y, steps=6)
    page.mouse.up()
    expect(page.get_by_label("What")).to_have_value("overtime")
    expect(page.locator("#board-form-effect")).to_contain_text("Nobody becomes late")
    page.get_by_role("button", name="Save overtime").click()
    saved(page)
    found = Overtime.objects.get()
    assert timezone.localdate(found.starts) == day_off(planner.now).date()
    assert timedelta(hours=7) <= found.ends - found.starts <= timedelta(hours=9)


def test_overtime_on_a_day_off_by_keyboard_and_undone(planner: Planner) -> None:
    job, begins = late_by_a_day_off(planner), day_off(planner.now)
    page = planner.opened(job, days=7)
    planner.press("o")
    expect(page.get_by_label("What")).to_be_focused()
    fill(page, "From", begins)
    fill(page, "Until", begins + timedelta(hours=8))
    expect(page.locator("#board-form-effect")).to_contain_text("1 job is on time again")
    planner.press("Enter")
    saved(page)
    planner.press("u")
    expect(page.locator("#board-notice")).to_contain_text("Undone")
    assert not Overtime.objects.exists()


# A move is undone ----------------------------------------------------------------------------------------


def test_a_move_is_undone_with_the_mouse(planner: Planner) -> None:
    job = planner.job()
    was = stands(job)
    page = planner.opened(job)
    planner.drag(0, ROW if was[0] == "CUT-1" else -ROW)
    expect(page.locator("#board-chosen")).to_contain_text("Nobody becomes late")
    page.get_by_role("button", name="Save move").click()
    saved(page)
    assert stands(job)[0] != was[0]
    page.locator("#board-notice").get_by_role("button", name="Undo").click()
    expect(page.locator("#board-notice")).to_contain_text("Undone")
    assert stands(job) == was
    assert not Operation.objects.get(id=job.id).pinned


def test_a_move_is_undone_by_keyboard(planner: Planner) -> None:
    job = planner.job()
    was = stands(job)
    page = planner.opened(job)
    planner.press("m", "ArrowDown" if was[0] == "CUT-1" else "ArrowUp", "Shift+ArrowRight")
    expect(page.locator("#board-chosen")).to_contain_text("Nobody becomes late")
    planner.press("Enter")
    saved(page)
    assert stands(job)[0] != was[0]
    planner.press("u")
    expect(page.locator("#board-notice")).to_contain_text("Undone")
    assert stands(job) == was


# Bad input -------------------------------------------------------------------------------------------------


def test_of_two_planners_with_the_same_bar_the_second_is_told(planner: Planner) -> None:
    job = planner.job()
    page = planner.opened(job)
    planner.press("m", "Shift+ArrowRight", "Shift+ArrowRight")
    expect(page.locator("#board-chosen")).to_contain_text("Nobody becomes late")
    other = planner.shop.machines["CUT-2" if stands(job)[0] == "CUT-1" else "CUT-1"]
    later = selectors.minute_of(planner.now + timedelta(hours=6))
    services.apply_changes(changes=[Move(job.id, other.id, later)], by=None)
    planner.press("Enter")
    expect(page.locator("#board-notice")).to_contain_text("moved by somebody else meanwhile")
    expect(page.locator("#board-chosen")).to_contain_text(other.code)
    assert PlanEdit.objects.count() == 1


def test_a_machine_that_cannot_do_it_is_refused_with_those_that_can(planner: Planner) -> None:
    job = planner.job()
    was = stands(job)
    page = planner.opened(job)
    planner.drag(0, (3 if was[0] == "CUT-1" else 2) * ROW)
    expect(page.locator("#board-chosen")).to_contain_text("FIT-1 cannot do Cut. Choose CUT-1, CUT-2.")
    expect(page.get_by_role("button", name="Save move")).to_be_disabled()
    planner.press("Enter", "Escape")
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_visible()
    assert stands(job) == was


def test_a_pinned_operation_whose_material_comes_later_says_so(planner: Planner) -> None:
    comes = planner.now + timedelta(hours=10)
    job = planner.job(late_part=comes)
    job.requirements.update(available=0, expected_at=comes)
    services.repair_plan()
    job.refresh_from_db()
    page = planner.opened(job)
    planner.press("m", "ArrowLeft")
    expect(page.locator("#board-chosen")).to_contain_text("later than asked: its material comes")
    planner.press("Enter")
    saved(page)
    until(lambda: Operation.objects.get(id=job.id).pinned, "the pin")
    assert (stands(job)[1] or planner.now) >= comes - timedelta(minutes=1)
