"""The shop's resources as a planner reads them, with what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch, Q

from planning.models import Absence, Crew, Machine, Overtime, Skill, Tool, WorkCentre


@dataclass(frozen=True)
class ShopOverview:
    """Work centres with their machines, crews with skills and absences, tools; skills and tools that lack."""

    centres: Sequence[WorkCentre]
    crews: Sequence[Crew]
    tools: Sequence[Tool]
    absences: Sequence[Absence]
    lacking_skills: Sequence[Skill]

    @property
    def lacking_tools(self) -> Sequence[Tool]:
        """Tools that steps ask for and of which there is none."""
        return [tool for tool in self.tools if not tool.quantity]


def shop_overview(now: datetime) -> ShopOverview:
    """All of it, absences that are not over. Eight statements at any size."""
    machines = Prefetch("machines", Machine.objects.order_by("code"))
    centres = WorkCentre.objects.select_related("calendar").prefetch_related(machines, "processes")
    has_crew = Q(crews__size__gt=0)
    return ShopOverview(
        centres=list(centres),
        crews=list(Crew.objects.select_related("calendar").prefetch_related("skills")),
        tools=list(Tool.objects.all()),
        absences=list(Absence.objects.filter(ends__gt=now).select_related("crew", "by")),
        lacking_skills=list(Skill.objects.exclude(id__in=Skill.objects.filter(has_crew).values("id"))),
    )


class Ticks(NamedTuple):
    """A work centre with its machines in service; whether it, and each of them, is ticked."""

    centre: WorkCentre
    whole: bool
    machines: Sequence[tuple[Machine, bool]]


def machines_by_centre(chosen: Iterable[object], whole: Iterable[object]) -> list[Ticks]:
    """Work centres with machines in service; ticked are those with these ids. Two statements."""
    wanted, all_of = ({str(each) for each in ids or ()} for ids in (chosen, whole))
    active = Prefetch("machines", Machine.objects.filter(active=True).order_by("code"))
    return [
        Ticks(
            centre,
            str(centre.id) in all_of,
            [(machine, str(machine.id) in wanted) for machine in centre.machines.all()],
        )
        for centre in WorkCentre.objects.prefetch_related(active)
        if centre.machines.all()
    ]


@dataclass(frozen=True)
class Granted:
    """Overtime of some machines at the same time."""

    rows: Sequence[Overtime]

    @property
    def first(self) -> Overtime:
        """One of them: they have the same times."""
        return self.rows[0]


def overtime_to_come(now: datetime) -> list[Granted]:
    """Overtime that is not over, by its times. One statement."""
    groups: dict[tuple[datetime, datetime, str], list[Overtime]] = {}
    for row in Overtime.objects.filter(ends__gt=now).select_related("machine", "by"):
        groups.setdefault((row.starts, row.ends, row.note), []).append(row)
    return [Granted(rows) for rows in groups.values()]
