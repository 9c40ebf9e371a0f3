"""Why this price: the tree of figures, the discount on the form, the manager's approval."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from kernel.errors import Conflict, Refused
from orders import services
from orders.models import Order, PricingPolicy, Role, WorkItem
from orders.services import LineInput, create_quotation
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


def discounted(people: People, percent: str = "12") -> Order:
    """A draft with a discount by sales."""
    wish = LineInput(cast.published_desk(), 2, discount_percent=Decimal(percent))
    return create_quotation(
        customer=people["customer"].customer, lines=[wish], by=people["sales"], header=pages.services.Header()
    )


def figures_url(order: Order) -> str:
    """The page of the figures of its only line."""
    return f"/orders/{order.reference}/lines/{order.lines.get().pk}/price/"


def test_the_figures_open_down_to_formulas_and_rates(browser_of: Browser, cast_of_people: People) -> None:
    text = browser_of("sales").get(figures_url(discounted(cast_of_people))).content.decode()
    assert "−12 % of EUR" in text
    for words in ("Price of one piece", "Given on this line", "Cost of one piece", "WIDTH / 1000 for each"):
        assert words in text


def test_the_order_page_loads_the_figures_when_they_are_opened(
    browser_of: Browser, cast_of_people: People
) -> None:
    order = discounted(cast_of_people)
    assert "Price of one piece" not in browser_of("sales").get(order.get_absolute_url()).content.decode()
    line = order.lines.get().pk
    part = pages.in_part(browser_of("sales"), figures_url(order), f"why-{line}").content.decode()
    assert "Price of one piece" in part
    assert "<html" not in part


def test_the_figures_of_another_orders_line_are_unknown(browser_of: Browser, cast_of_people: People) -> None:
    first, second = discounted(cast_of_people), discounted(cast_of_people)
    url = f"/orders/{first.reference}/lines/{second.lines.get().pk}/price/"
    assert browser_of("sales").get(url).status_code == 404


def test_a_discount_is_typed_on_the_line_and_stored(browser_of: Browser, cast_of_people: People) -> None:
    PricingPolicy.objects.create(role=Role.SALES, most_discount_percent=20)
    order = discounted(cast_of_people, "0")
    page = browser_of("sales").get(f"/orders/{order.reference}/edit/")
    sent = {"version": order.version, "quantity": "2", "discount_percent": "7.5", "ship_policy": "complete",
            "incoterm": "DAP", "act": "save"}  # fmt: skip
    assert page.status_code == 200
    browser_of("sales").post(f"/orders/{order.reference}/edit/", sent)
    line = order.lines.get()
    assert (line.discount_percent, line.unit_price) == (Decimal("7.50"), Decimal("370.00"))


def test_the_price_while_typing_knows_customer_and_discount(
    browser_of: Browser, cast_of_people: People
) -> None:
    product = cast.published_desk()
    data = {"product": product.code, "customer": "ALPEN", "quantity": "1", "discount_percent": "10"}
    text = browser_of("sales").post("/orders/configure/", data).content.decode()
    assert "360.00" in text


def test_the_manager_approves_with_one_button_and_sales_sends(
    browser_of: Browser, cast_of_people: People
) -> None:
    order = discounted(cast_of_people)
    url = order.get_absolute_url()
    assert (
        "waits for an approval: discount 12 % is above 0 %" in browser_of("sales").get(url).content.decode()
    )
    assert "Approve price" in browser_of("manager").get(url).content.decode()
    done = browser_of("manager").post(f"{url}act/approve/", {"version": order.version, "note": "Fine"})
    order.refresh_from_db()
    assert done.status_code == 302
    assert order.lines.get().approved_by == cast_of_people["manager"]
    assert "Approved by Manager" in browser_of("sales").get(url).content.decode()


def test_a_price_is_turned_down_with_a_reason_that_the_seller_finds(
    browser_of: Browser, cast_of_people: People
) -> None:
    order = discounted(cast_of_people)
    url, sales = order.get_absolute_url(), browser_of("sales")
    browser_of("manager").post(f"{url}act/turn-down/", {"version": order.version, "reason": "Ten is enough"})
    assert "turned it down: Ten is enough" in sales.get("/").content.decode()
    page = sales.get(url).content.decode()
    assert "Turned down: Ten is enough" in page
    assert "was turned down. Change it." in page
    assert "Approve Q" not in browser_of("manager").get("/").content.decode()


def test_the_same_price_is_not_asked_for_again_and_another_one_is(cast_of_people: People) -> None:
    order, sales, manager = discounted(cast_of_people), cast_of_people["sales"], cast_of_people["manager"]
    services.turn_down_price(order=order, by=manager, reason="Too low")
    key, line = f"approve:{order.pk}", order.lines.get()
    for percent, waits in (("12", False), ("11", True)):
        wish = LineInput(line.product, 2, discount_percent=Decimal(percent))
        services.change_quotation(order=order, lines=[wish], by=sales, version=None)
        assert WorkItem.objects.waiting().filter(key=key).exists() is waits


def test_a_price_that_was_turned_down_is_not_sent(cast_of_people: People) -> None:
    order = discounted(cast_of_people)
    services.turn_down_price(order=order, by=cast_of_people["manager"], reason="Too low")
    with pytest.raises(Conflict, match="not approved"):
        services.send_quotation(order=order, by=cast_of_people["sales"])


def test_turning_down_needs_a_reason_and_a_manager(cast_of_people: People) -> None:
    order = discounted(cast_of_people)
    with pytest.raises(Refused, match="The reason is missing"):
        services.turn_down_price(order=order, by=cast_of_people["manager"], reason=" ")
    with pytest.raises(Refused, match="Only a manager"):
        services.turn_down_price(order=order, by=cast_of_people["sales"], reason="No")


def test_sales_cannot_approve(browser_of: Browser, cast_of_people: People) -> None:
    order = discounted(cast_of_people)
    answer = browser_of("sales").post(f"{order.get_absolute_url()}act/approve/", {"version": order.version})
    assert answer.status_code == 403


def test_net_tax_and_gross_stand_in_the_agreement(browser_of: Browser, cast_of_people: People) -> None:
    order = discounted(cast_of_people, "0")
    order.lines.update(tax_percent=19, tax_wording="VAT 19 %")
    text = browser_of("sales").get(order.get_absolute_url()).content.decode().replace("\u202f", " ")
    for words in ("VAT 19 %", "EUR 800.00", "EUR 152.00", "EUR 952.00"):
        assert words in text
