"""Making what planners decide. A new kind of change is a module here, and one in `selectors.changes`."""

from planning.services.changing import (
    calendars,
    decided,
    dispatching,
    equipment,
    hours,
    hypothetical,
    jobs,
    people,
    places,
)
from planning.services.changing.apply import apply_changes, change_plan, rehearse, undo_edit
from planning.services.changing.base import MAKERS, Making, makes

__all__ = [
    "MAKERS",
    "Making",
    "apply_changes",
    "calendars",
    "change_plan",
    "decided",
    "dispatching",
    "equipment",
    "hours",
    "hypothetical",
    "jobs",
    "makes",
    "people",
    "places",
    "rehearse",
    "undo_edit",
]
