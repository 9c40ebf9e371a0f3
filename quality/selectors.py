"""Reads of the quality stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from orders.models import OrderLine
from quality.engine.judging import Verdict, conclude
from quality.models import Inspection, Nonconformance, Result


@dataclass(frozen=True)
class Sheet:
    """One inspection with its rows and what deciding now would do."""

    inspection: Inspection
    results: tuple[Result, ...]
    ncr: Nonconformance | None

    @property
    def verdict(self) -> Verdict:
        """What the results add up to."""
        return conclude(result.passed for result in self.results)

    @property
    def missing(self) -> int:
        """How many characteristics are not recorded."""
        return sum(result.passed is None for result in self.results)

    @property
    def failed(self) -> int:
        """How many characteristics failed."""
        return sum(result.passed is False for result in self.results)

    @property
    def writable(self) -> bool:
        """Open, and its job not on hold."""
        return self.inspection.status == Inspection.Status.OPEN and not self.inspection.line.held

    @property
    def first_missing(self) -> int | None:
        """The number of the row to go on with."""
        return next((result.number for result in self.results if result.passed is None), None)

    def row(self, number: int) -> Result | None:
        """The row of a characteristic."""
        return next((result for result in self.results if result.number == number), None)


@dataclass(frozen=True)
class MatrixRow:
    """One characteristic through all loops of a job; a loop that did not ask it has None."""

    asked: Result
    results: tuple[Result | None, ...]


@dataclass(frozen=True)
class Matrix:
    """The quality matrix of one job: characteristics down, inspections across."""

    line: OrderLine
    inspections: tuple[Inspection, ...]
    rows: tuple[MatrixRow, ...]
    ncrs: tuple[Nonconformance, ...]


def inspections(*, status: str = "") -> QuerySet[Inspection]:
    """Inspections, newest first."""
    found = Inspection.objects.select_related("line__order__customer", "line__product", "decided_by")
    return found.filter(status=status) if status else found


def waiting() -> QuerySet[Inspection]:
    """What an inspector can do now, oldest promise first."""
    still_open = inspections(status=Inspection.Status.OPEN)
    return still_open.order_by(F("line__promised_at").asc(nulls_last=True), "id")


def with_progress(page: Sequence[Inspection]) -> Sequence[Inspection]:
    """Adds `asked`, `recorded` and `failed` to the inspections of one page. 1 statement."""
    counted = (
        Result.objects.filter(inspection__in=page)
        .order_by()
        .values_list("inspection_id")
        .annotate(
            rows=Count("id"),
            filled=Count("id", filter=Q(passed__isnull=False)),
            failures=Count("id", filter=Q(passed=False)),
        )
    )
    counts = {pk: rest for pk, *rest in counted}
    for each in page:
        shown: Any = each
        shown.asked, shown.recorded, shown.failed = counts.get(each.id, (0, 0, 0))
    return page


def nonconformances(*, status: str = "") -> QuerySet[Nonconformance]:
    """NCRs, newest first."""
    found = Nonconformance.objects.select_related(
        "line__order__customer", "line__product", "inspection__decided_by"
    )
    return found.filter(status=status) if status else found


def open_nonconformances() -> QuerySet[Nonconformance]:
    """NCRs that are not closed, oldest promise first."""
    still_open = nonconformances().exclude(status=Nonconformance.Status.CLOSED)
    return still_open.order_by(Coalesce("line__promised_at", "created_at"), "id")


def sheet(number: str) -> Sheet | None:
    """One inspection by its number; None where it is unknown. 2 statements."""
    found = Inspection.objects.select_related(
        "line__order__customer", "line__product", "decided_by", "nonconformance"
    ).filter(number=number)
    inspection = found.first()
    if inspection is None:
        return None
    results = tuple(inspection.results.select_related("by"))
    return Sheet(inspection, results, getattr(inspection, "nonconformance", None))


def nonconformance(number: str) -> Nonconformance | None:
    """One NCR by its number; None where it is unknown."""
    return nonconformances().filter(number=number).first()


def matrices(reference: str) -> list[Matrix] | None:
    """The quality matrices of an order's jobs; None where the reference is unknown. 4 statements."""
    of_order = Q(order__number=reference) | Q(order__quotation_number=reference)
    lines = list(OrderLine.objects.filter(of_order).select_related("order", "product").order_by("position"))
    if not lines:
        return None
    found = list(
        Inspection.objects.filter(line__in=lines)
        .select_related("decided_by")
        .prefetch_related("results__by")
        .order_by("loop")
    )
    ncrs = list(Nonconformance.objects.filter(line__in=lines).order_by("id"))
    return [
        _matrix(
            line,
            [each for each in found if each.line_id == line.id],
            [each for each in ncrs if each.line_id == line.id],
        )
        for line in lines
    ]


def _matrix(line: OrderLine, found: Sequence[Inspection], ncrs: Sequence[Nonconformance]) -> Matrix:
    by_loop = [{result.number: result for result in inspection.results.all()} for inspection in found]
    asked = {number: result for results in by_loop for number, result in results.items()}
    rows = tuple(
        MatrixRow(asked[number], tuple(results.get(number) for results in by_loop))
        for number in sorted(asked)
    )
    return Matrix(line, tuple(found), rows, tuple(ncrs))
