"""Configure, hit a conflict, repair, quote, revise, accept: once for each product family of the demo."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from demo.services.masterdata import make_shop
from orders.models import Order, Role, User
from tests.journeys.test_quotation import act, link_of

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Page]


@dataclass(frozen=True)
class Family:
    """A product, who wants it, a first choice, another one that it blocks, and the words of the rule."""

    product: str
    customer: str
    first: str
    blocked: str
    reason: str


FAMILIES = (
    Family("NB-W7", "COBALT", "CHASSIS-SFF", "COOL-AIO360", "does not fit the small form factor"),
    Family("HW-INT", "VALMONT", "MARQUETRY-yes", "VENEER-carbon", "Marquetry needs a closed wood surface"),
    Family("AC-G4", "NAVIAIR", "POSITION-G1", "CREW_SEAT-double", "no room for a double seat at G1"),
)


@pytest.fixture
def sales(sign_in: SignIn, transactional_db: None) -> Page:
    """The screen of somebody in sales, in the demo shop."""
    make_shop(now=timezone.now())
    page = sign_in(User.objects.filter(roles__contains=[Role.SALES]).earliest("id"))
    page.set_default_timeout(20_000)
    return page


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.product)
def test_a_conflict_is_repaired_and_the_revised_quotation_becomes_an_order(
    family: Family, sales: Page, live_server: LiveServer, browser: Browser
) -> None:
    sales.goto(f"{live_server.url}/orders/new/?customer={family.customer}&product={family.product}")
    repair_a_conflict(sales, family)
    order = quote(sales)
    revise(sales, order)
    accept(browser.new_page(), f"{live_server.url}{link_of(order, 'B')}")
    line = order.lines.select_related("snapshot").get()
    choice, option = family.blocked.split("-")
    assert (line.state, line.quantity, line.choices[choice]) == ("planning", 2, option)
    assert choice in [row["code"] for row in line.snapshot.specification]
    assert line.snapshot.bom
    assert line.snapshot.routing


def repair_a_conflict(page: Page, family: Family) -> None:
    """Choose, read why something else is blocked now, and take the first repair."""
    with page.expect_response("**/orders/configure/"):
        page.locator(f"#choice-{family.first}").check()
    wanted = page.locator(f"#choice-{family.blocked}")
    option = page.locator(".choice").filter(has=wanted)
    expect(option).to_have_attribute("data-state", "blocked")
    option.get_by_role("button", name="blocked: why?").click()
    expect(option).to_contain_text(family.reason)
    option.locator("[data-first-repair]").click()
    expect(wanted).to_be_checked()
    expect(page.locator(f"#choice-{family.first}")).not_to_be_checked()
    expect(page.get_by_role("complementary", name="Summary")).not_to_contain_text("Price open")


def quote(page: Page) -> Order:
    """Store the quotation and send it."""
    page.get_by_label(re.compile("^Requested date(?! of)")).fill(
        f"{timezone.localdate() + timedelta(days=90)}"
    )
    page.get_by_role("button", name="Create quotation").click()
    act(page, "Send quotation")
    return Order.objects.get()


def revise(page: Page, order: Order) -> None:
    """The customer wants two."""
    act(page, "Revise quotation")
    page.get_by_role("link", name="Edit quotation").click()
    page.get_by_label("Quantity", exact=True).fill("2")
    page.get_by_role("button", name="Save quotation").click()
    act(page, "Send quotation")
    expect(page.get_by_label("Link to revision B for the customer")).to_be_visible()


def accept(page: Page, link: str) -> None:
    """The customer accepts by link, in a browser of the customer's own."""
    page.goto(link)
    page.locator("#accept").get_by_label("Your name").fill("Lena Brandt")
    page.get_by_label(re.compile("^I accept QUO-")).check()
    page.get_by_role("button", name="Accept quotation").click()
    expect(page.get_by_text("Accepted by Lena Brandt")).to_be_visible()
    page.close()
