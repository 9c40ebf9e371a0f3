"""Needs attention, search, customers, products and API keys."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from orders.forms.keys import SCOPE_WORDS
from orders.models import ApiKey, Handover
from orders.services import SCOPES, create_api_key
from tests.cast import ALPEN, People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


@pytest.fixture
def parked(cast_of_people: People) -> Handover:
    """A handover that failed too often."""
    order = pages.running(cast_of_people["customer"].customer)
    handover = order.lines.get().handovers.get()
    handover.parked_at, handover.attempts, handover.last_error = timezone.now(), 6, "No calendar named DAY"
    handover.save()
    return handover


def test_what_is_stuck_shows_its_error_and_attempts(browser_of: Browser, parked: Handover) -> None:
    text = browser_of("planner").get("/needs-attention/").content.decode()
    assert "No calendar named DAY" in text
    assert "6 tries" in text


def test_try_again_puts_it_back_to_work(browser_of: Browser, parked: Handover) -> None:
    client = browser_of("manager")
    client.post(f"/needs-attention/{parked.pk}/try-again/")
    parked.refresh_from_db()
    assert parked.parked_at is None
    assert client.post(f"/needs-attention/{parked.pk}/try-again/").status_code == 302


def test_a_shop_that_runs_says_so(browser_of: Browser) -> None:
    assert "Everything goes on by itself" in browser_of("manager").get("/needs-attention/").content.decode()


def test_the_palette_gets_hits_by_kind(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    text = pages.in_part(browser_of("sales"), "/search/", "palette-results", q="alpen").content.decode()
    assert f'href="/orders/{order.number}/"' in text
    assert 'aria-label="Customers"' in text
    assert "<html" not in text


def test_a_search_without_hits_says_what_to_try(browser_of: Browser) -> None:
    assert "Nothing found" in browser_of("sales").get("/search/", {"q": "zzzz"}).content.decode()


def test_a_customer_page_shows_addresses_and_orders(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    text = browser_of("sales").get(f"/customers/{ALPEN}/").content.decode()
    assert order.number in text
    assert "20457 Hamburg" in text


@pytest.mark.parametrize("url", ["/customers/NO/", "/products/NO/", "/orders/NO/", "/orders/NO/edit/"])
def test_what_is_unknown_is_not_found(url: str, browser_of: Browser) -> None:
    assert browser_of("manager").get(url).status_code == 404


def test_a_product_page_shows_options_rules_and_reasons(browser_of: Browser) -> None:
    cast.published_desk("DESK")
    text = browser_of("planner").get("/products/DESK/").content.decode()
    for words in ("Oak", "The legs do not bear this top.", "2\u202f400\u202fmm"):
        assert words in text
    assert "EUR" not in text


def test_a_key_is_shown_once(browser_of: Browser, cast_of_people: People) -> None:
    client = browser_of("manager")
    form = {"customer": ALPEN, "name": "ERP", "scopes": ["orders:read"]}
    text = client.post("/api-keys/", form).content.decode()
    key = ApiKey.objects.get()
    assert f"{key.prefix}_" in text
    assert f"{key.prefix}_" not in client.get("/api-keys/").content.decode()
    assert key.scopes == ["orders:read"]


def test_a_key_needs_a_name_and_a_usable_expiry(browser_of: Browser, cast_of_people: People) -> None:
    form = {"customer": ALPEN, "name": "ERP", "scopes": ["orders:read"], "expires_on": "2020-01-01"}
    answer = browser_of("manager").post("/api-keys/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors["expires_on"]
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_for_ever(browser_of: Browser, cast_of_people: People) -> None:
    key, _ = create_api_key(customer=cast_of_people["customer"].customer, name="ERP")
    browser_of("manager").post(f"/api-keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_the_form_offers_every_scope() -> None:
    assert set(SCOPE_WORDS) == set(SCOPES)
