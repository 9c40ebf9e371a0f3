"""The configurator by mouse, by keyboard and for axe, large and small, for sales and for a customer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Role, User
from tests.browser.axe import grave
from tests.orders import cast

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Page]


@pytest.fixture
def sales(sign_in: SignIn, live_server: LiveServer) -> Page:
    """The desk before somebody in sales: steel needs iron legs."""
    cast.published_desk("DESK")
    customer = cast.customer()
    page = sign_in(cast.seller())
    page.goto(f"{live_server.url}/orders/new/?customer={customer.code}&product=DESK")
    return page


@pytest.fixture
def portal(sign_in: SignIn, live_server: LiveServer) -> Page:
    """The desk before a customer."""
    cast.published_desk("DESK")
    page = sign_in(cast.person(Role.CUSTOMER, customer=cast.customer()))
    page.goto(f"{live_server.url}/catalogue/DESK/")
    return page


def option(page: Page, code: str) -> Locator:
    """The row of an option."""
    return page.locator(".choice").filter(has=page.locator(f"#choice-{code}"))


def choose(page: Page, code: str) -> None:
    """Pick an option and wait until the page knows what follows."""
    page.locator(f"#choice-{code}").check()
    expect(option(page, code)).to_have_attribute("data-state", "chosen")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("who", ["sales", "portal"])
def test_the_configurator_is_accessible_and_fits(
    who: str, width: int, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(who)
    page.set_viewport_size({"width": width, "height": 900})
    assert not grave(page)
    choose(page, "TOP-STEEL")
    option(page, "LEGS-WOOD").get_by_role("button", name="blocked: why?").click()
    expect(option(page, "LEGS-WOOD")).to_contain_text("The legs do not bear this top.")
    assert not grave(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_click_shows_what_follows_and_what_is_blocked(sales: Page) -> None:
    expect(option(sales, "LEGS-WOOD")).to_contain_text("assumed")
    choose(sales, "TOP-STEEL")
    expect(option(sales, "LEGS-IRON")).to_have_attribute("data-state", "implied")
    expect(option(sales, "LEGS-WOOD")).to_have_attribute("data-state", "blocked")
    expect(sales.locator('[data-stands="LEGS"]')).to_have_text("Iron")


def test_two_keys_explain_a_blocked_option_and_repair_it(sales: Page) -> None:
    choose(sales, "TOP-STEEL")
    sales.locator("#choice-LEGS-WOOD").focus()
    sales.keyboard.press("?")
    expect(option(sales, "LEGS-WOOD")).to_contain_text("The legs do not bear this top.")
    sales.keyboard.press("r")
    expect(sales.locator("#choice-LEGS-WOOD")).to_be_checked()
    expect(sales.locator("#choice-TOP-STEEL")).not_to_be_checked()


def test_a_decision_is_taken_back(sales: Page) -> None:
    choose(sales, "TOP-STEEL")
    sales.locator('[data-free="TOP"]').click()
    expect(option(sales, "LEGS-WOOD")).to_have_attribute("data-state", "valid")
    expect(sales.locator("#choice-TOP-STEEL")).not_to_be_checked()


def test_cheapest_completes_what_is_open(sales: Page) -> None:
    sales.get_by_role("button", name="Cheapest").click()
    expect(sales.locator("#choice-TOP-OAK")).to_be_checked()
    expect(sales.locator("#choice-LEGS-WOOD")).to_be_checked()


def test_typing_stays_while_the_price_follows(sales: Page) -> None:
    width = sales.locator("#choice-WIDTH")
    width.fill("1800")
    width.press("Tab")
    expect(sales.locator("#summary")).to_contain_text("Extra width")
    expect(width).to_have_value("1800")
