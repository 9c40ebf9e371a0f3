"""The only writer of a job's state: lock, look the row up, append one move, hand over to the next stages."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet

from kernel import clock
from kernel.bases import Columns, fetch, joined_transaction
from kernel.errors import Conflict, Refused
from kernel.machine import Row
from orders.lifecycle import LIFECYCLE
from orders.models import Handover, Move, Order, OrderLine, User, WorkItem
from orders.services.wake import wake_after_commit

WORKER: ContextVar[str] = ContextVar("worker", default="")
NOTHING_MORE: Mapping[int, str] = MappingProxyType({})
PASS_A_HOLD = ("hold", "resume", "cancel")

PROGRESS = LIFECYCLE.by_progress()
LINE = Columns(OrderLine, "line", leave_out=("choices", "price_trace", "cost_trace", "alternatives", "note"))
ORDER = Columns(Order, "parent", leave_out=("note",))
LOCK_JOBS = f"""
    SELECT {LINE.sql}, {ORDER.sql}
    FROM orders_orderline AS line JOIN orders_order AS parent ON parent.id = line.order_id
    WHERE line.id = ANY(%s) ORDER BY line.order_id, line.id FOR NO KEY UPDATE OF parent, line
"""
"""Order before line, orders by id. The lines are locked too, for otherwise a lock that had to wait would
give the order as it is now and the lines as they were before."""

ADVANCE = """
    WITH wanted AS (
        SELECT * FROM unnest(%(lines)s::bigint[], %(orders)s::bigint[], %(numbers)s::int[], %(keys)s::text[],
                             %(sources)s::text[], %(targets)s::text[], %(texts)s::text[])
            AS data(line_id, order_id, number, key, source, target, text)
    ), moved AS (
        INSERT INTO orders_move (line_id, number, key, event, source, target, reason, by_id, worker, at)
        SELECT line_id, number, key, %(event)s, source, target, %(reason)s, %(by)s, %(worker)s, %(now)s
        FROM wanted ORDER BY line_id
        ON CONFLICT (line_id, key) DO NOTHING
        RETURNING id, line_id
    ), fresh AS (
        SELECT moved.id, wanted.* FROM wanted JOIN moved USING (line_id)
    ), line AS (
        UPDATE orders_orderline AS line SET state = target, moves_made = number,
            entered_at = CASE WHEN source = target THEN line.entered_at ELSE %(now)s END,
            delivered_at = CASE WHEN target = 'delivered' AND source <> target THEN %(now)s
                                ELSE line.delivered_at END
        FROM fresh WHERE line.id = fresh.line_id
    ), least AS (
        SELECT DISTINCT ON (line.order_id) line.order_id, coalesce(target, line.state) AS state
        FROM orders_orderline AS line LEFT JOIN fresh ON fresh.line_id = line.id
        WHERE line.order_id IN (SELECT order_id FROM fresh)
        ORDER BY line.order_id, array_position(%(progress)s::text[], coalesce(target, line.state)::text)
    ), parent AS (
        UPDATE orders_order AS parent
        SET version = parent.version + 1, updated_at = %(now)s, state = least.state
        FROM least WHERE parent.id = least.order_id
        RETURNING parent.id, parent.version, parent.state
    ), told AS (
        INSERT INTO orders_milestone (order_id, line_id, code, text, at)
        SELECT order_id, line_id, target, text, %(now)s FROM fresh WHERE source <> target ORDER BY line_id
    ), owed AS (
        INSERT INTO orders_handover
            (move_id, line_id, task, created_at, due_at, attempts, worker, last_error)
        SELECT fresh.id, line_id, task, %(now)s, %(now)s, 0, '', ''
        FROM fresh JOIN unnest(%(owing)s::bigint[], %(tasks)s::text[]) AS step(line_id, task) USING (line_id)
        RETURNING id, move_id, task
    )
    SELECT fresh.line_id, fresh.id, parent.version, parent.state,
        (SELECT array_agg(id::text || ' ' || task ORDER BY id) FROM owed WHERE move_id = fresh.id)
    FROM fresh JOIN parent ON parent.id = fresh.order_id
