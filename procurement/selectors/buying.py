"""The buyer's page: what to order today, what is late and whom it hurts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, DecimalField, F, Min, Q, QuerySet, Sum, When, Window
from django.db.models.functions import Greatest, RowNumber, TruncDate
from django.utils import timezone

from orders.models import OrderLine, WorkItem
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine

DRAFTS = 10
JOBS = 3
HITS = 8
LATE = 20
OPEN_PEG = Q(pegs__received__lt=F("pegs__quantity"))


@dataclass
class ToOrder:
    """A line of a draft: when it must be ordered, and which jobs need it."""

    line: PurchaseOrderLine
    order_by: datetime | None
    jobs: int
    first_jobs: list[OrderLine] = field(default_factory=list)

    @property
    def more_jobs(self) -> int:
        """How many jobs need it beyond the ones named."""
        return self.jobs - len(self.first_jobs)


@dataclass
class Draft:
    """A draft purchase order with its lines, the most urgent first."""

    order: PurchaseOrder
    lines: list[ToOrder]

    @property
    def order_by(self) -> datetime | None:
        """When the most urgent line must be ordered."""
        return min((line.order_by for line in self.lines if line.order_by), default=None)

    @property
    def total(self) -> Decimal:
        """The sum of the lines in the order's currency."""
        return sum((row.line.total for row in self.lines), Decimal(0))


@dataclass(frozen=True)
class Hit:
    """A job that waits for a late line; slack is promise minus forecast, negative where it will be late."""

    job: OrderLine
    quantity: Decimal
    slack: timedelta | None

    @property
    def slack_days(self) -> int:
        """Whole days of slack."""
        return self.slack.days if self.slack else 0

    @property
    def hurts(self) -> bool:
        """True where the customer's promise does not hold any more."""
        return self.slack is not None and self.slack < timedelta(0)


@dataclass
class Late:
    """A purchase line that comes after the day it is needed."""

    line: PurchaseOrderLine
    wanted: datetime
    coming: datetime
    jobs: int
    hurt: int
    hits: list[Hit] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How many days late, in the shop's time zone."""
        return (timezone.localtime(self.coming).date() - timezone.localtime(self.wanted).date()).days

    @property
    def more_jobs(self) -> int:
        """How many jobs wait for it beyond the ones named."""
        return self.jobs - len(self.hits)


def drafts_to_send(limit: int = DRAFTS) -> list[Draft]:
    """The most urgent drafts with their lines and the jobs behind each. Three statements."""
    orders = PurchaseOrder.objects.filter(status=PurchaseOrder.Status.DRAFT).select_related("supplier")
    urgent = orders.annotate(first=Min("lines__order_by")).order_by(F("first").asc(nulls_last=True), "id")
    return with_lines(list(urgent[:limit]))


def with_lines(orders: Sequence[PurchaseOrder]) -> list[Draft]:
    """These orders with what each line is for. Two statements."""
    rows: list[Any] = list(
        PurchaseOrderLine.objects.filter(order__in=[order.id for order in orders])
        .select_related("item")
        .annotate(needed=Min("pegs__requirement__need_by"))
        .annotate(jobs=Count("pegs__requirement__line", distinct=True))
        .order_by("needed", "id")
    )
    named = _first_jobs([row.id for row in rows])
    lines = [ToOrder(row, _order_by(row), row.jobs, named.get(row.id, [])) for row in rows]
    return [Draft(order, [each for each in lines if each.line.order_id == order.id]) for order in orders]


def _order_by(row: Any) -> datetime | None:
    """The need-by date as it stands in today's plan, minus the lead time."""
    needed: datetime | None = row.needed
    ordered: datetime | None = row.order_by
    return needed - timedelta(days=row.lead_time_days) if needed else ordered


def _first_jobs(line_ids: Sequence[int]) -> dict[int, list[OrderLine]]:
    """Per purchase line the jobs that need it first."""
    rank = Window(
        RowNumber(),
        partition_by=F("purchase_line_id"),
        order_by=[F("requirement__need_by").asc(), F("id").asc()],
    )
    pegs = Peg.objects.filter(purchase_line__in=line_ids).annotate(rank=rank).filter(rank__lte=JOBS)
    found: dict[int, list[OrderLine]] = {}
    for peg in pegs.select_related("requirement__line__order").order_by("purchase_line_id", "rank"):
        jobs = found.setdefault(peg.purchase_line_id, [])
        if peg.requirement.line not in jobs:
            jobs.append(peg.requirement.line)
    return found


