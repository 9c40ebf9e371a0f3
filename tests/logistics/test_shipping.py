"""Shipping and delivery: papers, proof, statements."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, Refused
from logistics import services
from logistics.engine import delivery_note
from logistics.models import Carrier, Shipment
from orders.models import Customer, Document, Move, Order, Role, User, WorkItem
from orders.services import advance_all
from tests.logistics.conftest import NOW
from tests.logistics.test_packing import carton, planned, whole

Passed = Callable[..., tuple[Order, list[Move]]]


@pytest.fixture
def packed(passed: Passed) -> Shipment:
    order, moves = passed("logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    return services.pack(shipment_id=planned(order).id, packages=carton(*whole(order)), by=None, now=NOW)


@pytest.fixture
def shipped(packed: Shipment, carrier: Carrier) -> Shipment:
    return services.ship(shipment_id=packed.id, carrier=carrier, tracking_number="RD 1", by=None, now=NOW)


def test_shipping_moves_the_order_and_freezes_its_papers(shipped: Shipment) -> None:
    shipped.refresh_from_db()
    assert shipped.order.state == "in_transit"
    assert shipped.papers["tracking_number"] == "RD 1"
    assert Document.objects.get().customer_may_see


def test_the_delivery_note_is_a_pdf(shipped: Shipment) -> None:
    assert delivery_note(shipped.papers).startswith(b"%PDF-1.7")


def test_what_a_customer_typed_never_becomes_markup(shipped: Shipment) -> None:
    shipped.papers["customer"] = '#panic("markup") *bold* $x$ <a>'
    assert delivery_note(shipped.papers).startswith(b"%PDF")


def test_proof_of_delivery_ends_the_journey(shipped: Shipment) -> None:
    services.deliver(shipment_id=shipped.id, received_by="Ines Roth", at=NOW, by=None, now=NOW)
    line = shipped.order.lines.get()
    assert (line.state, line.delivered_at) == ("delivered", NOW)


@pytest.mark.parametrize(
    ("name", "hours", "field"),
    [("", 0, "received_by"), ("Ines", 1, "at"), ("Ines", -2, "at"), ("x" * 121, 0, "received_by")],
)
def test_a_proof_that_cannot_be_true_is_refused(shipped: Shipment, name: str, hours: int, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        services.deliver(
            shipment_id=shipped.id, received_by=name, at=NOW + timedelta(hours=hours), by=None, now=NOW
        )
    assert refusal.value.field == field
    assert Shipment.objects.get().status == "shipped"


def test_shipping_what_is_not_packed_is_a_conflict(shipped: Shipment, carrier: Carrier) -> None:
    with pytest.raises(Conflict, match="is shipped"):
        services.ship(shipment_id=shipped.id, carrier=carrier, tracking_number="", by=None)


def test_packing_shipping_and_delivering_stay_within_their_statements(
    passed: Passed, carrier: Carrier
) -> None:
    order, moves = passed("logistics")
    with CaptureQueriesContext(connection) as statements:
        services.prepare_deliveries(moves=moves, now=NOW)
        shipment = planned(order)
        services.pack(shipment_id=shipment.id, packages=carton(*whole(order)), by=None, now=NOW)
        services.ship(shipment_id=shipment.id, carrier=carrier, tracking_number="1", by=None, now=NOW)
        services.deliver(shipment_id=shipment.id, received_by="Ines", at=NOW, by=None, now=NOW)
    assert len(statements) <= 55


def test_another_customer_does_not_see_the_delivery_note(shipped: Shipment, client: Client) -> None:
    stranger = Customer.objects.create(code="OTHER", name="Other")
    client.force_login(
        User.objects.create_user("b@other.example", "pw", roles=[Role.CUSTOMER], customer=stranger)
    )
    assert client.get(f"/logistics/shipment/{shipped.number}/delivery-note.pdf").status_code == 404


def test_the_shipper_ships_through_the_page(
    packed: Shipment, shipper: User, carrier: Carrier, client: Client
) -> None:
    client.force_login(shipper)
    address = f"/logistics/shipment/{packed.number}/"
    version = Shipment.objects.get().version
    answer = client.post(address, {"version": version, "carrier": carrier.id, "tracking_number": "RD 7"})
    assert answer.status_code == 302
    assert Shipment.objects.get().tracking_number == "RD 7"


def test_a_wrong_time_is_told_at_the_field(shipped: Shipment, shipper: User, client: Client) -> None:
    client.force_login(shipper)
    form = {"version": Shipment.objects.get().version, "received_by": "Ines", "at": "2199-01-01T10:00"}
    answer = client.post(f"/logistics/shipment/{shipped.number}/", form)
    assert answer.status_code == 422
    assert b"lies in the future" in answer.content


@pytest.mark.parametrize(("cancelled", "awaited"), [(1, True), (2, False)])
def test_a_delivery_is_awaited_as_long_as_one_of_its_jobs_travels(
    passed: Passed, carrier: Carrier, cancelled: int, awaited: bool
) -> None:
    order, moves = passed("logistics", "logistics")
    services.prepare_deliveries(moves=moves, now=NOW)
    shipment = planned(order)
    services.pack(shipment_id=shipment.id, packages=carton(*whole(order)), by=None, now=NOW)
    services.ship(shipment_id=shipment.id, carrier=carrier, tracking_number="", by=None, now=NOW)
    keys = {move.line_id: "c" for move in moves[:cancelled]}
    gone = advance_all(keys=keys, event="cancel", reason="lost", now=NOW)
    services.withdraw_jobs(moves=gone, now=NOW)
    waiting = WorkItem.objects.waiting().filter(key=f"deliver:{shipment.id}")
    assert waiting.exists() is awaited
