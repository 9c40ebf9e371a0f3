"""Material that is not there, comes late, and comes at last."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from demo.services import players
from procurement.models import PurchaseOrderLine
from tests.journeys.story import WITH_G3, Story, line_of, until

CARD = "GPU-3"


def test_a_slipping_supplier_moves_the_forecast_until_the_card_arrives(story: Story) -> None:
    order = story.order(WITH_G3, days=45)
    bought = PurchaseOrderLine.objects.filter(item__number=CARD, order__status="sent")
    story.play_until(order, bought.exists, players.buyers)
    until(lambda: line_of(order).forecast_at, "a forecast")
    before, slipped = line_of(order).forecast_at, timezone.localdate() + timedelta(days=90)
    page = story.at("buyer", f"/procurement/orders/{bought.get().order.number}/")
    page.get_by_label(f"Expected day of {CARD}").fill(f"{slipped}")
    page.get_by_role("button", name="Confirm dates").click()
    until(lambda: line_of(order).forecast_at > before + timedelta(days=30), "the forecast to move")
    page = story.at("sales", f"/orders/{order.number}/")
    expect(page.get_by_role("main")).to_contain_text("late")
    page.get_by_text("History of dates").click()
    expect(page.get_by_role("row").filter(has_text="Forecast").last).to_be_visible()
    story.bring_to(order, "production")
    card = line_of(order).requirements.get(item__number=CARD)
    story.play_until(order, lambda: is_blocked(order), players.operators)
    page = story.at("operator", f"/production/work-centre/WC-BLD/?operation={card.operation_id}")
    expect(page.get_by_role("button", name="Start operation")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(CARD)
    page = story.at("buyer", f"/procurement/orders/{bought.get().order.number}/receive/")
    page.get_by_role("button", name="Receive goods").click()
    until(lambda: not is_blocked(order), "the operation to become ready")
    story.bring_to(order, "delivered")


def is_blocked(order: object) -> bool:
    """Whether the job waits for material and nothing else can be done."""
    return set(line_of(order).operations.open().values_list("status", flat=True)) == {"blocked", "pending"}