def due_drafts(now: datetime) -> tuple[int, int]:
    """How many drafts there are, and how many of them must go out by the end of today. One statement."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    drafts = PurchaseOrder.objects.filter(status=PurchaseOrder.Status.DRAFT)
    counts = drafts.aggregate(
        all=Count("id", distinct=True), due=Count("id", distinct=True, filter=Q(lines__order_by__lt=midnight))
    )
    return counts["all"], counts["due"]


def late_lines(*, now: datetime, page: int | str = 1) -> Page[Any]:
    """Purchase lines that come late, worst first, with the jobs they hit. Three statements.

    Late is what comes after the day agreed, and what comes after the need-by date of a job that will miss its
    promise. A plan that waits for material moves need-by dates along, and keeps a safety before each start:
    on its own, a need-by date missed hurts nobody. Overdue goods count as coming today at the earliest.
    """
    paginator = Paginator(_late(now), LATE)
    found = paginator.get_page(page)
    rows = list(found.object_list)
    hits = _hits([row.id for row in rows])
    found.object_list = [
        Late(row, row.wanted, row.coming, row.jobs, row.hurt, hits.get(row.id, [])) for row in rows
    ]
    return found


def _late(now: datetime) -> QuerySet[Any]:
    promised = F("pegs__requirement__line__promised_at")
    late_job = OPEN_PEG & Q(pegs__requirement__line__forecast_at__gt=promised)
    job = "pegs__requirement__line"
    slipped = Q(coming__date__gt=TruncDate("agreed_at"))
    lines = PurchaseOrderLine.objects.filter(
        order__status__in=("sent", "partial"), received__lt=F("quantity"), expected_at__isnull=False
    )
    return (
        lines.annotate(needed=Min("pegs__requirement__need_by", filter=OPEN_PEG))
        .annotate(jobs=Count(job, distinct=True, filter=OPEN_PEG))
        .annotate(hurt=Count(job, distinct=True, filter=late_job))
        .annotate(coming=Greatest("expected_at", now))
        .annotate(wanted=Case(When(slipped, then="agreed_at"), default="needed"))
        .filter(slipped | Q(hurt__gt=0, coming__date__gt=TruncDate("needed")))
        .select_related("item", "order__supplier")
        .order_by("-hurt", "wanted", "id")
    )


def _hits(line_ids: Sequence[int]) -> dict[int, list[Hit]]:
    """Per purchase line the jobs that wait for it, the ones with the least slack first."""
    job = "requirement__line"
    slack = F(f"{job}__promised_at") - F(f"{job}__forecast_at")
    order = [slack.asc(nulls_last=True), F("id").asc()]
    rank = Window(RowNumber(), partition_by=F("purchase_line_id"), order_by=order)
    pegs = Peg.objects.open().filter(purchase_line__in=line_ids).annotate(rank=rank).filter(rank__lte=HITS)
    found: dict[int, list[Hit]] = {}
    for peg in pegs.select_related(f"{job}__order__customer").order_by("purchase_line_id", "rank"):
        line = peg.requirement.line
        hit = Hit(line, peg.quantity - peg.received, slack_of(line))
        found.setdefault(peg.purchase_line_id, []).append(hit)
    return found


def slack_of(job: OrderLine) -> timedelta | None:
    """Promise minus forecast; None while one of them is missing."""
    if job.promised_at is None or job.forecast_at is None:
        return None
    return job.promised_at - job.forecast_at


def without_supplier() -> list[WorkItem]:
    """Items that jobs need and nobody supplies."""
    return list(
        WorkItem.objects.waiting().filter(key__startswith="supplier:").order_by("due_at", "id")[:DRAFTS]
    )


def total_of(orders: Sequence[PurchaseOrder]) -> dict[int, Decimal]:
    """The totals of purchase orders, by id."""
    lines = PurchaseOrderLine.objects.filter(order__in=[order.id for order in orders]).order_by()
    worth = Sum(F("quantity") * F("price"), output_field=DecimalField())
    return dict(lines.values_list("order_id").annotate(worth=worth))
