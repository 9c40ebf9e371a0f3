"""Goods receipt: lots, ledger, and what comes in kept for the jobs it was bought for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from kernel.bases import update_rows
from kernel.errors import Conflict, Refused
from kernel.formats import quantity as shown
from orders.models import OrderLine, User
from orders.services import close_work, open_work
from procurement.engine.sourcing import Share, fill
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine, StockMove
from procurement.services.checks import checked_lot_number, checked_quantity, checked_unit
from procurement.services.ledger import (
    add_reservations,
    advance_supplied,
    keys_after_receipt,
    report_supply,
)
from procurement.services.locking import Locked, with_order_locked
from procurement.services.purchasing import check_coming, line_of, receive_work

Status = PurchaseOrder.Status


class Receipt(NamedTuple):
    """What came of one line under one lot number; `unit` may say what the quantity is counted in."""

    line: PurchaseOrderLine
    quantity: Decimal
    lot_number: str
    unit: str = ""


@dataclass
class _Arrival:
    """A receipt with what of it is kept for which requirement."""

    line: PurchaseOrderLine
    quantity: Decimal
    lot_number: str
    shares: list[tuple[int, Decimal]]

    @property
    def reserved(self) -> Decimal:
        """What is kept for jobs."""
        return sum((quantity for _, quantity in self.shares), Decimal(0))


def receive(
    *,
    purchase_order: PurchaseOrder,
    receipts: Sequence[Receipt],
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> PurchaseOrder:
    """Take goods of a sent order into stock, each receipt as a lot; several receipts of one line are fine.

    What a line was pegged for is reserved, the most urgent need first; the rest is free stock. Jobs whose
    first operations are supplied by it go to production. Refused (at `quantity-<line id>` or
    `lot_number-<line id>`) for a bad quantity, more than is still to come, a wrong unit, or a lot number that
    is missing, overlong or taken; Conflict for an order that was not sent.
    """
    now = now or timezone.now()
    rows = [Receipt(*row) for row in receipts]
    if not rows:
        raise Refused("Nothing was received.", remedy="Give a quantity on at least one line.")
    return with_order_locked(purchase_order, version, lambda locked: _receive(locked, rows, by, now))


def _receive(locked: Locked, rows: Sequence[Receipt], by: User | None, now: datetime) -> PurchaseOrder:
    order = locked.order
    check_coming(order, "receive goods")
    arrivals = [_arrival(locked, row) for row in rows]
    _check_lot_numbers(arrivals)
    touched = _hand_out(locked, arrivals)
    lots = _write_lots(order, arrivals, now)
    _write_ledger(order, arrivals, lots, by, now)
    _write_order(order, locked, touched)
    jobs = _report(locked, touched, now)
    advance_supplied(lines=jobs, keys=keys_after_receipt(jobs), now=now)
    _remind(order, locked, by, now)
    return order


def _arrival(locked: Locked, row: Receipt) -> _Arrival:
    line = line_of(locked, row.line.pk)
    field = f"quantity-{line.id}"
    checked_unit(row.unit, line.unit, field=field)
    quantity = checked_quantity(row.quantity, line.unit, field=field)
    lot_number = checked_lot_number(row.lot_number, field=f"lot_number-{line.id}")
    if quantity > line.outstanding:
        raise Refused(
            f"Only {shown(line.outstanding, line.unit)} of {line.item.number} are still to come, "
            f"not {shown(quantity, line.unit)}.",
            field=field,
            remedy="Send back what is too much, or order it.",
        )
    line.received += quantity
    return _Arrival(line, quantity, lot_number, [])


def _check_lot_numbers(arrivals: Sequence[_Arrival]) -> None:
    seen: set[tuple[int, str]] = set()
    for arrival in arrivals:
        key = arrival.line.item_id, arrival.lot_number
        if key in seen:
            raise Refused(
                f"Lot {arrival.lot_number} is entered twice.",
                field=f"lot_number-{arrival.line.id}",
                remedy="Add the quantities up.",
            )
        seen.add(key)


def _hand_out(locked: Locked, arrivals: Sequence[_Arrival]) -> list[Peg]:
    """Give what came to the pegs, the rest is surplus; returns the pegs that got some."""
    touched: dict[int, Peg] = {}
    for arrival in arrivals:
        pegs = {peg.id: peg for peg in locked.pegs_of(arrival.line.id)}
        wanted = [(peg.id, peg.quantity - peg.received) for peg in pegs.values()]
        shares, left = fill(wanted, arrival.quantity)
        arrival.line.surplus += left
        for peg_id, quantity in shares:
            peg = touched[peg_id] = pegs[peg_id]
            peg.received += quantity
            arrival.shares.append((peg.requirement_id, quantity))
    return list(touched.values())


def _write_lots(
    order: PurchaseOrder, arrivals: Sequence[_Arrival], now: datetime
) -> dict[tuple[int, str], int]:
    """New lots, or more of the same supplier's lot, in lot number order; returns ids by item and number."""
    sql = """
        INSERT INTO procurement_lot AS old
            (item_id, number, supplier_id, purchase_line_id, unit_cost, received_at, on_hand, reserved)
        SELECT item, number, %s, line, cost, %s, quantity, kept
        FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[])
            AS data(item, number, line, cost, quantity, kept)
        ORDER BY item, number
        ON CONFLICT (item_id, number) DO UPDATE
        SET on_hand = old.on_hand + EXCLUDED.on_hand, reserved = old.reserved + EXCLUDED.reserved
        WHERE old.supplier_id = EXCLUDED.supplier_id
        RETURNING item_id, number, id
    """
    rows = [
        (each.line.item_id, each.lot_number, each.line.id, each.line.price, each.quantity, each.reserved)
        for each in arrivals
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [order.supplier_id, now, *(list(column) for column in zip(*rows, strict=True))])
        lots = {(item, number): lot for item, number, lot in cursor.fetchall()}
    for arrival in arrivals:
        if (arrival.line.item_id, arrival.lot_number) not in lots:
            raise Conflict(
                f"Lot {arrival.lot_number} of {arrival.line.item.number} came from elsewhere.",
                field=f"lot_number-{arrival.line.id}",
                remedy="Give this one another number.",
            )
    return lots


