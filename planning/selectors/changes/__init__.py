"""Everything a planner may change. A new kind is a module here and one in `services.changing`."""

from planning.selectors.changes.base import (
    Change,
    RawBook,
    Standing,
    Tables,
    change,
    check_changes,
    read_changes,
    words_of,
    write_changes,
)
from planning.selectors.changes.calendars import Hours, Remove, hours_of
from planning.selectors.changes.equipment import CentreAs, MachineAs, Tooled
from planning.selectors.changes.hours import Down, EndDown, EndOvertime, Overtime
from planning.selectors.changes.jobs import Gate, Weigh
from planning.selectors.changes.names import Names
from planning.selectors.changes.people import Away, Back, CrewAs, SkillAs, Skilled
from planning.selectors.changes.places import Move, Pin, Restore, Unpin

__all__ = [
    "Away",
    "Back",
    "CentreAs",
    "Change",
    "CrewAs",
    "Down",
    "EndDown",
    "EndOvertime",
    "Gate",
    "Hours",
    "MachineAs",
    "Move",
    "Names",
    "Overtime",
    "Pin",
    "RawBook",
    "Remove",
    "Restore",
    "SkillAs",
    "Skilled",
    "Standing",
    "Tables",
    "Tooled",
    "Unpin",
    "Weigh",
    "change",
    "check_changes",
    "hours_of",
    "read_changes",
    "words_of",
    "write_changes",
]
