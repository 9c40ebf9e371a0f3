"""New products: empty, copied, from a file; what a draft still lacks is said with the place to add it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orders.models import Product
from tests.orders import cast

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]

URL = "/products/new/"
HEAD = {"source": "empty", "code": "PUMP", "name": "Pump", "base_price": "480.00", "currency": "eur"}
UVL = """features
    Pump
        mandatory
            Head
                alternative
                    Steel
"""


def uploaded(name: str, text: str) -> dict[str, Any]:
    """A form that begins with this file."""
    return {"source": "file", "file": SimpleUploadedFile(name, text.encode())}


def test_an_empty_product_is_a_draft_that_names_what_it_lacks(browser_of: Browser) -> None:
    page = browser_of("engineer").post(URL, HEAD, follow=True).content.decode()
    product = Product.objects.get(code="PUMP")
    assert (product.status, product.currency, str(product.base_price)) == ("draft", "EUR", "480.00")
    for kind in ("bom", "routing", "characteristics"):
        assert f"/products/PUMP/model/{kind}/add/" in page
    assert "Set base price" not in page


def test_a_copy_has_all_rows_under_another_code(browser_of: Browser) -> None:
    desk = cast.published_desk("DESK")
    answer = browser_of("engineer").post(URL, {"source": "copy", "copy_of": "DESK", "code": "DESK-2"})
    copy = Product.objects.get(code="DESK-2")
    assert (answer.status_code, copy.name, copy.in_force) == (302, "Desk", None)
    assert cast.parts_of(copy).bom == cast.parts_of(desk).bom
    assert "Before this draft" not in browser_of("engineer").get(answer.url).content.decode()


def test_a_uvl_file_makes_a_draft_whose_page_says_what_to_add(browser_of: Browser) -> None:
    page = browser_of("engineer").post(URL, uploaded("pump.uvl", UVL), follow=True).content.decode()
    assert Product.objects.get().code == "Pump"
    for words in ("Add BOM line", "Add operation", "Add characteristic", "Set base price", "Import YAML"):
        assert words in page


def test_the_only_option_of_a_choice_that_must_be_made_is_its_default(browser_of: Browser) -> None:
    browser_of("engineer").post(URL, uploaded("pump.uvl", UVL))
    (head,) = cast.parts_of(Product.objects.get()).features
    assert [option.is_default for option in head.options] == [True]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**HEAD, "code": ""}, "Give a code."),
        ({**HEAD, "code": "new"}, "cannot be the code of a product"),
        ({**HEAD, "code": "a b"}, "Give up to 40 letters, digits, points and dashes."),
        ({**HEAD, "currency": "EUT"}, "Did you mean EUR?"),
        ({**HEAD, "base_price": "-1"}, "greater than or equal to 0"),
        ({**HEAD, "code": "DESK"}, "DESK is there already."),
        ({"source": "copy", "code": "X"}, "Give the product to copy."),
        ({"source": "file"}, "Give a file."),
    ],
)
def test_what_is_missing_or_wrong_stands_at_its_field(
    given: dict[str, str], words: str, browser_of: Browser
) -> None:
    cast.desk("DESK")
    page = browser_of("engineer").post(URL, given)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("pump.yaml", "code: P\nnmae: Pump\n", "line 2"),
        ("pump.uvl", "features\n    P\n        mandatry\n            Q\n", "line 3"),
        ("bom.csv", "item\n", "BOM lines as .csv go into a product that is there."),
    ],
)
def test_a_bad_file_is_refused_with_its_place(name: str, text: str, words: str, browser_of: Browser) -> None:
    page = browser_of("engineer").post(URL, uploaded(name, text))
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not Product.objects.exists()


def test_beginning_a_product_takes_few_statements(
    browser_of: Browser, django_assert_max_num_queries: Any
) -> None:
    cast.desk("DESK")
    engineer = browser_of("engineer")
    with django_assert_max_num_queries(8):
        engineer.get(URL)
