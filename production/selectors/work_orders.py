"""Work orders, their operations with who, when and how long, and the traveller."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from orders.models import Customer, Move, OrderLine, Product, WorkItem
from orders.selectors import any_of
from planning.models import Operation
from production.models import TimeEntry, WorkOrder

Status = Operation.Status
NAMED = 200


@dataclass(frozen=True)
class Floor:
    """One job on the floor: its work order (None before release) and its operations in order."""

    line: OrderLine
    work_order: WorkOrder | None
    operations: tuple[Operation, ...]

    @property
    def done(self) -> int:
        """How many operations are complete."""
        return sum(operation.status == Status.COMPLETE for operation in self.operations)

    @property
    def scrapped(self) -> int:
        """How many pieces were scrapped so far."""
        return sum(operation.scrapped for operation in self.operations)


def rework_loops(line_ids: Collection[int]) -> dict[int, int]:
    """How often each of these jobs failed its inspection; jobs that never did are left out. 1 statement."""
    failed = Move.objects.filter(line__in=list(line_ids), event="failed").order_by()
    return dict(failed.values_list("line_id").annotate(loops=Count("id")))


def work_orders(*, status: str = "", search: str = "") -> QuerySet[WorkOrder]:
    """Work orders, newest first, by status and by number, which carries that of the order, customer, product.

    Two statements for the search, of few rows each.
    """
    found = WorkOrder.objects.select_related("line__order__customer", "line__product")
    if status:
        found = found.filter(status=status)
    if search:
        every = WorkOrder.objects
        found = found.filter(
            pk__in=any_of(
                every.filter(number__icontains=search),
                every.filter(line__order__customer__in=_ids(Customer.objects.filter(name__icontains=search))),
                every.filter(line__product__in=_ids(Product.objects.filter(code__icontains=search))),
            )
        )
    return found


def _ids(found: QuerySet[Any]) -> list[int]:
    """Read now, so that nobody walks through all work orders in search of a name."""
    return list(found.order_by().values_list("pk", flat=True)[:NAMED])


def with_progress(page: Sequence[WorkOrder]) -> Sequence[WorkOrder]:
    """Adds `steps` and `steps_done` to the work orders of one page. 1 statement."""
    counted = (
        Operation.objects.filter(line__in=[each.line_id for each in page])
        .exclude(status=Status.CANCELLED)
        .order_by()
        .values_list("line_id")
        .annotate(steps=Count("id"), done=Count("id", filter=Q(status=Status.COMPLETE)))
    )
    counts = {line_id: (steps, done) for line_id, steps, done in counted}
    for each in page:
        shown: Any = each
        shown.steps, shown.steps_done = counts.get(each.line_id, (0, 0))
    return page


def work_order_page(number: str) -> Floor | None:
    """One work order with everything that happened on the floor; None where the number is unknown."""
    line = _lines().filter(work_order__number=number).first()
    return _floors([line])[0] if line else None


def traveller(number: str) -> Floor | None:
    """The same with the specification, for the paper that goes with the job."""
    line = _lines().select_related("snapshot").filter(work_order__number=number).first()
    return _floors([line])[0] if line else None


def floor_of_order(reference: str) -> list[Floor] | None:
    """The jobs of an order as the floor sees them; None where the reference is unknown. 4 statements."""
    lines = list(
        _lines()
        .filter(Q(order__number=reference) | Q(order__quotation_number=reference))
        .order_by("position")
    )
    return _floors(lines) if lines else None


def _lines() -> QuerySet[OrderLine]:
    return OrderLine.objects.select_related("order__customer", "product", "work_order")


def _floors(lines: Sequence[OrderLine]) -> list[Floor]:
    key = Concat(Value("scrap:"), Cast(OuterRef("pk"), CharField()))
    waiting = WorkItem.objects.waiting().filter(key=key)
    entries = TimeEntry.objects.select_related("person", "machine", "scrap_reason").order_by("id")
    operations = (
        Operation.objects.filter(line__in=lines)
        .select_related("machine__work_centre", "worked_on__work_centre", "process")
        .prefetch_related(Prefetch("time_entries", entries))
        .annotate(needs_replacement=Exists(waiting))
        .order_by("loop", "sequence")
    )
    by_line: dict[int, list[Operation]] = {}
    for operation in operations:
        shown: Any = operation
        shown.planned_minutes = operation.setup_minutes + operation.run_minutes
        by_line.setdefault(operation.line_id, []).append(shown)
    return [Floor(line, getattr(line, "work_order", None), tuple(by_line.get(line.id, ()))) for line in lines]
