"""The frame of every page in a real browser: signing in, keys, themes, dialogs, lists, accessibility."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from tests.browser.axe import grave

PASSWORD = "a long enough pass phrase"
SignIn = Callable[[User], Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager() -> User:
    """Somebody who may see the style guide."""
    return User.objects.create_user("mara@northbyte.example", PASSWORD, first_name="Mara", roles=["manager"])


@pytest.fixture
def guide(sign_in: SignIn, manager: User, live_server: LiveServer) -> Page:
    """The style guide, open."""
    page = sign_in(manager)
    page.goto(f"{live_server.url}/styleguide")
    return page


def test_a_person_signs_in_with_e_mail_and_password(
    page: Page, live_server: LiveServer, manager: User
) -> None:
    page.goto(f"{live_server.url}/accounts/login/?next=/styleguide")
    page.get_by_label("Email").fill(manager.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Style guide")).to_be_visible()


def test_a_wrong_password_is_told_above_the_form(page: Page, live_server: LiveServer, manager: User) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill(manager.email)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing needs your attention")
    assert not grave(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_style_guide_is_accessible_and_fits(
    sign_in: SignIn, manager: User, live_server: LiveServer, theme: str, width: int
) -> None:
    page = sign_in(manager)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/styleguide")
    assert not grave(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_question_mark_lists_the_keys_of_the_page(guide: Page) -> None:
    guide.locator("body").press("?")
    expect(guide.get_by_role("dialog", name="Keys of this page")).to_contain_text("New quotation")
    guide.keyboard.press("Escape")
    expect(guide.get_by_role("dialog", name="Keys of this page")).to_be_hidden()


def test_the_chosen_theme_outlives_the_page(guide: Page) -> None:
    guide.locator(".menu summary").click()
    guide.get_by_role("button", name="Dark").click()
    guide.reload()
    assert guide.locator("html").get_attribute("data-bs-theme") == "dark"


def test_an_irreversible_act_names_its_consequence_first(guide: Page) -> None:
    guide.get_by_role("link", name="Cancel order").click()
    dialog = guide.get_by_role("dialog", name="Cancel order SO-2026-00119?")
    expect(dialog).to_contain_text("cannot be undone")
    dialog.get_by_role("button", name="Go back").click()
    expect(dialog).to_be_hidden()


def test_a_filter_changes_the_list_in_place_and_back_undoes_it(guide: Page) -> None:
    guide.get_by_role("link", name="Production 4").click()
    expect(guide.locator("#list tbody tr")).to_have_count(4)
    expect(guide).to_have_url(re.compile("state=production"))
    guide.go_back()
    expect(guide.locator("#list tbody tr")).to_have_count(8)


def test_j_and_x_choose_rows_by_keyboard(guide: Page) -> None:
    guide.locator("body").press("j")
    guide.keyboard.press("j")
    guide.keyboard.press("x")
    expect(guide.locator("#list tbody tr").nth(1).locator("input")).to_be_checked()


def test_signing_out_is_a_form_in_the_menu(guide: Page) -> None:
    guide.locator(".menu summary").click()
    guide.get_by_role("button", name="Sign out").click()
    expect(guide.get_by_role("heading", name="Sign in")).to_be_visible()
