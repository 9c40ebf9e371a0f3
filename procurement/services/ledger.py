"""Statements that several acts share: reservations, lots, ledger rows and what follows from them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from kernel.errors import Conflict
from orders.models import OrderLine
from orders.services import advance_all
from planning.selectors import first_operations_supplied
from planning.services import Material, report_material
from procurement.engine.sourcing import Share
from procurement.selectors.supply import supply


def reserve(shares: Sequence[Share]) -> None:
    """Keep parts of lots (`source`) for requirements; all or nothing. One statement.

    The lots must be locked; the condition is the second guard against promising one piece twice.
    """
    if not shares:
        return
    sql = """
        WITH wanted AS (
            SELECT *
            FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS data(requirement, lot, quantity)
        ), kept AS (
            UPDATE procurement_lot AS lot SET reserved = lot.reserved + sums.quantity
            FROM (SELECT lot AS id, sum(quantity) AS quantity FROM wanted GROUP BY lot) AS sums
            WHERE lot.id = sums.id AND lot.on_hand - lot.reserved >= sums.quantity
            RETURNING lot.id
        )
        INSERT INTO procurement_reservation AS old (requirement_id, lot_id, quantity, issued)
        SELECT requirement, lot, quantity, 0 FROM wanted JOIN kept ON kept.id = wanted.lot
        ON CONFLICT (requirement_id, lot_id) DO UPDATE SET quantity = old.quantity + EXCLUDED.quantity
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, _columns(shares))
        if cursor.rowcount != len(shares):
            raise Conflict("The stock was taken by somebody else.", remedy="Try again.")


def add_pegs(shares: Sequence[Share]) -> None:
    """Write which requirement a part of a purchase line is for; the line's own count is the caller's."""
    if not shares:
        return
    sql = """
        INSERT INTO procurement_peg AS old (requirement_id, purchase_line_id, quantity, received)
        SELECT requirement, line, quantity, 0
        FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS data(requirement, line, quantity)
        ON CONFLICT (requirement_id, purchase_line_id)
        DO UPDATE SET quantity = old.quantity + EXCLUDED.quantity
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, _columns(shares))


def _columns(shares: Sequence[Share]) -> list[list[object]]:
    rows = [(share.requirement, share.source, share.quantity) for share in shares]
    return [list(column) for column in zip(*rows, strict=True)]


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
    waiting = {line.id: line for line in lines if line.state == "procurement" and not line.held}
    supplied = sorted(first_operations_supplied(waiting)) if waiting else []
    if supplied:
        going = {line_id: keys[line_id] for line_id in supplied}
        advance_all(keys=going, event="supplied", locked=waiting, now=now)
    return supplied


def keys_after_receipt(lines: Collection[OrderLine]) -> dict[int, str]:
    """Idempotency keys for jobs that an act outside a handover supplies."""
    return {line.id: f"supplied:{line.id}:{line.moves_made}" for line in lines}
