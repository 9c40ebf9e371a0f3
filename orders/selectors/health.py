"""Whether handovers move on: what `/healthz` says about the orders stage."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Min

from kernel import clock
from orders.models import Handover, Heartbeat

LATEST_BEAT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=5)


def sweeper_health(*, now: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Parts by name, each with `ok` and an age in seconds: the sweeper's heartbeat, the oldest handover owed.

    Parked handovers wait for a person, those of held jobs for their release: neither counts.
    """
    now = now or clock.now()
    beat = Heartbeat.objects.filter(name="sweeper").values_list("at", flat=True).first()
    owed = Handover.objects.filter(done_at=None, parked_at=None, line__held_at=None)
    oldest = owed.aggregate(at=Min("due_at"))["at"]
    parked = Handover.objects.filter(parked_at__isnull=False, done_at=None).count()
    return {
        "sweeper": {"ok": beat is not None and now - beat <= LATEST_BEAT, "beat_age_s": _age(beat, now)},
        "handovers": {
            "ok": oldest is None or now - oldest <= LONGEST_WAIT,
            "oldest_overdue_s": max(0.0, _age(oldest, now) or 0.0),
            "parked": parked,
        },
    }


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 1)
