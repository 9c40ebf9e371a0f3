"""The product engineer's page in the browser: tree, rule with completion and live check, try-out, proof."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from tests.browser.axe import grave
from tests.orders import cast

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Page]


@pytest.fixture
def model(sign_in: SignIn, live_server: LiveServer) -> Page:
    """The draft of a desk, opened at its features."""
    cast.desk("DESK")
    page = sign_in(User.objects.create_user("edda@example.com", roles=["engineer"]))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/products/DESK/model/")
    return page


def test_the_tree_opens_level_by_level(model: Page) -> None:
    expect(model.locator(".leaf-name", has_text="Steel")).not_to_be_visible()
    model.locator("summary", has_text="Top").click()
    expect(model.locator(".leaf-name", has_text="Steel")).to_be_visible()
    assert grave(model) == []


def test_a_rule_is_completed_and_judged_while_it_is_typed(model: Page) -> None:
    model.locator(".tab", has_text="Rules").first.click()
    model.get_by_role("link", name="Add rule").click()
    then = model.get_by_label("Then")
    then.press_sequentially("TOP = ST")
    option = model.locator("#suggestions [data-word=STEEL]")
    expect(option).to_be_visible()
    then.press("ArrowDown")
    then.press("Enter")
    expect(then).to_have_value("TOP = STEEL")
    expect(model.locator("#judged-then")).to_contain_text("Gives yes or no, reads TOP.")
    then.press_sequentially(" and LGES = IRON")
    expect(model.locator("#judged-then")).to_contain_text("Did you mean LEGS?")
    assert grave(model) == []


def test_the_try_out_beside_follows_each_choice(model: Page) -> None:
    beside = model.get_by_role("region", name="Try it")
    beside.get_by_label("Top").select_option("STEEL")
    expect(beside).to_contain_text("The legs do not bear this top.")
    beside.get_by_label("Legs").select_option("IRON")
    expect(beside).to_contain_text("The choices fit.")
    assert grave(model) == []


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("part", ["bom/", "routing/row/?key=10", "check/?now=1", "files/", "history/"])
def test_every_page_is_accessible_and_fits(part: str, width: int, model: Page) -> None:
    model.set_viewport_size({"width": width, "height": 844})
    model.goto(f"{model.url.split('/model/')[0]}/model/{part}")
    expect(model.get_by_role("heading", level=1)).to_be_visible()
    assert grave(model) == []
    assert model.evaluate("document.documentElement.scrollWidth <= innerWidth")
