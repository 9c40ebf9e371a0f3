"""A non-catalogue line: engineered by hand for one quotation, ordered like any other."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orders.models import Item, Order, Process, Product
from orders.services import confirm_order, send_quotation
from tests.cast import ALPEN, People
from tests.orders import pages
from tests.orders.program import Program

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
PAGE = f"/orders/engineer/?customer={ALPEN}"


@pytest.fixture
def shop(db: None) -> None:
    """A plate, and what works on it."""
    Item.objects.create(number="PLATE", description="Plate", unit="pcs", standard_cost=20)
    Process.objects.create(code="MILL", name="Milling")
    Process.objects.create(code="HAND", name="Handwork")


def engineered(client: Client, query: str = "", **changes: Any) -> Any:
    """The page sent, with two materials' worth of rows."""
    form = {
        "name": "Test bracket",
        "unit_price": "950",
        "materials": "PLATE; 2; 10",
        "operations": "10; Mill; MILL; 15; 30\n20; Deburr; HAND; 0; 5",
        "checks": "Width; 40; 39.9; 40.1; mm\nMarked; as drawn",
    }
    return pages.posted(client, f"{PAGE}{query}", **{**form, **changes})


def test_a_non_catalogue_product_goes_on_to_a_new_quotation(browser_of: Browser, shop: None) -> None:
    client = browser_of("sales")
    answer = engineered(client)
    product = Product.objects.get()
    assert product.code.startswith("ETO-")
    assert answer.url == f"/orders/new/?customer={ALPEN}&product={product.code}"
    assert "EUR\u202f950.00" in client.get(answer.url).content.decode()


def test_from_a_draft_it_leads_back_to_the_draft(
    browser_of: Browser, shop: None, cast_of_people: People
) -> None:
    order = pages.draft(cast_of_people["customer"].customer)
    answer = engineered(browser_of("sales"), f"&order={order.reference}")
    product = Product.objects.get(non_catalogue=True)
    assert answer.url == f"/orders/{order.reference}/edit/?add={product.code}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"materials": "PLATE; 2; 10; more; still"}, "Row 1 has 5 cells."),
        ({"materials": "PLATE; 2; ten"}, "Row 1: “ten” is no operation number."),
        ({"materials": "PLATE; 1 +; 10"}, "1 +"),
        ({"materials": "PLATTE; 2; 10"}, "PLATTE"),
        ({"operations": "10; Mill; MILL; 15; 30\n20; Weld; WELD; 0; 5"}, "WELD"),
        ({"operations": "x; Mill; MILL"}, "Row 1: “x” is no operation number."),
        ({"checks": "Width; 40; 39.9; 40.1; mm; more"}, "Row 1 has 6 cells."),
        ({"name": ""}, "This field is required"),
        ({"unit_price": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_mistake_names_its_row_and_nothing_is_kept(
    changes: dict[str, str], words: str, browser_of: Browser, shop: None
) -> None:
    answer = engineered(browser_of("sales"), **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Product.objects.exists()


def test_a_mistake_stands_at_its_field(browser_of: Browser, shop: None) -> None:
    answer = engineered(browser_of("sales"), operations="x; Mill; MILL", checks="")
    assert list(answer.context["form"].errors) == ["operations"]


def test_it_is_offered_to_nobody_else(browser_of: Browser, shop: None) -> None:
    engineered(browser_of("sales"))
    code = Product.objects.get().code
    program = Program()
    assert code not in browser_of("sales").get("/products/").content.decode()
    assert code not in browser_of("sales").get(f"/orders/new/?customer={ALPEN}").content.decode()
    assert code not in browser_of("customer").get("/catalogue/").content.decode()
    assert browser_of("customer").get(f"/catalogue/{code}/").status_code == 404
    assert code not in program.get("/products").content.decode()
    assert program.get(f"/products/{code}").status_code == 404
    assert program.request({"lines": [{"product": code, "quantity": 1}]}).status_code == 400


def test_its_order_keeps_its_own_materials_operations_and_checks(browser_of: Browser, shop: None) -> None:
    client = browser_of("sales")
    address = engineered(client).url
    form = {
        "act": "save", "product": Product.objects.get().code, "submission": "s", "quantity": "3",
        "requested_date": pages.soon(), "ship_policy": "complete", "incoterm": "DAP",
    }  # fmt: skip
    assert pages.posted(client, address, **form).status_code == 302
    order = confirm_order(order=send_quotation(order=Order.objects.get(), by=None), by=None)
    frozen = order.lines.get().snapshot
    assert [(row["item"], row["quantity"]) for row in frozen.bom] == [("PLATE", "6")]
    assert [(row["sequence"], row["process"]) for row in frozen.routing] == [(10, "MILL"), (20, "HAND")]
    assert [row["label"] for row in frozen.characteristics] == ["Width", "Marked"]


def test_of_an_unknown_customer_there_is_no_page(browser_of: Browser) -> None:
    assert browser_of("sales").get("/orders/engineer/?customer=NOBODY").status_code == 404
