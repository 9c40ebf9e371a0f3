"""The engine counts minutes since 1970 in UTC; everybody else has aware datetimes."""

from datetime import UTC, datetime
from typing import Final

from planning.engine import NEVER

SECONDS: Final = 60


def minute_of(moment: datetime | None) -> int:
    """The minute `moment` lies in; NEVER for none."""
    return NEVER if moment is None else int(moment.timestamp() // SECONDS)


def next_minute(moment: datetime) -> int:
    """The first full minute at or after `moment`."""
    return -int(-moment.timestamp() // SECONDS)


def moment_of(minute: int) -> datetime:
    """The beginning of a minute."""
    return datetime.fromtimestamp(int(minute) * SECONDS, UTC)