def _write_ledger(
    order: PurchaseOrder,
    arrivals: Sequence[_Arrival],
    lots: dict[tuple[int, str], int],
    by: User | None,
    now: datetime,
) -> None:
    numbered = [(each, lots[each.line.item_id, each.lot_number]) for each in arrivals]
    StockMove.objects.bulk_create(
        StockMove(
            lot_id=lot,
            kind=StockMove.Kind.RECEIPT,
            quantity=each.quantity,
            purchase_line=each.line,
            reason=order.number,
            by=by,
            at=now,
        )
        for each, lot in numbered
    )
    add_reservations(
        [Share(requirement, lot, quantity) for each, lot in numbered for requirement, quantity in each.shares]
    )


def _write_order(order: PurchaseOrder, locked: Locked, touched: Sequence[Peg]) -> None:
    lines = locked.lines.values()
    update_rows("procurement_peg", "id", {"received": "numeric"}, [(peg.id, peg.received) for peg in touched])
    rows = [(line.id, line.received, line.surplus) for line in lines]
    update_rows("procurement_purchaseorderline", "id", {"received": "numeric", "surplus": "numeric"}, rows)
    complete = all(line.outstanding <= 0 for line in lines)
    order.status = Status.RECEIVED if complete else Status.PARTIAL
    order.version += 1
    order.save(update_fields=["status", "version"])


def _report(locked: Locked, touched: Sequence[Peg], now: datetime) -> list[OrderLine]:
    """Tell planning; returns the jobs that got material."""
    report_supply(requirement_ids=[peg.requirement_id for peg in touched], now=now)
    concerned = sorted({peg.requirement.line_id for peg in touched})
    return [locked.jobs[line_id] for line_id in concerned]


def _remind(order: PurchaseOrder, locked: Locked, by: User | None, now: datetime) -> None:
    if order.status == Status.RECEIVED:
        close_work(keys=[f"receive:{order.id}", f"surplus:{order.id}"], by=by, now=now)
    else:
        open_work(items=[receive_work(order, locked.lines.values())], now=now)
