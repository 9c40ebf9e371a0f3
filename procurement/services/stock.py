"""Stock without a purchase: opening balances and adjustments."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.formats import quantity as shown
from orders.models import Item, User
from procurement.models import Lot, StockMove
from procurement.services.checks import checked_lot_number, checked_quantity

REASON = 200


class Opening(NamedTuple):
    """A lot that is already here when the shop starts, or that came without a purchase."""

    item: Item
    number: str
    quantity: Decimal
    unit_cost: Decimal = Decimal(0)


@transaction.atomic
def open_stock(
    *, openings: Sequence[Opening], by: User | None = None, reason: str = "", now: datetime | None = None
) -> list[Lot]:
    """Enter lots that are here without a purchase order; three statements for any number of them.

    Refused (at `quantity`, `unit_cost` or `number`) for a bad quantity, a negative cost, or a lot number that
    is missing, overlong or taken.
    """
    now = now or clock.now()
    lots = [_opened(Opening(*opening), now) for opening in openings]
    _check_new(lots)
    Lot.objects.bulk_create(lots)
    StockMove.objects.bulk_create(
        StockMove(
            lot=lot, kind=StockMove.Kind.OPENING, quantity=lot.on_hand, reason=reason[:REASON], by=by, at=now
        )
        for lot in lots
    )
    return lots


def _opened(opening: Opening, now: datetime) -> Lot:
    if not opening.unit_cost.is_finite() or opening.unit_cost < 0:
        raise Refused("A cost is not negative.", field="unit_cost", remedy="Give 0 or more.")
    return Lot(
        item=opening.item,
        number=checked_lot_number(opening.number, field="number"),
        unit_cost=opening.unit_cost,
        received_at=now,
        on_hand=checked_quantity(opening.quantity, opening.item.unit, field="quantity"),
    )


def _check_new(lots: Sequence[Lot]) -> None:
    wanted = [(lot.item_id, lot.number) for lot in lots]
    found = Lot.objects.filter(
        item__in={item for item, _ in wanted}, number__in={number for _, number in wanted}
    )
    taken = set(found.values_list("item_id", "number"))
    repeated = {key for key in wanted if wanted.count(key) > 1}
    for lot in lots:
        if (lot.item_id, lot.number) in taken | repeated:
            raise Conflict(
                f"Lot {lot.number} of {lot.item.number} exists.",
                field="number",
                remedy="Give another number, or adjust that lot.",
            )


@transaction.atomic
def adjust_stock(
    *,
    lot: Lot,
    quantity: Decimal,
    reason: str,
    by: User | None,
    seen: Decimal | None = None,
    now: datetime | None = None,
) -> Lot:
    """Add to a lot, or take from what is free of it (negative `quantity`), with a reason in the ledger.

    `seen` is what was on hand when the person decided: Conflict where that changed, so a form sent twice
    adjusts once. Refused at `quantity` where it is bad or takes what is reserved, at `reason` where that is
    missing or overlong.
    """
    now = now or clock.now()
    if not reason.strip():
        raise Refused("A reason is needed.", field="reason", remedy="Say what was counted, broken or found.")
    if len(reason) > REASON:
        raise Refused("The reason is too long.", field="reason", remedy=f"Use at most {REASON} characters.")
    locked = Lot.objects.select_related("item").select_for_update(of=("self",)).get(pk=lot.pk)
    if seen is not None and seen != locked.on_hand:
        raise Conflict(f"Lot {locked.number} was changed meanwhile.", remedy="Look at it as it is now.")
    unit = locked.item.unit
    checked_quantity(quantity, unit, field="quantity", signed=True)
    if locked.free + quantity < 0:
        raise Refused(
            f"Lot {locked.number} has {shown(locked.free, unit)} free; "
            f"{shown(locked.reserved, unit)} are reserved for jobs.",
            field="quantity",
            remedy=f"Take at most {shown(locked.free, unit)}.",
        )
    locked.on_hand += quantity
    locked.save(update_fields=["on_hand"])
    kind = StockMove.Kind.ADJUSTMENT
    StockMove.objects.create(lot=locked, kind=kind, quantity=quantity, reason=reason.strip(), by=by, at=now)
    return locked
