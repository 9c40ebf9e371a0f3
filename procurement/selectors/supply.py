"""How requirements are supplied: what is reserved, issued, on order, and what nobody has covered yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from procurement.engine.sourcing import Demand, Terms

SUPPLY = """
    LEFT JOIN LATERAL (
        SELECT sum(quantity) AS quantity, sum(issued) AS issued
        FROM procurement_reservation WHERE requirement_id = need.id
    ) AS here ON true
    LEFT JOIN LATERAL (
        SELECT sum(peg.quantity - peg.received) AS quantity, max(line.expected_at) AS expected_at
        FROM procurement_peg AS peg
        JOIN procurement_purchaseorderline AS line ON line.id = peg.purchase_line_id
        WHERE peg.requirement_id = need.id AND peg.received < peg.quantity
    ) AS coming ON true
"""
TERMS = """
    LEFT JOIN LATERAL (
        SELECT offer.supplier_id, offer.currency, offer.price, offer.lead_time_days, offer.pack_size
        FROM procurement_supplieritem AS offer
        JOIN procurement_supplier AS supplier ON supplier.id = offer.supplier_id AND supplier.active
        WHERE offer.item_id = need.item_id
        ORDER BY offer.preferred DESC, offer.price, offer.id LIMIT 1
    ) AS terms ON true
"""


@dataclass(frozen=True)
class Supply:
    """The state of one requirement: quantities here and issued; a date where all of the rest is on order."""

    requirement_id: int
    available: Decimal
    issued: Decimal
    expected_at: datetime | None


@dataclass(frozen=True)
class Need:
    """What a requirement still lacks, its unit, and the terms of the supplier of choice, if there is one."""

    demand: Demand
    line_id: int
    unit: str
    terms: Terms | None


def supply(*, requirement_ids: Collection[int] = (), line_ids: Collection[int] = ()) -> list[Supply]:
    """The supply of requirements, by their own ids or by their jobs', in id order. One statement."""
    sql = f"""
        SELECT need.id, coalesce(here.quantity, 0), coalesce(here.issued, 0),
            CASE WHEN coalesce(here.quantity, 0) + coalesce(coming.quantity, 0) >= need.quantity
                 THEN coming.expected_at END
        FROM planning_requirement AS need {SUPPLY}
        WHERE need.id = ANY(%s) OR need.line_id = ANY(%s) ORDER BY need.id
    """
    return [Supply(*row) for row in _rows(sql, [list(requirement_ids), list(line_ids)])]


def needs(line_ids: Collection[int]) -> list[Need]:
    """What the requirements of these jobs still lack: not reserved and not on order. One statement.

    The terms are those of the preferred supplier, else of the cheapest active one.
    """
    sql = f"""
        SELECT need.id, need.line_id, need.item_id, need.unit, need.need_by,
            need.quantity - coalesce(here.quantity, 0) - coalesce(coming.quantity, 0),
            terms.supplier_id, terms.currency, terms.price, terms.lead_time_days, terms.pack_size
        FROM planning_requirement AS need {SUPPLY} {TERMS}
        WHERE need.line_id = ANY(%s) AND need.cancelled_at IS NULL
            AND need.quantity > coalesce(here.quantity, 0) + coalesce(coming.quantity, 0)
        ORDER BY need.id
    """
    return [_need(*row) for row in _rows(sql, [list(line_ids)])]


def _need(
    requirement: int,
    line: int,
    item: int,
    unit: str,
    need_by: datetime | None,
    missing: Decimal,
    supplier: int | None,
    currency: str,
    price: Decimal,
    lead_time_days: int,
    pack_size: Decimal,
) -> Need:
    terms = supplier and Terms(item, supplier, currency, price, timedelta(days=lead_time_days), pack_size)
    return Need(Demand(requirement, item, missing, need_by), line, unit, terms or None)


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
