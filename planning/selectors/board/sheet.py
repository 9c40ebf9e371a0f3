"""The planner's board: the open operations of a window and what they stand on, as compact columns."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np

from kernel.bases import fetch
from kernel.jit import IntArray, Table
from planning.engine.calendars import Windows
from planning.models import Operation
from planning.selectors.board.attending import Attendance, attendance_of
from planning.selectors.board.window import Window
from planning.selectors.order_book.book import STATUSES, copied, minute
from planning.selectors.order_book.floor import seats_of
from planning.selectors.shop.resources import Resources, load_resources

MOST: Final = 30_000
MOST_WITHOUT: Final = 30
"""So many operations without a place are named."""

HELD: Final = len(STATUSES)
"""The status of time that a hold keeps: it comes behind those of operations."""

STATUS_WORDS: Final = (*(str(Operation.Status(each).label) for each in STATUSES), "Held for a quotation")


COLUMNS: Final = {
    "id": "o.id",
    "line": "o.line_id",
    "loop": "o.loop",
    "sequence": "o.sequence",
    "process": "o.process_id",
    "name": "hashtextextended(o.name, 0)",
    "status": f"coalesce(array_position(ARRAY{[str(each) for each in STATUSES]}::text[], o.status), "
    f"{HELD + 1}) - 1",
    "machine": "o.seat",
    "start": minute("o.starts"),
    "end": f"greatest({minute('o.ends')}, {minute('o.starts')} + 1)",
    "first": minute("lower(o.baseline)"),
    "last": minute("upper(o.baseline)"),
    "pinned": "o.pinned::int",
    "graph": "(o.after IS NOT NULL)::int",
    "promised": minute("l.promised_at"),
    "forecast": minute("l.forecast_at"),
}
OWN: Final = "id, line_id, loop, sequence, process_id, name, status::text, baseline, pinned, after"
# In parts, because an OR of them has no index; running ones stand where they run.
SOURCE: Final = f"""
    FROM (
        SELECT {OWN}, machine_id AS seat, lower(during) AS starts, upper(during) AS ends
        FROM planning_operation
        WHERE status IN ('pending', 'blocked', 'ready', 'paused') AND during && tstzrange(%s, %s)
        UNION ALL
        SELECT {OWN}, worked_on_id, running_since, upper(during)
        FROM planning_operation WHERE status = 'running' AND running_since IS NOT NULL
        UNION ALL
        SELECT slot.id, hold.line_id, 0, slot.sequence, 0, slot.name, 'held', NULL, false, NULL,
            slot.machine_id, lower(slot.during), upper(slot.during)
        FROM planning_heldslot AS slot JOIN planning_hold AS hold ON hold.id = slot.hold_id
        WHERE slot.during && tstzrange(%s, %s)
        ORDER BY starts, id LIMIT {MOST + 1}
    ) AS o JOIN orders_orderline AS l ON l.id = o.line_id
"""
PLACELESS: Final = (
    "(SELECT * FROM planning_operation WHERE machine_id IS NULL "
    "AND status IN ('pending', 'blocked', 'ready', 'paused')) AS lost"
)
# What else the picture shows; its text is also a part of the tag.
AROUND: Final = f"""
    SELECT json_build_object(
        'edition', (SELECT coalesce(max(id), 0) FROM planning_planversion),
        'machines', (SELECT json_object_agg(id, name ORDER BY id) FROM planning_machine),
        'downtimes', (SELECT json_agg(json_build_array(
            d.id, d.machine_id, {minute("d.starts")}, {minute("d.ends")}, d.kind, d.note
        ) ORDER BY d.starts, d.id) FROM planning_downtime AS d
            WHERE d.starts < %(end)s AND d.ends > %(begin)s),
        'overtime', (SELECT json_agg(json_build_array(
            x.id, x.machine_id, {minute("x.starts")}, {minute("x.ends")}, x.note
        ) ORDER BY x.starts, x.id) FROM planning_overtime AS x
            WHERE x.starts < %(end)s AND x.ends > %(begin)s),
        'crews', (SELECT json_agg(json_build_array(c.id, c.code, c.name) ORDER BY c.code)
            FROM planning_crew AS c),
        'absences', (SELECT json_object_agg(a.id, a.note ORDER BY a.id) FROM planning_absence AS a
            WHERE a.starts < %(end)s AND a.ends > %(begin)s),
        'placeless', (SELECT count(*) FROM {PLACELESS}),
        'without', (SELECT json_agg(json_build_array(
            o.id, o.sequence, o.name, o.unplanned_reason, l.position,
            coalesce(parent.number, parent.quotation_number), customer.name
        ) ORDER BY o.line_id, o.loop, o.sequence) FROM (
            SELECT * FROM {PLACELESS} ORDER BY line_id, loop, sequence LIMIT {MOST_WITHOUT}
        ) AS o JOIN orders_orderline AS l ON l.id = o.line_id
            JOIN orders_order AS parent ON parent.id = l.order_id
            JOIN orders_customer AS customer ON customer.id = parent.customer_id)
    )::text
"""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A window of the plan: rows with the columns of COLUMNS by job and step, held time behind them.

    `cut` says that there is more than MOST. `attendance` is there where people were asked for.
    """

    window: Window
    rows: Table
    resources: Resources
    around: str
    cut: bool
    attendance: Attendance | None = None

    @cached_property
    def hours(self) -> dict[int, IntArray]:
        """The edges of the working time inside the window, by the number of the calendar."""
        numbers = {machine.calendar for machine in self.resources.machines}
        return {number: self._inside(self.resources.calendars[number]) for number in sorted(numbers)}

    def _inside(self, windows: Windows) -> IntArray:
        begin, end = self.window.minutes
        inside = windows[(windows["end"] > begin) & (windows["start"] < end)]
        edges: IntArray = np.clip(np.stack((inside["start"], inside["end"]), 1).ravel(), begin, end)
        return edges

    def hours_of(self, calendar: int) -> IntArray:
        """The same of any calendar."""
        return self._inside(self.resources.calendars[calendar])

    @cached_property
    def seats(self) -> IntArray:
        """The numbers of the machines of the rows."""
        return seats_of(self.rows["machine"], self.resources)

    @cached_property
    def tag(self) -> str:
        """The same for the same picture, in every process."""
        digest = hashlib.blake2b(self.rows.tobytes(), digest_size=12)
        digest.update(self.around.encode())
        digest.update(repr((self.window, self.resources.pools, self.resources.machines)).encode())
        for edges in self.hours.values():
            digest.update(edges.tobytes())
        if self.attendance:
            digest.update(self.attendance.stamp)
        return digest.hexdigest()


def load_sheet(window: Window, now: datetime, *, people: bool = False) -> Sheet:
    """The open operations and held times of the window, MOST at most, the running where they run.

    Three statements whatever the number of operations, with `people` and who attends five.
    """
    resources = load_resources(now)
    span = [window.begin, window.end]
    rows = copied(COLUMNS, SOURCE, [*span, *span])
    cut = len(rows) > MOST
    order = np.lexsort((rows["id"], rows["sequence"], rows["loop"], rows["line"], rows["status"] == HELD))
    (around,) = fetch(AROUND, {"begin": window.begin, "end": window.end})[0]
    attendance = attendance_of(resources, now) if people else None
    return Sheet(window, rows[order][:MOST], resources, around, cut, attendance)
