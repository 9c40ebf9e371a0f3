"""Jobs as rows of the workbook: what they weigh, when they may begin."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min
from django.utils import timezone

from orders.models import OrderLine, Priority
from planning.models import Operation
from planning.selectors.shop.hours import fingerprint

NOT_STARTED = [each for each in Operation.OPEN if each not in Operation.STARTED]


class JobRow(NamedTuple):
    """An open job and its gate: the moment before which none of its waiting operations begins."""

    line: OrderLine
    gate: datetime | None

    @property
    def version(self) -> str:
        """Differs where priority or gate do."""
        return version_of_job(self.line.priority, self.gate)

    @property
    def local_gate(self) -> datetime | None:
        """As a spreadsheet holds it: local, without a zone."""
        return timezone.localtime(self.gate).replace(tzinfo=None) if self.gate else None


def version_of_job(priority: int, gate: datetime | None) -> str:
    """The fingerprint of what can be edited about a job, to the minute."""
    return fingerprint(priority, int(gate.timestamp() // 60) if gate else None)


def open_jobs(ids: Iterable[int] | None = None) -> list[JobRow]:
    """The jobs that have operations left, or those with these ids, soonest promise first. Two statements."""
    waiting = Operation.objects.filter(status__in=NOT_STARTED).order_by()
    if ids is not None:
        waiting = waiting.filter(line__in=ids)
    gates = {
        line: gate if every == gated else None
        for line, gate, every, gated in waiting.values_list("line").annotate(
            Min("not_before"), Count("id"), Count("not_before")
        )
    }
    lines = OrderLine.objects.filter(id__in=list(gates)).select_related("order__customer", "product")
    return [JobRow(line, gates[line.id]) for line in lines.order_by("promised_at", "id")]


def cells_of(row: JobRow) -> Sequence[object]:
    """The cells of a job in the order of its columns."""
    line = row.line
    days = [timezone.localtime(at).date() if at else None for at in (line.promised_at, line.forecast_at)]
    return (
        line.id,
        row.version,
        line.order.reference,
        line.position,
        line.order.customer.name,
        line.product.name,
        line.quantity,
        line.state_info.label,
        line.requested_date or line.order.requested_date,
        *days,
        Priority(line.priority).label,
        row.local_gate,
    )
