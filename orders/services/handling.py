"""How a stage task takes over a job, and how the sweeper sees to it that none is forgotten."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction
from django.db.models import F

from kernel import clock
from kernel.bases import Columns, fetch
from orders.lifecycle import LIFECYCLE
from orders.models import Handover, Heartbeat, Move, Role, WorkItem
from orders.services.desk import close_work
from orders.services.lifecycle import WORKER, lock_jobs
from orders.services.wake import BATCH, send, taken_up

logger = logging.getLogger(__name__)

ATTEMPTS = 6
GRACE = timedelta(seconds=10)
HIGH_WATER = 500


@contextmanager
def handling(handover_id: int) -> Iterator[list[Move]]:
    """Take over a job: yields the moves to act on, and marks them done with the effects or not at all.

    1. Lock the handover; one that is done, parked, held or being handled elsewhere yields nothing.
    2. Take waiting handovers of the same task along, so that a busy shop pays once for many jobs. A handover
       that failed before is taken alone: a bad job never holds up the others.
    3. Lock the jobs; one that was cancelled meanwhile is marked done without being acted on.
    4. After the body, mark all done in the same transaction as its effects.
    5. If the body fails, nothing of it stays: attempts, error and the next try are noted, and after
       ATTEMPTS tries the job is parked where a person sees it.
    """
    if not connection.in_atomic_block:
        close_old_connections()
    started = clock.now()
    owed: list[Handover] = []
    entered = False
    token = WORKER.set(f"worker {os.getpid()}")
    try:
        with transaction.atomic():
            owed = _claim(handover_id)
            moves = _still_wanted(owed)
            entered = True
            yield moves
            _mark_done(owed, started)
    except Exception as error:
        logger.exception("handover %s failed", handover_id)
        _note_failure(owed, error)
        if not entered:
            raise
    finally:
        WORKER.reset(token)


HANDOVER = Columns(Handover, "handover")
MOVE = Columns(Move, "move")
CLAIM = f"""
    SELECT {HANDOVER.sql}, {MOVE.sql}
    FROM orders_handover AS handover
    JOIN orders_move AS move ON move.id = handover.move_id
    JOIN orders_orderline AS line ON line.id = handover.line_id
    WHERE handover.done_at IS NULL AND handover.parked_at IS NULL AND line.held_at IS NULL
        AND (handover.id = %(id)s OR handover.attempts = 0 AND handover.task = (
            SELECT task FROM orders_handover AS woken
            WHERE id = %(id)s AND parked_at IS NULL AND (attempts = 0 OR done_at IS NOT NULL)))
    ORDER BY handover.id <> %(id)s, handover.id LIMIT %(batch)s
    FOR UPDATE OF handover SKIP LOCKED
