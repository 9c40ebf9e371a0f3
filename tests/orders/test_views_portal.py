"""A customer configures alone, asks for a quotation, and learns nothing that is ours."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orders.models import Order, Product
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
PAGE = "/catalogue/DESK/"


@pytest.fixture
def desk(db: None) -> Product:
    """Oak and wood unless somebody decides; steel needs iron legs."""
    return cast.published_desk("DESK")


def asked(client: Client, **changes: Any) -> Any:
    """The page sent with steel on iron, two pieces."""
    form = {"act": "save", "product": "DESK", "quantity": "2", "requested_date": pages.soon()}
    return pages.posted(client, PAGE, **{**form, "choice.TOP": "STEEL", "choice.LEGS": "IRON", **changes})


def line_of(owner: People, desk: Product, name: str = "customer") -> Any:
    """A stored line on which steel was decided."""
    customer = owner.stranger.customer if name == "stranger" else owner[name].customer
    order = pages.sent(customer, product=desk)
    order.lines.update(choices={"TOP": "STEEL", "LEGS": "IRON"}, decided=["TOP", "LEGS"], quantity=7)
    return order.lines.get()


def checked(text: str, option: str) -> bool:
    """Whether the page shows this option as decided."""
    return "checked" in text.split(f'id="choice-{option}"')[1].split(">")[0]


def test_the_catalogue_leads_to_the_configurator(browser_of: Browser, desk: Product) -> None:
    client = browser_of("customer")
    assert PAGE in client.get("/catalogue/").content.decode()
    assert "Request quotation" in client.get(PAGE).content.decode()


def test_a_request_becomes_a_draft_on_the_list_of_sales(browser_of: Browser, desk: Product) -> None:
    client = browser_of("customer")
    answer = asked(client)
    order = Order.objects.get()
    line = order.lines.get()
    assert client.get(answer.url).context["order"] == order
    assert (order.source, order.state, line.quantity) == ("portal", "draft", 2)
    assert (line.choices["TOP"], sorted(line.decided)) == ("STEEL", ["LEGS", "TOP"])
    assert order.reference in browser_of("sales").get("/orders/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"requested_date": "2020-01-01"}, "is past"),
        ({"choice.LEGS": "WOOD"}, "The legs do not bear this top."),
        ({"choice.WIDTH": "9000"}, "9000 is above 2400"),
    ],
)
def test_what_keeps_a_request_back_is_named(
    changes: dict[str, str], words: str, browser_of: Browser, desk: Product
) -> None:
    answer = asked(browser_of("customer"), note="Keep me", **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Keep me" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_customer_never_reads_cost_or_margin(browser_of: Browser, desk: Product) -> None:
    client = browser_of("customer")
    form = {"product": "DESK", "choice.TOP": "STEEL"}
    for answer in (client.get(PAGE), pages.posted(client, "/catalogue/click/", **form)):
        text = answer.content.decode().lower()
        assert answer.status_code == 200
        assert "eur" in text
        assert "cost" not in text
        assert "margin" not in text


@pytest.mark.parametrize("status", ["unknown", "draft", "non-catalogue"])
def test_what_is_not_offered_is_not_found(status: str, browser_of: Browser, desk: Product) -> None:
    if status == "draft":
        cast.desk("OTHER")
    if status == "non-catalogue":
        Product.objects.filter(pk=cast.published_desk("OTHER").pk).update(non_catalogue=True)
    client = browser_of("customer")
    assert client.get("/catalogue/OTHER/").status_code == 404
    assert pages.posted(client, "/catalogue/click/", product="OTHER").status_code == 404
    assert "OTHER" not in client.get("/catalogue/").content.decode()


def test_an_earlier_line_of_the_own_is_copied(
    browser_of: Browser, desk: Product, cast_of_people: People
) -> None:
    line, client = line_of(cast_of_people, desk), browser_of("customer")
    link = f"{PAGE}?copy={line.pk}"
    assert link in client.get(f"/orders/{line.order.reference}/").content.decode()
    text = client.get(link).content.decode()
    assert checked(text, "TOP-STEEL")
    assert 'value="7"' in text


def test_a_line_of_another_customer_is_not_copied(
    browser_of: Browser, desk: Product, cast_of_people: People
) -> None:
    line = line_of(cast_of_people, desk, "stranger")
    text = browser_of("customer").get(f"{PAGE}?copy={line.pk}").content.decode()
    assert not checked(text, "TOP-STEEL")
    assert 'value="7"' not in text


@pytest.mark.parametrize("copy", ["0", "-1", "x", "9" * 30, "١"])
def test_a_copy_of_no_line_begins_afresh(copy: str, browser_of: Browser, desk: Product) -> None:
    answer = browser_of("customer").get(PAGE, {"copy": copy})
    assert answer.status_code == 200
    assert not checked(answer.content.decode(), "TOP-STEEL")
