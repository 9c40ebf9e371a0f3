"""On-time delivery by request, first promise and current promise: three figures, and the jobs behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils import timezone

from kernel.bases import fetch
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.shop.resources import Resources

SPANS: Final = (30, 90)
KEPT_MINUTES: Final = 10
"""The figures are counted anew that often: they read every delivery of three months."""

ROWS: Final = 50
FARTHEST: Final = 10_000
MEASURES: Final[Mapping[str, str]] = {
    "request": "Requested date",
    "first": "First promise",
    "promise": "Current promise",
}

DELIVERED: Final = """
    WITH done AS (
        SELECT line.id, line.position, orders.number, customer.name AS customer, orders.confirmed_at,
            (line.delivered_at AT TIME ZONE %(zone)s)::date AS delivered,
            coalesce(line.requested_date, orders.requested_date) AS request,
            (line.promised_at AT TIME ZONE %(zone)s)::date AS promise
        FROM orders_orderline AS line JOIN orders_order AS orders ON orders.id = line.order_id
            JOIN orders_customer AS customer ON customer.id = orders.customer_id
        WHERE line.delivered_at >= %(since)s AND line.delivered_at <= %(now)s
    ), told AS (
        SELECT DISTINCT ON (change.line_id) change.line_id,
            (change.value AT TIME ZONE %(zone)s)::date AS day
        FROM orders_datechange AS change JOIN done ON done.id = change.line_id
        WHERE change.kind = 'promised' AND change.at >= done.confirmed_at
        ORDER BY change.line_id, change.id
    ), found AS (
        SELECT done.*, coalesce(told.day, done.promise) AS first
        FROM done LEFT JOIN told ON told.line_id = done.id
    )
"""
"""What was delivered, with its three dates as days; the first promise is that of the confirmation."""

COUNTED: Final = """
    SELECT span, count(request), count(*) FILTER (WHERE delivered <= request),
        count(first), count(*) FILTER (WHERE delivered <= first),
        count(promise), count(*) FILTER (WHERE delivered <= promise)
    FROM unnest(%(spans)s::int[]) AS span
        LEFT JOIN found ON found.delivered > (%(now)s AT TIME ZONE %(zone)s)::date - span
    GROUP BY span ORDER BY span
"""
LISTED: Final = """
    SELECT number, position, customer, delivered, {day}, delivered - {day} AS late, count(*) OVER () AS in_all
    FROM found WHERE {day} IS NOT NULL
    ORDER BY late DESC, delivered DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""


class Share(NamedTuple):
    """Of so many deliveries with such a date so many were in time."""

    by: str
    days: int
    total: int
    kept: int

    @property
    def label(self) -> str:
        """By which date."""
        return MEASURES[self.by]

    @property
    def percent(self) -> str:
        """`94.2 %`, a dash without deliveries."""
        return f"{100 * self.kept / self.total:.1f} %" if self.total else "–"


class Delivery(NamedTuple):
    """One delivery against one of its dates."""

    number: str
    position: int
    customer: str
    delivered: date
    wanted: date
    late: int
    """Days; negative where it was early."""


@dataclass(frozen=True)
class Deliveries:
    """A page of the deliveries behind a figure, the latest ones first, and how many there are in all."""

    by: str
    days: int
    page: int
    rows: Sequence[Delivery]
    total: int

    @property
    def more(self) -> bool:
        """Whether there are further pages."""
        return self.total > self.page * ROWS

    @property
    def spans(self) -> Sequence[int]:
        """The spans of days that can be asked for."""
        return SPANS

    @property
    def measures(self) -> list[tuple[str, str]]:
        """The dates that can be asked for, with their words."""
        return list(MEASURES.items())

    @property
    def label(self) -> str:
        """By which date."""
        return MEASURES[self.by]


def on_time(resources: Resources, now: datetime) -> Mapping[str, Sequence[Share]]:
    """The shares by measure, of the last SPANS days. A day is kept as a whole: dates are compared as days.

    One statement, once in KEPT_MINUTES.
    """
    return _shares(resources, minute_of(now) // KEPT_MINUTES)


@lru_cache(maxsize=4)
def _shares(resources: Resources, stretch: int) -> Mapping[str, Sequence[Share]]:
    """The shares as of the end of this stretch of KEPT_MINUTES."""
    now = moment_of((stretch + 1) * KEPT_MINUTES)
    rows = fetch(DELIVERED + COUNTED, {**_since(now, max(SPANS)), "spans": list(SPANS)})
    return {
        by: [Share(by, row[0], row[1 + 2 * at], row[2 + 2 * at]) for row in rows]
        for at, by in enumerate(MEASURES)
    }


def on_time_list(now: datetime, by: str, days: int, page: int) -> Deliveries:
    """The deliveries of the last `days` days against their dates, ROWS a page. One statement."""
    by = by if by in MEASURES else "promise"
    days = days if days in SPANS else SPANS[0]
    page = min(max(1, page), FARTHEST)
    edges = {**_since(now, days), "limit": ROWS, "offset": ROWS * (page - 1)}
    rows = fetch(DELIVERED + LISTED.format(day=by), edges)
    return Deliveries(by, days, page, [Delivery(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def _since(now: datetime, days: int) -> dict[str, object]:
    zone = timezone.get_default_timezone()
    midnight = timezone.localtime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "now": now,
        "zone": timezone.get_default_timezone_name(),
        "since": midnight - timedelta(days=days - 1),
    }
