"""The only writer of a job's state: lock, look the row up, append one move, hand over to the next stages."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel.errors import Conflict, Refused
from kernel.machine import Row
from orders.lifecycle import LIFECYCLE
from orders.models import Handover, Milestone, Move, Order, OrderLine, User, WorkItem
from orders.services.wake import wake_after_commit

WORKER: ContextVar[str] = ContextVar("worker", default="")
PASS_A_HOLD = ("hold", "resume", "cancel")


def lock_jobs(line_ids: Collection[int]) -> dict[int, OrderLine]:
    """The jobs by id, with their orders, under the orders' row locks (taken in id order).

    Whoever writes anything about a job holds this lock: acts on one order follow one another. Further locks
    are taken in the order operations, requirements, lots, lines, each by id.
    """
    orders = Order.objects.filter(lines__in=list(line_ids)).order_by("id").select_for_update(of=("self",))
    list(orders.values_list("id", flat=True))
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


@transaction.atomic
def advance_all(
    *,
    keys: Mapping[int, str],
    event: str,
    by: User | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> list[Move]:
    """Move several jobs by the same event: `keys` maps each job's id to its idempotency key.

    All or nothing. A key seen before gives the earlier move again and changes nothing. Raises IllegalMove
    where the table has no row, Conflict where a hold blocks the job, Refused where a reason is missing.
    """
    now = now or timezone.now()
    lines = lock_jobs(keys.keys())
    known = {move.line_id: move for move in _made_before(keys)}
    fresh = [line for line in lines.values() if line.id not in known]
    rows = {line.id: _row_for(line, event, reason) for line in fresh}
    moves = Move.objects.bulk_create(
        [_move(line, rows[line.id], keys[line.id], by, reason, now) for line in fresh]
    )
    _write_states(fresh, moves, now)
    _roll_up({line.order_id for line in fresh})
    _tell_customers(fresh, moves, now)
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


def _roll_up(order_ids: Collection[int]) -> None:
    """The order's state is its least advanced open line, stored in the same transaction."""
    states: dict[int, list[str]] = {}
    for order_id, state in OrderLine.objects.filter(order_id__in=order_ids).values_list("order_id", "state"):
        states.setdefault(order_id, []).append(state)
    by_state: dict[str, list[int]] = {}
    for order_id, codes in states.items():
        by_state.setdefault(LIFECYCLE.least_advanced(codes), []).append(order_id)
    for state, ids in by_state.items():
        Order.objects.filter(id__in=ids).update(
            state=state, version=F("version") + 1, updated_at=timezone.now()
        )


def _tell_customers(lines: Sequence[OrderLine], moves: Sequence[Move], now: datetime) -> None:
    Milestone.objects.bulk_create(
        Milestone(
            order_id=line.order_id, line=line, code=move.target, text=move.target_info.customer_label, at=now
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
