"""What stands before what, and which operations a job has reached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from planning.models import Operation, Requirement, RequirementQuerySet, WorkCentre


@dataclass(frozen=True)
class Reached:
    """An open operation that waits for no other one: whether its material is short, and its work centre."""

    operation: Operation
    short: bool
    place: str


def predecessors(steps: Sequence[tuple[int, int, int]]) -> list[int]:
    """Per step (job, loop, sequence) the index of the step before it, or -1.

    The one place that knows the rule: within a loop of a job an operation follows the one with the next lower
    sequence. Steps must be sorted.
    """
    return [
        index - 1 if index and steps[index - 1][:2] == step[:2] else -1 for index, step in enumerate(steps)
    ]


def reached_operations(line_ids: Collection[int], *, lock: bool = False) -> list[Reached]:
    """The open operations of these jobs whose predecessors are all complete, by id.

    With `lock` every open operation of the jobs is locked, by id. One statement.
    """
    centre = WorkCentre.objects.filter(processes=OuterRef("process_id")).values("code")[:1]
    rows = (
        Operation.objects.open()
        .filter(line__in=list(line_ids))
        .select_related("line__order")
        .annotate(short=Exists(short_requirements()))
        .annotate(place=Coalesce("machine__work_centre__code", Subquery(centre)))
        .order_by("id")
    )
    found: list[Any] = list(rows.select_for_update(of=("self",)) if lock else rows)
    found.sort(key=step_of)
    before = predecessors([step_of(each) for each in found])
    return [
        Reached(each, each.short, each.place or "")
        for each, index in zip(found, before, strict=True)
        if index < 0
    ]


def step_of(operation: Operation) -> tuple[int, int, int]:
    """Job, loop and sequence: what `predecessors` reads."""
    return operation.line_id, operation.loop, operation.sequence


def short_requirements() -> RequirementQuerySet:
    """For an outer operation: its requirements that are not fully here."""
    return Requirement.objects.short().filter(operation=OuterRef("pk"), cancelled_at=None)


def first_operations_supplied(line_ids: Collection[int]) -> set[int]:
    """Which of these jobs have all material for the operations they can start with. One statement."""
    waiting = {each.operation.line_id for each in reached_operations(line_ids) if each.short}
    return set(line_ids) - waiting
