"""What a customer's program reads of products, and what a configuration costs."""

from typing import Any

import pytest

from orders.engine import PriceRow
from orders.models import Order, Product
from tests.orders import cast
from tests.orders.program import Program

pytestmark = pytest.mark.django_db


def configured(choices: Any, quantity: int = 1, product: Product | None = None) -> dict[str, Any]:
    """The answer for these choices of a desk."""
    code = (product or cast.published_desk()).code
    answer = Program().post(f"/products/{code}/configure", {"choices": choices, "quantity": quantity})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_the_list_has_published_products_only_and_pages_by_code() -> None:
    for code in ("P-3", "P-1", "P-2"):
        cast.published_desk(code)
    cast.desk("P-0")
    program = Program()
    first = program.get("/products?limit=2").json()
    rest = program.get(first["next"]).json()
    assert [row["code"] for row in first["items"] + rest["items"]] == ["P-1", "P-2", "P-3"]
    assert rest["next"] is None


def test_a_product_tells_options_parameters_rules_and_prices() -> None:
    product = cast.published_desk()
    body = Program().get(f"/products/{product.code}").json()
    assert body["base_price"] == {"amount": "400.00", "currency": "EUR"}
    assert [group["code"] for group in body["groups"]] == ["TOP", "LEGS"]
    steel = body["groups"][0]["options"][1]
    assert steel == {
        "code": "STEEL",
        "label": "Steel",
        "price_adder": {"amount": "90.00", "currency": "EUR"},
        "price_percent": "0",
    }
    width = body["parameters"][0]
    assert (width["minimum"], width["maximum"], width["step"], width["unit"]) == ("800", "2400", "100", "mm")
    assert body["rules"][0]["reason"] == "The legs do not bear this top."
    assert body["rules"][0]["choices"] == ["TOP", "LEGS"]
    assert body["price_rules"] == ["Extra width"]


def test_a_product_tells_nothing_of_materials_operations_and_costs() -> None:
    product = cast.published_desk()
    program = Program()
    texts = [program.get(address).content.decode() for address in ("/products", f"/products/{product.code}")]
    texts.append(str(configured({}, product=product)))
    hidden = ("BOARD", "OIL", "SAW", "Build", "cost", "margin", "bom", "routing", "kg")
    assert [(word, text) for word in hidden for text in texts if word in text] == []


@pytest.mark.parametrize("code", ["NONE", "P%00", "p-hidden"])
def test_a_product_that_cannot_be_ordered_is_unknown(code: str) -> None:
    cast.desk("p-hidden")
    program = Program()
    assert program.get(f"/products/{code}").status_code == 404
    assert program.post(f"/products/{code}/configure", {}).status_code == 404


def test_a_valid_configuration_has_a_price_with_its_steps() -> None:
    body = configured({"TOP": "STEEL", "LEGS": "IRON", "WIDTH": 1800}, 3)
    assert body["valid"]
    assert body["price"]["unit"] == {"amount": "551.10", "currency": "EUR"}
    assert body["price"]["total"] == {"amount": "1653.30", "currency": "EUR"}
    assert body["price"]["steps"][0] == {"label": "Base price", "amount": "400"}
    assert body["choices"]["TOP"] == "STEEL"


def test_a_broken_rule_has_reason_remedy_and_repairs_and_no_price() -> None:
    body = configured({"TOP": "STEEL"})
    assert not body["valid"]
    assert body["price"] is None
    (problem,) = body["problems"]
    assert problem["message"] == "The legs do not bear this top."
    assert {"field": "choices.LEGS", "code": "IRON", "label": "Iron"} in problem["repairs"]


def test_options_that_do_not_go_with_the_others_say_why() -> None:
    top = configured({"LEGS": "WOOD"})["availability"]["TOP"]
    assert top["OAK"] == {"available": True, "standing": "implied", "reason": ""}
    reason = "The legs do not bear this top."
    assert top["STEEL"] == {"available": False, "standing": "blocked", "reason": reason}


def test_what_follows_and_how_much_is_left_is_told() -> None:
    body = configured({"TOP": "STEEL"})
    assert body["implied"] == {"LEGS": "IRON"}
    assert body["variants"] == str(2 * (17 * 2 - 2))


def test_unknown_choices_are_problems_not_errors() -> None:
    fields = [problem["field"] for problem in configured({"TOPP": 1, "WIDTH": "x"})["problems"]]
    assert fields == ["choices.TOPP", "choices.WIDTH"]


def test_a_price_that_cannot_be_computed_says_so_and_no_more() -> None:
    product = cast.published_desk(prices=(PriceRow("Secret", "", "1 / (WIDTH - 1700)"),))
    body = configured({"WIDTH": 1700}, product=product)
    assert (body["valid"], body["price"]) == (False, None)
    assert body["problems"][0]["message"] == "This configuration cannot be priced automatically."


def test_configuring_stores_nothing() -> None:
    configured({"TOP": "OAK"})
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"choices": 7}, "choices"),
        ({"choices": {"TOP": {}}}, "choices.TOP"),
        ({"amount": 1}, "amount"),
    ],
)
def test_a_request_to_configure_that_makes_no_sense_is_refused(body: Any, field: str) -> None:
    answer = Program().post(f"/products/{cast.published_desk().code}/configure", body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
