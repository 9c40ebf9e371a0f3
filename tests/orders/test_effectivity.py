"""BOM lines by date and serial number are followed from the quotation's cost to the job's own BOM."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.errors import Refused
from orders import selectors, services
from orders.engine import Effectivity, configure
from orders.models import Order, Product
from orders.selectors.configuring import Buyer
from orders.selectors.releases import release_of
from orders.services import Header, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db

NEXT_YEAR = date(2027, 1, 1)


def relegged() -> Product:
    """A desk with four legs, and with three from the next year or serial number 100 to 199 on."""
    product = cast.desk()
    board, leg, *others = cast.parts_of(product).bom
    lines = (
        replace(leg, valid_to=NEXT_YEAR - timedelta(days=1)),
        replace(leg, find_number=21, quantity="3", valid_from=NEXT_YEAR),
        replace(leg, find_number=22, quantity="1", serial_from=100, serial_to=199),
    )
    return services.publish_product(product=cast.changed(product, bom=(board, *lines, *others)), now=cast.NOW)


def legs_of(order: Order) -> list[list[Any]]:
    """The find numbers of the legs in the snapshot of each line."""
    return [
        [row["find_number"] for row in line.snapshot.bom if 20 <= row["find_number"] < 30]
        for line in order.lines.order_by("position")
    ]


def test_each_line_takes_what_is_effective_on_the_day_it_is_wanted() -> None:
    product = relegged()
    later = LineInput(product, 1, requested_date=NEXT_YEAR)
    assert legs_of(cast.confirmed(LineInput(product, 1), later)) == [[20], [21]]


def test_without_a_wish_it_is_built_as_of_today() -> None:
    assert legs_of(cast.confirmed(LineInput(relegged(), 1), header=Header())) == [[20]]


def test_a_promise_for_another_day_decides_what_is_built() -> None:
    order = cast.quoted(LineInput(relegged(), 1))
    order = services.confirm_order(order=order, by=None, promised=NEXT_YEAR, now=cast.NOW)
    assert legs_of(order) == [[21]]


def test_the_serial_number_of_a_line_adds_its_parts() -> None:
    product = relegged()
    wishes = [LineInput(product, 1, serial=number) for number in (99, 100, 199, 200)]
    assert legs_of(cast.confirmed(*wishes)) == [[20], [20, 22], [20, 22], [20]]


def test_the_cost_of_a_quotation_follows_day_and_serial_number() -> None:
    product = relegged()
    wishes = [LineInput(product, 1, requested_date=day) for day in (None, NEXT_YEAR)]
    order = cast.quotation(*wishes, LineInput(product, 1, serial=100))
    now, later, numbered = (line.unit_cost for line in order.lines.order_by("position"))
    assert now - later == numbered - now == 5


def test_pieces_on_both_sides_of_a_change_are_refused_at_the_serial_number() -> None:
    with pytest.raises(Refused, match="BOM line 22") as caught:
        cast.quotation(LineInput(relegged(), 2, serial=199))
    assert caught.value.field == "lines.0.serial"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000_001, True])
def test_what_is_no_serial_number_is_refused(serial: int) -> None:
    with pytest.raises(Refused) as caught:
        cast.quotation(LineInput(cast.published_desk(), 1, serial=serial))
    assert caught.value.field == "lines.0.serial"


def test_the_price_shown_while_typing_follows_day_and_serial_number() -> None:
    product, customer = relegged(), cast.customer()
    shown = [
        selectors.preview_line(product, {}, buyer=Buyer(customer, at=at)).offer
        for at in (Effectivity(date(2026, 12, 1)), Effectivity(NEXT_YEAR, 150))
    ]
    first, second = (found.cost.unit_cost for found in shown if found)
    assert second == first


def test_what_was_quoted_is_not_exploded_again_to_confirm_it() -> None:
    order = cast.quoted(LineInput(relegged(), 1))
    line = order.lines.get()
    compiled = selectors.compiled_line(line)
    asked = (compiled, configure(compiled, line.choices), 1, Effectivity(cast.WISHED))
    before = release_of(*asked)
    services.confirm_order(order=order, by=None, now=cast.NOW)
    assert release_of(*asked) is before
    assert line.snapshot.bom == before.bom


def test_another_day_serial_number_quantity_or_choice_is_another_release() -> None:
    compiled = selectors.compiled_product(relegged())
    chosen, other = configure(compiled, {}), configure(compiled, {"DRAWER": True})
    day = Effectivity(cast.WISHED)
    asked = [(chosen, 1, day), (other, 1, day), (chosen, 2, day), (chosen, 1, Effectivity(NEXT_YEAR, 100))]
    assert len({id(release_of(compiled, *each)) for each in asked}) == 4
