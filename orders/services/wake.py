"""Wake-ups: best effort, after commit, never waited for. Losing one changes latency only."""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import current_app, current_task
from django.db import transaction
from kombu import Producer

logger = logging.getLogger(__name__)

BATCH = 40
"""So many handovers of one task a worker takes over at once."""

WAITING, WAITS_AT_MOST_MS = "mto-woken:", 2000
"""The mark in the broker that a wake-up of a task lies in the queue, and how long it is believed."""

QUIET_SECONDS = 5.0
_quiet_until = 0.0


def send(task: str, *arguments: int) -> bool:
    """Publish one wake-up; False where the broker did not take it.

    After a failure nothing is tried for a few seconds, so that a dead broker costs one request one
    second and the following ones nothing. The sweeper makes up for what was not sent.
    """
    return _try(lambda: current_app.send_task(task, args=arguments, retry=False), f"wake-up {task} not sent")


def wake_after_commit(owed: Collection[tuple[str, int]], *, each: bool = False) -> None:
    """Wake the tasks of these fresh handovers (task, id) once the transaction has committed.

    Who takes over one takes waiting ones of the same task along, so a task is woken once, and not again
    while a wake-up of it lies in the queue. `each` wakes every handover: for those that are taken alone.
    """
    if owed:
        transaction.on_commit(lambda: _send_all(owed, each), robust=True)


def taken_up() -> None:
    """A worker's task begins to look for handovers: what comes from now on needs a new wake-up."""
    task = current_task.name if current_task else None
    if task:
        _try(lambda: _forget(task), f"wake-up {task} still counts as waiting")


def _send_all(wanted: Collection[tuple[str, int]], each: bool) -> None:
    if each:
        for task, handover_id in wanted:
            send(task, handover_id)
        return
    for task, handover_id in dict(reversed([*wanted])).items():
        _try(partial(_send_once, task, handover_id), f"wake-up {task} not sent")


def _send_once(task: str, handover_id: int) -> None:
    """Publish unless a wake-up of the task waits already; should that one be lost, its mark fades soon."""
    with _broker() as (producer, client):
        if client.set(WAITING + task, 1, nx=True, px=WAITS_AT_MOST_MS):
            current_app.send_task(task, args=(handover_id,), retry=False, producer=producer)


def _forget(task: str) -> None:
    with _broker() as (_, client):
        client.delete(WAITING + task)


@contextmanager
def _broker() -> Iterator[tuple[Producer, Any]]:
    """A publisher, and the client of the broker it publishes to."""
    with current_app.producer_pool.acquire(block=True) as producer:
        channel: Any = producer.channel
        with channel.conn_or_acquire() as client:
            yield producer, client


def _try(act: Callable[[], object], failure: str) -> bool:
    """Ask the broker for something, unless it failed to answer a moment ago; whether it was done."""
    global _quiet_until  # noqa: PLW0603 - the breaker belongs to the process
    if time.monotonic() < _quiet_until:
        return False
    try:
        act()
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("%s: %s", failure, error)
        return False
    return True
