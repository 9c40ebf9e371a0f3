"""Material issue and stock without a purchase."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine
from planning.models import Operation, Requirement
from procurement import services
from procurement.models import Lot, StockMove
from procurement.services import Opening
from tests.procurement.conftest import NOW, Store, at_most, build_store
from tests.procurement.invariants import check_invariants

First = Callable[[OrderLine], Operation]


def supplied(store: Store, *quantities: str) -> OrderLine:
    store.stock(*["10"] * len(store.items))
    line = store.job(*quantities)
    store.source(line)
    return line


def test_issued_material_leaves_the_stock(store: Store, first_operation: First) -> None:
    line = supplied(store, "4", "3")
    moves = services.issue_material(operation=first_operation(line), by=store.buyer, now=NOW)
    assert sorted(move.quantity for move in moves) == [-4, -3]
    assert sorted(Lot.objects.values_list("on_hand", "reserved")) == [(6, 0), (7, 0)]
    assert set(Requirement.objects.values_list("available", "issued")) == {(4, 4), (3, 3)}
    check_invariants()


def test_issuing_again_issues_nothing(store: Store, first_operation: First) -> None:
    operation = first_operation(supplied(store, "4"))
    services.issue_material(operation=operation, by=store.buyer)
    with pytest.raises(Conflict, match="All material of this operation is issued"):
        services.issue_material(operation=operation, by=store.buyer)
    assert StockMove.objects.filter(kind="issue").count() == 1


def test_what_comes_later_is_issued_later(store: Store, first_operation: First) -> None:
    line = store.job("5")
    order = store.sent(line)
    store.receive(order, "2")
    services.issue_material(operation=first_operation(line), by=store.buyer)
    store.receive(order, "3")
    services.issue_material(operation=first_operation(line), by=store.buyer)
    assert Requirement.objects.get().issued == 5
    check_invariants()


def test_missing_material_is_named_with_its_date(store: Store, first_operation: First) -> None:
    line = store.job("5")
    store.sent(line)
    with pytest.raises(Conflict, match="P-1 is not here yet") as caught:
        services.issue_material(operation=first_operation(line), by=store.buyer, now=NOW)
    assert caught.value.remedy == "It is expected Mon 30 Nov."


def test_a_job_on_hold_gets_no_material(store: Store, first_operation: First) -> None:
    line = supplied(store, "4")
    OrderLine.objects.filter(id=line.id).update(held_at=NOW, hold_reason="Waits for the drawing")
    with pytest.raises(Conflict, match="on hold") as caught:
        services.issue_material(operation=first_operation(line), by=store.buyer)
    assert caught.value.remedy == "Resume it first."


def test_issuing_twelve_materials_takes_nine_statements(db: None, first_operation: First) -> None:
    store = build_store(items=12)
    operation = first_operation(supplied(store, *["3"] * 12))
    with at_most(9):
        services.issue_material(operation=operation, by=store.buyer, now=NOW)


def test_stock_is_adjusted_with_a_reason(store: Store) -> None:
    store.stock("10")
    services.adjust_stock(lot=Lot.objects.get(), quantity=Decimal(-2), reason="Broken", by=store.buyer)
    assert Lot.objects.get().on_hand == 8
    assert StockMove.objects.filter(kind="adjustment").values_list("quantity", "reason").get() == (
        -2,
        "Broken",
    )
    check_invariants()


def test_what_is_reserved_is_not_taken_away(store: Store) -> None:
    supplied(store, "4")
    lot = Lot.objects.get(item=store.items[0])
    with pytest.raises(Refused, match="6") as caught:
        services.adjust_stock(lot=lot, quantity=Decimal(-7), reason="Broken", by=store.buyer)
    assert caught.value.field == "quantity"


@pytest.mark.parametrize(
    ("quantity", "reason", "field"),
    [("0", "x", "quantity"), ("1", " ", "reason"), ("1", "x" * 201, "reason")],
)
def test_a_bad_adjustment_is_refused_at_its_field(
    store: Store, quantity: str, reason: str, field: str
) -> None:
    store.stock("10")
    with pytest.raises(Refused) as caught:
        services.adjust_stock(
            lot=Lot.objects.get(), quantity=Decimal(quantity), reason=reason, by=store.buyer
        )
    assert caught.value.field == field


def test_a_lot_counted_meanwhile_is_not_adjusted_twice(store: Store) -> None:
    store.stock("10")
    lot = Lot.objects.get()
    services.adjust_stock(lot=lot, quantity=Decimal(1), reason="Found", by=store.buyer, seen=Decimal(10))
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.adjust_stock(lot=lot, quantity=Decimal(1), reason="Found", by=store.buyer, seen=Decimal(10))


def test_a_lot_number_is_taken_once_per_item(store: Store) -> None:
    store.stock("10")
    with pytest.raises(Conflict, match="exists") as caught:
        store.stock("5")
    assert caught.value.field == "number"


def test_opening_stock_takes_three_statements(store: Store) -> None:
    openings = [Opening(item, f"L{number}", Decimal(5)) for item in store.items for number in range(20)]
    with at_most(3):
        services.open_stock(openings=openings, by=store.buyer, now=NOW)
    check_invariants()
