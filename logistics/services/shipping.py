"""Goods leave with a carrier and arrive with a proof of delivery."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kernel import clock
from kernel.bases import update_rows
from kernel.errors import Refused
from logistics.models import Carrier, PackedLine, Shipment
from logistics.services.packing import lock_shipments, recall_keys
from orders.models import Company, OrderLine, Role, User
from orders.services import Paper, Work, add_documents, advance_all, close_work, open_work

LEAVING = {
    "carrier_id": "bigint",
    "tracking_number": "text",
    "shipped_at": "timestamptz",
    "shipped_by_id": "bigint",
    "status": "text",
    "version": "int",
    "papers": "jsonb",
}
ARRIVING = {"delivered_at": "timestamptz", "received_by": "text", "status": "text", "version": "int"}


@dataclass(frozen=True)
class Pickup:
    """A packed shipment that its carrier takes under a tracking number (which may be blank)."""

    shipment_id: int
    tracking_number: str
    version: int | None = None


@dataclass(frozen=True)
class Proof:
    """Who received a shipment, and when."""

    shipment_id: int
    received_by: str
    at: datetime
    version: int | None = None


def ship(
    *,
    shipment_id: int,
    carrier: Carrier,
    tracking_number: str,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Hand one shipment to its carrier; see `ship_all`."""
    taken = [Pickup(shipment_id, tracking_number, version)]
    return ship_all(pickups=taken, carrier=carrier, by=by, now=now)[0]


@transaction.atomic
def ship_all(
    *, pickups: Sequence[Pickup], carrier: Carrier, by: User | None, now: datetime | None = None
) -> list[Shipment]:
    """Hand packed shipments to a carrier: freezes the delivery notes and moves their jobs to in transit.

    All or nothing. Refused: a tracking number over 60 characters; Conflict: not packed, changed meanwhile, a
    job on hold. 6 statements and the advance for any number of shipments.
    """
    now = now or clock.now()
    if any(len(each.tracking_number) > 60 for each in pickups):
        raise Refused(
            "The tracking number is too long.", field="tracking_number", remedy="At most 60 characters."
        )
    versions = {each.shipment_id: each.version for each in pickups}
    shipments = lock_shipments(versions, Shipment.Status.PACKED)
    packed, company = _packed(shipments), Company.objects.first()
    for each, shipment in zip(pickups, shipments, strict=True):
        shipment.carrier, shipment.tracking_number = carrier, each.tracking_number
        shipment.shipped_at, shipment.shipped_by = now, by
        shipment.status, shipment.version = Shipment.Status.SHIPPED, shipment.version + 1
        shipment.papers = _papers(shipment, packed[shipment.id], company)
    _write(shipments, LEAVING)
    _write_down(shipments, packed, by, now)
    _leave(shipments, packed, by, now)
    return shipments


def _write(shipments: Sequence[Shipment], columns: dict[str, str]) -> None:
    rows = [[each.id, *(_stored(getattr(each, name)) for name in columns)] for each in shipments]
    update_rows("logistics_shipment", "id", columns, rows)


