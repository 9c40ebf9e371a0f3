"""Resources, operations, material requirements and the state of the plan."""

from planning.models.branches import Branch, BranchQuerySet
from planning.models.decisions import Decision, Remedy, RemedyQuerySet
from planning.models.dispatching import Dispatching
from planning.models.edits import PlanEdit
from planning.models.people import Absence, Changeover, Crew, Skill, Tool
from planning.models.plans import HeldSlot, Hold, HoldQuerySet, Look, PlanRequest, PlanState, PlanVersion
from planning.models.resources import (
    Calendar,
    CalendarException,
    Downtime,
    Machine,
    Overtime,
    Shift,
    WorkCentre,
)
from planning.models.spans import Span
from planning.models.uploads import Upload
from planning.models.work import Operation, OperationQuerySet, Requirement, RequirementQuerySet

__all__ = [
    "Absence",
    "Branch",
    "BranchQuerySet",
    "Calendar",
    "CalendarException",
    "Changeover",
    "Crew",
    "Decision",
    "Dispatching",
    "Downtime",
    "HeldSlot",
    "Hold",
    "HoldQuerySet",
    "Look",
    "Machine",
    "Operation",
    "OperationQuerySet",
    "Overtime",
    "PlanEdit",
    "PlanRequest",
    "PlanState",
    "PlanVersion",
    "Remedy",
    "RemedyQuerySet",
    "Requirement",
    "RequirementQuerySet",
    "Shift",
    "Skill",
    "Span",
    "Tool",
    "Upload",
    "WorkCentre",
]
