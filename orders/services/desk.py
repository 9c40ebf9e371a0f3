"""What stages write down into the order: work that waits, milestones, dates and documents."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from kernel import clock
from kernel.bases import fetch, joined_transaction
from orders.models import DateChange, Document, Milestone, Order, OrderLine, User


@dataclass(frozen=True)
class Work:
    """Something to put on a role's list; `key` makes it unique, `place` narrows it (a work centre's code)."""

    key: str
    role: str
    reason: str
    url: str
    line: OrderLine | None = None
    due_at: datetime | None = None
    place: str = ""
    order: Order | None = None

    @property
    def order_id(self) -> int | None:
        """The order it belongs to, named itself or through the job."""
        if self.line is not None:
            return self.line.order_id
        return self.order.pk if self.order is not None else None


OPEN_WORK = """
    WITH closed AS (
        UPDATE orders_workitem SET done_at = %(now)s, done_by_id = %(by)s
        WHERE key = ANY(%(closing)s::text[]) AND done_at IS NULL
    )
    INSERT INTO orders_workitem (key, role, reason, url, place, line_id, order_id, due_at, opened_at)
    SELECT key, role, reason, url, place, line_id, order_id, due_at, %(now)s
    FROM unnest(%(key)s::text[], %(role)s::text[], %(reason)s::text[], %(url)s::text[], %(place)s::text[],
                %(line)s::bigint[], %(order)s::bigint[], %(due)s::timestamptz[])
        AS data(key, role, reason, url, place, line_id, order_id, due_at)
    ON CONFLICT (key) DO UPDATE SET role = EXCLUDED.role, reason = EXCLUDED.reason, url = EXCLUDED.url,
        place = EXCLUDED.place, line_id = EXCLUDED.line_id, due_at = EXCLUDED.due_at,
        opened_at = EXCLUDED.opened_at, done_at = NULL, done_by_id = NULL
"""
CLOSE_WORK = (
    "UPDATE orders_workitem SET done_at = %s, done_by_id = %s WHERE key = ANY(%s) AND done_at IS NULL"
)


def open_work(
    *,
    items: Sequence[Work],
    closing: Collection[str] = (),
    by: User | None = None,
    now: datetime | None = None,
) -> None:
    """Put work on the lists; a key that stood there is opened again with the new reason.

    What is done by the same act (`closing`, by `by`) goes off the lists in the same statement.
    """
    if not items:
        close_work(keys=closing, by=by, now=now)
        return
    values: dict[str, Any] = {
        "key": [item.key for item in items],
        "role": [str(item.role) for item in items],
        "reason": [item.reason[:200] for item in items],
        "url": [item.url for item in items],
        "place": [item.place for item in items],
        "line": [item.line.pk if item.line else None for item in items],
        "order": [item.order_id for item in items],
        "due": [item.due_at for item in items],
        "closing": list(closing),
        "by": by.pk if by else None,
        "now": now or clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WORK, values)


def close_work(*, keys: Collection[str], by: User | None = None, now: datetime | None = None) -> int:
    """Take work off the lists; returns how many stood there."""
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_WORK, [now or clock.now(), by.pk if by else None, list(keys)])
        return int(cursor.rowcount)


def add_milestones(*, lines: Sequence[OrderLine], code: str, text: str, now: datetime | None = None) -> None:
    """Tell the customers of these jobs something in plain words. The caller holds `lock_jobs`."""
    now = now or clock.now()
    Milestone.objects.bulk_create(
        Milestone(order_id=line.order_id, line=line, code=code, text=text, at=now) for line in lines
    )


@dataclass(frozen=True)
class Paper:
    """A paper that belongs to a job's order, unique by `key`."""

    key: str
    line: OrderLine
    kind: str
    title: str
    url: str
    for_customer: bool


def add_documents(*, papers: Sequence[Paper]) -> None:
    """Note papers at their orders; one whose key is there replaces it. One statement."""
    now = clock.now()
    documents = [
        Document(
            key=paper.key,
            order_id=paper.line.order_id,
            kind=paper.kind,
            title=paper.title,
            url=paper.url,
            customer_may_see=paper.for_customer,
            created_at=now,
        )
        for paper in papers
    ]
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["kind", "title", "url", "customer_may_see"],
    )


RECORD_FORECASTS = """
    WITH moved AS (
        UPDATE orders_orderline AS line SET forecast_at = data.at
        FROM unnest(%(lines)s::bigint[], %(moments)s::timestamptz[]) AS data(id, at)
        JOIN orders_orderline AS before ON before.id = data.id
        WHERE line.id = data.id AND before.forecast_at IS DISTINCT FROM data.at
        RETURNING line.id, before.forecast_at AS previous, data.at
    ), noted AS (
        INSERT INTO orders_datechange (line_id, kind, previous, value, reason, at)
        SELECT id, %(kind)s, previous, at, %(reason)s, %(now)s FROM moved
        WHERE (previous AT TIME ZONE %(zone)s)::date IS DISTINCT FROM (at AT TIME ZONE %(zone)s)::date
        ORDER BY id
    )
    SELECT count(*) FROM moved
"""


def record_forecasts(*, forecasts: Mapping[int, datetime], reason: str, now: datetime | None = None) -> int:
    """Write each job's forecast (by id); returns how many moved. A change of day goes into the history.

    One statement for any number of jobs. The caller holds the lines.
    """
    if not forecasts:
        return 0
    values = {
        "lines": list(forecasts),
        "moments": list(forecasts.values()),
        "kind": str(DateChange.Kind.FORECAST),
        "reason": reason,
        "now": now or clock.now(),
        "zone": timezone.get_default_timezone_name(),
    }
    ((moved,),) = fetch(RECORD_FORECASTS, values)
    return int(moved)


@joined_transaction()
def promise(
    *, lines: Sequence[OrderLine], at: datetime, reason: str, by: User | None, now: datetime | None = None
) -> None:
    """Promise (or promise anew) a delivery for these jobs, with the reason. The caller holds `lock_jobs`."""
    now = now or clock.now()
    DateChange.objects.bulk_create(
        DateChange(
            line=line,
            kind=DateChange.Kind.PROMISED,
            previous=line.promised_at,
            value=at,
            reason=reason,
            by=by,
            at=now,
        )
        for line in lines
    )
    OrderLine.objects.filter(id__in=[line.id for line in lines]).update(promised_at=at)
    for line in lines:
        line.promised_at = at


def withdraw_promise(*, line_ids: Sequence[int]) -> None:
    """Take back what was offered for lines that are not ordered; what is ordered keeps its promise."""
    offered = OrderLine.objects.filter(id__in=line_ids, state__in=["draft", "quoted"])
    offered.update(promised_at=None)
