"""Statements that several acts share: reservations, lots, ledger rows and what follows from them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection

from kernel.errors import Conflict
from orders.models import OrderLine
from orders.services import advance_all
from planning.selectors import first_operations_supplied
from planning.services import Material, report_material
from procurement.engine.sourcing import Share
from procurement.selectors.supply import supply


def reserve(shares: Sequence[Share]) -> None:
    """Keep parts of lots (`source`) for requirements; all or nothing. Two statements.

    The lots must be locked; the condition is the second guard against promising one piece twice.
    """
    if not shares:
        return
    wanted: dict[int, Decimal] = {}
    for share in shares:
        wanted[share.source] = wanted.get(share.source, Decimal(0)) + share.quantity
    sql = """
        UPDATE procurement_lot AS lot SET reserved = lot.reserved + data.quantity
        FROM unnest(%s::bigint[], %s::numeric[]) AS data(id, quantity)
        WHERE lot.id = data.id AND lot.on_hand - lot.reserved >= data.quantity
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(wanted), list(wanted.values())])
        if cursor.rowcount != len(wanted):
            raise Conflict("The stock was taken by somebody else.", remedy="Try again.")
    add_reservations(shares)


def add_reservations(shares: Sequence[Share]) -> None:
    """Write which requirement a part of a lot is kept for; the lot's own count is the caller's."""
    _add("procurement_reservation", "lot_id", "issued", shares)


def add_pegs(shares: Sequence[Share]) -> None:
    """Write which requirement a part of a purchase line is for; the line's own count is the caller's."""
    _add("procurement_peg", "purchase_line_id", "received", shares)


def _add(table: str, source: str, done: str, shares: Sequence[Share]) -> None:
    if not shares:
        return
    sql = f"""
        INSERT INTO {table} AS old (requirement_id, {source}, quantity, {done})
        SELECT requirement, source, quantity, 0
        FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS data(requirement, source, quantity)
        ON CONFLICT (requirement_id, {source}) DO UPDATE SET quantity = old.quantity + EXCLUDED.quantity
    """
    rows = [(share.requirement, share.source, share.quantity) for share in shares]
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def report_supply(
    *, requirement_ids: Collection[int] = (), line_ids: Collection[int] = (), now: datetime
) -> None:
    """Tell planning how these requirements stand; the caller holds `lock_jobs` of their jobs."""
    found = supply(requirement_ids=requirement_ids, line_ids=line_ids)
    reports = [Material(row.requirement_id, row.available, row.issued, row.expected_at) for row in found]
    if reports:
        report_material(reports=reports, now=now)


def advance_supplied(*, lines: Collection[OrderLine], keys: Mapping[int, str], now: datetime) -> list[int]:
    """Hand the jobs whose first operations have their material over to production; returns their ids.

    Jobs on hold and jobs that are not in procurement are left alone. The caller holds `lock_jobs`.
    """
    waiting = [line.id for line in lines if line.state == "procurement" and not line.held]
    supplied = sorted(first_operations_supplied(waiting)) if waiting else []
    if supplied:
        advance_all(keys={line_id: keys[line_id] for line_id in supplied}, event="supplied", now=now)
    return supplied


def keys_after_receipt(lines: Collection[OrderLine]) -> dict[int, str]:
    """Idempotency keys for jobs that an act outside a handover supplies."""
    return {line.id: f"supplied:{line.id}:{line.moves_made}" for line in lines}
