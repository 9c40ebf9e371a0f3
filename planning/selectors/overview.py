"""The shop's resources as a planner reads them, with what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from planning.models import Absence, Crew, Machine, Skill, Tool, WorkCentre


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
