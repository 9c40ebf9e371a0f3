"""Goods that nobody wants any more come back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kernel.errors import Conflict
from logistics.models import Shipment
from logistics.selectors import is_unwanted
from logistics.services.packing import lock_shipments, recall_keys
from orders.models import User
from orders.services import close_work


@transaction.atomic
def take_back(
    *, shipment_id: int, by: User | None, version: int | None = None, now: datetime | None = None
) -> Shipment:
    """Record that a shipment whose jobs were all cancelled in transit is back; nobody waits for it any more.

    Conflict: not on its way, changed meanwhile, or a customer still waits for part of it.
    """
    shipment = lock_shipments({shipment_id: version}, Shipment.Status.SHIPPED)[0]
    if not is_unwanted(shipment):
        raise Conflict(
            f"Shipment {shipment.number} is still wanted by {shipment.order.customer}.",
            remedy="Confirm its delivery instead.",
        )
    shipment.status = Shipment.Status.CANCELLED
    Shipment.objects.filter(id=shipment.id).update(status=shipment.status, version=F("version") + 1)
    close_work(keys=[f"deliver:{shipment.id}", *recall_keys([shipment])], by=by, now=now)
    return shipment
