"""Inspections come with the job: planned from its own characteristics, opened when it is built."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from kernel import clock
from kernel.bases import next_numbers
from orders.models import Move, OrderLine, Role, Snapshot
from orders.services import Work, close_work, open_work
from production.selectors import rework_loops
from quality.models import Inspection, Nonconformance, Result

Status = Inspection.Status


@transaction.atomic
def plan_inspections(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Give every job its first inspection with the characteristics it was sold with.

    Creates only what is missing. At most 5 statements for the whole batch; the caller holds `lock_jobs`.
    """
    _complete(loops={move.line_id: 0 for move in moves}, now=now or clock.now())


@transaction.atomic
def inspect_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Open the inspection of each job that was built, and put it on the inspectors' list.

    After rework that is a new inspection with all characteristics. A job that has moved on, or whose
    inspection is already decided, is left alone. At most 8 statements; the caller holds `lock_jobs`.
    """
    now = now or clock.now()
    lines = {move.line_id: move.line for move in moves if move.line.state == "quality"}
    loops = rework_loops(lines.keys())
    wanted = _complete(loops={line_id: loops.get(line_id, 0) for line_id in lines}, now=now)
    waiting = [inspection for inspection in wanted if not inspection.decided]
    planned = [inspection.id for inspection in waiting if inspection.status == Status.PLANNED]
    if planned:
        Inspection.objects.filter(id__in=planned).update(status=Status.OPEN, opened_at=now)
    open_work(items=[_work(inspection, lines[inspection.line_id]) for inspection in waiting], now=now)


@transaction.atomic
def withdraw_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Cancel what is still to be inspected of cancelled jobs and close their NCRs; what was found stays.

    At most 4 statements; the caller holds `lock_jobs`.
    """
    now = now or clock.now()
    line_ids = [move.line_id for move in moves]
    undecided = Inspection.objects.filter(line__in=line_ids, status__in=[Status.PLANNED, Status.OPEN])
    close_work(keys=[work_key(pk) for pk in undecided.values_list("id", flat=True)], now=now)
    undecided.update(status=Status.CANCELLED)
    close_nonconformances(line_ids=line_ids, now=now)


def close_nonconformances(*, line_ids: Collection[int], now: datetime) -> None:
    """Nothing is left to be done about these jobs' NCRs."""
    still_open = Nonconformance.objects.filter(line__in=line_ids).exclude(status=Nonconformance.Status.CLOSED)
    still_open.update(status=Nonconformance.Status.CLOSED, closed_at=now)


def work_key(inspection_id: int) -> str:
    """The key of an inspection's work item."""
    return f"inspect:{inspection_id}"


def _complete(*, loops: Mapping[int, int], now: datetime) -> list[Inspection]:
    """The inspections of these loops (by line id); those that were missing are created with their rows."""
    found = Inspection.objects.filter(line__in=list(loops))
    there = [inspection for inspection in found if inspection.loop == loops[inspection.line_id]]
    missing = sorted(set(loops) - {inspection.line_id for inspection in there})
    if not missing:
        return there
    numbers = next_numbers("INS", timezone.localtime(now).year, len(missing))
    fresh = Inspection.objects.bulk_create(
        Inspection(line_id=line_id, loop=loops[line_id], number=number)
        for line_id, number in zip(missing, numbers, strict=True)
    )
    characteristics = dict(
        Snapshot.objects.filter(line__in=missing).values_list("line_id", "characteristics")
    )
    Result.objects.bulk_create(
        _result(inspection, row)
        for inspection in fresh
        for row in characteristics.get(inspection.line_id, ())
    )
    return [*there, *fresh]


def _result(inspection: Inspection, row: Mapping[str, Any]) -> Result:
    return Result(
        inspection=inspection,
        number=int(row["number"]),
        label=row["label"],
        kind=row["kind"],
        nominal=_decimal(row.get("nominal")),
        lower=_decimal(row.get("lower")),
        upper=_decimal(row.get("upper")),
        expected=row.get("expected") or "",
        unit=row.get("unit") or "",
        method=row.get("method") or "",
        key=bool(row.get("key")),
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(str(text)) if text not in (None, "") else None


def _work(inspection: Inspection, line: OrderLine) -> Work:
    again = f" after rework {inspection.loop}" if inspection.loop else ""
    return Work(
        key=work_key(inspection.id),
        role=Role.INSPECTOR,
        reason=f"Inspect {line.order} {line}{again}: {line.quantity} pcs",
        url=f"/quality/inspections/{inspection.number}/",
        line=line,
        due_at=line.promised_at,
    )
