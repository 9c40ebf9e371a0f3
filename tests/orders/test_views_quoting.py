"""Configure and quote: every change answered, every mistake at its field, nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orders import services
from orders.models import Order, Product
from orders.selectors import decider
from orders.selectors.configurator.remembering import written
from tests.cast import ALPEN, People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
NEW = f"/orders/new/?customer={ALPEN}&product=DESK"


@pytest.fixture
def desk(db: None) -> Product:
    """An orderable desk: oak by default, steel needs iron legs."""
    return cast.published_desk("DESK")


def filled(**changes: Any) -> dict[str, Any]:
    """The form as a person leaves it."""
    form = {
        "act": "save",
        "product": "DESK",
        "submission": "first",
        "quantity": "2",
        "requested_date": pages.soon(),
        "ship_policy": "complete",
        "incoterm": "DAP",
        "choice.TOP": "OAK",
        "choice.LEGS": "WOOD",
        "choice.WIDTH": "1600",
        "choice.TAG": "",
        "choice.DRAWER": "no",
    }
    return {**form, **changes}


def test_the_address_leads_from_customer_to_product_to_configuration(
    browser_of: Browser, desk: Product
) -> None:
    client = browser_of("sales")
    assert "Alpenlicht Optik" in client.get("/orders/new/").content.decode()
    assert "product=DESK" in client.get(f"/orders/new/?customer={ALPEN}").content.decode()
    text = client.get(NEW).content.decode()
    assert 'data-state="valid"' in text
    assert "EUR\u202f400.00" in text


def test_a_quotation_is_created_with_what_was_chosen(browser_of: Browser, desk: Product) -> None:
    answer = pages.posted(
        browser_of("sales"), NEW, **filled(**{"choice.TOP": "STEEL", "choice.LEGS": "IRON"})
    )
    order = Order.objects.get()
    line = order.lines.get()
    assert answer.url == f"/orders/{order.quotation_number}/"
    assert (line.quantity, line.choices["TOP"], order.ship_to.name) == (2, "STEEL", "Goods in")


def test_a_second_click_finds_the_first_quotation(browser_of: Browser, desk: Product) -> None:
    client = browser_of("sales")
    first, second = pages.posted(client, NEW, **filled()), pages.posted(client, NEW, **filled())
    assert first.url == second.url
    assert Order.objects.count() == 1


def test_a_used_form_with_other_content_is_not_lost(browser_of: Browser, desk: Product) -> None:
    client = browser_of("sales")
    pages.posted(client, NEW, **filled())
    answer = pages.posted(client, NEW, **filled(quantity="7"))
    assert answer.status_code == 422
    assert 'value="7"' in answer.content.decode()
    fresh = answer.context["sheet"].submission
    assert pages.posted(client, NEW, **filled(quantity="7", submission=fresh)).status_code == 302
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"quantity": "-3"}, "greater than or equal to 1"),
        ({"quantity": "many"}, "Enter a whole number"),
        ({"requested_date": "2020-01-01"}, "is past"),
        ({"requested_date": "31.31.2027"}, "Enter a valid date"),
        ({"customer_po": "9" * 41}, "at most 40 characters"),
        ({"incoterm": "XXX"}, "Select a valid choice"),
        ({"choice.TOP": "GOLD"}, "is not an option"),
        ({"choice.WIDTH": "9000"}, "9000 is above 2400"),
        ({"choice.WIDTH": "wide"}, "is not a number"),
        ({"choice.TAG": "x" * 13}, "13 characters are too many"),
        ({"choice.TOP": "STEEL"}, "The legs do not bear this top."),
    ],
)
def test_a_mistake_is_named_and_nothing_is_stored(
    changes: dict[str, str], words: str, browser_of: Browser, desk: Product
) -> None:
    answer = pages.posted(browser_of("sales"), NEW, **filled(note="Keep me", **changes))
    text = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert words in text
    assert "Keep me" in text
    assert not Order.objects.exists()


def test_every_change_is_answered_with_price_and_reasons(browser_of: Browser, desk: Product) -> None:
    client = browser_of("sales")
    answer = pages.posted(client, "/orders/configure/", **filled(**{"choice.WIDTH": "1800", "quantity": "3"}))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Extra width" in text
    assert "<html" not in text
    broken = pages.posted(client, "/orders/configure/", **filled(**{"choice.TOP": "STEEL"})).content.decode()
    assert "Price open" in broken
    assert "The legs do not bear this top." in broken
    assert 'name="take"' in broken


def test_a_repair_is_one_click(browser_of: Browser, desk: Product) -> None:
    repaired = written(decider(desk), {"TOP": "STEEL", "LEGS": "IRON"})
    form = filled(**{"choice.TOP": "STEEL", "take": repaired})
    text = pages.posted(browser_of("sales"), "/orders/configure/", **form).content.decode()
    assert "Price open" not in text


def test_without_scripts_a_button_updates_the_price(browser_of: Browser, desk: Product) -> None:
    answer = pages.posted(browser_of("sales"), NEW, **filled(act="price", **{"choice.WIDTH": "1800"}))
    assert answer.status_code == 200
    assert "Extra width" in answer.content.decode()
    assert not Order.objects.exists()


def test_the_configurator_of_an_unknown_product_is_not_found(browser_of: Browser) -> None:
    assert pages.posted(browser_of("sales"), "/orders/configure/", product="NO").status_code == 404


def edit(client: Client, order: Order, query: str = "", **changes: Any) -> Any:
    """The edit page of a draft, sent."""
    data = filled(**{"version": order.version, **changes})
    return pages.posted(client, f"/orders/{order.quotation_number}/edit/{query}", **data)


def test_a_draft_is_changed_and_gets_more_lines(
    browser_of: Browser, desk: Product, cast_of_people: People
) -> None:
    order, client = pages.draft(cast_of_people["customer"].customer, product=desk), browser_of("sales")
    assert "Save quotation" in client.get(f"/orders/{order.quotation_number}/edit/").content.decode()
    edit(client, order, quantity="5")
    order.refresh_from_db()
    edit(client, order, "?add=DESK", quantity="1")
    assert [line.quantity for line in order.lines.all()] == [5, 1]


def test_a_stale_edit_is_refused_and_names_the_change(
    browser_of: Browser, desk: Product, cast_of_people: People
) -> None:
    order, client = pages.draft(cast_of_people["customer"].customer, product=desk), browser_of("sales")
    edit(client, order, quantity="5")
    answer = edit(client, order, quantity="9")
    assert answer.status_code == 409
    assert "was changed meanwhile" in answer.content.decode()
    assert order.lines.get().quantity == 5


def test_a_line_is_removed_but_never_the_last_one(
    browser_of: Browser, desk: Product, cast_of_people: People
) -> None:
    order, client = pages.draft(cast_of_people["customer"].customer, product=desk), browser_of("sales")
    edit(client, order, "?add=DESK")
    order.refresh_from_db()
    first, last = order.lines.all()
    pages.posted(client, f"/orders/{order.reference}/lines/{first.pk}/remove/", version=order.version)
    order.refresh_from_db()
    assert order.lines.count() == 1
    pages.posted(client, f"/orders/{order.reference}/lines/{last.pk}/remove/", version=order.version)
    assert order.lines.count() == 1


def test_what_is_sent_cannot_be_edited(browser_of: Browser, desk: Product, cast_of_people: People) -> None:
    order = pages.draft(cast_of_people["customer"].customer, product=desk)
    services.send_quotation(order=order, by=None)
    answer = browser_of("sales").get(f"/orders/{order.quotation_number}/edit/")
    assert answer.url == f"/orders/{order.quotation_number}/"


def test_values_in_free_words_are_stored_with_the_line(browser_of: Browser, desk: Product) -> None:
    pages.posted(browser_of("sales"), NEW, **filled(extras="Lid: RAL 7035"))
    (row,) = Order.objects.get().lines.get().extras
    assert (row["label"], row["text"]) == ("Lid", "RAL 7035")
