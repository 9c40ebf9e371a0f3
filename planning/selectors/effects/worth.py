"""What jobs cost and since when they are worked on; the figures of a plan in words people count in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from planning import engine
from planning.engine import NEVER
from planning.engine.measures import Measures, Worth, measure
from planning.selectors.changes.rush import Copied
from planning.selectors.effects.forecasts import forecast_minutes
from planning.selectors.order_book.book import STATUSES, copied, minute
from planning.selectors.order_book.ledger import Ledger

PERIOD: Final = timedelta(days=28)
"""Work in progress and the use of machines are measured over the next four weeks."""

DAY: Final = 1440
CENTS: Final = 100
MONEY: Final = Decimal("0.01")
COST: Final = "CASE WHEN l.unit_cost > 0 THEN l.unit_cost ELSE l.unit_price END"
JOBS: Final = {
    "line": "l.id",
    "one": f"round({CENTS} * {COST})",
    "quantity": "l.quantity",
    "currency": " + ".join(f"{256**at} * ascii(substr(s.currency, {3 - at}, 1))" for at in range(3)),
    "begun": minute("(SELECT min(o.started_at) FROM planning_operation AS o WHERE o.line_id = l.id)"),
}
OPEN_JOBS: Final = (
    "FROM orders_orderline AS l JOIN orders_order AS s ON s.id = l.order_id WHERE l.id = ANY(%s) "
    "OR EXISTS (SELECT FROM planning_operation AS o WHERE o.line_id = l.id "
    f"AND o.status IN ({', '.join(repr(str(each)) for each in STATUSES)}))"
)


def worth_of(book: Ledger, copies: Mapping[int, Copied]) -> Worth:
    """What the jobs of this order book cost, by their numbers there. One statement.

    A job costs its calculated cost times its quantity, its price where no cost is known, in cents of its
    order's currency. `copies` tell which jobs are copies of which line, by their ids.
    """
    table = copied(JOBS, OPEN_JOBS, [sorted({each.line for each in copies.values()})])
    table = table[np.argsort(table["line"])]
    source = np.array(
        [copies[each].line if each in copies else each for each in book.line_ids.tolist()], np.int64
    )
    at = np.minimum(np.searchsorted(table["line"], source), max(0, len(table) - 1))
    known = table["line"][at] == source if len(table) else np.zeros(len(source), bool)
    rows = np.zeros(len(source), table.dtype)
    rows["begun"] = NEVER
    rows[known] = table[at[known]]
    for number, line_id in enumerate(book.line_ids.tolist()):
        if line_id in copies:
            rows["quantity"][number], rows["begun"][number] = copies[line_id].quantity, NEVER
    first = np.sort(np.unique(book.rows["line"], return_index=True)[1])
    return Worth(
        promised=book.rows["promised"][first],
        begun=rows["begun"],
        value=rows["one"] * rows["quantity"],
        kind=rows["currency"],
    )


def figures_of(
    book: Ledger, plan: engine.Plan, copies: Mapping[int, Copied], *, moved: int = 0
) -> dict[str, Any]:
    """The figures of a plan as JSON: see `Measures`; money as decimal text by currency, times days.

    Work centres are rows of code, name and share.
    """
    slots = engine.standing_slots(plan.machine, plan.start, plan.end)
    until = book.problem.now + int(PERIOD.total_seconds()) // 60
    found = measure(book.problem, slots, worth_of(book, copies), forecast_minutes(book, slots), until, moved)
    own = int((plan.machine[: len(book.rows)] < 0).sum())
    return written(replace(found, unplaced=own), book)


def written(found: Measures, book: Ledger) -> dict[str, Any]:
    """The same, with codes and names in place of numbers."""
    centres = book.resources.centres
    known = [centre for centre in centres if centre in found.used]
    return {
        "promised": found.promised,
        "on_time": found.on_time,
        "unplaced": found.unplaced,
        "tardiness": found.tardiness,
        "weighted": found.weighted,
        "in_progress": round(found.in_progress, 2),
        "centres": [[*centres[each], round(found.used[each], 4)] for each in known],
        "bottleneck": list(centres[found.bottleneck]) if found.bottleneck in centres else [],
        "used": round(found.used.get(found.bottleneck, 0.0), 4),
        "makespan": found.makespan,
        "moved": found.moved,
        "tied_up": {
            currency_of(kind): str((Decimal(sum_) / (CENTS * DAY)).quantize(MONEY))
            for kind, sum_ in sorted(found.tied_up.items())
            if sum_
        },
    }


def currency_of(number: int) -> str:
    """The code that the number stands for."""
    return number.to_bytes(3, "big").decode("ascii")
