"""What does not go on by itself: parked and failing handovers, jobs on hold, jobs that stand still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from orders.lifecycle import IN_WORK
from orders.models import Handover, OrderLine, WorkItem
from orders.selectors.desk import needs_attention

SHOWN = 50
STILL_AFTER = timedelta(days=5)


@dataclass(frozen=True)
class Attention:
    """The three lists, oldest first, each cut at SHOWN."""

    parked: list[Handover]
    failing: list[Handover]
    held: list[OrderLine]
    still: list[OrderLine]

    @property
    def nothing(self) -> bool:
        """True where everything goes on by itself."""
        return not (self.parked or self.failing or self.held or self.still)


def attention(now: datetime | None = None) -> Attention:
    """What needs a person; four statements."""
    now = now or timezone.now()
    owed = Handover.objects.filter(done_at=None, parked_at=None).exclude(last_error="")
    return Attention(
        parked=list(needs_attention(SHOWN)),
        failing=list(owed.select_related("line__order__customer").order_by("created_at")[:SHOWN]),
        held=list(_jobs().filter(held_at__isnull=False).order_by("held_at")[:SHOWN]),
        still=list(_still(now)[:SHOWN]),
    )


def parked_handover(handover_id: int) -> Handover | None:
    """A handover that waits for somebody to try again."""
    waiting = Handover.objects.filter(id=handover_id, done_at=None, parked_at__isnull=False)
    return waiting.select_related("line__order").first()


def _jobs() -> QuerySet[OrderLine]:
    return OrderLine.objects.open().select_related("order__customer", "product", "held_by")


def _still(now: datetime) -> QuerySet[OrderLine]:
    """Late jobs in a stage for days, for which nobody has anything on the list: nothing waits unseen."""
    watched = WorkItem.objects.waiting().filter(line__isnull=False).values("line_id")
    late = Q(promised_at__lt=now) | Q(forecast_at__gt=F("promised_at"))
    stuck = _jobs().filter(late, state__in=IN_WORK, held_at=None, entered_at__lt=now - STILL_AFTER)
    return stuck.exclude(id__in=watched).order_by("entered_at")
