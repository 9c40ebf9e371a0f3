"""Making what planners decide. A new kind of change is a module here, and one in `selectors.changes`."""

from planning.services.changing import calendars, equipment, hours, jobs, people, places
from planning.services.changing.apply import apply_changes, undo_edit
from planning.services.changing.base import MAKERS, Making, makes

__all__ = [
    "MAKERS",
    "Making",
    "apply_changes",
    "calendars",
    "equipment",
    "hours",
    "jobs",
    "makes",
    "people",
    "places",
    "undo_edit",
]
