"""Late jobs, and what binds each of them: material, queue or the work itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Count, F, Window

from kernel.bases import fetch
from kernel.formats import absolute, day_of, duration
from kernel.queries import Statement
from orders.lifecycle import LIFECYCLE
from orders.models import OrderLine
from planning.models import Operation

SHOWN: Final = 25


class LateLine(NamedTuple):
    """What the list reads of a job."""

    id: int
    position: int
    state: str
    promised_at: datetime
    forecast_at: datetime
    hold_reason: str
    number: str | None
    quotation_number: str
    customer: str

    @property
    def reference(self) -> str:
        """The order number, or the quotation number before confirmation."""
        return self.number or self.quotation_number


LINE: Final = ("id", "position", "state", "promised_at", "forecast_at", "hold_reason", "order__number",
               "order__quotation_number", "order__customer__name")  # fmt: skip


@dataclass(frozen=True)
class LateJob:
    """A job whose forecast lies behind its promise, with the binding reason in words."""

    line: LateLine
    kind: str
    reason: str


@dataclass(frozen=True)
class Wait:
    """A stretch of a job's way to its end: what it is spent on, how long, and in words."""

    kind: str
    length: timedelta
    words: str


LATEST: Final = Statement(
    lambda: (
        OrderLine.objects.late()
        .annotate(in_all=Window(Count("*")))
        .order_by((F("forecast_at") - F("promised_at")).desc(), "id")
        .values_list(*LINE, "in_all")[:SHOWN]
    )
)


def late_jobs(now: datetime) -> tuple[list[LateJob], int]:
    """The SHOWN latest jobs, worst slip first, and how many there are in all. Two statements."""
    rows = LATEST()
    total = rows[0][-1] if rows else 0
    lines = [LateLine(*row[:-1]) for row in rows]
    operations = _open_operations([line.id for line in lines])
    return [_explained(line, operations.get(line.id, []), now) for line in lines], total


class Step(NamedTuple):
    """An open operation on a job's way to its end."""

    line_id: int
    sequence: int
    name: str
    starts: datetime | None
    ends: datetime | None
    unplanned_reason: str
    centre: str | None
    item: str | None
    expected_at: datetime | None

    def __str__(self) -> str:
        return f"Op {self.sequence} {self.name}"


STEPS: Final = """
    SELECT operation.line_id, operation.sequence, operation.name, lower(operation.during),
        upper(operation.during), operation.unplanned_reason, centre.name, short.number, short.expected_at
    FROM planning_operation AS operation
    LEFT JOIN planning_machine AS machine ON machine.id = operation.machine_id
    LEFT JOIN planning_workcentre AS centre ON centre.id = machine.work_centre_id
    LEFT JOIN LATERAL (
        SELECT item.number, need.expected_at FROM planning_requirement AS need
        JOIN orders_item AS item ON item.id = need.item_id
        WHERE need.operation_id = operation.id AND need.cancelled_at IS NULL
            AND need.available < need.quantity
        ORDER BY need.expected_at DESC NULLS LAST LIMIT 1
    ) AS short ON true
    WHERE operation.line_id = ANY(%s) AND operation.status = ANY(%s::text[])
    ORDER BY operation.line_id, operation.loop, operation.sequence
"""
OPEN: Final = [str(status) for status in Operation.OPEN]


def _open_operations(line_ids: Sequence[int]) -> dict[int, list[Step]]:
    """The open operations of each job in their order, with the last material they wait for."""
    steps = (Step(*row) for row in fetch(STEPS, [list(line_ids), OPEN]))
    return {line_id: list(found) for line_id, found in groupby(steps, key=lambda step: step.line_id)}


def _explained(line: LateLine, steps: Sequence[Step], now: datetime) -> LateJob:
    if line.hold_reason:
        return LateJob(line, "hold", f"On hold: {line.hold_reason}")
    nowhere = [step for step in steps if step.starts is None]
    if nowhere:
        words = nowhere[0].unplanned_reason or f"{nowhere[0]} waits for the next replan"
        return LateJob(line, "plan", words)
    if not steps:
        stage = LIFECYCLE.states[line.state].label.lower()
        return LateJob(line, "stage", f"All operations are done: it stands in {stage}")
    binding = max(_waits(steps, now), key=lambda wait: wait.length)
    return LateJob(line, binding.kind, binding.words)


def _waits(steps: Sequence[Step], now: datetime) -> Iterator[Wait]:
    """What the time from now to the end of a planned job is spent on."""
    reached, work = now, timedelta()
    for step in steps:
        start, end = max(now, step.starts or now), max(now, step.ends or now)
        here = min(max(step.expected_at or reached, reached), max(start, reached))
        if step.item and step.expected_at:
            day = absolute(step.expected_at, today=day_of(now))
            words = f"Material: {step} waits for {step.item}, expected {day}"
            yield Wait("material", here - reached, words)
        queue = max(start - here, timedelta())
        yield Wait("queue", queue, f"Queue: {step} waits {duration(queue)} for {step.centre}")
        work += max(end - start, timedelta())
        reached = max(reached, end)
    yield Wait("work", work, f"Duration: the remaining operations take {duration(work)} in all")
