"""The order book as a table: a row for every open operation, read by one binary COPY, and for new ones."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from io import BytesIO
from typing import Any, Final, NamedTuple

import numpy as np
from django.db import connection

from kernel.jit import Table
from planning.engine import NEVER
from planning.models import HeldSlot, Operation
from planning.selectors.moments import minute_of

HEADER: Final = 19
STATUSES: Final = tuple(Operation.OPEN)
RUNNING: Final = STATUSES.index(Operation.Status.RUNNING)
PAUSED: Final = STATUSES.index(Operation.Status.PAUSED)
FEW: Final = 2000
"""So many operations are named in a statement; for more the links of all open ones are read."""

DIGITS: Final = 15
"""Hexadecimal digits of a name's digest that stand for the name."""


def minute(moment: str) -> str:
    """SQL for whole minutes since 1970, NEVER for null."""
    return f"coalesce(floor(date_part('epoch', {moment}) / 60)::bigint, {NEVER})"


OPERATIONS: Final = {
    "id": "o.id",
    "line": "o.line_id",
    "loop": "o.loop",
    "sequence": "o.sequence",
    "process": "o.process_id",
    "setup": "o.setup_minutes",
    "run": "o.run_minutes",
    "family": "CASE o.setup_family WHEN '' THEN -1 "
    f"ELSE ('x' || left(md5(o.setup_family), {DIGITS}))::bit({4 * DIGITS})::bigint END",
    "unattended": "o.unattended::int",
    "status": f"array_position(ARRAY{[str(each) for each in STATUSES]}::text[], o.status::text) - 1",
    "machine": "coalesce(o.machine_id, -1)",
    "start": minute("lower(o.during)"),
    "end": minute("upper(o.during)"),
    "worked_on": "coalesce(o.worked_on_id, -1)",
    "since": minute("o.running_since"),
    "worked": "o.worked_minutes",
    "nowhere": "(o.unplanned_reason <> '')::int",
    "promised": minute("l.promised_at"),
    "forecast": minute("l.forecast_at"),
    "held": "(l.held_at IS NOT NULL)::int",
    "weight": "l.priority",
    "queue": "o.queue_minutes",
    "wait": "o.wait_minutes",
    "not_before": minute("o.not_before"),
    "quantity": "greatest(o.quantity, 1)",
    "good": "o.good",
    "batch": "o.batch_size",
    "transfer": "o.transfer",
    "pauses": "o.pauses::int",
    "outside": "o.outside_days",
    "pinned": "o.pinned::int",
    "graph": "(o.after IS NOT NULL)::int",
    "linked": "(o.after IS NOT NULL OR o.skills <> '{}' OR o.tools <> '{}')::int",
}
OPEN_OPERATIONS: Final = (
    "FROM planning_operation AS o JOIN orders_orderline AS l ON l.id = o.line_id "
    f"WHERE o.status IN ({', '.join(repr(str(each)) for each in STATUSES)})"
)
SHORT: Final = {
    "id": "n.id",
    "operation": "n.operation_id",
    "expected": minute("n.expected_at"),
    "need_by": minute("n.need_by"),
}
SHORT_REQUIREMENTS: Final = (
    "FROM planning_requirement AS n JOIN planning_operation AS o ON o.id = n.operation_id "
    "WHERE n.available < n.quantity AND n.cancelled_at IS NULL "
    f"AND o.status IN ({', '.join(repr(str(each)) for each in STATUSES)})"
)

LINKS: Final = {"operation": "o.id", "kind": "link.kind", "value": "link.value"}


class Link(IntEnum):
    """What a row of LINKS names."""

    AFTER = 0
    """The sequence of an operation that must be complete before."""
    SKILL = 1
    TOOL = 2


LINKS_OF_OPEN: Final = (
    f"FROM planning_operation AS o CROSS JOIN LATERAL (SELECT {Link.AFTER:d}, unnest(o.after) "
    f"UNION ALL SELECT {Link.SKILL:d}, unnest(o.skills) "
    f"UNION ALL SELECT {Link.TOOL:d}, unnest(o.tools)) AS link(kind, value) "
    f"WHERE o.status IN ({', '.join(repr(str(each)) for each in STATUSES)})"
)


def table_of(columns: dict[str, str]) -> np.dtype[Any]:
    """The type of a table with these columns."""
    return np.dtype([(name, np.int64) for name in columns])


NO_LINKS: Final = np.zeros(0, table_of(LINKS))


class Held(NamedTuple):
    """Time of a machine that is kept for a promise."""

    hold_id: int
    line_id: int
    machine_id: int
    starts: datetime
    ends: datetime


