"""Sourcing: stock first, then what is coming, then draft orders."""

from datetime import timedelta
from decimal import Decimal

from orders.models import OrderLine, WorkItem
from orders.services import advance
from planning.models import Requirement
from procurement import services
from procurement.models import Lot, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, Supplier, SupplierItem
from tests.procurement.conftest import NOW, Store, at_most, build_store


def test_a_job_that_stock_covers_goes_to_production(store: Store) -> None:
    store.stock("10", "10")
    line = store.job("4", "3")
    store.source(line)
    line.refresh_from_db()
    assert line.state == "production"
    assert list(Lot.objects.values_list("reserved", flat=True)) == [4, 3]
    assert not PurchaseOrder.objects.exists()


def test_what_stock_does_not_cover_is_ordered_from_the_supplier_of_choice(store: Store) -> None:
    store.stock("3")
    line = store.job("5", "2")
    store.source(line)
    order = PurchaseOrder.objects.get()
    assert (order.status, order.supplier, order.currency) == ("draft", store.supplier, "EUR")
    assert list(order.lines.values_list("quantity", "pegged", "price")) == [
        (2, 2, Decimal("2.5")),
        (2, 2, Decimal("2.5")),
    ]
    line.refresh_from_db()
    assert line.state == "procurement"


def test_packs_are_rounded_up_and_the_rest_serves_the_next_job(packs: Store) -> None:
    packs.source(packs.job("7"))
    packs.source(packs.job("2"))
    bought = PurchaseOrderLine.objects.get()
    assert (bought.quantity, bought.pegged, bought.free) == (10, 9, 1)


def test_two_jobs_share_one_draft_line_and_each_has_its_peg(store: Store) -> None:
    first, second = store.job("5"), store.job("6")
    store.source(first, second)
    assert PurchaseOrderLine.objects.get().quantity == 11
    assert set(Peg.objects.values_list("requirement__line", "quantity")) == {(first.id, 5), (second.id, 6)}


def test_the_line_must_be_ordered_a_lead_time_before_the_first_need(store: Store) -> None:
    store.source(store.job("5", need_in_days=30), store.job("5", need_in_days=20))
    assert PurchaseOrderLine.objects.get().order_by == NOW + timedelta(days=20 - 7)


def test_planning_learns_when_material_is_expected_and_what_is_here(store: Store) -> None:
    store.stock("3")
    store.source(store.job("5"))
    requirement = Requirement.objects.get()
    assert (requirement.available, requirement.expected_at) == (3, NOW + timedelta(days=7))


def test_sourcing_again_changes_nothing(store: Store) -> None:
    store.stock("3")
    line = store.job("5", "2")
    store.source(line)
    store.source(line)
    assert sum(Peg.objects.values_list("quantity", flat=True)) == 4
    assert Reservation.objects.get().quantity == 3


def test_a_surplus_that_is_coming_serves_the_next_job(packs: Store) -> None:
    order = packs.sent(packs.job("7"))
    packs.source(packs.job("3"))
    assert PurchaseOrder.objects.get() == order
    assert order.lines.get().pegged == 10


def test_an_item_without_supplier_stands_on_the_buyers_list(store: Store) -> None:
    SupplierItem.objects.filter(item=store.items[0]).delete()
    store.source(store.job("5", "2"))
    work = WorkItem.objects.get(key=f"supplier:{store.items[0].id}")
    assert work.role == "buyer"
    assert "P-1" in work.reason
    assert PurchaseOrderLine.objects.get().item == store.items[1]


def test_an_item_that_found_a_supplier_is_ordered_by_the_sweep(store: Store) -> None:
    SupplierItem.objects.all().delete()
    store.source(store.job("5"))
    SupplierItem.objects.create(supplier=store.supplier, item=store.items[0], price=1, lead_time_days=3)
    services.sweep_materials()
    assert PurchaseOrderLine.objects.get().quantity == 5
    assert not WorkItem.objects.waiting().filter(key__startswith="supplier:").exists()


def test_an_inactive_supplier_is_not_chosen(store: Store) -> None:
    other = Supplier.objects.create(code="BETA", name="Beta")
    SupplierItem.objects.create(
        supplier=other, item=store.items[0], price=9, lead_time_days=1, preferred=False
    )
    Supplier.objects.filter(id=store.supplier.id).update(active=False)
    store.source(store.job("5"))
    assert PurchaseOrder.objects.get().supplier == other


def test_the_buyer_is_reminded_to_send_the_draft(store: Store) -> None:
    store.source(store.job("5", "2"))
    order = PurchaseOrder.objects.get()
    work = WorkItem.objects.get(key=f"buy:{order.id}")
    assert work.reason == f"Send {order.number} to Alpha Parts: 2 items"
    assert work.due_at == NOW + timedelta(days=3)


def test_a_job_that_was_on_hold_when_its_material_came_goes_on_when_it_is_resumed(store: Store) -> None:
    line = store.job("5")
    order = store.sent(line)
    advance(line=line, event="hold", key="h", reason="Waits for the drawing", by=store.buyer, now=NOW)
    OrderLine.objects.filter(id=line.id).update(held_at=NOW, hold_reason="Waits for the drawing")
    store.receive(order)
    line.refresh_from_db()
    assert line.state == "procurement"
    OrderLine.objects.filter(id=line.id).update(held_at=None, hold_reason="")
    advance(line=line, event="resume", key="r", by=store.buyer, now=NOW)
    assert services.sweep_materials() == 1
    line.refresh_from_db()
    assert line.state == "production"


def test_twenty_jobs_with_twelve_lines_take_fifteen_statements(db: None) -> None:
    store = build_store(items=12)
    moves = store.moves(*[store.job(*["3"] * 12) for _ in range(20)])
    with at_most(15):
        services.source_jobs(moves=moves, now=NOW)
    assert PurchaseOrderLine.objects.filter(quantity=60).count() == 12


def test_twenty_more_jobs_partly_from_stock_take_fifteen_statements(db: None) -> None:
    store = build_store(items=12)
    store.source(*[store.job(*["1"] * 11) for _ in range(3)])
    store.stock(*["2"] * 12)
    moves = store.moves(*[store.job(*["3"] * 11) for _ in range(20)])
    with at_most(15):
        services.source_jobs(moves=moves, now=NOW)
    assert PurchaseOrderLine.objects.filter(quantity=61).count() == 11
