"""The only writer of a job's state: lock, look the row up, append one move, hand over to the next stages."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from kernel import clock
from kernel.bases import joined_transaction
from kernel.errors import Conflict, Refused
from kernel.machine import Row
from orders.lifecycle import LIFECYCLE
from orders.models import Handover, Milestone, Move, Order, OrderLine, User, WorkItem
from orders.services.wake import wake_after_commit

WORKER: ContextVar[str] = ContextVar("worker", default="")
PASS_A_HOLD = ("hold", "resume", "cancel")

ROLL_UP_ORDER = LIFECYCLE.by_progress()
ROLL_UP = """
    UPDATE orders_order SET version = version + 1, updated_at = %s, state = (
        SELECT line.state FROM orders_orderline AS line WHERE line.order_id = orders_order.id
        ORDER BY array_position(%s::varchar[], line.state) LIMIT 1
    ) WHERE id = ANY(%s)
"""


def lock_orders(orders: QuerySet[Order]) -> list[int]:
    """Take the row locks of these orders in id order; returns their ids."""
    return list(orders.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))


def lock_jobs(line_ids: Collection[int]) -> dict[int, OrderLine]:
    """The jobs by id, with their orders, under the orders' row locks (taken in id order).

    Whoever writes anything about a job holds this lock: acts on one order follow one another. Further locks
    are taken in the order operations, requirements, lots, lines, each by id.
    """
    lock_orders(Order.objects.filter(lines__in=list(line_ids)))
    lines = OrderLine.objects.filter(id__in=list(line_ids)).select_related("order").order_by("order_id", "id")
    return {line.id: line for line in lines}


def advance(
    *,
    line: OrderLine,
    event: str,
    key: str,
    by: User | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Move:
    """Move one job by one event; the same key gives the same move again. See `advance_all`."""
    return advance_all(keys={line.id: key}, event=event, by=by, reason=reason, now=now)[0]


@joined_transaction()
def advance_all(
    *,
    keys: Mapping[int, str],
    event: str,
    by: User | None = None,
    reason: str = "",
    tell: str = "",
    locked: Mapping[int, OrderLine] | None = None,
    now: datetime | None = None,
) -> list[Move]:
    """Move several jobs by the same event: `keys` maps each job's id to its idempotency key.

    All or nothing. A key seen before gives the earlier move again and changes nothing. `tell` is added to
    what the customer reads; `locked` are the jobs where the caller has them from `lock_jobs` or `handling`
    and their states are current. Raises IllegalMove where the table has no row, Conflict where a hold
    blocks the job, Refused where a reason is missing.
    """
    if not keys:
        return []
    now = now or clock.now()
    lines = lock_jobs(keys) if locked is None else {line_id: locked[line_id] for line_id in keys}
    known = {move.line_id: move for move in _made_before(keys)}
    fresh = [line for line in lines.values() if line.id not in known]
    rows = {line.id: _row_for(line, event, reason) for line in fresh}
    moves = Move.objects.bulk_create(
        [_move(line, rows[line.id], keys[line.id], by, reason, now) for line in fresh]
    )
    _write_states(fresh, moves, now)
    _roll_up({line.order_id for line in fresh}, now)
    _tell_customers(fresh, moves, tell, now)
    _hand_over(moves, rows, now)
    return [*known.values(), *moves]


def _made_before(keys: Mapping[int, str]) -> Iterable[Move]:
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


def _write_states(lines: Sequence[OrderLine], moves: Sequence[Move], now: datetime) -> None:
    """Write the new states with as few statements as there are different targets."""
    for target in {move.target for move in moves}:
        ids = [move.line_id for move in moves if move.target == target]
        stays = all(move.source == target for move in moves if move.target == target)
        entered = {} if stays else {"entered_at": now}
        delivered = {"delivered_at": now} if target == "delivered" and not stays else {}
        OrderLine.objects.filter(id__in=ids).update(
            state=target, moves_made=F("moves_made") + 1, **entered, **delivered
        )
        if LIFECYCLE.states[target].final:
            WorkItem.objects.filter(line_id__in=ids, done_at=None).update(done_at=now)
    for line, move in zip(lines, moves, strict=True):
        line.state, line.moves_made = move.target, move.number


def _roll_up(order_ids: Collection[int], now: datetime) -> None:
    """The order's state is its least advanced open line, stored in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(ROLL_UP, [now, ROLL_UP_ORDER, list(order_ids)])


def _tell_customers(lines: Sequence[OrderLine], moves: Sequence[Move], tell: str, now: datetime) -> None:
    more = f": {tell}" if tell else ""
    Milestone.objects.bulk_create(
        Milestone(
            order_id=line.order_id,
            line=line,
            code=move.target,
            text=f"{move.target_info.customer_label}{more}"[:200],
            at=now,
        )
        for line, move in zip(lines, moves, strict=True)
        if move.source != move.target
    )


def _hand_over(moves: Sequence[Move], rows: Mapping[int, Row], now: datetime) -> None:
    owed = [
        Handover(move=move, line_id=move.line_id, task=task, created_at=now, due_at=now)
        for move in moves
        for task in rows[move.line_id].then
    ]
    Handover.objects.bulk_create(owed)
    resumed = [move.line_id for move in moves if move.event == "resume"]
    if resumed:
        owed += Handover.objects.filter(line_id__in=resumed, done_at=None, parked_at=None)
    wake_after_commit(owed)
