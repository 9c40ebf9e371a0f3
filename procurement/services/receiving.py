"""Goods receipt: lots, ledger, and what comes in kept for the jobs it was bought for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.formats import quantity as shown
from orders.models import OrderLine, User
from orders.services import close_work, open_work
from procurement.engine.sourcing import fill
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from procurement.services.checks import checked_lot_number, checked_quantity, checked_unit
from procurement.services.ledger import (
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
    now = now or clock.now()
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
    _book(order, arrivals, by, now)
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


BOOK = """
    WITH came AS (
        SELECT * FROM unnest(%(items)s::bigint[], %(numbers)s::text[], %(lines)s::bigint[],
                             %(costs)s::numeric[], %(quantities)s::numeric[], %(reserved)s::numeric[])
            AS data(item_id, number, line_id, cost, quantity, reserved)
    ), lot AS (
        INSERT INTO procurement_lot AS old
            (item_id, number, supplier_id, purchase_line_id, unit_cost, received_at, on_hand, reserved)
        SELECT item_id, number, %(supplier)s, line_id, cost, %(now)s, quantity, reserved FROM came
        ORDER BY item_id, number
        ON CONFLICT (item_id, number) DO UPDATE
        SET on_hand = old.on_hand + EXCLUDED.on_hand, reserved = old.reserved + EXCLUDED.reserved
        WHERE old.supplier_id = EXCLUDED.supplier_id
        RETURNING id, item_id, number
    ), move AS (
        INSERT INTO procurement_stockmove (lot_id, kind, quantity, purchase_line_id, reason, by_id, at)
        SELECT lot.id, 'receipt', quantity, line_id, %(reason)s, %(by)s, %(now)s
        FROM came JOIN lot USING (item_id, number)
    ), kept AS (
        INSERT INTO procurement_reservation AS old (requirement_id, lot_id, quantity, issued)
        SELECT requirement_id, lot.id, share.quantity, 0
        FROM unnest(%(share_items)s::bigint[], %(share_numbers)s::text[], %(share_for)s::bigint[],
                    %(shares)s::numeric[]) AS share(item_id, number, requirement_id, quantity)
        JOIN lot USING (item_id, number)
        ON CONFLICT (requirement_id, lot_id) DO UPDATE SET quantity = old.quantity + EXCLUDED.quantity
    )
    SELECT item_id, number FROM lot
"""
"""New lots, or more of the same supplier's lot, with their ledger rows and reservations; gives the lots."""


def _book(order: PurchaseOrder, arrivals: Sequence[_Arrival], by: User | None, now: datetime) -> None:
    """Write lots, ledger and reservations in one statement; Conflict where a lot is another supplier's."""
    kept = [
        (each.line.item_id, each.lot_number, requirement, quantity)
        for each in arrivals
        for requirement, quantity in each.shares
    ]
    values: dict[str, Any] = {
        "supplier": order.supplier_id,
        "reason": order.number,
        "by": by.pk if by else None,
        "now": now,
        "items": [each.line.item_id for each in arrivals],
        "numbers": [each.lot_number for each in arrivals],
        "lines": [each.line.id for each in arrivals],
        "costs": [each.line.price for each in arrivals],
        "quantities": [each.quantity for each in arrivals],
        "reserved": [each.reserved for each in arrivals],
        "share_items": [row[0] for row in kept],
        "share_numbers": [row[1] for row in kept],
        "share_for": [row[2] for row in kept],
        "shares": [row[3] for row in kept],
    }
    with connection.cursor() as cursor:
        cursor.execute(BOOK, values)
        booked = set(cursor.fetchall())
    for each in arrivals:
        if (each.line.item_id, each.lot_number) not in booked:
            raise Conflict(
                f"Lot {each.lot_number} of {each.line.item.number} came from elsewhere.",
                field=f"lot_number-{each.line.id}",
                remedy="Give this one another number.",
            )


def _write_order(order: PurchaseOrder, locked: Locked, touched: Sequence[Peg]) -> None:
    lines = locked.lines.values()
    sql = """
        WITH peg AS (
            UPDATE procurement_peg AS peg SET received = data.received
            FROM unnest(%s::bigint[], %s::numeric[]) AS data(id, received) WHERE peg.id = data.id
        )
        UPDATE procurement_purchaseorderline AS line SET received = data.received, surplus = data.surplus
        FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS data(id, received, surplus)
        WHERE line.id = data.id
    """
    with connection.cursor() as cursor:
        pegs = [peg.id for peg in touched], [peg.received for peg in touched]
        received = [line.received for line in lines], [line.surplus for line in lines]
        cursor.execute(sql, [*pegs, [line.id for line in lines], *received])
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
