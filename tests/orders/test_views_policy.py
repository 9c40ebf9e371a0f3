"""Who may open which page, and what a customer never learns."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orders.models import Role
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]

TOKEN = re.compile(rb'"X-CSRFToken": "\w+"|value="\w{64}"')
"""It differs with every answer."""

STAFF = {role.value for role in Role if role is not Role.CUSTOMER}
OFFICE = {"sales", "planner", "manager", "administrator"}
SELLERS = {"sales", "manager", "administrator"}
AUTHORS = {"engineer", "manager", "administrator"}
PAGES = {
    "/": STAFF | {"customer"},
    "/search/?q=desk": STAFF | {"customer"},
    "/orders/": STAFF,
    "/orders/new/": SELLERS,
    "/orders/engineer/?customer=ALPEN": SELLERS,
    "/catalogue/": {"customer", "administrator"},
    "/needs-attention/": {"planner", "manager", "administrator"},
    "/customers/": SELLERS,
    "/customers/ALPEN/": SELLERS,
    "/products/": OFFICE | {"engineer"},
    "/products/new/": AUTHORS,
    "/price-lists/": SELLERS,
    "/price-lists/new/": {"manager", "administrator"},
    "/terms/": SELLERS,
    "/terms/new/": {"manager", "administrator"},
    "/products/DESK/": OFFICE | {"engineer"},
    "/products/DESK/model/rules/": AUTHORS,
    "/products/DESK/model/rules/row/?key=1": AUTHORS,
    "/products/DESK/model/try/": AUTHORS,
    "/products/DESK/model/check/": AUTHORS,
    "/products/DESK/model/history/": AUTHORS,
    "/products/DESK/model/migration/": AUTHORS,
    "/products/DESK/model/files/": AUTHORS,
    "/products/DESK/model/export/yaml/": AUTHORS,
    "/products/DESK/model/names/?kind=rules": AUTHORS,
    "/api-keys/": {"manager", "administrator"},
}


@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_for_its_roles_and_for_nobody_else(url: str, browser_of: Browser) -> None:
    cast.published_desk("DESK")
    answers = {role: browser_of(role).get(url).status_code for role in Role.values}
    assert answers == {role: 200 if role in PAGES[url] else 403 for role in Role.values}


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/orders/")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/orders/"


def test_an_order_opens_for_all_staff_and_for_its_customer(
    browser_of: Browser, cast_of_people: People
) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    for role in Role.values:
        assert browser_of(role).get(f"/orders/{order.number}/").status_code == 200


def test_another_customers_order_is_as_unknown_as_none(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    foreign = browser_of("stranger").get(f"/orders/{order.number}/")
    unknown = browser_of("stranger").get("/orders/SO-2026-99999/")
    assert foreign.status_code == unknown.status_code == 404
    pages_alike = [TOKEN.sub(b"", answer.content) for answer in (foreign, unknown)]
    assert pages_alike[0] == pages_alike[1]


def test_a_customer_reads_plain_words_and_no_figures_of_ours(
    browser_of: Browser, cast_of_people: People
) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    text = browser_of("customer").get(f"/orders/{order.number}/").content.decode()
    assert "Your order is being scheduled" in text
    for secret in ("Margin", "106.00", "planning.", "Waits for", "order-panel", "More acts"):
        assert secret not in text


def test_the_shop_floor_sees_no_money(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    for url in (f"/orders/{order.number}/", "/orders/"):
        assert "EUR" not in browser_of("operator").get(url).content.decode()
        assert "EUR" in browser_of("sales").get(url).content.decode()


def test_a_customers_home_lists_the_own_orders_only(browser_of: Browser, cast_of_people: People) -> None:
    own = pages.running(cast_of_people["customer"].customer)
    foreign = pages.running(cast_of_people.stranger.customer)
    text = browser_of("customer").get("/").content.decode()
    assert own.number in text
    assert foreign.number not in text


def test_only_people_of_a_customer_configure_in_the_portal(browser_of: Browser) -> None:
    cast.published_desk("DESK")
    form = {"product": "DESK"}
    shown = {role: browser_of(role).get("/catalogue/DESK/").status_code for role in Role.values}
    clicked = {role: browser_of(role).post("/catalogue/click/", form).status_code for role in Role.values}
    usual = dict.fromkeys(Role.values, 403) | {"administrator": 404, "customer": 200}
    assert (shown, clicked) == (usual, usual)


def test_lines_are_compared_by_those_who_quote(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.draft(cast_of_people["customer"].customer)
    url = f"/orders/{order.reference}/compare/"
    answers = {role: browser_of(role).get(url).status_code for role in Role.values}
    assert answers == {role: 404 if role in SELLERS else 403 for role in Role.values}


@pytest.mark.parametrize(
    "url", ["/orders/SO-1/act/hold/", "/orders/configure/", "/products/DESK/publish/", "/api-keys/"]
)
def test_a_customer_may_change_nothing(url: str, browser_of: Browser) -> None:
    assert browser_of("customer").post(url).status_code == 403


def test_pages_forbid_inline_code(browser_of: Browser) -> None:
    policy = browser_of("sales").get("/orders/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
