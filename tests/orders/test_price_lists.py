"""Price lists and terms templates on their pages: kept, changed, refused at the field."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Refused
from orders import services
from orders.engine.terms import AdderRow
from orders.models import Customer, ListPrice, PriceGroup, PriceList, TermsTemplate
from orders.selectors.quotations import Terms, terms_of
from tests.orders import cast

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]

HEAD = {"code": "STD", "name": "Standard", "currency": "EUR", "valid_from": "2026-01-01"}
NO_ROWS = {
    f"{kind}-{name}": "0" for kind in ("breaks", "adders") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}
NO_PLAN = {"plan-TOTAL_FORMS": "0", "plan-INITIAL_FORMS": "0", "valid_days": "30"}


def standard(**more: Any) -> PriceList:
    """A list in euros for everybody."""
    words = {**HEAD, "valid_from": date(2026, 1, 1), **more}
    return services.keep_price_list(**words)


def rows(kind: str, *given: dict[str, str]) -> dict[str, str]:
    """Rows of a formset as a form sends them."""
    sent = {f"{kind}-{at}-{name}": text for at, row in enumerate(given) for name, text in row.items()}
    return {**NO_ROWS, f"{kind}-TOTAL_FORMS": str(len(given)), **sent}


def test_a_manager_makes_a_price_list_and_puts_a_product_on_it(browser_of: Browser) -> None:
    cast.published_desk("DESK")
    manager = browser_of("manager")
    assert manager.post("/price-lists/new/", HEAD).status_code == 302
    given = {
        "product": "DESK",
        "base_price": "390",
        **rows("breaks", {"from_quantity": "10", "discount_percent": "3"}),
    }
    assert manager.post("/price-lists/STD/add/", given).status_code == 302
    page = manager.get("/price-lists/STD/").content.decode()
    assert ("EUR\u202f390.00" in page, "from 10: 3 % off" in page) == (True, True)


def test_a_price_is_changed_with_its_breaks_and_options(browser_of: Browser) -> None:
    desk = cast.published_desk("DESK")
    made = standard()
    services.keep_list_price(price_list=made, product=desk, adders=[AdderRow("TOP", "STEEL", Decimal(80))])
    url = "/price-lists/STD/prices/DESK/"
    assert 'value="STEEL"' in browser_of("manager").get(url).content.decode()
    browser_of("manager").post(url, {**NO_ROWS, "base_price": "380", "discount_percent": "2"})
    price = ListPrice.objects.get()
    assert (price.base_price, price.discount_percent, price.options.count()) == (380, 2, 0)


def test_a_product_goes_off_the_list(browser_of: Browser) -> None:
    services.keep_list_price(
        price_list=standard(), product=cast.published_desk("DESK"), base_price=Decimal(1)
    )
    assert browser_of("manager").post("/price-lists/STD/prices/DESK/remove/").status_code == 302
    assert not ListPrice.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "STD"}, "already exists"),
        ({"code": "B"}, "Another row is valid on some of these days. End that one first."),
        ({"code": "B", "valid_until": "2025-12-31"}, "It ends before it begins."),
        ({"code": "B", "name": ""}, "This field is required."),
    ],
)
def test_a_list_that_cannot_be_is_refused_at_its_field(
    given: dict[str, str], words: str, browser_of: Browser
) -> None:
    standard()
    page = browser_of("manager").post("/price-lists/new/", {**HEAD, **given})
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert PriceList.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("breaks", [{"from_quantity": "10"}], "Give either a base price or a discount."),
        ("breaks", [{"base_price": "10"}], "Give the quantity it begins at."),
        ("breaks", [{"from_quantity": "5", "base_price": "9"}] * 2, "This row is there twice."),
        ("adders", [{"choice": "TPO", "option": "OAK", "adder": "1"}], "Did you mean TOP?"),
        ("adders", [{"choice": "TOP", "option": "STEAL", "adder": "1"}], "Did you mean STEEL?"),
        ("adders", [{"choice": "TOP", "option": "OAK"}], "Give the amount, 0 for none."),
    ],
)
def test_a_wrong_row_is_named(kind: str, given: Any, words: str, browser_of: Browser) -> None:
    cast.published_desk("DESK")
    standard()
    page = browser_of("manager").post("/price-lists/STD/add/", {"product": "DESK", **rows(kind, *given)})
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not ListPrice.objects.exists()


def test_one_customer_gets_a_price_group_of_its_own() -> None:
    customer = cast.customer()
    made = standard(customer=customer)
    customer.refresh_from_db()
    assert made.group == customer.price_group == PriceGroup.objects.get(code=customer.code)


def test_a_customer_who_shares_prices_gets_no_list_alone() -> None:
    group = PriceGroup.objects.create(code="FLEET", name="Fleet")
    first, _ = cast.customer(price_group=group), cast.customer(price_group=group)
    with pytest.raises(Refused, match="shares the prices of Fleet"):
        standard(customer=first)


def test_a_list_with_prices_keeps_its_currency() -> None:
    made = standard()
    services.keep_list_price(price_list=made, product=cast.published_desk(), base_price=Decimal(1))
    words = {name: text for name, text in HEAD.items() if name not in ("code", "valid_from")}
    with pytest.raises(Refused, match="has prices in EUR"):
        services.keep_price_list(price_list=made, valid_from=made.valid_from, **{**words, "currency": "USD"})


def test_sales_reads_price_lists_and_changes_none(browser_of: Browser) -> None:
    services.keep_list_price(
        price_list=standard(), product=cast.published_desk("DESK"), base_price=Decimal(390)
    )
    sales = browser_of("sales")
    assert "390.00" in sales.get("/price-lists/STD/").content.decode()
    assert sales.post("/price-lists/STD/", HEAD).status_code == 403
    assert sales.get("/price-lists/STD/prices/DESK/").status_code == 403


def test_terms_are_given_by_language_and_a_customers_own_count_first() -> None:
    services.keep_template(customer=None, terms=Terms("30 days net"))
    services.keep_template(customer=None, language="de", terms=Terms("30 Tage netto"))
    german, french = cast.quotation(), cast.quotation()
    Customer.objects.filter(pk=german.customer_id).update(language="de-AT")
    german.customer.refresh_from_db()
    assert (terms_of(german).payment_terms, terms_of(french).payment_terms) == (
        "30 Tage netto",
        "30 days net",
    )
    services.keep_template(customer=german.customer, terms=Terms("Cash"))
    assert terms_of(german).payment_terms == "Cash"


def test_a_manager_writes_changes_and_removes_terms(browser_of: Browser) -> None:
    manager = browser_of("manager")
    manager.post("/terms/new/", {**NO_PLAN, "language": "de", "payment_terms": "30 Tage netto"})
    made = TermsTemplate.objects.get()
    manager.post(f"/terms/{made.pk}/", {**NO_PLAN, "payment_terms": "14 Tage netto", "valid_days": "10"})
    made.refresh_from_db()
    assert (made.language, made.payment_terms, made.valid_days) == ("de", "14 Tage netto", 10)
    assert "14 Tage netto" in browser_of("sales").get("/terms/").content.decode()
    manager.post(f"/terms/{made.pk}/remove/")
    assert not TermsTemplate.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"plan-TOTAL_FORMS": "1", "plan-0-percent": "30", "plan-0-event": "confirmed"}, "Add 70 %."),
        ({"valid_days": "0"}, "greater than or equal to 1"),
    ],
)
def test_terms_that_do_not_add_up_are_refused(given: dict[str, str], words: str, browser_of: Browser) -> None:
    page = browser_of("manager").post("/terms/new/", {**NO_PLAN, **given})
    assert (page.status_code, words in page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "url", ["/price-lists/", "/price-lists/STD/", "/price-lists/STD/add/", "/terms/", "/terms/new/"]
)
def test_the_pages_take_few_statements_at_any_size(
    url: str, browser_of: Browser, django_assert_max_num_queries: Any
) -> None:
    made = standard()
    for _ in range(4):
        services.keep_list_price(price_list=made, product=cast.published_desk(), base_price=Decimal(1))
        services.keep_template(customer=cast.customer(), terms=Terms("Cash"))
    manager = browser_of("manager")
    with django_assert_max_num_queries(10):
        manager.get(url)
