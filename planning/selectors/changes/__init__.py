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
from planning.selectors.changes.days import SpecialDay, UsualDay
from planning.selectors.changes.decided import Ask, Lots, Promise, Unask
from planning.selectors.changes.dispatching import Dispatch, Release
from planning.selectors.changes.equipment import CentreAs, MachineAs, Tooled
from planning.selectors.changes.hours import Down, EndDown, EndOvertime, Overtime
from planning.selectors.changes.jobs import Gate, Weigh
from planning.selectors.changes.machines import InService, NewMachine
from planning.selectors.changes.names import Names
from planning.selectors.changes.people import Away, Back, CrewAs, SkillAs, Skilled
from planning.selectors.changes.places import Move, Pin, Restore, Unpin
from planning.selectors.changes.rush import Rush
from planning.selectors.changes.supplies import Expect

__all__ = [
    "Ask",
    "Away",
    "Back",
    "CentreAs",
    "Change",
    "CrewAs",
    "Dispatch",
    "Down",
    "EndDown",
    "EndOvertime",
    "Expect",
    "Gate",
    "Hours",
    "InService",
    "Lots",
    "MachineAs",
    "Move",
    "Names",
    "NewMachine",
    "Overtime",
    "Pin",
    "Promise",
    "RawBook",
    "Release",
    "Remove",
    "Restore",
    "Rush",
    "SkillAs",
    "Skilled",
    "SpecialDay",
    "Standing",
    "Tables",
    "Tooled",
    "Unask",
    "Unpin",
    "UsualDay",
    "Weigh",
    "change",
    "check_changes",
    "hours_of",
    "read_changes",
    "words_of",
    "write_changes",
]
