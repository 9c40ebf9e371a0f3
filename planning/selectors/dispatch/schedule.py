"""The operations of one order: planned and actual times, and what each waits for."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count, F, Max, Q

from orders.models import Order, OrderLine
from planning.models import Operation

OPEN_REQUIREMENT = Q(requirements__cancelled_at=None)
SHORT = OPEN_REQUIREMENT & Q(requirements__available__lt=F("requirements__quantity"))


@dataclass(frozen=True)
class ScheduledOperation:
    """An operation and its material: how many items, how many are missing, when the last one is expected."""

    operation: Operation
    items: int
    short: int
    expected_at: datetime | None

    @property
    def material(self) -> str:
        """The material in words."""
        if not self.items:
            return "no material"
        if not self.short:
            return "here"
        return f"{self.short} of {self.items} missing"

    @property
    def moved_from(self) -> datetime | None:
        """Where the first plan had it, if that is not where it is now."""
        first, now = self.operation.baseline, self.operation.during
        return first.lower if first and now and first.lower != now.lower else None


@dataclass(frozen=True)
class OrderSchedule:
    """The schedule of an order, job by job."""

    order: Order
    jobs: list[tuple[OrderLine, list[ScheduledOperation]]]


def order_schedule(reference: str) -> OrderSchedule | None:
    """The schedule of the order with this number, None where there is no such order. Two statements."""
    order = Order.objects.by_reference(reference).select_related("customer").first()
    if order is None:
        return None
    rows = (
        Operation.objects.filter(line__order=order)
        .select_related("line__product", "process", "machine__work_centre", "worked_on__work_centre")
        .annotate(items=Count("requirements", filter=OPEN_REQUIREMENT))
        .annotate(short=Count("requirements", filter=SHORT))
        .annotate(expected_at=Max("requirements__expected_at", filter=SHORT))
        .order_by("line__position", "loop", "sequence")
    )
    found = [
        ScheduledOperation(
            each, getattr(each, "items", 0), getattr(each, "short", 0), getattr(each, "expected_at", None)
        )
        for each in rows
    ]
    jobs = groupby(found, key=lambda each: each.operation.line)
    return OrderSchedule(order, [(line, list(of_line)) for line, of_line in jobs])
