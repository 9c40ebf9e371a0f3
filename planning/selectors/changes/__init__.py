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
from planning.selectors.changes.hours import Down, EndDown, EndOvertime, Overtime
from planning.selectors.changes.jobs import Gate, Weigh
from planning.selectors.changes.names import Names
from planning.selectors.changes.places import Move, Pin, Restore, Unpin

__all__ = [
    "Change",
    "Down",
    "EndDown",
    "EndOvertime",
    "Gate",
    "Move",
    "Names",
    "Overtime",
    "Pin",
    "RawBook",
    "Restore",
    "Standing",
    "Tables",
    "Unpin",
    "Weigh",
    "change",
    "check_changes",
    "read_changes",
    "words_of",
    "write_changes",
]