def open_rows(condition: str = "", values: Sequence[object] = ()) -> Table:
    """Open operations with the columns of OPERATIONS, by job, loop and sequence. One statement.

    Moments are minutes since 1970, NEVER where there is none. `condition` narrows them down in SQL, with
    `o` for the operation and `l` for its line.
    """
    rows = copied(OPERATIONS, f"{OPEN_OPERATIONS} {condition}", values)
    return rows[np.lexsort((rows["sequence"], rows["loop"], rows["line"]))]


def new_rows(operations: Sequence[Operation]) -> Table:
    """The same rows for operations that are not stored yet, in the order given; their lines are there.

    Their ids are -1, -2, …
    """
    found = np.zeros(len(operations), table_of(OPERATIONS))
    for at, each in enumerate(operations):
        row = found[at]
        row["id"], row["line"], row["loop"], row["sequence"] = -1 - at, each.line_id, each.loop, each.sequence
        row["process"], row["setup"], row["run"] = each.process_id, each.setup_minutes, each.run_minutes
        row["family"], row["unattended"] = number_of(each.setup_family), each.unattended
        row["status"] = STATUSES.index(Operation.Status(each.status))
        row["machine"], row["worked_on"] = -1, -1
        row["start"], row["end"], row["since"] = NEVER, NEVER, NEVER
        row["promised"], row["forecast"] = minute_of(each.line.promised_at), minute_of(each.line.forecast_at)
        row["held"], row["weight"] = each.line.held_at is not None, each.line.priority
        row["queue"], row["wait"] = each.queue_minutes, each.wait_minutes
        row["not_before"] = minute_of(each.not_before)
        row["quantity"], row["good"] = max(1, each.quantity), each.good
        row["batch"], row["transfer"], row["pauses"] = each.batch_size, each.transfer, each.pauses
        row["outside"], row["pinned"], row["graph"] = each.outside_days, each.pinned, each.after is not None
        row["linked"] = each.after is not None or bool(each.skills or each.tools)
    return found


def new_links(operations: Sequence[Operation]) -> Table:
    """What the operations of `new_rows` follow and need, with the columns of LINKS."""
    found = [
        (-1 - at, kind, value)
        for at, each in enumerate(operations)
        for kind, values in ((Link.AFTER, each.after), (Link.SKILL, each.skills), (Link.TOOL, each.tools))
        for value in values or ()
    ]
    return np.array(found, table_of(LINKS))


def links_of(rows: Table) -> Table:
    """What open operations follow and need, with the columns of LINKS. One statement, none where nothing is.

    Operations without links of the kind AFTER follow none if their row has `graph`, else the one before them.
    """
    if not rows["linked"].any():
        return NO_LINKS
    some = rows["id"][rows["linked"] == 1]
    if len(some) > FEW:
        return copied(LINKS, LINKS_OF_OPEN)
    return copied(LINKS, f"{LINKS_OF_OPEN} AND o.id = ANY(%s)", [some.tolist()])


def short_rows() -> Table:
    """The requirements of open operations that are not fully here, with the columns of SHORT."""
    return copied(SHORT, SHORT_REQUIREMENTS)


def short_table(rows: Iterable[tuple[int, int, datetime | None, datetime | None]]) -> Table:
    """The same rows for requirements that were read before: id, operation, expected at, need by."""
    found = [(row[0], row[1], minute_of(row[2]), minute_of(row[3])) for row in rows]
    return np.array(found, table_of(SHORT))


def held_slots(now: datetime) -> list[Held]:
    """What promises keep of the machines from now on; nobody but their own jobs may stand there."""
    rows = HeldSlot.objects.filter(during__endswith__gt=now).order_by("id")
    columns = ("hold_id", "hold__line_id", "machine_id", "during__startswith", "during__endswith")
    return [Held(*row) for row in rows.values_list(*columns)]


def number_of(name: str) -> int:
    """The number that stands for a set-up family in the table; -1 for none."""
    if not name:
        return -1
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:DIGITS], 16)


def copied(columns: dict[str, str], source: str, values: Sequence[object] = ()) -> Table:
    """The rows of a query of integers without nulls, in PostgreSQL's binary COPY format: no row in Python."""
    wanted = ", ".join(f"({sql})::bigint" for sql in columns.values())
    buffer = BytesIO()
    with connection.cursor() as cursor:
        own = cursor.cursor
        inner = own.mogrify(source, values).decode() if values else source
        own.copy_expert(f"COPY (SELECT {wanted} {inner}) TO STDOUT (FORMAT binary)", buffer)
    field: list[tuple[str, str]] = [("fields", ">i2")]
    for name in columns:
        field += [(f"{name} length", ">i4"), (name, ">i8")]
    raw = np.frombuffer(buffer.getbuffer()[HEADER:-2], np.dtype(field))
    table = np.empty(len(raw), table_of(columns))
    for name in columns:
        table[name] = raw[name]
    return table