"""


def _claim(handover_id: int) -> list[Handover]:
    """The handover first, then others of its task, locked; one done meanwhile still leads to the others."""
    taken_up()
    owed = []
    for row in fetch(CLAIM, {"id": handover_id, "batch": BATCH}):
        handover = HANDOVER.read(row)
        handover.move = MOVE.read(row, HANDOVER.count)
        owed.append(handover)
    if len(owed) == BATCH:
        # There may be more, and nobody else was woken for them.
        send(owed[0].task, owed[0].id)
    return owed


def _still_wanted(owed: Sequence[Handover]) -> list[Move]:
    """The moves whose job was not cancelled meanwhile, with locked lines attached."""
    if not owed:
        return []
    lines = lock_jobs({handover.line_id for handover in owed})
    moves = []
    for handover in owed:
        line = handover.move.line = lines[handover.line_id]
        if line.state == handover.move.target or not LIFECYCLE.states[line.state].final:
            moves.append(handover.move)
    return moves


def _mark_done(owed: Sequence[Handover], started: datetime) -> None:
    if not owed:
        return
    Handover.objects.filter(id__in=[handover.id for handover in owed]).update(
        started_at=started,
        done_at=clock.now(),
        attempts=F("attempts") + 1,
        worker=WORKER.get(),
        last_error="",
    )


def _note_failure(owed: Sequence[Handover], error: Exception) -> None:
    """Count the failure; where the database itself is away the sweeper finds the handover untouched."""
    try:
        for handover in owed:
            _retry_or_park(handover, error)
    except Error:
        logger.warning("failure of %s handovers not noted: the database is away", len(owed))


def _retry_or_park(handover: Handover, error: Exception) -> None:
    now = clock.now()
    attempts = handover.attempts + 1
    parked = attempts >= ATTEMPTS
    pause = timedelta(seconds=min(60, 2**attempts) if handover.attempts else 0)
    with transaction.atomic():
        Handover.objects.filter(id=handover.id, done_at=None).update(
            attempts=attempts,
            last_error=f"{type(error).__name__}: {error}"[:2000],
            due_at=now + pause,
            woken_at=None,
            parked_at=now if parked else None,
        )
        if parked:
            _ask_for_attention(handover, error, now)
    if not parked and not pause:
        send(handover.task, handover.id)


def _ask_for_attention(handover: Handover, error: Exception, now: datetime) -> None:
    WorkItem.objects.update_or_create(
        key=f"attention:{handover.id}",
        defaults={
            "role": Role.MANAGER,
            "reason": f"Stuck at {handover.task}: {error}"[:200],
            "url": "/needs-attention/",
            "line_id": handover.line_id,
            "opened_at": now,
            "done_at": None,
        },
    )


@transaction.atomic
def retry_parked(*, handover: Handover, now: datetime | None = None) -> None:
    """Put a parked handover back to work; its attempts start again."""
    now = now or clock.now()
    Handover.objects.filter(id=handover.id, done_at=None).update(
        parked_at=None, attempts=1, due_at=now, woken_at=None
    )
    close_work(keys=[f"attention:{handover.id}"], now=now)
    transaction.on_commit(lambda: send(handover.task, handover.id), robust=True)


def sweep_handovers() -> int:
    """Wake what is owed and overdue; where the broker is away, handle it here. Returns how many were woken.

    Bounded by the queue's length, so that a backlog never multiplies itself.
    """
    room = _room_in_queue()
    if room is None:
        return _handle_here()
    woken = _overdue(room)
    for handover_id, task in woken:
        send(task, handover_id)
    return len(woken)


def _overdue(room: int) -> list[tuple[int, str]]:
    now = clock.now()
    with transaction.atomic():
        waiting = Handover.objects.filter(
            done_at=None, parked_at=None, line__held_at=None, due_at__lt=now - GRACE
        ).exclude(woken_at__gt=now - GRACE)
        found = list(
            waiting.order_by("due_at")
            .select_for_update(of=("self",), skip_locked=True)[:room]
            .values_list("id", "task")
        )
        Handover.objects.filter(id__in=[handover_id for handover_id, _ in found]).update(woken_at=now)
    return found


def _room_in_queue() -> int | None:
    """How many wake-ups the queue should still take; None where the broker does not answer."""
    try:
        with current_app.connection_for_write(transport_options={"socket_timeout": 2.0}) as broker:
            channel = broker.default_channel
            length = int(channel.client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))  # type: ignore[attr-defined]
    except Exception as error:
        logger.warning("broker away: %s", error)
        return None
    return max(0, HIGH_WATER - length)


def _handle_here() -> int:
    """The shop goes on without a broker, more slowly."""
    owed = _overdue(20)
    for handover_id, task in owed:
        run_here(task, handover_id)
    return len(owed)


def run_here(task: str, handover_id: int) -> None:
    """Do what a worker would do with this wake-up, in this process."""
    if task not in current_app.tasks:
        current_app.loader.import_default_modules()
    current_app.tasks[task].run(handover_id)


def beat(name: str = "sweeper") -> None:
    """Note that a process of ours makes progress."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})