"""
"""One move of each job with all that belongs to it: the history, the job's new state, the order's, which is
that of its least advanced open job, what the customer reads, and the tasks owed. A key that is there already
changes nothing. All parts see the tables as before the statement, hence the new states are laid over."""


def lock_orders(orders: QuerySet[Order]) -> list[int]:
    """Take the row locks of these orders in id order; returns their ids."""
    return list(
        orders.order_by("id").select_for_update(of=("self",), no_key=True).values_list("id", flat=True)
    )


def lock_jobs(line_ids: Collection[int]) -> dict[int, OrderLine]:
    """The jobs by id, with their orders, under the row locks of orders and jobs (by id). One statement.

    Whoever writes anything about a job holds this lock: acts on one order follow one another. Further locks
    are taken in the order operations, requirements, lots, purchase lines, each by id. Choices, price trace
    and note of a job are read when they are asked for.
    """
    lines: dict[int, OrderLine] = {}
    orders: dict[int, Order] = {}
    for row in fetch(LOCK_JOBS, [list(line_ids)]):
        line, order = LINE.read(row), ORDER.read(row, LINE.count)
        line.order = orders.setdefault(order.id, order)
        lines[line.id] = line
    return lines


def advance(
    *,
    line: OrderLine,
    event: str,
    key: str,
    by: User | None = None,
    reason: str = "",
    locked: Mapping[int, OrderLine] | None = None,
    now: datetime | None = None,
) -> Move:
    """Move one job by one event; the same key gives the same move again. See `advance_all`."""
    return advance_all(keys={line.id: key}, event=event, by=by, reason=reason, locked=locked, now=now)[0]


@joined_transaction()
def advance_all(
    *,
    keys: Mapping[int, str],
    event: str,
    by: User | None = None,
    reason: str = "",
    tell: Mapping[int, str] = NOTHING_MORE,
    locked: Mapping[int, OrderLine] | None = None,
    now: datetime | None = None,
) -> list[Move]:
    """Move several jobs by the same event: `keys` maps each job's id to its idempotency key.

    All or nothing. A key seen before gives the earlier move again and changes nothing. `tell` is added, by
    job id, to what the customer reads; `locked` are the jobs where the caller has them from `lock_jobs` or
    `handling` and their states are current. Raises IllegalMove where the table has no row, Conflict where a
    hold blocks the job, Refused where a reason is missing.
    """
    if not keys:
        return []
    now = now or clock.now()
    lines = lock_jobs(keys) if locked is None else {line_id: locked[line_id] for line_id in keys}
    rows, known = _look_up(lines, keys, event, reason)
    made = [_move(lines[line_id], row, keys[line_id], by, reason, now) for line_id, row in rows.items()]
    moves, owed = _write(made, rows, tell) if made else ([], [])
    if len(moves) < len(made):
        known += _made_before({move.line_id: move.key for move in made if move.pk is None})
    _close_final(moves, now)
    wake_after_commit(owed)
    # One that failed before is taken over alone.
    wake_after_commit(_held_back(moves), each=True)
    return [*known, *moves]


def _look_up(
    lines: Mapping[int, OrderLine], keys: Mapping[int, str], event: str, reason: str
) -> tuple[dict[int, Row], list[Move]]:
    """The table's row of each job, and the earlier moves of those that went on since they made it."""
    rows: dict[int, Row] = {}
    refusals: dict[int, Refused] = {}
    for line in lines.values():
        try:
            rows[line.id] = _row_for(line, event, reason)
        except Refused as refusal:
            refusals[line.id] = refusal
    known = _made_before({line_id: keys[line_id] for line_id in refusals}) if refusals else []
    for move in known:
        del refusals[move.line_id]
    if refusals:
        raise next(iter(refusals.values()))
    return rows, known


def _made_before(keys: Mapping[int, str]) -> list[Move]:
    found = Move.objects.filter(line_id__in=list(keys), key__in=set(keys.values()))
    return [move for move in found if keys[move.line_id] == move.key]


def _row_for(line: OrderLine, event: str, reason: str) -> Row:
    row = LIFECYCLE.row(line.state, event)
    if line.held and event not in PASS_A_HOLD:
        raise Conflict(
            f"{line.order} line {line.position} is on hold: {line.hold_reason}.", remedy="Resume it first."
        )
    if row.asks_reason and not reason.strip():
        raise Refused(f"{row.label}: a reason is needed.", field="reason", remedy="Say why in a few words.")
    return row


def _move(line: OrderLine, row: Row, key: str, by: User | None, reason: str, now: datetime) -> Move:
    return Move(
        line=line,
        number=line.moves_made + 1,
        key=key,
        event=row.event,
        source=line.state,
        target=row.leads_to(line.state),
        reason=reason,
        by=by,
        worker="" if by else WORKER.get() or f"process {os.getpid()}",
        at=now,
    )


def _write(
    made: Sequence[Move], rows: Mapping[int, Row], tell: Mapping[int, str]
) -> tuple[list[Move], list[tuple[str, int]]]:
    """Write the moves whose keys are new, and keep their jobs and orders in step.

    Returns those moves with their ids, and the tasks they owe as (task, handover).
    """
    then = [(move.line_id, task) for move in made for task in rows[move.line_id].then]
    first = made[0]
    values = {
        "lines": [move.line_id for move in made],
        "orders": [move.line.order_id for move in made],
        "numbers": [move.number for move in made],
        "keys": [move.key for move in made],
        "sources": [move.source for move in made],
        "targets": [move.target for move in made],
        "texts": [_text(move, tell.get(move.line_id, "")) for move in made],
        "owing": [line_id for line_id, _ in then],
        "tasks": [task for _, task in then],
        "event": first.event,
        "reason": first.reason,
        "by": first.by_id,
        "worker": first.worker,
        "now": first.at,
        "progress": PROGRESS,
    }
    by_line = {move.line_id: move for move in made}
    owed: list[tuple[str, int]] = []
    for line_id, move_id, version, state, tasks in fetch(ADVANCE, values):
        move = by_line[line_id]
        move.pk, line = move_id, move.line
        line.state, line.moves_made = move.target, move.number
        line.order.state, line.order.version, line.order.updated_at = state, version, move.at
        for handover_id, task in (each.split(" ") for each in tasks or ()):
            owed.append((task, int(handover_id)))
    return [move for move in made if move.pk], owed


def _text(move: Move, more: str) -> str:
    label = move.target_info.customer_label
    return f"{label}: {more}"[:200] if more else label


def _close_final(moves: Sequence[Move], now: datetime) -> None:
    """Nobody works on a job any more that has reached a final state."""
    final = [move.line_id for move in moves if LIFECYCLE.states[move.target].final]
    if final:
        WorkItem.objects.filter(line_id__in=final, done_at=None).update(done_at=now)


def _held_back(moves: Sequence[Move]) -> list[tuple[str, int]]:
    """What waited for jobs that were resumed."""
    resumed = [move.line_id for move in moves if move.event == "resume"]
    if not resumed:
        return []
    waiting = Handover.objects.filter(line_id__in=resumed, done_at=None, parked_at=None)
    return list(waiting.values_list("task", "id"))
