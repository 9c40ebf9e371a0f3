"""Time entries: the clocks of operations, written in as few statements as the act allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.bases import fetch
from orders.models import User
from planning.models import Operation
from production.models import ScrapReason

# One statement for two facts that always come together: somebody works, so the work order is in progress.
_OPEN = """
    WITH begun AS (
        UPDATE production_workorder SET status = 'in_progress', started_at = %(now)s
        WHERE line_id = ANY(%(lines)s) AND status = 'released'
    )
    INSERT INTO production_timeentry
        (operation_id, machine_id, person_id, started_at, good, scrapped, note)
    SELECT operation, machine, %(person)s, %(now)s, 0, 0, ''
    FROM unnest(%(operations)s::bigint[], %(machines)s::bigint[]) AS data(operation, machine)
"""
_CLOSE = """
    UPDATE production_timeentry AS entry
    SET ended_at = coalesce(entry.ended_at, greatest(%(now)s, entry.started_at)), good = data.good,
        scrapped = data.scrapped, scrap_reason_id = data.reason, note = data.note
    FROM unnest(%(operations)s::bigint[], %(good)s::int[], %(scrapped)s::int[], %(reasons)s::bigint[],
                %(notes)s::text[]) AS data(operation, good, scrapped, reason, note)
    CROSS JOIN LATERAL (
        SELECT id, ended_at FROM production_timeentry WHERE operation_id = data.operation
        ORDER BY id DESC LIMIT 1
    ) AS last
    WHERE entry.id = last.id
    RETURNING entry.operation_id, CASE WHEN last.ended_at IS NULL THEN
        ceil(extract(epoch FROM entry.ended_at - entry.started_at) / 60)::int ELSE 0 END
"""


@dataclass(frozen=True)
class Count:
    """What came out of an operation: good and scrapped pieces, which together make the job's quantity."""

    operation: Operation
    good: int
    scrapped: int = 0
    scrap_reason: ScrapReason | None = None
    note: str = ""


def open_clocks(*, operations: Sequence[Operation], by: User | None, now: datetime) -> None:
    """Somebody works on these running operations from `now` on; their work orders are in progress."""
    values: dict[str, Any] = {
        "operations": [operation.id for operation in operations],
        "machines": [operation.worked_on_id for operation in operations],
        "lines": [operation.line_id for operation in operations],
        "person": by.id if by else None,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)


def close_clocks(*, counts: Sequence[Count], now: datetime) -> dict[int, int]:
    """Book the quantities where each operation was worked on last, and stop the clocks that run there.

    Returns the minutes worked by operation id, rounded up; 0 where the clock stood still.
    """
    values: dict[str, Any] = {
        "operations": [each.operation.id for each in counts],
        "good": [each.good for each in counts],
        "scrapped": [each.scrapped for each in counts],
        "reasons": [each.scrap_reason.id if each.scrap_reason and each.scrapped else None for each in counts],
        "notes": [each.note for each in counts],
        "now": now,
    }
    return dict(fetch(_CLOSE, values))
