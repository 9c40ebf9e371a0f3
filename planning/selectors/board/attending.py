"""Who attends the open operations of the plan: people of crews, as far as the plan provides for them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from kernel.bases import fetch
from kernel.jit import BoolArray, IntArray, Table
from planning.engine import NEVER
from planning.engine.assembly import pack
from planning.engine.attendance import ATTENDED, Kind, Nobody, attend, staff_of
from planning.selectors.moments import minute_of
from planning.selectors.order_book.book import OPEN_OPERATIONS, OPERATIONS, RUNNING, copied, table_of
from planning.selectors.order_book.floor import LEAST_REMAINING, Floor, floor_of, places_in, work_of
from planning.selectors.shop.people import Away
from planning.selectors.shop.resources import Resources

SENTENCES: Final = {
    Nobody.UNABLE: "No crew has the skills it asks for. Train somebody, or change the step.",
    Nobody.AWAY: "Nobody who can do it is at work then. Check shifts and absences.",
    Nobody.BUSY: "All who can do it attend something else then, as far as is reckoned here: move one.",
}
"""Why nobody attends an operation and what to do."""

WANTED: Final = {
    name: OPERATIONS[name]
    for name in (
        *("id", "line", "process", "setup", "run", "unattended", "status", "machine", "start", "end"),
        *("worked_on", "since", "worked", "quantity", "good", "batch", "outside"),
    )
} | {"skills": "hashtextextended(o.skills::text, 0)"}
SKILLS: Final = "SELECT id, skills FROM planning_operation WHERE id = ANY(%s)"
PLACED: Final = f"{OPEN_OPERATIONS} AND o.skills <> '{{}}' AND (o.during IS NOT NULL OR o.status = 'running')"


@dataclass(frozen=True)
class Person:
    """Somebody of a crew (by id): the first is number 1; the number of the calendar, absences."""

    crew: int
    number: int
    calendar: int
    away: tuple[Away, ...]


@dataclass(frozen=True, eq=False)
class Attendance:
    """Operations by id with who attends each (a place in `people`, or Nobody, or NOT_NEEDED) until when."""

    people: tuple[Person, ...]
    ids: IntArray
    who: IntArray
    until: IntArray

    def of(self, ids: IntArray) -> tuple[IntArray, IntArray]:
        """Who attends these operations and until when; NOT_NEEDED and NEVER for those that ask for nobody."""
        at = places_in(self.ids, ids)
        known = at >= 0
        if not known.any():
            return np.full(len(ids), -1), np.full(len(ids), NEVER)
        return np.where(known, self.who[at], -1), np.where(known, self.until[at], NEVER)

    @cached_property
    def stamp(self) -> bytes:
        """The same for the same people at the same work."""
        return (
            b"".join(each.tobytes() for each in (self.ids, self.who, self.until)) + repr(self.people).encode()
        )


def attendance_of(resources: Resources, now: datetime) -> Attendance:
    """Who attends every open operation that asks for somebody, whatever window is looked at.

    The plan stores no people: they are assigned anew, but the same for the same plan, and as the engine
    checked it: by skills, shifts and absences, each at one operation at a time. Work that is running has
    whoever could come. One statement, two where anything changed.
    """
    rows = copied(WANTED, PLACED)
    running = rows["status"] == RUNNING
    rows["start"] = np.where(running, rows["since"], rows["start"])
    least = minute_of(now) + LEAST_REMAINING
    rows["end"] = np.where(running, np.maximum(rows["end"], least), rows["end"])
    rows = rows[np.argsort(rows["id"])]
    return _reckoned(rows.tobytes(), resources)


@lru_cache(maxsize=4)
def _reckoned(raw: bytes, resources: Resources) -> Attendance:
    rows = np.frombuffer(raw, table_of(WANTED)).copy()
    floor = floor_of(rows, resources, 0)
    sets, skill = _skills(rows)
    wanted = _wanted(floor, skill)
    windows, ptr = pack(resources.calendars)
    kinds = [
        Kind(
            each.crew,
            each.calendar,
            each.size,
            frozenset(at for at, one in enumerate(sets) if one <= each.skills),
        )
        for each in resources.people.crews
    ]
    # What lies in a rack together is attended together.
    alone = np.where(_racked(floor), -1, np.arange(len(rows)))
    each = np.column_stack([*(wanted[name] for name in ("start", "end", "skill", "home")), alone])
    _, first, mine = np.unique(each, axis=0, return_index=True, return_inverse=True)
    who = attend(wanted[first], staff_of(windows, ptr, kinds))[mine.ravel()]
    return Attendance(_people(resources), rows["id"], who, wanted["end"].copy())


def _skills(rows: Table) -> tuple[list[frozenset[int]], IntArray]:
    """The sets of skills that are asked for, and the number of each row's. One statement."""
    _, first, number = np.unique(rows["skills"], return_index=True, return_inverse=True)
    known = dict(fetch(SKILLS, [rows["id"][first].tolist()]))
    return [frozenset(known.get(row, ())) for row in rows["id"][first].tolist()], number


def _wanted(floor: Floor, skill: IntArray) -> Table:
    """ATTENDED rows: work that runs has somebody already; set-up is over where something has begun."""
    rows, resources, seat = floor.rows, floor.resources, _seat(floor)
    wanted = np.zeros(len(rows), ATTENDED)
    calendars = np.array([*(machine.calendar for machine in resources.machines), -1], np.int64)
    speeds = np.append(resources.speeds, 100)
    left = np.maximum(1, rows["quantity"] - np.where(floor.started, 0, rows["good"]))
    run = -(-work_of(floor) * left // np.maximum(1, rows["quantity"]))
    run = -(-run * 100 // speeds[seat])
    begun = np.where(floor.started, rows["start"], np.maximum(rows["start"], rows["end"] - run))
    wanted["start"], wanted["skill"], wanted["home"] = rows["start"], skill, seat
    wanted["calendar"] = np.where(floor.running, -1, calendars[seat])
    wanted["end"] = np.where(rows["unattended"] == 1, begun, rows["end"])
    known = (rows["unattended"] == 0) & ~floor.started & ~_racked(floor)
    wanted["work"] = np.where(known, run, 0)
    return wanted


def _seat(floor: Floor) -> IntArray:
    return np.where(floor.running, floor.here, floor.seat)


def _racked(floor: Floor) -> BoolArray:
    racks: BoolArray = np.array(
        [*(machine.size > 0 for machine in floor.resources.machines), False], np.bool_
    )
    return racks[_seat(floor)]


def _people(resources: Resources) -> tuple[Person, ...]:
    found: list[Person] = []
    numbers: dict[int, int] = {}
    for row in resources.people.crews:
        for _ in range(row.size):
            numbers[row.crew] = numbers.get(row.crew, 0) + 1
            found.append(Person(row.crew, numbers[row.crew], row.calendar, row.away))
    return tuple(found)
