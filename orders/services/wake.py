"""Wake-ups: best effort, after commit, never waited for. Losing one changes latency only."""

import logging
import time
from collections.abc import Collection

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

BATCH = 40
"""So many handovers of one task a worker takes over at once."""

QUIET_SECONDS = 5.0
_quiet_until = 0.0


def send(task: str, *arguments: int) -> bool:
    """Publish one wake-up; False where the broker did not take it.

    After a failure nothing is tried for a few seconds, so that a dead broker costs one request one
    second and the following ones nothing. The sweeper makes up for what was not sent.
    """
    global _quiet_until  # noqa: PLW0603 - the breaker belongs to the process
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task(task, args=arguments, retry=False)
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("wake-up %s not sent: %s", task, error)
        return False
    return True


def wake_after_commit(owed: Collection[tuple[str, int]]) -> None:
    """Wake the tasks of these fresh handovers (task, id) once the transaction has committed.

    Who takes over one takes waiting ones of the same task along, so one wake-up for each BATCH is enough.
    """
    if owed:
        transaction.on_commit(lambda: _send_all(owed), robust=True)


def _send_all(wanted: Collection[tuple[str, int]]) -> None:
    alike: dict[str, list[int]] = {}
    for task, handover_id in wanted:
        alike.setdefault(task, []).append(handover_id)
    for task, ids in alike.items():
        for handover_id in ids[::BATCH]:
            send(task, handover_id)
