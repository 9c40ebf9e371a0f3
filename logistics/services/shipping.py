"""Goods leave with a carrier and arrive with a proof of delivery."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from kernel import clock
from kernel.errors import Refused
from logistics.models import Carrier, PackedLine, Shipment
from logistics.services.packing import lock_shipment, recall_keys
from orders.models import Company, OrderLine, Role, User
from orders.services import Work, add_document, advance_all, close_work, open_work


@transaction.atomic
def ship(
    *,
    shipment_id: int,
    carrier: Carrier,
    tracking_number: str,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Hand a packed shipment to its carrier: freezes the delivery note and moves its jobs to in transit.

    Refused: a tracking number over 60 characters; Conflict: not packed, changed meanwhile, a job on hold.
    """
    now = now or clock.now()
    if len(tracking_number) > 60:
        raise Refused(
            "The tracking number is too long.", field="tracking_number", remedy="At most 60 characters."
        )
    shipment = lock_shipment(shipment_id, Shipment.Status.PACKED, version)
    packed = _packed(shipment)
    lines = {row.line_id: row.line for row in packed}
    for line in lines.values():
        line.order = shipment.order
    shipment.papers = _papers(shipment, packed, carrier, tracking_number, now)
    shipment.status = Shipment.Status.SHIPPED
    Shipment.objects.filter(id=shipment.id).update(
        status=shipment.status,
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=now,
        shipped_by=by,
        papers=shipment.papers,
        version=F("version") + 1,
    )
    first = next(iter(lines.values()))
    _write_down(shipment, first, by, now)
    tracking = f", tracking number {tracking_number}" if tracking_number else ""
    advance_all(
        keys=dict.fromkeys(lines, f"shipped:{shipment.id}"),
        event="shipped",
        by=by,
        tell=f"{carrier.name}{tracking}",
        locked=lines,
        now=now,
    )
    return shipment


def _packed(shipment: Shipment) -> list[PackedLine]:
    rows = PackedLine.objects.filter(package__shipment=shipment)
    return list(
        rows.select_related("package", "line__product", "line__snapshot").order_by("package__number", "id")
    )


def _write_down(shipment: Shipment, line: OrderLine, by: User | None, now: datetime) -> None:
    add_document(
        key=f"delivery-note:{shipment.id}",
        line=line,
        kind="Delivery note",
        title=f"Delivery note {shipment.number}",
        url=reverse("logistics:delivery-note", args=[shipment.number]),
        for_customer=True,
    )
    deliver_work = Work(
        key=f"deliver:{shipment.id}",
        role=Role.SHIPPER,
        reason=f"Confirm delivery of {shipment.order.reference} to {shipment.order.customer.name}",
        url=reverse("logistics:shipment", args=[shipment.number]),
        line=line,
        due_at=line.promised_at,
    )
    open_work(items=[deliver_work], closing=[f"ship:{shipment.id}"], by=by, now=now)


def _papers(
    shipment: Shipment, packed: list[PackedLine], carrier: Carrier, tracking_number: str, now: datetime
) -> dict[str, Any]:
    """What the delivery note says, as plain data, frozen at this moment."""
    order = shipment.order
    company = Company.objects.first()
    lines = {row.line_id: row.line for row in packed}
    return {
        "number": shipment.number,
        "company": {"name": company.name if company else "", "address": company.address if company else ""},
        "customer": order.customer.name,
        "ship_to": str(order.ship_to or order.customer.name),
        "order": order.reference,
        "customer_po": order.customer_po,
        "shipped": f"{timezone.localtime(now):%d %B %Y}",
        "carrier": carrier.name,
        "tracking_number": tracking_number,
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


def _paper_packages(packed: list[PackedLine]) -> list[dict[str, Any]]:
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


@transaction.atomic
def deliver(
    *,
    shipment_id: int,
    received_by: str,
    at: datetime,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Record the proof of delivery: who received it and when; its jobs are delivered.

    Refused: no name, a name over 120 characters, a time in the future or before shipping.
    """
    now = now or clock.now()
    received_by = received_by.strip()
    if not 0 < len(received_by) <= 120:
        raise Refused(
            "Who received the goods?", field="received_by", remedy="Give a name of at most 120 characters."
        )
    shipment = lock_shipment(shipment_id, Shipment.Status.SHIPPED, version)
    if at > now:
        raise Refused("The delivery lies in the future.", field="at", remedy="Give the time it was received.")
    if shipment.shipped_at and at < shipment.shipped_at.replace(second=0, microsecond=0):
        raise Refused(
            "The delivery lies before shipping.", field="at", remedy="Give a time after it was shipped."
        )
    Shipment.objects.filter(id=shipment.id).update(
        status=Shipment.Status.DELIVERED, delivered_at=at, received_by=received_by, version=F("version") + 1
    )
    packed = OrderLine.objects.filter(packed__package__shipment=shipment, state="in_transit")
    under_way = {line.id: line for line in packed}
    for line in under_way.values():
        line.order = shipment.order
    close_work(keys=[f"deliver:{shipment.id}", *recall_keys(shipment)], by=by, now=now)
    keys = dict.fromkeys(under_way, f"delivered:{shipment.id}")
    advance_all(keys=keys, event="delivered", by=by, locked=under_way, now=now)
    OrderLine.objects.filter(id__in=under_way).update(delivered_at=at)
    return shipment
