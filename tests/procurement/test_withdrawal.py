"""Cancelled jobs: what was bought and kept for them goes to others."""

from decimal import Decimal

from orders.models import Move, OrderLine, WorkItem
from orders.services import advance
from planning.models import Operation
from procurement import services
from procurement.models import Lot, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, StockMove
from tests.procurement.conftest import NOW, Store
from tests.procurement.invariants import check_invariants


def cancel(store: Store, line: OrderLine) -> list[Move]:
    move = advance(
        line=line, event="cancel", key="cancel", reason="Customer withdrew", by=store.buyer, now=NOW
    )
    moves = list(Move.objects.filter(id=move.id).select_related("line__order"))
    services.withdraw_jobs(moves=moves, now=NOW)
    return moves


def test_a_draft_orders_less_when_one_of_its_jobs_is_cancelled(packs: Store) -> None:
    first, second = packs.job("15"), packs.job("8")
    packs.source(first, second)
    cancel(packs, first)
    line = PurchaseOrderLine.objects.get()
    assert (line.quantity, line.pegged) == (10, 8)
    check_invariants()


def test_a_draft_for_nobody_is_cancelled_with_its_reminder(store: Store) -> None:
    line = store.job("5")
    store.source(line)
    cancel(store, line)
    order = PurchaseOrder.objects.get()
    assert (order.status, order.lines.count()) == ("cancelled", 0)
    assert not WorkItem.objects.waiting().filter(key=f"buy:{order.id}").exists()


def test_what_was_sent_becomes_free_stock_to_come_and_serves_the_next_job(store: Store) -> None:
    line = store.job("5")
    order = store.sent(line)
    cancel(store, line)
    work = WorkItem.objects.waiting().get(key=f"surplus:{order.id}")
    assert f"5\u202fpcs P-1 of {line.order} {line}" in work.reason
    assert order.lines.get().free == 5
    store.source(store.job("4"))
    assert order.lines.get().free == 1
    check_invariants()


def test_a_buyer_keeps_a_surplus(store: Store) -> None:
    line = store.job("5")
    order = store.sent(line)
    cancel(store, line)
    services.accept_surplus(purchase_order=order, by=store.buyer)
    assert not WorkItem.objects.waiting().filter(key=f"surplus:{order.id}").exists()


def test_reservations_are_freed(store: Store) -> None:
    store.stock("10")
    line = store.job("5", "1")
    store.source(line)
    cancel(store, line)
    assert Lot.objects.get().free == 10
    assert not Reservation.objects.exists()
    check_invariants()


def test_what_came_in_for_the_job_stays_as_free_stock(store: Store) -> None:
    line = store.job("5")
    store.receive(store.sent(line), "2")
    cancel(store, line)
    assert Lot.objects.get().free == 2
    assert PurchaseOrderLine.objects.get().free == 3
    assert Peg.objects.get().quantity == 2
    check_invariants()


def test_issued_material_returns_if_the_operation_never_started(store: Store) -> None:
    store.stock("10")
    line = store.job("4")
    store.source(line)
    services.issue_material(operation=line.operations.order_by("sequence")[0], by=store.buyer)
    line.refresh_from_db()
    cancel(store, line)
    assert Lot.objects.get().free == 10
    assert StockMove.objects.get(kind="return").quantity == 4
    check_invariants()


def test_issued_material_stays_where_work_has_begun(store: Store) -> None:
    store.stock("10")
    line = store.job("4")
    store.source(line)
    services.issue_material(operation=line.operations.order_by("sequence")[0], by=store.buyer)
    Operation.objects.update(started_at=NOW)
    line.refresh_from_db()
    cancel(store, line)
    assert Lot.objects.get().on_hand == 6
    check_invariants()


def test_withdrawing_twice_is_harmless(store: Store) -> None:
    store.stock("2")
    line = store.job("5")
    store.source(line)
    services.withdraw_jobs(moves=cancel(store, line), now=NOW)
    assert Lot.objects.get().on_hand == Decimal(2)
    check_invariants()
