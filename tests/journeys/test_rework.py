"""A value out of its limits sends the job back, and it still arrives."""

from playwright.sync_api import expect

from quality.models import Inspection, Nonconformance
from tests.journeys.story import Story, line_of, until


def test_a_failed_inspection_leads_through_rework_to_delivery(story: Story) -> None:
    order = story.order()
    story.bring_to(order, "quality")
    story.inspect(order, wrong="Processor temperature after burn-in")
    until(lambda: line_of(order).operations.filter(loop=1).exists(), "the rework operation")
    ncr = Nonconformance.objects.get(line__order=order)
    page = story.at("inspector", f"/quality/nonconformances/{ncr.number}/")
    expect(page.get_by_text("Processor temperature after burn-in").first).to_be_visible()
    story.build_all(order)
    story.inspect(order)
    story.pack_ship_and_deliver(order)
    loops = Inspection.objects.filter(line__order=order).order_by("loop").values_list("loop", "status")
    assert list(loops) == [(0, "rejected"), (1, "accepted")]
    ncr.refresh_from_db()
    assert (ncr.status, line_of(order).state) == ("closed", "delivered")
