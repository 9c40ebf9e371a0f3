"""What time it is: the real time, or the moment a story is told at."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _told.get() or timezone.now()


@contextmanager
def told_at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment`: the demo tells weeks of history, tests stand at a fixed time."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
