"""Sessions in the database, read by one statement that is written out: every request of a person needs it."""

from typing import Final

from django.contrib.sessions.backends.db import SessionStore as StoredSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from kernel.bases import Columns, fetch

SESSION: Final = Columns(Session, "session")
READ: Final = (
    f"SELECT {SESSION.sql} FROM django_session AS session WHERE session_key = %s AND expire_date > %s"
)


class SessionStore(StoredSessions):
    """Django's own sessions; only the reading is shorter."""

    def _get_session_from_db(self) -> Session | None:
        """The row, or None for a key that is unknown or too old: such a session starts anew."""
        rows = fetch(READ, [self.session_key, timezone.now()])
        if not rows:
            self._session_key = None
            return None
        return SESSION.read(rows[0])
