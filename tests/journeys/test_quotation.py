"""A quotation between sales and a customer who only has the link: sent, asked, revised, accepted."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders import services
from orders.models import Order, Role, User
from orders.services import LineInput, token_of
from tests.browser.axe import grave
from tests.orders import cast
from tests.orders.pages import soon

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Page]


@pytest.fixture
def draft() -> Order:
    """Two desks, another one as an option, and 1 or 5 of a third."""
    product = cast.published_desk()
    lines = [
        LineInput(product, 2),
        LineInput(product, 1, {"TOP": "STEEL", "LEGS": "IRON"}, optional=True),
        LineInput(product, 1, alternatives=[5]),
    ]
    header = services.Header(requested_date=soon(30), incoterm_place="Hamburg")
    return services.create_quotation(customer=cast.customer(), lines=lines, by=None, header=header)


def clean(page: Page) -> None:
    """Nothing grave for axe, and nothing wider than the screen, large and small."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert not grave(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})


def act(page: Page, verb: str) -> None:
    """An act of the order page, through its dialog."""
    opener = page.get_by_role("button", name=verb).first
    if not opener.is_visible():
        page.get_by_text("More acts").click()
    opener.click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()
    page.get_by_role("dialog").wait_for(state="hidden")


def link_of(order: Order, letter: str) -> str:
    """The customer's link."""
    return f"/q/{token_of(order.revisions.get(letter=letter))}/"


def test_quoted_asked_revised_compared_and_accepted_by_link(
    sign_in: SignIn, live_server: LiveServer, draft: Order, browser_page: Page
) -> None:
    sales, customer = sign_in(cast.person(Role.SALES)), browser_page
    sales.goto(f"{live_server.url}/orders/{draft.reference}/terms/")
    clean(sales)
    sales.get_by_label("Payment terms").fill("30 days net")
    sales.get_by_role("button", name="Save terms").click()
    act(sales, "Send quotation")
    shown = sales.get_by_label("Link to revision A for the customer")
    expect(shown).to_have_value(f"{live_server.url}{link_of(draft, 'A')}")
    customer.goto(shown.input_value())
    clean(customer)
    customer.get_by_label("Your question").fill("Can we have five of line 10?")
    customer.locator("#ask").get_by_label("Your name").fill("Lena Brandt")
    customer.get_by_role("button", name="Send question").click()
    expect(customer.get_by_text("Can we have five of line 10?")).to_be_visible()

    sales.goto(f"{live_server.url}/orders/{draft.reference}/quotation/")
    clean(sales)
    sales.get_by_label("Your answer").fill("Yes: see revision B.")
    sales.get_by_role("button", name="Send answer").click()
    sales.goto(f"{live_server.url}/orders/{draft.reference}/")
    act(sales, "Revise quotation")
    sales.get_by_role("link", name="Edit quotation").click()
    sales.get_by_role("link", name=re.compile("^10 ·")).click()
    sales.get_by_label("Quantity", exact=True).fill("5")
    sales.get_by_role("button", name="Save quotation").click()
    act(sales, "Send quotation")

    customer.reload()
    expect(customer.get_by_text("superseded by a later revision")).to_be_visible()
    customer.goto(f"{live_server.url}{link_of(draft, 'B')}")
    expect(customer.get_by_text("Yes: see revision B.")).to_be_visible()
    customer.get_by_role("link", name="Compare with A").click()
    expect(customer.get_by_role("row", name=re.compile("Quantity"))).to_contain_text("5")
    clean(customer)
    customer.go_back()
    customer.get_by_label(re.compile("Take option 20")).check()
    customer.get_by_label(re.compile("5 pcs at")).check()
    customer.locator("#accept").get_by_label("Your name").fill("Lena Brandt")
    customer.get_by_label(re.compile("^I accept QUO-")).check()
    customer.get_by_role("button", name="Accept quotation").click()
    expect(customer.get_by_text("Accepted by Lena Brandt")).to_be_visible()
    clean(customer)
    draft.refresh_from_db()
    assert draft.number
    assert [line.quantity for line in draft.lines.all()] == [5, 1, 5]


def test_what_is_missing_is_told_at_its_field_and_a_rejection_asks_why(
    page: Page, live_server: LiveServer, draft: Order
) -> None:
    services.send_quotation(order=draft, by=None)
    page.goto(f"{live_server.url}{link_of(draft, 'A')}")
    page.get_by_role("button", name="Accept quotation").click()
    expect(page.locator("#accept input:invalid").first).to_be_focused()
    page.get_by_text("Reject the quotation").click()
    page.get_by_label("Reason", exact=True).select_option(label="Price")
    page.locator("#reject").get_by_label("Your name").fill("Lena Brandt")
    page.get_by_role("button", name="Reject quotation").click()
    expect(page.get_by_text("was rejected")).to_be_visible()
    clean(page)


def test_sales_reads_what_was_won_and_lost(sign_in: SignIn, live_server: LiveServer, draft: Order) -> None:
    services.send_quotation(order=draft, by=None)
    page = sign_in(cast.person(Role.SALES))
    page.goto(f"{live_server.url}/won-and-lost/")
    page.get_by_text("By option").click()
    expect(page.get_by_role("row", name="Top Oak")).to_be_visible()
    clean(page)


def test_an_unknown_link_says_what_to_do(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/q/nothing/")
    expect(page.get_by_role("heading", name="We do not know this link")).to_be_visible()
    clean(page)


@pytest.fixture
def browser_page(browser: object) -> Page:
    """The customer's own browser, not signed in."""
    made: Page = browser.new_context().new_page()  # type: ignore[attr-defined]
    return made
