"""Sending purchase orders and confirming dates."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, WorkItem
from planning.models import Requirement
from procurement import services
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from tests.procurement.conftest import NOW, Store, at_most, build_store

LATER = NOW + timedelta(days=2)


def hold(line: OrderLine) -> None:
    OrderLine.objects.filter(id=line.id).update(held_at=NOW, hold_reason="Waits for the drawing")


def test_a_sent_order_is_expected_after_the_lead_time(store: Store) -> None:
    store.source(store.job("5"))
    order = services.send_purchase_order(
        purchase_order=PurchaseOrder.objects.get(), by=store.buyer, now=LATER
    )
    assert (order.status, order.sent_by, order.sent_at) == ("sent", store.buyer, LATER)
    assert order.lines.get().expected_at == LATER + timedelta(days=7)
    assert Requirement.objects.get().expected_at == LATER + timedelta(days=7)


def test_sending_takes_the_reminder_to_buy_away_and_leaves_one_to_receive(store: Store) -> None:
    order = store.sent(store.job("5"))
    keys = WorkItem.objects.waiting().filter(role="buyer").values_list("key", "due_at")
    assert list(keys) == [(f"receive:{order.id}", NOW + timedelta(days=7))]


def test_an_order_is_sent_once(store: Store) -> None:
    order = store.sent(store.job("5"))
    with pytest.raises(Conflict, match="is sent"):
        services.send_purchase_order(purchase_order=order, by=store.buyer)


def test_a_draft_that_grew_since_it_was_seen_is_not_sent(store: Store) -> None:
    store.source(store.job("5"))
    seen = PurchaseOrder.objects.get()
    store.source(store.job("1"))
    with pytest.raises(Conflict, match="changed since"):
        services.send_purchase_order(purchase_order=seen, by=store.buyer, version=seen.version)


def test_material_of_a_job_on_hold_stays_in_a_draft(store: Store) -> None:
    held, other = store.job("5"), store.job("3", "2")
    store.source(held, other)
    hold(held)
    sent = services.send_purchase_order(purchase_order=PurchaseOrder.objects.get(), by=store.buyer, now=NOW)
    draft = PurchaseOrder.objects.get(status="draft")
    assert sorted(sent.lines.values_list("quantity", "pegged")) == [(2, 2), (3, 3)]
    assert list(draft.lines.values_list("quantity", "pegged")) == [(5, 5)]
    assert Peg.objects.get(requirement__line=held).purchase_line.order == draft


def test_an_order_only_for_a_job_on_hold_is_not_sent(store: Store) -> None:
    line = store.job("5")
    store.source(line)
    hold(line)
    with pytest.raises(Conflict, match="Waits for the drawing"):
        services.send_purchase_order(purchase_order=PurchaseOrder.objects.get(), by=store.buyer)
    assert PurchaseOrder.objects.get().status == "draft"


def test_a_confirmed_date_reaches_planning(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    services.confirm_dates(line=line, expected_at=NOW + timedelta(days=16), by=store.buyer, now=NOW)
    line.refresh_from_db()
    assert (line.agreed_at, line.expected_at) == (NOW + timedelta(days=7), NOW + timedelta(days=16))
    assert Requirement.objects.get().expected_at == NOW + timedelta(days=16)


@pytest.mark.parametrize(("days", "message"), [(-1, "past"), (3000, "five years")])
def test_an_impossible_date_is_refused_at_its_field(store: Store, days: int, message: str) -> None:
    line = store.sent(store.job("5")).lines.get()
    with pytest.raises(Refused, match=message) as caught:
        services.confirm_dates(line=line, expected_at=NOW + timedelta(days=days), now=NOW)
    assert caught.value.field == f"expected_at-{line.id}"
    assert caught.value.remedy


def test_a_draft_has_no_dates_to_confirm(store: Store) -> None:
    store.source(store.job("5"))
    with pytest.raises(Conflict, match="draft"):
        services.confirm_dates(line=PurchaseOrderLine.objects.get(), expected_at=LATER, now=NOW)


def test_a_line_of_another_order_is_refused(store: Store) -> None:
    order = store.sent(store.job("5"))
    with pytest.raises(Refused, match="no such line"):
        services.confirm_order_dates(purchase_order=order, dates={0: LATER}, now=NOW)


def test_sending_twelve_lines_for_five_jobs_takes_fifteen_statements(db: None) -> None:
    store = build_store(items=12)
    store.source(*[store.job(*["3"] * 12) for _ in range(5)])
    draft = PurchaseOrder.objects.get()
    with at_most(15):
        services.send_purchase_order(purchase_order=draft, by=store.buyer, now=LATER)
    assert sum(PurchaseOrderLine.objects.values_list("quantity", flat=True)) == Decimal(180)
