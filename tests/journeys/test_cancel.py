"""An order is cancelled at its page in each stage, and nothing of it stays behind without demand."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from demo.services import players
from logistics.models import Shipment
from orders.models import Order, WorkItem
from orders.services import cancel_order
from planning.models import Machine, Operation, Requirement
from procurement.models import Lot, Peg, PurchaseOrderLine, Reservation
from production.models import TimeEntry, WorkOrder
from quality.models import Inspection, Nonconformance
from tests.journeys.story import WITH_G3, Story, line_of, ready, until


def in_planning(story: Story) -> Order:
    """No machine can do a step: the job waits for the planner."""
    Machine.objects.filter(work_centre__code="WC-TST").update(active=False)
    order = story.order()
    until(
        lambda: WorkItem.objects.waiting().filter(key=f"plan:{line_of(order).id}").exists(),
        "the planner's work",
    )
    return order


def in_procurement(story: Story) -> Order:
    """Nothing is in stock: the job waits for a purchase order that was sent and one that was not."""
    for lot in Lot.objects.all():
        lot.moves.create(kind="adjustment", quantity=-lot.on_hand, reason="Fire", at=timezone.now())
        Lot.objects.filter(id=lot.id).update(on_hand=0)
    order = story.order()
    until(lambda: Peg.objects.filter(requirement__line__order=order).exists(), "the pegs")
    draft = PurchaseOrderLine.objects.filter(order__status="draft").first()
    assert draft
    players.send_purchase_order(purchase_order=draft.order, by=story.cast.people["buyer"])
    return order


def in_production(story: Story) -> Order:
    """One operation is done, one runs, a card is on order."""
    order = story.order(WITH_G3)
    until(lambda: ready(order).exists(), "the first operation")
    running = Operation.objects.filter(line__order=order, status="running")
    story.play_until(order, lambda: running.filter(sequence=20).exists(), players.operators)
    return order


def in_quality(story: Story) -> Order:
    """Built, not inspected."""
    return at(story, "quality")


def in_rework(story: Story) -> Order:
    """Failed once, back on the floor."""
    order = in_quality(story)
    story.cast.failing = 1.0
    rework = Operation.objects.filter(line__order=order, loop=1)
    story.play_until(order, rework.exists, players.inspectors)
    return order


def in_logistics(story: Story) -> Order:
    """Packed, not shipped."""
    order = at(story, "logistics")
    packed = Shipment.objects.filter(order=order, status="packed")
    story.play_until(order, packed.exists, players.packers)
    return order


def in_transit(story: Story) -> Order:
    """On its way."""
    return at(story, "in_transit")


def at(story: Story, state: str) -> Order:
    """An order in this state."""
    order = story.order()
    story.bring_to(order, state)
    return order


STAGES = [in_planning, in_procurement, in_production, in_quality, in_rework, in_logistics, in_transit]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_a_cancelled_order_leaves_nothing_without_demand(
    story: Story, stage: Callable[[Story], Order]
) -> None:
    order = stage(story)
    page = story.at("sales", f"/orders/{order.number}/")
    page.get_by_text("More acts").click()
    page.get_by_role("button", name="Cancel order").click()
    dialog = page.get_by_role("dialog", name="Cancel?")
    dialog.get_by_label("Reason").fill("The project was stopped")
    dialog.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_role("heading", name=order.number)).to_contain_text("Cancelled")
    until(lambda: not order.lines.get().handovers.filter(done_at=None).exists(), "every stage to withdraw")
    assert left_behind(order) == {}
    assert stock_disagrees() == []


def left_behind(order: Order) -> dict[str, list[object]]:
    """What of this order still asks for something, by kind."""
    mine = {"line__order": order}
    kinds = {
        "operations": Operation.objects.open().filter(**mine),
        "requirements": Requirement.objects.filter(**mine, cancelled_at=None),
        "reservations": [
            each for each in Reservation.objects.filter(requirement__line__order=order) if each.to_issue
        ],
        "pegs": Peg.objects.open().filter(requirement__line__order=order),
        "purchase lines": PurchaseOrderLine.objects.filter(order__status="draft", pegged=0),
        "work orders": WorkOrder.objects.filter(**mine).exclude(status__in=["cancelled", "completed"]),
        "clocks": TimeEntry.objects.filter(operation__line__order=order, ended_at=None),
        "inspections": Inspection.objects.filter(**mine, status__in=["planned", "open"]),
        "NCRs": Nonconformance.objects.filter(**mine).exclude(status="closed"),
        "shipments": Shipment.objects.filter(order=order, status__in=["planned", "packed"]),
        "work": WorkItem.objects.waiting().filter(order=order)
        | WorkItem.objects.waiting().filter(**mine)
        | WorkItem.objects.waiting().filter(key__startswith="buy:"),
    }
    return {kind: list(found) for kind, found in kinds.items() if found}


def stock_disagrees() -> list[Lot]:
    """Lots whose reserved quantity is not what is reserved."""
    return [
        lot
        for lot in Lot.objects.all()
        if lot.reserved != sum(each.to_issue for each in lot.reservations.all())
    ]


def test_what_was_cancelled_in_transit_comes_back_and_leaves_the_list(story: Story) -> None:
    order = in_transit(story)
    cancel_order(order=order, reason="The project was stopped", by=story.cast.people["sales"])
    waiting = WorkItem.objects.waiting().filter(role="shipper")
    until(lambda: waiting.filter(reason__contains="return it").exists(), "the shipper's work")
    page = story.at("shipper", "/")
    page.get_by_role("link", name="was cancelled in transit: return it").click()
    page.get_by_role("button", name="Confirm return").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    assert not waiting.exists()
    assert order.shipments.get().status == "cancelled"
