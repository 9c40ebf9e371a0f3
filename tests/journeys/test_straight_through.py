"""From a wish to the truck, every act by the person whose work it is, at their own page."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.lifecycle import RAIL
from orders.models import Order
from procurement.models import PurchaseOrder
from tests.journeys.story import BROOK, COBALT, Story, line_of, stage, until

LIVE = 5_000
"""An open order page follows a move within three seconds; here others may be busy on the same machine."""


def quote_in_the_browser(story: Story) -> Order:
    """Sales configures a workstation with a large graphics card; the shop says what else it takes."""
    page = story.at("sales", f"/orders/new/?customer={COBALT}&product=NB-W7")
    page.get_by_label("Customer PO number").fill("PO-4711")
    page.get_by_label(re.compile("^Requested date(?! of)")).fill(
        f"{timezone.localdate() + timedelta(days=60)}"
    )
    choose(page, "G3, 450 W, 330 mm")
    page.get_by_label("Graphics cards", exact=True).fill("1")
    page.get_by_label("Graphics cards", exact=True).press("Tab")
    small = page.locator(".choice").filter(has_text="650 W")
    expect(small).to_have_attribute("data-state", "blocked")
    small.get_by_role("button", name="blocked: why?").click()
    expect(small).to_contain_text("The power supply needs 25 % reserve")
    choose(page, "1 000 W")
    expect(page.get_by_role("complementary", name="Summary")).not_to_contain_text("Price open")
    page.get_by_role("button", name="Create quotation").click()
    act(page, "Send quotation")
    act(page, "Confirm order")
    expect(page.get_by_role("heading", name="SO-")).to_be_visible()
    return Order.objects.get(customer_po="PO-4711")


def choose(page: Page, option: str) -> None:
    """Pick an option and wait for the shop's answer."""
    with page.expect_response("**/orders/configure/"):
        page.get_by_role("radio", name=option).check()


def act(page: Page, verb: str) -> None:
    """The primary act of an order page, through its dialog."""
    page.get_by_role("button", name=verb).first.click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()
    page.get_by_role("dialog").wait_for(state="hidden")


def buy_and_receive(story: Story, order: Order) -> None:
    """The buyer sends what is to order and receives it."""
    until(lambda: PurchaseOrder.objects.filter(status="draft").exists(), "a draft purchase order")
    page = story.at("buyer", "/procurement/")
    page.get_by_role("button", name="Send purchase order").first.click()
    page.get_by_role("link", name="Receive goods").click()
    page.get_by_role("button", name="Receive goods").click()
    expect(page.get_by_text("Nothing has come yet")).to_be_hidden()
    until(lambda: PurchaseOrder.objects.filter(status="received").exists(), "the receipt")
    assert not order.lines.get().requirements.short().exists()


def test_an_order_runs_from_the_configurator_to_the_proof_of_delivery(story: Story) -> None:
    order = quote_in_the_browser(story)
    wall = story.watch("manager", f"/orders/{order.number}/")
    buy_and_receive(story, order)
    until(lambda: line_of(order).state == "production", "the release to production")
    expect(stage(wall)).to_contain_text("Production", timeout=LIVE)
    story.build_all(order)
    expect(stage(wall)).to_contain_text("Quality", timeout=LIVE)
    story.inspect(order)
    expect(stage(wall)).to_contain_text("Logistics", timeout=LIVE)
    story.pack_ship_and_deliver(order)
    expect(wall.get_by_role("heading", name=order.number)).to_contain_text("Delivered", timeout=LIVE)


def test_the_customer_orders_and_follows_by_api_and_nobody_else_does(story: Story, page: Page) -> None:
    mine, other = story.api(page, COBALT), story.api(page, BROOK)
    wish = {
        "lines": [{"product": "NB-W7", "quantity": 2, "choices": {"RAM_GB": "64"}}],
        "requested_date": f"{timezone.localdate() + timedelta(days=45)}",
    }
    (status, asked), again = mine("/orders", wish), mine("/orders", wish)
    assert (status, again[1], Order.objects.count()) == (201, asked, 1)
    order = story.confirm(Order.objects.get())
    for state in (*RAIL[2:], "delivered"):
        story.bring_to(order, state)
        status, told = mine(f"/orders/{order.number}")
        assert (status, told["state"]["code"]) == (200, state)
        foreign, unknown = other(f"/orders/{order.number}"), other("/orders/SO-2020-99999")
        assert foreign[0] == unknown[0] == 404
        assert str(foreign[1]).replace(str(order.number), "SO-2020-99999") == str(unknown[1])
    assert all(step["standing"] == "done" for step in told["progress"])
    events = mine(f"/orders/{order.number}/events")[1]["items"]
    codes = [event["code"] for event in events]
    assert [code for code in codes if code in (*RAIL, "delivered")] == [*RAIL, "delivered"]
    assert [milestone["code"] for milestone in told["milestones"]] == codes
    assert other("/orders")[1]["items"] == []
