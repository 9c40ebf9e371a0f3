"""`manage.py sweep`: the guarantee behind the wake-ups, in a process of its own."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils.module_loading import import_string

from mto.celery import app

LOCK: Final = 0x6D746F31
PERIOD: Final = 2.0
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Any number may run; a lock in PostgreSQL lets one of them work at a time."""

    help = "Every two seconds find what was to happen and did not, and make it happen."
    requires_system_checks = ()
    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep until SIGTERM or Ctrl-C; outages of PostgreSQL or the broker are waited out."""
        # Where the broker is away, the sweeps run the tasks here: they must be known by name.
        app.loader.import_default_modules()
        sweeps: list[Callable[[], Any]] = [import_string(name) for name in settings.MTO_SWEEPS]
        beat: Callable[[str], Any] = import_string(settings.MTO_HEARTBEAT)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        logger.info("The sweeper runs every %g s: %s", PERIOD, ", ".join(settings.MTO_SWEEPS))
        while not self.stopping:
            sweep_once(sweeps, beat)
            self._pause()

    def _pause(self) -> None:
        """Wait for the next round or for the end; a plain flag, because Events can deadlock in a handler."""
        until = time.monotonic() + PERIOD
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _asked_to_stop(self, *_: Any) -> None:
        self.stopping = True


def sweep_once(sweeps: list[Callable[[], Any]], beat: Callable[[str], Any]) -> bool:
    """One round under the lock; the heartbeat is written only when every sweep came through."""
    try:
        with _alone() as mine:
            if mine:
                for sweep in sweeps:
                    sweep()
                beat("sweeper")
            return mine
    except Error as error:
        logger.warning("The database is away, next try in %g s: %s", PERIOD, error)
    except Exception:
        logger.exception("A sweep failed, next try in %g s", PERIOD)
    connection.close()
    return False


@contextmanager
def _alone() -> Iterator[bool]:
    """True while this session holds the sweepers' lock; PostgreSQL frees it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone()
    yield mine
    if mine:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
