"""What procurement reports about material, and what follows for operations and plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from kernel import clock
from orders.services import lock_jobs
from planning.models import Operation
from planning.services.plans.requests import request_replans
from planning.services.work.readiness import refresh_readiness


@dataclass(frozen=True)
class Material:
    """The whole state of one requirement's supply: quantities in the item's unit, issued within available."""

    requirement_id: int
    available: Decimal
    issued: Decimal
    expected_at: datetime | None


@dataclass(frozen=True)
class _Change:
    """What a report changed: `matters` where the plan reckons with something else than before."""

    line_id: int
    available: bool
    matters: bool


def report_material(*, reports: Sequence[Material], now: datetime | None = None) -> list[Operation]:
    """Write what is expected, available and issued; returns the operations that became ready by it.

    Blocked operations become ready when their material is complete (and ready ones blocked when it was taken
    away), with their work items; a changed date asks for a replan. The caller holds `lock_jobs` of all jobs
    concerned. The requirements' CHECK refuses impossible quantities.
    """
    now = now or clock.now()
    changes = _write(reports, now)
    moved = {change.line_id: "A material date changed" for change in changes if change.matters}
    if moved:
        request_replans(reasons=moved, now=now)
    lines = {change.line_id for change in changes if change.available}
    return refresh_readiness(jobs=lock_jobs(lines), now=now) if lines else []


def report_issued(*, quantities: Mapping[int, Decimal]) -> None:
    """Add to what was issued, by requirement id. The caller holds `lock_jobs`. One statement.

    The requirements' CHECK refuses more than is available.
    """
    sql = """
        UPDATE planning_requirement AS target SET issued = issued + data.quantity
        FROM unnest(%s::bigint[], %s::numeric[]) AS data(id, quantity) WHERE target.id = data.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(quantities), list(quantities.values())])


def _write(reports: Sequence[Material], now: datetime) -> list[_Change]:
    """One UPDATE; rows are locked by id first, so that concurrent reports never wait in a circle."""
    rows = [(each.requirement_id, each.available, each.issued, each.expected_at) for each in reports]
    if not rows:
        return []
    sql = """
        UPDATE planning_requirement AS target
        SET available = data.available, issued = data.issued, expected_at = data.expected_at
        FROM (SELECT id, available, expected_at FROM planning_requirement
              WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE) AS old
        JOIN unnest(%(ids)s::bigint[], %(available)s::numeric[], %(issued)s::numeric[],
                    %(expected)s::timestamptz[]) AS data(id, available, issued, expected_at) USING (id)
        WHERE target.id = old.id
        RETURNING target.line_id, old.available <> target.available,
            CASE WHEN target.available < target.quantity
                 THEN old.expected_at IS DISTINCT FROM target.expected_at
                 ELSE old.available < target.quantity AND old.expected_at > %(now)s END
    """
    ids, available, issued, expected = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            sql, {"ids": ids, "available": available, "issued": issued, "expected": expected, "now": now}
        )
        return [_Change(line, bool(there), bool(matters)) for line, there, matters in cursor.fetchall()]
