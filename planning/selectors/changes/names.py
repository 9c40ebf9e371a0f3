"""What the people call the things that changes name by their ids."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any, Final

from django.db.models import Model, QuerySet

from kernel import clock
from kernel.errors import Refused
from kernel.formats import absolute, day_of
from orders.models import Order, OrderLine
from planning.models import (
    Absence,
    Calendar,
    Crew,
    Downtime,
    Machine,
    Operation,
    Overtime,
    Requirement,
    Tool,
    WorkCentre,
)
from planning.selectors.moments import moment_of

MODELS: Final[dict[str, QuerySet[Any]]] = {
    "absence": Absence.objects.select_related("crew"),
    "calendar": Calendar.objects.prefetch_related("shifts", "exceptions"),
    "centre": WorkCentre.objects.all(),
    "crew": Crew.objects.prefetch_related("skills"),
    "downtime": Downtime.objects.select_related("machine"),
    "line": OrderLine.objects.select_related("order"),
    "machine": Machine.objects.select_related("work_centre__calendar"),
    "operation": Operation.objects.select_related("line__order", "machine", "process"),
    "order": Order.objects.all(),
    "overtime": Overtime.objects.select_related("machine"),
    "requirement": Requirement.objects.select_related("item"),
    "tool": Tool.objects.all(),
}
"""Fields of changes by what they name; with an s behind it a tuple of them."""

SPOKEN: Final = 6


class Names:
    """The objects that some changes name, read at once. One statement for each model."""

    def __init__(self, changes: Iterable[Any]) -> None:
        wanted: dict[str, set[int]] = {}
        for each in changes:
            for part in fields(each):
                ids = getattr(each, part.name)
                for model in MODELS.keys() & {part.name, part.name.removesuffix("s")}:
                    wanted.setdefault(model, set()).update(ids if isinstance(ids, tuple) else (ids,))
        self.found: dict[str, dict[int, Any]] = {
            model: MODELS[model].in_bulk(list(ids)) for model, ids in wanted.items()
        }
        self.today: date = day_of(clock.now())

    def object(self, model: str, number: int) -> Any:
        """The object; Refused where it is gone."""
        found: Model | None = self.found.get(model, {}).get(number)
        if found is None:
            raise Refused(f"This {model} is not there any more.", field=model, remedy="Reload the page.")
        return found

    def name(self, model: str, number: int) -> str:
        """What it is called, also where it is gone; of operations with their job."""
        found = self.found.get(model, {}).get(number)
        if found is None:
            return f"a deleted {model}"
        if isinstance(found, Operation):
            return f"{found.line.order} {found.line} {found}"
        if isinstance(found, Requirement):
            return found.item.number
        if isinstance(found, OrderLine):
            return f"{found.order} {found}"
        return str(found)

    def several(self, model: str, numbers: Iterable[int]) -> str:
        """SPOKEN of them at most, and how many more."""
        names = [self.name(model, each) for each in numbers]
        more = len(names) - SPOKEN
        return ", ".join(names[:SPOKEN]) + (f" and {more} more" if more > 0 else "")

    def moment(self, minute: int) -> str:
        """Day and time of day."""
        return absolute(moment_of(minute), today=self.today, clock=True)

    def span(self, starts: int, ends: int) -> str:
        """From when to when, the day said once where it is the same."""
        first, last = self.moment(starts), self.moment(ends)
        same = first[:-6] == last[:-6]
        return f"{first} to {last[-5:] if same else last}"