def _stored(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def _packed(shipments: Sequence[Shipment]) -> dict[int, list[PackedLine]]:
    """What lies in the packages, by shipment; lines of one order share the order that is locked."""
    orders = {shipment.id: shipment.order for shipment in shipments}
    found: dict[int, list[PackedLine]] = {shipment_id: [] for shipment_id in orders}
    rows = PackedLine.objects.filter(package__shipment__in=shipments)
    rows = rows.select_related("package", "line__product", "line__snapshot").order_by("package__number", "id")
    for row in rows.defer(
        "line__snapshot__bom", "line__snapshot__routing", "line__snapshot__characteristics"
    ):
        row.line.order = orders[row.package.shipment_id]
        found[row.package.shipment_id].append(row)
    return found


def _leave(
    shipments: Sequence[Shipment], packed: Mapping[int, Sequence[PackedLine]], by: User | None, now: datetime
) -> None:
    """Move the jobs on and tell each customer how the goods travel."""
    keys: dict[int, str] = {}
    tell: dict[int, str] = {}
    locked: dict[int, OrderLine] = {}
    for shipment in shipments:
        lines = {row.line_id: row.line for row in packed[shipment.id]}
        tracking = f", tracking number {shipment.tracking_number}" if shipment.tracking_number else ""
        keys |= dict.fromkeys(lines, f"shipped:{shipment.id}")
        tell |= dict.fromkeys(lines, f"{shipment.carrier}{tracking}")
        locked |= lines
    advance_all(keys=keys, event="shipped", by=by, tell=tell, locked=locked, now=now)


def _write_down(
    shipments: Sequence[Shipment], packed: Mapping[int, Sequence[PackedLine]], by: User | None, now: datetime
) -> None:
    """The delivery notes among the orders' papers, and the deliveries that the shipper confirms next."""
    firsts = [(shipment, packed[shipment.id][0].line) for shipment in shipments]
    papers = [
        Paper(
            key=f"delivery-note:{shipment.id}",
            line=line,
            kind="Delivery note",
            title=f"Delivery note {shipment.number}",
            url=reverse("logistics:delivery-note", args=[shipment.number]),
            for_customer=True,
        )
        for shipment, line in firsts
    ]
    add_documents(papers=papers)
    items = [
        Work(
            key=f"deliver:{shipment.id}",
            role=Role.SHIPPER,
            reason=f"Confirm delivery of {shipment.order.reference} to {shipment.order.customer.name}",
            url=reverse("logistics:shipment", args=[shipment.number]),
            order=shipment.order,
            due_at=line.promised_at,
        )
        for shipment, line in firsts
    ]
    open_work(items=items, closing=[f"ship:{shipment.id}" for shipment in shipments], by=by, now=now)


def _papers(shipment: Shipment, packed: Sequence[PackedLine], company: Company | None) -> dict[str, Any]:
    """What the delivery note says, as plain data, frozen at this moment."""
    order = shipment.order
    lines = {row.line_id: row.line for row in packed}
    return {
        "number": shipment.number,
        "company": {"name": company.name if company else "", "address": company.address if company else ""},
        "customer": order.customer.name,
        "ship_to": str(order.ship_to or order.customer.name),
        "order": order.reference,
        "customer_po": order.customer_po,
        "shipped": f"{timezone.localtime(shipment.shipped_at):%d %B %Y}",
        "carrier": str(shipment.carrier),
        "tracking_number": shipment.tracking_number,
        "incoterm": f"{order.incoterm} {order.incoterm_place}".strip(),
        "lines": [_paper_line(line) for line in lines.values()],
        "packages": _paper_packages(packed),
    }


def _paper_line(line: OrderLine) -> dict[str, Any]:
    rows = line.snapshot.specification if hasattr(line, "snapshot") else []
    return {
        "position": line.position,
        "product": f"{line.product.code} {line.product.name}",
        "quantity": line.quantity,
        "specification": [{"label": row["label"], "text": row["text"]} for row in rows],
    }


def _paper_packages(packed: Sequence[PackedLine]) -> list[dict[str, Any]]:
    packages: dict[int, dict[str, Any]] = {}
    for row in packed:
        package = packages.setdefault(
            row.package_id,
            {
                "number": row.package.number,
                "kind": row.package.kind,
                "gross_kg": f"{row.package.gross_kg:.2f}",
                "contents": "",
            },
        )
        part = f"{row.quantity} pcs of line {row.line.position}"
        package["contents"] = f"{package['contents']}, {part}" if package["contents"] else part
    return list(packages.values())


def deliver(
    *,
    shipment_id: int,
    received_by: str,
    at: datetime,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Record the proof of one delivery; see `deliver_all`."""
    return deliver_all(proofs=[Proof(shipment_id, received_by, at, version)], by=by, now=now)[0]


@transaction.atomic
def deliver_all(*, proofs: Sequence[Proof], by: User | None, now: datetime | None = None) -> list[Shipment]:
    """Record proofs of delivery: who received what and when; the jobs are delivered.

    All or nothing. Refused: no name, a name over 120 characters, a time in the future or before shipping.
    6 statements and the advance for any number of shipments.
    """
    now = now or clock.now()
    versions = {proof.shipment_id: proof.version for proof in proofs}
    shipments = lock_shipments(versions, Shipment.Status.SHIPPED)
    for proof, shipment in zip(proofs, shipments, strict=True):
        shipment.delivered_at, shipment.received_by = proof.at, _checked_name(proof, shipment, now)
        shipment.status, shipment.version = Shipment.Status.DELIVERED, shipment.version + 1
    _write(shipments, ARRIVING)
    done = [f"deliver:{shipment.id}" for shipment in shipments]
    close_work(keys=[*done, *recall_keys(shipments)], by=by, now=now)
    _arrive(shipments, by, now)
    return shipments


def _checked_name(proof: Proof, shipment: Shipment, now: datetime) -> str:
    """Who received it, without blanks around; Refused for a proof that cannot be."""
    received_by = proof.received_by.strip()
    if not 0 < len(received_by) <= 120:
        raise Refused(
            "Who received the goods?", field="received_by", remedy="Give a name of at most 120 characters."
        )
    if proof.at > now:
        raise Refused("The delivery lies in the future.", field="at", remedy="Give the time it was received.")
    if shipment.shipped_at and proof.at < shipment.shipped_at.replace(second=0, microsecond=0):
        raise Refused(
            "The delivery lies before shipping.", field="at", remedy="Give a time after it was shipped."
        )
    return received_by


def _arrive(shipments: Sequence[Shipment], by: User | None, now: datetime) -> None:
    """The jobs still under way are delivered, at the time of the proof."""
    by_id = {shipment.id: shipment for shipment in shipments}
    packed = PackedLine.objects.filter(package__shipment__in=shipments, line__state="in_transit")
    under_way: dict[int, OrderLine] = {}
    keys: dict[int, str] = {}
    received: dict[int, datetime | None] = {}
    for row in packed.select_related("line", "package").order_by("line_id"):
        shipment, line = by_id[row.package.shipment_id], row.line
        line.order = shipment.order
        under_way[line.id], keys[line.id] = line, f"delivered:{shipment.id}"
        received[line.id] = shipment.delivered_at
    advance_all(keys=keys, event="delivered", by=by, locked=under_way, now=now)
    update_rows("orders_orderline", "id", {"delivered_at": "timestamptz"}, list(received.items()))
