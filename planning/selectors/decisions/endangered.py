"""Which jobs are late or at risk: forecast behind the promise, or so near it that a bad day is enough."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
from django.conf import settings

from kernel.jit import IntArray, Table
from orders.lifecycle import OPEN
from planning.selectors.board.load import worked_before
from planning.selectors.editions import Edition
from planning.selectors.moments import minute_of
from planning.selectors.order_book.book import copied, minute
from planning.selectors.shop.resources import Resources

NEAR: Final = {
    "line": "l.id",
    "promised": minute("l.promised_at"),
    "forecast": minute("l.forecast_at"),
    "weight": "l.priority",
}
OPEN_STATES: Final = ", ".join(f"'{state}'" for state in sorted(OPEN))
NEAR_PROMISES: Final = (
    f"FROM orders_orderline AS l WHERE l.state IN ({OPEN_STATES}) AND l.promised_at IS NOT NULL "
    "AND l.forecast_at > l.promised_at - interval '14 days'"
)
"""A fortnight holds every stretch of free days before a promise."""


@dataclass(frozen=True, eq=False)
class Endangered:
    """The late and the at-risk jobs with the columns of NEAR, the most urgent first.

    `slack[i]` is the working time between forecast and promise of row i, in minutes; of late jobs, the first
    `late` rows, it is what they are late by, negative and in minutes of the clock.
    """

    rows: Table
    slack: IntArray
    late: int

    @property
    def risk(self) -> int:
        """How many keep their promise, but only just."""
        return len(self.rows) - self.late


def endangered(now: datetime, resources: Resources, plan: Edition) -> Endangered:
    """Late jobs: the forecast lies behind the promise. At risk: less than MTO_RISK_MINUTES of working time
    of the default calendar lie between them, so that an ordinary disturbance makes them late.

    Late ones by weight times lateness, then those at risk by their slack. One statement, once a minute for
    each edition of the plan.
    """
    return _endangered(resources, minute_of(now), plan, settings.MTO_RISK_MINUTES)


@lru_cache(maxsize=4)
def _endangered(resources: Resources, at: int, plan: Edition, least: int) -> Endangered:
    """The jobs in danger by this edition of the plan."""
    rows = copied(NEAR, NEAR_PROMISES)
    over = rows["forecast"] - rows["promised"]
    windows = resources.windows_of_calendar(resources.usual)
    room = worked_before(windows, rows["promised"]) - worked_before(windows, rows["forecast"])
    late = over > 0
    slack = np.where(late, -over, room)
    picked = np.flatnonzero(late | (room < least))
    urgency = np.where(late, -over * rows["weight"], room)[picked]
    order = picked[np.lexsort((rows["line"][picked], urgency, ~late[picked]))]
    return Endangered(rows[order], slack[order], int(late.sum()))
