"""A hold stops everything at once, says why, and ends as if nothing had been."""

import time

from playwright.sync_api import Page, expect

from orders.models import Order
from tests.journeys.story import Story, line_of, ready, until

WHY = "Customer checks the drawing"


def hold(story: Story, order: Order) -> Page:
    """Sales puts the order on hold at its page."""
    page = story.at("sales", f"/orders/{order.number}/")
    page.get_by_text("More acts").click()
    page.get_by_role("button", name="Hold job").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(WHY)
    dialog.get_by_role("button", name="Hold job").click()
    expect(page.get_by_text("is on hold since").first).to_be_visible()
    return page


def resume(story: Story, order: Order) -> None:
    """Sales lets it go on."""
    page = story.at("sales", f"/orders/{order.number}/")
    page.get_by_text("More acts").click()
    page.get_by_role("button", name="Resume job").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume job").click()
    expect(page.get_by_role("heading", name=order.number)).not_to_contain_text("On hold")


def test_on_the_floor_nothing_is_issued_or_started_until_it_is_resumed(story: Story) -> None:
    order = story.order()
    until(lambda: ready(order).exists(), "the first operation")
    first = ready(order).get()
    tablet = story.watch("operator", f"/production/work-centre/WC-KIT/?operation={first.id}")
    tablet.get_by_role("button", name="Issue material").wait_for()
    hold(story, order)
    tablet.get_by_role("button", name="Issue material").click()
    expect(tablet.get_by_role("main")).to_contain_text(WHY)
    expect(tablet.get_by_role("heading", name="Materials")).to_be_visible()
    expect(tablet.get_by_role("button", name="Start operation 10")).to_have_count(0, timeout=8_000)
    assert not line_of(order).requirements.filter(issued__gt=0).exists()
    resume(story, order)
    story.bring_to(order, "delivered")


def test_in_the_stages_nothing_moves_until_it_is_resumed(story: Story) -> None:
    order = story.order()
    story.bring_to(order, "logistics")
    until(order.shipments.exists, "the shipment")
    packing = story.watch("shipper", f"/logistics/order/{order.number}/")
    hold(story, order)
    moves = line_of(order).moves_made
    packing.get_by_label("Gross weight of each").fill("14")
    packing.get_by_role("button", name="Pack shipment").click()
    expect(packing.get_by_role("main")).to_contain_text(WHY)
    time.sleep(3)
    assert (line_of(order).moves_made, order.shipments.get().status) == (moves, "planned")
    resume(story, order)
    story.pack_ship_and_deliver(order)
