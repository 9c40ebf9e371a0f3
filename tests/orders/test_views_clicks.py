"""Each click of the configurator: what changed, why not, what would help, what completes it best."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orders.engine import Stored
from orders.models import Order, Product
from orders.selectors import decider
from orders.selectors.configurator.remembering import remembered, written
from tests.cast import ALPEN, People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
ADDRESS = "/orders/configure/"
STEEL = {"choice.TOP": "STEEL"}


@pytest.fixture
def desk(db: None) -> Product:
    """Oak and wood unless somebody decides; steel needs iron legs."""
    return cast.published_desk("DESK")


@pytest.fixture
def sales(browser_of: Browser, desk: Product) -> Client:
    """The screen of somebody in sales."""
    return browser_of("sales")


def clicked(client: Client, target: str = "", **form: Any) -> str:
    """The answer to a click, as the page receives it."""
    data = {"product": "DESK", "customer": ALPEN, "quantity": "1", **form}
    answer = client.post(ADDRESS, data, **pages.HTMX, HTTP_HX_TARGET=target)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def chosen(choices: dict[str, Stored]) -> str:
    """Choices as the page carries them."""
    return written(decider(Product.objects.get(code="DESK")), choices)


def states(text: str) -> dict[str, list[int]]:
    """What the page is told to show anew: slots by state."""
    found = re.search(r'data-states="(.*?)" data-taken', text)
    assert found
    parts = [part.partition(":") for part in found[1].split(";") if part]
    return {state: slots(runs) for state, _, runs in parts}


def slots(runs: str) -> list[int]:
    """The places of runs such as `3 0+5`: the gap before each, and how many more follow, in base 36."""
    found: list[int] = []
    for run in runs.split():
        gap, _, more = run.partition("+")
        first = (found[-1] + 1 if found else 0) + int(gap, 36)
        found += range(first, first + int(more or "0", 36) + 1)
    return found


def slot(client: Client, option: str) -> int:
    """The number of an option's place on the page."""
    text = client.get(f"/orders/new/?customer={ALPEN}&product=DESK").content.decode()
    before = text.split(f'id="choice-{option}"')[0]
    return int(re.findall(r'data-slot="(\d+)"', before)[-1])


def checked(text: str, option: str) -> bool:
    """Whether the page shows this option as decided."""
    return "checked" in text.split(f'id="choice-{option}"')[1].split(">")[0]


def test_a_click_tells_only_what_changed(sales: Client) -> None:
    told = states(clicked(sales, was="", **STEEL))
    assert told["chosen"] == [slot(sales, "TOP-STEEL")]
    assert slot(sales, "LEGS-IRON") in told["implied"]
    assert slot(sales, "LEGS-WOOD") in told["blocked"]
    again = clicked(sales, was=chosen({"TOP": "STEEL"}), **STEEL)
    assert states(again) == {}


def test_a_click_is_answered_by_the_summary_alone(sales: Client) -> None:
    text = clicked(sales, was="", **STEEL)
    assert 'id="summary"' in text
    assert 'id="groups"' not in text


def test_a_blocked_option_says_the_rule_the_choice_and_the_repair(sales: Client, desk: Product) -> None:
    text = clicked(sales, why="LEGS=WOOD", **STEEL)
    assert "The legs do not bear this top." in text
    assert "Because of" in text
    repair = re.search(r'name="take" value="(.*?)" formnovalidate', text)
    assert repair
    assert remembered(decider(desk), repair[1])["LEGS"] == "WOOD"
    assert "data-first-repair" in text


def test_an_option_that_is_possible_says_so(sales: Client) -> None:
    assert "It is possible now." in clicked(sales, why="LEGS=WOOD")


@pytest.mark.parametrize("why", ["LEGS=GLASS", "SEAT=WOOD", "", "="])
def test_why_of_no_option_is_not_found(why: str, sales: Client) -> None:
    assert pages.posted(sales, ADDRESS, product="DESK", why=why).status_code == 404


def test_an_accepted_repair_shows_the_whole_configurator_anew(sales: Client) -> None:
    text = clicked(sales, "configurator", take=chosen({"LEGS": "WOOD"}), **STEEL)
    assert checked(text, "LEGS-WOOD")
    assert not checked(text, "TOP-STEEL")


