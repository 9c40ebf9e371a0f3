"""What upsets a plan: a rush order, a machine that breaks down, a part that comes late."""

import re
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from demo.services import players
from orders.models import Customer, Order, Product
from orders.services import Header, LineInput, create_quotation
from planning.engine.promise import warm_up_promises
from planning.models import Decision, Machine, Operation, PlanRequest, Requirement
from planning.services import report_downtime
from procurement.models import PurchaseOrderLine
from tests.journeys.story import COBALT, WITH_G3, Story, line_of, until

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = "%Y-%m-%dT%H:%M"
CARD = "GPU-3"
DECIDED = 120.0
"""Seconds after which its remedies were looked for: a search waits for the pause after the one before."""

EVENT = 30.0
"""Seconds after which the plan has taken an event in."""


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As the worker compiles them when it starts."""
    warm_up_promises()


def alone(code: str) -> Machine:
    """The one machine of this work centre that is left, so that jobs stand behind each other."""
    first, *others = Machine.objects.filter(work_centre__code=code).order_by("code")
    Machine.objects.filter(id__in=[each.id for each in others]).update(active=False)
    return first


def placed(order: Order) -> QuerySet[Operation]:
    """The placed operations of the order, in their order."""
    return Operation.objects.filter(line__order=order, machine__isnull=False).order_by("loop", "sequence")


def planned(order: Order) -> Order:
    """The order, when its job has its place and its forecast."""
    until(lambda: placed(order).exists() and line_of(order).forecast_at, "a place in the plan")
    return order


def all_placed() -> bool:
    """Whether everything that is to be done has its place."""
    return not Operation.objects.open().filter(machine=None).exists()


def forecast(order: Order) -> datetime:
    """Of its only job."""
    found = line_of(order).forecast_at
    assert found is not None
    return found


def why(page: Page) -> Locator:
    """The panel of the order page that tells why this date, with all of it open."""
    panel = page.get_by_role("region", name="Why this date")
    expect(panel).to_contain_text("Packing and delivery")
    panel.evaluate("panel => panel.querySelectorAll('details').forEach(each => { each.open = true })")
    return panel


def act(page: Page, verb: str) -> Locator:
    """Open an act of the order page; its dialog."""
    page.get_by_role("button", name=verb).first.click()
    return page.get_by_role("dialog")


def draft(story: Story, choices: dict[str, str], *, days: int) -> Order:
    """A quotation of one workstation that is wanted in so many days."""
    return create_quotation(
        customer=Customer.objects.get(code=COBALT),
        lines=[LineInput(Product.objects.get(code="NB-W7"), 1, choices)],
        header=Header(requested_date=timezone.localdate() + timedelta(days=days)),
        by=story.cast.people["sales"],
    )


def bought(story: Story, order: Order) -> PurchaseOrderLine:
    """The card of this order, ordered at its supplier."""
    lines = PurchaseOrderLine.objects.filter(
        item__number=CARD, order__status="sent", expected_at__isnull=False
    )
    story.play_until(order, lines.exists, players.buyers)
    return lines.select_related("order").get()


def postpone(story: Story, line: PurchaseOrderLine, days: int) -> None:
    """The buyer reports that the supplier delivers so many days later."""
    assert line.expected_at is not None
    page = story.at("buyer", f"/procurement/orders/{line.order.number}/")
    day = timezone.localdate(line.expected_at) + timedelta(days=days)
    page.get_by_label(f"Expected day of {CARD}").fill(day.isoformat())
    page.get_by_role("button", name="Confirm dates").click()
    later = Requirement.objects.filter(item__number=CARD, expected_at__gt=line.expected_at)
    until(later.exists, "the plan to hear of it", EVENT)


def test_a_rush_order_displaces_another_but_never_its_promise(story: Story) -> None:
    machine = alone("WC-BURN")
    patient = planned(story.order({"BURNIN_H": "72"}, days=7))
    promised, before = line_of(patient).promised_at, forecast(patient)
    rush = draft(story, {"BURNIN_H": "24"}, days=3)

    sales = story.at("sales", f"/orders/{rush.reference}/")
    panel = sales.get_by_role("region", name=re.compile("^Promise for line"))
    # On some weekdays the other has slack enough to move without becoming late.
    dearest = panel.get_by_role("row").filter(has_text=re.compile("Others (give way|move)")).last
    expect(dearest).to_contain_text(f"{patient.number} line 10")
    sales.get_by_role("button", name=re.compile("^Hold .* Others (give way|move)")).last.click()
    expect(panel).to_contain_text(f"Gives way: {patient.number} line 10")
    wanted = line_of(rush).promised_at
    act(sales, "Send quotation").get_by_role("button", name="Send quotation").click()
    sales.get_by_role("dialog").wait_for(state="hidden")
    dialog = act(sales, "Confirm order")
    dialog.get_by_label("Customer PO number").fill("PO-RUSH")
    dialog.get_by_role("button", name="Confirm order").click()
    sales.wait_for_url("**/orders/SO-*/")

    until(lambda: forecast(patient) > before and all_placed(), "the other job to give way", EVENT)
    assert (line_of(patient).promised_at, line_of(rush).promised_at) == (promised, wanted)
    rush.refresh_from_db()
    panel = why(story.at("planner", f"/orders/{patient.number}/"))
    expect(panel).to_contain_text(f"waits for {machine} behind {rush.number} line 10 (Op 60 Burn-in)")


def test_a_breakdown_moves_the_forecast_and_is_named_as_its_reason(story: Story) -> None:
    machine = alone("WC-KIT")
    order = planned(story.order(days=5))
    promised, before = line_of(order).promised_at, forecast(order)
    first = placed(order)[0]
    ends = timezone.localtime(first.during.lower) + timedelta(days=6)
    page = story.at("planner", "/planning/downtimes/")
    page.get_by_label(str(machine), exact=True).check()
    page.get_by_label("Until").fill(f"{timezone.localtime() - timedelta(hours=1):{MOMENT}}")
    page.get_by_role("button", name="Save machine times").click()
    expect(page.get_by_role("main")).to_contain_text("Give an end after the start")
    page.get_by_label("Until").fill(f"{ends:{MOMENT}}")
    page.get_by_role("button", name="Save machine times").click()
    standing = page.get_by_role("row").filter(has=page.get_by_role("button", name="End downtime"))
    expect(standing).to_contain_text(f"{machine}")
    expect(standing).to_contain_text("Breakdown")

    until(lambda: forecast(order) > before, "the forecast to move", EVENT)
    assert line_of(order).promised_at == promised
    expect(why(story.at("planner", f"/orders/{order.number}/"))).to_contain_text(f"{machine} stands until")
    told = Decision.objects.filter(line__order=order, words__contains="stands until")
    until(told.exists, "the decision to name the machine", DECIDED)
    page = story.at("planner", "/planning/decisions/")
    expect(page.get_by_role("row").filter(has_text=f"{order.number} line 10")).to_contain_text("stands until")
    page.goto(f"{story.url}/planning/downtimes/")
    page.get_by_role("link", name="What it hurts").click()
    expect(page.get_by_role("main")).to_contain_text(f"{order.number} line 10")
    page.goto(f"{story.url}/planning/downtimes/")
    page.get_by_role("button", name="End downtime").click()
    expect(page.get_by_role("main")).to_contain_text("All machines run")


def test_a_late_part_without_slack_is_the_reason_of_the_date(story: Story) -> None:
    order = planned(story.order(WITH_G3, days=45, customer="ALTMARK"))
    card = bought(story, order)
    promised, before = line_of(order).promised_at, forecast(order)
    postpone(story, card, days=60)
    until(lambda: forecast(order) > before + timedelta(days=30), "the forecast to move", EVENT)
    assert line_of(order).promised_at == promised

    page = story.at("planner", f"/orders/{order.number}/")
    panel = why(page)
    expect(panel).to_contain_text(f"waits for {CARD}, expected")
    panel.get_by_role("link", name="Open purchase lines").first.click()
    expect(page.get_by_role("main")).to_contain_text(CARD)
    page.goto(f"{story.url}/planning/hurts/?item={CARD}")
    expect(page.get_by_role("main")).to_contain_text(f"{order.number} line 10")
    panel = story.at("customer", f"/orders/{order.number}/").get_by_role("region", name="Why this date")
    expect(panel).to_contain_text("Waiting for material")
    expect(panel).not_to_contain_text(CARD)


def test_a_late_part_with_slack_moves_nothing_and_hurts_nobody(story: Story) -> None:
    machine, now = alone("WC-BLD"), timezone.now()
    order = planned(story.order(WITH_G3, days=90))
    card = bought(story, order)
    assert card.expected_at is not None
    report_downtime(machine=machine, starts=now, ends=card.expected_at + timedelta(days=20))
    until(lambda: not stands_in_the_way(machine), "the repair", EVENT)
    before = forecast(order)
    postpone(story, card, days=5)
    until(lambda: not PlanRequest.objects.filter(repaired=False).exists(), "the plan to take it in", EVENT)
    assert forecast(order) == before

    panel = why(story.at("planner", f"/orders/{order.number}/"))
    expect(panel).to_contain_text(f"{machine} stands until")
    page = story.at("planner", f"/planning/hurts/?item={CARD}")
    expect(page.get_by_role("main")).to_contain_text("hurts nobody")


def stands_in_the_way(machine: Machine) -> bool:
    """Whether something is planned for the machine while it stands."""
    down = machine.downtimes.get()
    return Operation.objects.open().filter(machine=machine, during__overlap=(down.starts, down.ends)).exists()
