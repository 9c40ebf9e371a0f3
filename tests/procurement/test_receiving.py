"""Goods receipt: lots, ledger, reservations, and jobs that can start."""

from decimal import Decimal

import pytest

from kernel.errors import Conflict, Refused
from kernel.quantities import UnknownUnit
from orders.models import WorkItem
from planning.models import Requirement
from procurement import services
from procurement.models import Lot, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, StockMove
from procurement.services import Receipt
from tests.procurement.conftest import NOW, Store, at_most, build_store
from tests.procurement.invariants import check_invariants

ADVANCE = 8
"""What `advance_all` takes to hand any number of jobs over, once in all."""


def receive(
    store: Store, line: PurchaseOrderLine, quantity: str, lot: str = "L1", unit: str = ""
) -> PurchaseOrder:
    receipts = [Receipt(line, Decimal(quantity), lot, unit)]
    return services.receive(purchase_order=line.order, receipts=receipts, by=store.buyer, now=NOW)


def test_goods_become_a_lot_kept_for_the_job_they_were_bought_for(store: Store) -> None:
    line = store.job("5")
    bought = store.sent(line).lines.get()
    receive(store, bought, "5", "A-77")
    lot = Lot.objects.get()
    assert (lot.number, lot.on_hand, lot.reserved, lot.unit_cost) == ("A-77", 5, 5, Decimal("2.5"))
    assert Reservation.objects.get().requirement.line == line
    assert StockMove.objects.get().kind == "receipt"
    check_invariants()


def test_the_job_goes_to_production_when_all_is_here(store: Store) -> None:
    line = store.job("5", "2")
    first, second = store.sent(line).lines.all()
    receive(store, first, "5")
    line.refresh_from_db()
    assert line.state == "procurement"
    receive(store, second, "2")
    line.refresh_from_db()
    assert line.state == "production"


def test_a_partial_receipt_serves_the_most_urgent_job_first(store: Store) -> None:
    later, sooner = store.job("5", need_in_days=30), store.job("5", need_in_days=3)
    order = store.sent(later, sooner)
    assert receive(store, order.lines.get(), "6").status == "partial"
    assert dict(Peg.objects.values_list("requirement__line", "received")) == {later.id: 1, sooner.id: 5}
    sooner.refresh_from_db()
    assert sooner.state == "production"
    check_invariants()


def test_what_packs_bring_beyond_the_need_is_free_stock(packs: Store) -> None:
    order = packs.sent(packs.job("7"))
    receive(packs, order.lines.get(), "10")
    assert Lot.objects.get().free == 3
    assert PurchaseOrderLine.objects.get().surplus == 3
    check_invariants()


def test_the_reminder_to_receive_goes_with_the_last_goods(store: Store) -> None:
    order = store.sent(store.job("5"))
    receive(store, order.lines.get(), "2", "L1")
    assert WorkItem.objects.waiting().filter(key=f"receive:{order.id}").exists()
    order = receive(store, order.lines.get(), "3", "L2")
    assert order.status == "received"
    assert not WorkItem.objects.waiting().filter(key=f"receive:{order.id}").exists()


def test_more_of_the_same_lot_adds_to_it(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    receive(store, line, "2", "L1")
    receive(store, line, "3", "L1")
    assert list(Lot.objects.values_list("on_hand", "reserved")) == [(5, 5)]
    check_invariants()


def test_a_lot_number_of_another_origin_is_a_conflict(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    store.stock("4", number="L1")
    with pytest.raises(Conflict, match="came from elsewhere") as caught:
        receive(store, line, "5", "L1")
    assert caught.value.field == f"lot_number-{line.id}"


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("0", "no quantity"),
        ("-1", "no quantity"),
        ("6", "still to come"),
        ("1e12", "too large"),
        ("1.5", "too fine"),
        ("NaN", "no number"),
    ],
)
def test_a_bad_quantity_is_refused_at_its_field_and_changes_nothing(
    store: Store, quantity: str, message: str
) -> None:
    line = store.sent(store.job("5")).lines.get()
    with pytest.raises(Refused, match=message) as caught:
        receive(store, line, quantity)
    assert caught.value.field == f"quantity-{line.id}"
    assert caught.value.remedy
    assert not Lot.objects.exists()


@pytest.mark.parametrize(
    ("lot", "message"), [("", "missing"), (" ", "missing"), ("x" * 61, "61"), ("a\x00b", "unprintable")]
)
def test_a_bad_lot_number_is_refused_at_its_field(store: Store, lot: str, message: str) -> None:
    line = store.sent(store.job("5")).lines.get()
    with pytest.raises(Refused, match=message) as caught:
        receive(store, line, "5", lot)
    assert caught.value.field == f"lot_number-{line.id}"


def test_an_unknown_unit_is_refused(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    with pytest.raises(UnknownUnit):
        receive(store, line, "5", unit="pieeces")
    with pytest.raises(Refused, match="counted in pcs, not in kg"):
        receive(store, line, "5", unit="kg")


def test_a_draft_cannot_be_received(store: Store) -> None:
    store.source(store.job("5"))
    with pytest.raises(Conflict, match="draft") as caught:
        receive(store, PurchaseOrderLine.objects.get(), "5")
    assert caught.value.remedy == "Send it first."


def test_a_stale_form_is_refused(store: Store) -> None:
    order = store.sent(store.job("5"))
    line = order.lines.get()
    receive(store, line, "1")
    with pytest.raises(Conflict, match="changed since"):
        services.receive(
            purchase_order=order, receipts=[Receipt(line, Decimal(1), "L2")], by=None, version=order.version
        )


def test_a_receipt_without_lines_and_one_lot_typed_twice_are_refused(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    with pytest.raises(Refused, match="Nothing was received"):
        services.receive(purchase_order=line.order, receipts=[], by=None)
    with pytest.raises(Refused, match="twice"):
        services.receive(purchase_order=line.order, receipts=[Receipt(line, Decimal(1), "A")] * 2, by=None)


def test_planning_learns_what_is_here(store: Store) -> None:
    line = store.sent(store.job("5")).lines.get()
    receive(store, line, "2")
    requirement = Requirement.objects.get()
    assert (requirement.available, requirement.issued) == (2, 0)
    assert requirement.expected_at == line.expected_at


def test_receiving_twelve_lines_takes_fifteen_statements(db: None) -> None:
    store = build_store(items=12)
    order = store.sent(*[store.job(*["3"] * 12) for _ in range(5)])
    receipts = [Receipt(line, Decimal(7), f"L{line.id}") for line in order.lines.all()]
    services.receive(purchase_order=order, receipts=receipts[:1], by=store.buyer, now=NOW)
    with at_most(15 + ADVANCE):
        services.receive(purchase_order=order, receipts=receipts[1:], by=store.buyer, now=NOW)
    check_invariants()
