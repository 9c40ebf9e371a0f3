"""Time entries: the clock of an operation, written in as few statements as the act allows."""

from datetime import datetime
from math import ceil
from typing import Any

from django.db import connection

from orders.models import User
from planning.models import Operation
from production.models import ScrapReason, TimeEntry

# One statement for two facts that always come together: somebody works, so the work order is in progress.
_OPEN = """
    WITH begun AS (
        UPDATE production_workorder SET status = 'in_progress', started_at = %(now)s
        WHERE line_id = %(line)s AND status = 'released'
    )
    INSERT INTO production_timeentry
        (operation_id, machine_id, person_id, started_at, good, scrapped, note)
    VALUES (%(operation)s, %(machine)s, %(person)s, %(now)s, 0, 0, '')
"""
_CLOSE = """
    UPDATE production_timeentry
    SET ended_at = greatest(%(now)s, started_at), good = %(good)s, scrapped = %(scrapped)s,
        scrap_reason_id = %(reason)s, note = %(note)s
    WHERE operation_id = %(operation)s AND ended_at IS NULL
    RETURNING started_at, ended_at
"""


def open_clock(*, operation: Operation, by: User | None, now: datetime) -> None:
    """Somebody works on the running operation from `now` on; its work order is in progress."""
    values = {
        "operation": operation.id,
        "line": operation.line_id,
        "machine": operation.worked_on_id,
        "person": by.id if by else None,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)


def close_clock(
    *,
    operation: Operation,
    now: datetime,
    good: int = 0,
    scrapped: int = 0,
    scrap_reason: ScrapReason | None = None,
    note: str = "",
) -> int | None:
    """Stop the clock and book the quantities; the minutes worked, rounded up; None where it stood still."""
    values: dict[str, Any] = {
        "operation": operation.id,
        "now": now,
        "good": good,
        "scrapped": scrapped,
        "reason": scrap_reason.id if scrap_reason and scrapped else None,
        "note": note,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, values)
        row = cursor.fetchone()
    return ceil((row[1] - row[0]).total_seconds() / 60) if row else None


def book_on_last(
    *, operation: Operation, good: int, scrapped: int, scrap_reason: ScrapReason | None, note: str
) -> None:
    """Book the quantities of a paused operation where it was worked on last."""
    last = TimeEntry.objects.filter(operation=operation.id).order_by("-id").values("id")[:1]
    TimeEntry.objects.filter(id__in=last).update(
        good=good, scrapped=scrapped, scrap_reason=scrap_reason if scrapped else None, note=note
    )
