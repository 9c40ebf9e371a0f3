"""The order book of the plan in force, kept in memory from request to request."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection

from planning.selectors.order_book.ledger import Ledger, load_ledger
from planning.selectors.shop.resources import load_resources

STATE: Final = """
    SELECT coalesce((SELECT version FROM planning_planstate WHERE id = 1), 0),
        (SELECT max(id) FROM planning_planversion), (SELECT max(id) FROM planning_planedit),
        (SELECT max(id) FROM planning_operation), (SELECT max(id) FROM planning_hold),
        (SELECT count(*) FROM planning_hold WHERE released_at IS NOT NULL)
"""
OLD: Final = timedelta(minutes=2)
"""Minutes pass: a book of long ago would tell what is over."""


@dataclass(frozen=True, eq=False)
class _Known:
    """A book, the state of the plan it was read in, and when."""

    state: tuple[Any, ...]
    made: float
    book: Ledger


_lock = threading.Lock()
_known: dict[str, _Known] = {}


def known_book(now: datetime, *, fresh: bool = False) -> Ledger:
    """The order book: two statements while nothing changed, or changed less than MTO_PROMISE_SECONDS ago.

    With `fresh` it is loaded anew where anything changed.
    """
    state = _state()
    name = str(connection.settings_dict["NAME"])
    found = _known.get(name)
    if found and _still(found, now, state, fresh=fresh):
        return found.book
    with _lock:
        again = _known.get(name)
        if again and again is not found and _still(again, now, state, fresh=True):
            return again.book
        _known[name] = _Known(state, time.monotonic(), load_ledger(now))
        return _known[name].book


def _state() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return tuple(cursor.fetchone())


def _still(known: _Known, now: datetime, state: tuple[Any, ...], *, fresh: bool) -> bool:
    """Whether the book serves still; never with other calendars and machines."""
    patience = 0 if fresh else settings.MTO_PROMISE_SECONDS
    if known.state != state and time.monotonic() - known.made >= patience:
        return False
    return known.book.resources is load_resources(now) and timedelta() <= now - known.book.now < OLD
