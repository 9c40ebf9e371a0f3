"""Packing: what may leave, and what is refused."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.errors import Conflict, Refused
from logistics import services
from logistics.models import Package, Shipment
from logistics.services import PackageInput
from orders.models import Move, Order, OrderLine, WorkItem
from orders.services import advance_all
from tests.logistics.conftest import NOW

Passed = Callable[..., tuple[Order, list[Move]]]


def carton(*contents: tuple[int, int], kg: str = "2.5") -> list[PackageInput]:
    return [PackageInput(kind="Carton", gross_kg=Decimal(kg), contents=contents)]


def planned(order: Order) -> Shipment:
    return Shipment.objects.get(order=order, status="planned")


def whole(order: Order) -> tuple[tuple[int, int], ...]:
    return tuple(order.lines.filter(state="logistics").values_list("id", "quantity"))


def test_a_complete_order_waits_for_its_last_line(passed: Passed) -> None:
    order, moves = passed("logistics", "production")
    services.prepare_deliveries(moves=moves, now=NOW)
    assert not Shipment.objects.filter(order=order).exists()


def test_a_line_leaves_at_once_where_the_policy_is_as_ready(passed: Passed) -> None:
    order, moves = passed("logistics", "production", ship_policy="as_ready")
    services.prepare_deliveries(moves=moves, now=NOW)
    assert planned(order).number.startswith("SHP-2026-")


def test_preparing_twice_plans_one_shipment_and_one_work_item(passed: Passed) -> None:
    order, moves = passed("logistics")
    for _ in range(2):
        services.prepare_deliveries(moves=moves, now=NOW)
    assert Shipment.objects.count() == WorkItem.objects.filter(key=f"pack:{order.id}").count() == 1


def test_packing_asks_the_shipper_to_ship(passed: Passed) -> None:
    order, moves = passed("logistics", "logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    shipment = services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None, now=NOW)
    waiting = set(WorkItem.objects.waiting().values_list("key", flat=True))
    assert shipment.status == "packed"
    assert waiting == {f"ship:{shipment.id}"}


@pytest.mark.parametrize(
    ("quantity", "kg", "field"), [(1, "2.5", "quantity"), (0, "2.5", "quantity"), (2, "0", "gross_kg")]
)
def test_packing_refuses_at_the_field_and_packs_nothing(
    passed: Passed, quantity: int, kg: str, field: str
) -> None:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    contents = [(line_id, quantity) for line_id, _ in whole(order)]
    with pytest.raises(Refused) as refusal:
        services.pack(shipment_id=planned(order).id, packages=carton(*contents, kg=kg), by=None)
    assert refusal.value.field == field
    assert not Package.objects.exists()


def test_a_complete_order_is_not_packed_in_part(passed: Passed) -> None:
    order, moves = passed("logistics", "logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    with pytest.raises(Refused, match="ships complete"):
        services.pack(shipment_id=planned(order).id, packages=carton(whole(order)[0]), by=None)


def test_a_held_line_is_not_packed(passed: Passed) -> None:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    OrderLine.objects.filter(order=order).update(held_at=NOW, hold_reason="credit check")
    with pytest.raises(Conflict, match="credit check"):
        services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None)


def test_a_stale_form_is_refused(passed: Passed) -> None:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None, version=99)


def test_packing_twice_is_a_conflict(passed: Passed) -> None:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    shipment, packages = planned(order), carton(*whole(order))
    services.pack(shipment_id=shipment.id, packages=packages, by=None)
    with pytest.raises(Conflict, match="is packed"):
        services.pack(shipment_id=shipment.id, packages=packages, by=None)


def test_cancelling_the_only_line_cancels_its_shipment(passed: Passed) -> None:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None)
    cancelled = advance_all(keys={moves[0].line_id: "c"}, event="cancel", reason="lost", now=NOW)
    services.withdraw_jobs(moves=cancelled, now=NOW)
    assert Shipment.objects.get().status == "cancelled"
    assert not WorkItem.objects.waiting().exists()


def test_cancelling_one_of_two_lines_asks_to_pack_the_rest_anew(passed: Passed) -> None:
    order, moves = passed("logistics", "logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None)
    cancelled = advance_all(keys={moves[0].line_id: "c"}, event="cancel", reason="lost", now=NOW)
    services.withdraw_jobs(moves=cancelled, now=NOW)
    assert list(WorkItem.objects.waiting().values_list("key", flat=True)) == [f"pack:{order.id}"]
