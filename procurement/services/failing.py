"""What if a supplier fails: a what-if in which its material comes later, or on another day."""

from datetime import date, datetime, time

from django.utils import timezone

from kernel import clock
from kernel.errors import Refused
from orders.models import User
from planning.engine import NEVER
from planning.models import Branch
from planning.selectors import minute_of
from planning.selectors.changes import Expect
from planning.services import make_branch
from procurement.models import Supplier
from procurement.selectors import awaited_from

NOON = time(12)


def try_without(
    *,
    supplier: Supplier,
    by: User | None,
    days: int | None = None,
    day: date | None = None,
    now: datetime | None = None,
) -> Branch:
    """A what-if in which all that is awaited from a supplier comes `days` later, or no sooner than on `day`.

    Nothing is written but the what-if. Refused where neither or both are given, and where nothing is awaited.
    """
    now = now or clock.now()
    if (days is None) == (day is None):
        raise Refused("Either how many days later, or a day.", field="days", remedy="Fill in one of the two.")
    waiting = awaited_from(supplier)
    if not waiting:
        raise Refused(
            f"No job waits for anything from {supplier}.",
            remedy="There is nothing to try: no date would move.",
        )
    at = minute_of(timezone.make_aware(datetime.combine(day, NOON))) if day else NEVER
    change = Expect(waiting, supplier.name, days=days or 0, expected=at)
    return make_branch(name=f"{supplier} fails", by=by, changes=[change], now=now)
