"""What upsets a plan: a rush order, a machine that breaks down, a part that comes late."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from playwright.sync_api import expect

from demo.services import players
from orders.models import Order
from planning.models import Machine, Operation, PlanVersion
from procurement.models import PurchaseOrderLine
from tests.journeys.story import WITH_G3, Story, line_of, until

MOMENT = "%Y-%m-%dT%H:%M"
CARD = "GPU-3"


def planned(order: Order) -> Operation:
    """The first operation of the order, when it has its place."""
    until(lambda: order_operations(order).exists(), "a place in the plan")
    return order_operations(order).select_related("machine__work_centre")[0]


def order_operations(order: Order) -> QuerySet[Operation]:
    """The placed operations of the order, in their order."""
    return Operation.objects.filter(line__order=order, machine__isnull=False).order_by("loop", "sequence")


def working_morning() -> datetime:
    """Ten o'clock of the next Tuesday: a time at which machines work."""
    local = timezone.localtime() + timedelta(days=1)
    while local.weekday() != 1:
        local += timedelta(days=1)
    return local.replace(hour=10, minute=0, second=0, microsecond=0)


def test_a_rush_order_finds_its_place_and_says_why_its_date(story: Story) -> None:
    patient = story.order(days=60)
    planned(patient)
    rush = story.order(days=3)
    planned(rush)
    until(lambda: line_of(rush).forecast_at, "a forecast of the rush order")
    promised = line_of(patient).promised_at
    page = story.at("planner", f"/orders/{rush.number}/")
    panel = page.get_by_role("region", name="Why this date")
    expect(panel).to_contain_text("is worked on at")
    expect(panel).to_contain_text("Packing and delivery")
    assert line_of(patient).promised_at == promised


def test_a_breakdown_is_reported_repaired_and_ended(story: Story) -> None:
    order = story.order()
    machine = planned(order).machine
    starts = working_morning()
    page = story.at("planner", "/planning/downtimes/")
    page.get_by_label("Machine").select_option(label=str(machine))
    page.get_by_label("From").fill(f"{starts:{MOMENT}}")
    page.get_by_label("Until").fill(f"{starts - timedelta(hours=1):{MOMENT}}")
    page.get_by_role("button", name="Report downtime").click()
    expect(page.get_by_role("main")).to_contain_text("Give an end after the start")
    page.get_by_label("Until").fill(f"{starts + timedelta(hours=4):{MOMENT}}")
    page.get_by_role("button", name="Report downtime").click()
    row = page.get_by_role("row").filter(has_text=str(machine))
    expect(row).to_contain_text("Breakdown")
    until(lambda: not stands_in(machine, starts), "the repair")
    row.get_by_role("link", name="What it hurts").click()
    expect(page.get_by_role("main")).to_contain_text(f"Breakdown of {machine}")
    page.goto(f"{story.url}/planning/downtimes/")
    page.get_by_role("button", name="Withdraw downtime").click()
    expect(page.get_by_role("main")).to_contain_text("All machines run")
    assert PlanVersion.objects.exists()


def stands_in(machine: Machine, starts: datetime) -> bool:
    """Whether something is planned to begin while the machine stands."""
    here = Operation.objects.open().filter(machine=machine)
    return here.filter(during__startswith__range=(starts, starts + timedelta(hours=4))).exists()


def test_a_late_part_without_slack_is_the_reason_of_the_date(story: Story) -> None:
    order = story.order(WITH_G3, days=45)
    slip(story, order, days=90)
    page = story.at("planner", f"/orders/{order.number}/")
    panel = page.get_by_role("region", name="Why this date")
    expect(panel).to_contain_text(f"waits for {CARD}, expected")
    panel.get_by_role("link", name="Open purchase lines").first.click()
    expect(page.get_by_role("main")).to_contain_text(CARD)
    page.goto(f"{story.url}/planning/hurts/?item={CARD}")
    expect(page.get_by_role("main")).to_contain_text(f"{order.number} line 10")
    page = story.at("customer", f"/orders/{order.number}/")
    panel = page.get_by_role("region", name="Why this date")
    expect(panel).to_contain_text("Waiting for material")
    expect(panel).not_to_contain_text(CARD)


def slip(story: Story, order: Order, *, days: int) -> None:
    """The supplier confirms the card for so many days from now."""
    bought = PurchaseOrderLine.objects.filter(item__number=CARD, order__status="sent")
    story.play_until(order, bought.exists, players.buyers)
    until(lambda: line_of(order).forecast_at, "a forecast")
    before = line_of(order).forecast_at
    page = story.at("buyer", f"/procurement/orders/{bought.get().order.number}/")
    page.get_by_label(f"Expected day of {CARD}").fill(f"{timezone.localdate() + timedelta(days=days)}")
    page.get_by_role("button", name="Confirm dates").click()
    until(lambda: line_of(order).forecast_at > before + timedelta(days=30), "the forecast to move")


def test_a_late_part_with_slack_hurts_nobody(story: Story) -> None:
    order = story.order(WITH_G3, days=45)
    bought = PurchaseOrderLine.objects.filter(item__number=CARD, order__status="sent")
    story.play_until(order, bought.exists, players.buyers)
    until(lambda: line_of(order).forecast_at, "a forecast")
    line_of(order).requirements.filter(item__number=CARD).update(expected_at=timezone.now())
    page = story.at("planner", f"/planning/hurts/?item={CARD}")
    expect(page.get_by_role("main")).to_contain_text("hurts nobody")
