"""How long plan versions are kept."""

from datetime import datetime, timedelta
from typing import Final

from kernel import clock
from planning.models import PlanVersion

KEPT: Final = timedelta(days=90)
LEAST: Final = 200
"""Versions are kept for KEPT, and the last LEAST of them however old they are."""

AT_ONCE: Final = 1000


def purge_versions(*, now: datetime | None = None) -> int:
    """Forget old versions of the plan, AT_ONCE at most; how many. Run by the sweeper."""
    now = now or clock.now()
    last = PlanVersion.objects.order_by("-id").values_list("id", flat=True)[LEAST - 1 : LEAST]
    edge = next(iter(last), None)
    if edge is None:
        return 0
    old = PlanVersion.objects.filter(at__lt=now - KEPT, id__lt=edge).order_by("id")
    ids = list(old.values_list("id", flat=True)[:AT_ONCE])
    return PlanVersion.objects.filter(id__in=ids).delete()[0] if ids else 0
