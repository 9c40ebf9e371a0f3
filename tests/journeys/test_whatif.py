"""A planner tries a breakdown, compares and adopts it: with the mouse, and with the keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.engine.promise import warm_up_promises
from planning.models import Branch, Downtime, Machine, Operation, PlanRequest, PlanState
from planning.selectors import moves_after
from planning.services import report_downtime
from tests.journeys.story import Story, until
from tests.journeys.test_events import MOMENT, alone, placed, planned

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/planning/what-if/"
THOUGHT = 60_000
"""Milliseconds in which a what-if is planned, compilers included."""

MOST_TABS = 120


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    warm_up_promises()


@pytest.fixture
def machine(story: Story) -> Machine:
    """The only bench for building, where one job stands."""
    found = alone("WC-BLD")
    order = planned(story.order(days=20))
    assert placed(order).filter(machine=found).exists()
    until(settled, "the plan to be as good as it gets")
    return found


def settled() -> bool:
    """Whether no plan is being looked for: nothing moves by itself."""
    return not PlanRequest.objects.exists() and PlanState.objects.filter(settled=True).exists()


def until_when() -> str:
    """A fortnight from now, as a form takes it."""
    return f"{timezone.localtime() + timedelta(days=14):{MOMENT}}"


def is_planned(page: Page) -> None:
    """The form is gone with its page, and the figures came by themselves."""
    expect(page.locator("#drawer").get_by_label("Machine")).to_be_hidden()
    expect(page.get_by_role("heading", name="Figures")).to_be_visible(timeout=THOUGHT)


def try_breakdown(page: Page, machine: Machine, name: str) -> None:
    """With the mouse: a what-if in which the machine stands for a fortnight."""
    page.get_by_label("What do you try?").fill(name)
    page.get_by_role("button", name="Make what-if").click()
    page.get_by_role("link", name="Breakdown").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("Machine").select_option(label=str(machine))
    drawer.get_by_label("From").fill(f"{timezone.localtime():{MOMENT}}")
    drawer.get_by_label("Until").fill(until_when())
    drawer.get_by_role("button", name="Add to what-if").click()
    is_planned(page)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if _named(page, name):
            return
    raise AssertionError(f"{name} was not reached by Tab")


def _named(page: Page, name: str) -> bool:
    """Whether the focused control is called so."""
    told = page.evaluate(
        "() => { const at = document.activeElement; return [at.innerText, at.getAttribute('aria-label'),"
        " ...[...(at.labels || [])].map(each => each.innerText)].join('\\n') }"
    )
    return re.search(rf"(^|\n)\s*{re.escape(name)}", told) is not None


def test_a_what_if_is_made_compared_and_adopted_with_the_mouse(story: Story, machine: Machine) -> None:
    page = story.at("planner", LIST)
    try_breakdown(page, machine, "Bench out for a fortnight")
    expect(page.get_by_role("main")).to_contain_text(f"{machine} stands")
    assert not Downtime.objects.exists()

    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_role("heading", name="Bench out for a fortnight (copy)")).to_be_visible()
    is_planned(page)
    page.goto(f"{story.url}{LIST}")
    table = page.get_by_role("table").first
    for column in ("Plan in force", "Bench out for a fortnight", "Bench out for a fortnight (copy)"):
        expect(table.get_by_role("columnheader", name=column).first).to_be_visible()
    expect(table).to_contain_text("best")
    page.get_by_role("button", name="Drop Bench out for a fortnight (copy)").click()
    expect(page.get_by_role("main")).to_contain_text("It was given up")

    page.goto(f"{story.url}{LIST}")
    page.get_by_role("link", name="Bench out for a fortnight", exact=True).first.click()
    page.get_by_role("button", name="Adopt what-if").click()
    expect(page.get_by_role("main")).to_contain_text("Its changes are made and its plan is in force")
    assert Downtime.objects.get().machine == machine


def test_a_what_if_is_made_and_adopted_with_keys_alone(story: Story, machine: Machine) -> None:
    page = story.at("planner", LIST)
    tab_to(page, "What do you try?")
    page.keyboard.type("Bench out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bench out")).to_be_visible()
    tab_to(page, "Breakdown")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer").get_by_label("Machine")).to_be_visible()
    tab_to(page, "Machine")
    page.keyboard.type(str(machine))
    tab_to(page, "Add to what-if")
    page.keyboard.press("Enter")
    is_planned(page)
    page.keyboard.press("a")
    expect(page.get_by_role("main")).to_contain_text("Its changes are made and its plan is in force")
    assert Downtime.objects.get().machine == machine


def test_a_what_if_is_adopted_after_the_plan_moved_where_its_figures_hold(
    story: Story, machine: Machine
) -> None:
    page = story.at("planner", LIST)
    try_breakdown(page, machine, "Bench out")
    branch, stands = Branch.objects.get(), Operation.objects.filter(machine=machine).earliest("during")
    assert stands.planned_end
    report_downtime(machine=machine, starts=timezone.now(), ends=stands.planned_end)
    until(lambda: moves_after(branch.edition).exists(), "the repair")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("The plan has moved since")
    page.get_by_role("button", name="Adopt what-if").click()
    expect(page.get_by_role("main")).to_contain_text("Its changes are made and its plan is in force")
    assert Downtime.objects.count() == 2
