"""Quote, hold, accept: a date is shown with its reasons, held, seen on the board, and kept by the plan."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.models import Customer, Order, Product
from orders.services import LineInput, create_quotation
from planning.engine.promise import warm_up_promises
from planning.models import HeldSlot, Operation
from tests.browser.axe import grave
from tests.journeys.story import COBALT, Story, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    warm_up_promises()


def draft(story: Story) -> Order:
    """A quotation of one workstation that nobody sent yet."""
    line = LineInput(Product.objects.get(code="NB-W7"), 1)
    customer = Customer.objects.get(code=COBALT)
    return create_quotation(customer=customer, lines=[line], by=story.cast.people["sales"])


def act(page: Page, verb: str) -> None:
    """An act of the order page, through its dialog."""
    page.get_by_role("button", name=verb).first.click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()
    page.get_by_role("dialog").wait_for(state="hidden")


def held(order: Order) -> list[tuple[int, int, object]]:
    """The held time by sequence."""
    rows = HeldSlot.objects.filter(hold__line__order=order).order_by("sequence")
    return list(rows.values_list("sequence", "machine_id", "during"))


def planned(order: Order) -> list[tuple[int, int | None, object]]:
    """The planned time by sequence."""
    rows = Operation.objects.filter(line__order=order, machine__isnull=False).order_by("sequence")
    return list(rows.values_list("sequence", "machine_id", "during"))


def test_a_date_is_quoted_held_and_kept(story: Story) -> None:
    order = draft(story)
    sales = story.at("sales", f"/orders/{order.reference}/")
    panel = sales.get_by_role("region", name=re.compile("^Promise for line"))
    expect(panel).to_contain_text("Nobody moves")
    expect(sales.get_by_text("No history yet")).to_be_visible()
    for width in (1440, 390):
        sales.set_viewport_size({"width": width, "height": 900})
        assert not grave(sales)
        assert sales.evaluate("document.documentElement.scrollWidth") <= width
    sales.set_viewport_size({"width": 1440, "height": 900})
    sales.get_by_role("button", name=re.compile("^Hold .* Nobody moves")).click()
    expect(panel).to_contain_text("Held for")
    wanted, promised = held(order), order.lines.get().promised_at
    first = timezone.localdate(min(row[2].lower for row in wanted))  # type: ignore[attr-defined]
    board = story.at("planner", f"/planning/board/?from={first.isoformat()}&days=7&as=table")
    expect(board.get_by_text("Held for a quotation").first).to_be_visible()

    sales = story.at("sales", f"/orders/{order.reference}/")
    act(sales, "Send quotation")
    sales.get_by_role("button", name="Confirm order").first.click()
    sales.get_by_role("dialog").get_by_label("Customer PO number").fill("PO-77")
    sales.get_by_role("dialog").get_by_role("button", name="Confirm order").click()
    sales.wait_for_url("**/orders/SO-*/")
    until(lambda: planned(order), "the plan to take the job")
    assert planned(order) == wanted
    assert order.lines.get().promised_at == promised