@pytest.mark.parametrize("aim", ["cheapest", "fastest"])
def test_the_open_choices_are_completed_by_an_aim(aim: str, sales: Client) -> None:
    text = clicked(sales, "configurator", complete=aim, **STEEL)
    assert checked(text, "TOP-STEEL")
    assert checked(text, "LEGS-IRON")


@pytest.mark.parametrize("aim", ["lightest", "nicest"])
def test_what_cannot_be_completed_so_is_told(aim: str, sales: Client) -> None:
    text = clicked(sales, "configurator", complete=aim, **STEEL)
    assert checked(text, "TOP-STEEL")


def test_a_clash_is_told_with_its_repairs_before_anything_is_completed(sales: Client) -> None:
    text = clicked(sales, "configurator", complete="cheapest", **{"choice.LEGS": "WOOD"}, **STEEL)
    assert "does not go with what was chosen before" in text
    assert "Price open" in text


@pytest.mark.parametrize(
    "junk", ["{", ";[]", "7", "-1", "zzzzz+zzzzz", "0+", ";null", ';{"TOP": {"a": [1]}}']
)
def test_hidden_fields_that_say_nothing_are_ignored(junk: str, sales: Client) -> None:
    assert 'id="summary"' in clicked(sales, was=junk)
    assert 'id="summary"' in clicked(sales, take=junk)


def test_a_revision_of_another_product_is_ignored(sales: Client, desk: Product) -> None:
    other = cast.published_desk("OTHER", base_price=Decimal(1)).in_force
    text = clicked(sales, "configurator", revision=str(other and other.pk))
    assert "EUR\u202f400.00" in text
    assert f'name="revision" value="{other and other.pk}"' not in text


def test_without_scripts_a_repair_stores_nothing(sales: Client) -> None:
    form = {"product": "DESK", "quantity": "1", "take": chosen({"TOP": "STEEL", "LEGS": "IRON"})}
    answer = pages.posted(sales, f"/orders/new/?customer={ALPEN}&product=DESK", **form)
    assert answer.status_code == 200
    assert checked(answer.content.decode(), "TOP-STEEL")
    assert not Order.objects.exists()


def test_a_draft_opens_with_what_was_decided_and_assumes_the_rest(
    sales: Client, desk: Product, cast_of_people: People
) -> None:
    form = {
        "act": "save", "product": "DESK", "submission": "s", "quantity": "1", "ship_policy": "complete",
        "incoterm": "DAP", **STEEL,
    }  # fmt: skip
    pages.posted(sales, f"/orders/new/?customer={ALPEN}&product=DESK", **form)
    line = Order.objects.get().lines.get()
    assert line.decided == ["TOP"]
    assert line.choices["LEGS"] == "IRON"
    text = sales.get(f"/orders/{line.order.reference}/edit/").content.decode()
    assert checked(text, "TOP-STEEL")
    assert not checked(text, "LEGS-IRON")


def test_a_line_is_copied_into_a_new_quotation(sales: Client, desk: Product, cast_of_people: People) -> None:
    order = pages.draft(cast_of_people["customer"].customer, product=desk)
    order.lines.update(choices={"TOP": "STEEL", "LEGS": "IRON"}, decided=["TOP"], quantity=7)
    link = f"/orders/new/?customer={ALPEN}&product=DESK&copy={order.lines.get().pk}"
    assert link in html.unescape(sales.get(f"/orders/{order.reference}/").content.decode())
    text = sales.get(link).content.decode()
    assert checked(text, "TOP-STEEL")
    assert not checked(text, "LEGS-IRON")
    assert 'value="7"' in text


def test_a_line_of_another_product_is_not_copied(sales: Client, cast_of_people: People) -> None:
    other = pages.draft(cast_of_people["customer"].customer, product=cast.published_desk("OTHER"))
    other.lines.update(choices={"TOP": "STEEL"}, decided=["TOP"])
    link = f"/orders/new/?customer={ALPEN}&product=DESK&copy={other.lines.get().pk}"
    assert not checked(sales.get(link).content.decode(), "TOP-STEEL")
