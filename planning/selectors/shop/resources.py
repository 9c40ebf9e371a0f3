"""Machines, calendars and what they offer, as the engine wants them."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
from django.conf import settings
from django.db import connection

from kernel.jit import IntArray
from planning import engine
from planning.engine.calendars import Windows
from planning.selectors.shop.free_days import public_holidays
from planning.selectors.shop.people import People, people_of

logger = logging.getLogger(__name__)

BEHIND: Final = timedelta(days=40)
AHEAD: Final = timedelta(days=400)
DAY: Final = 1440

# One statement for fifteen small tables: its text is also the key under which the windows are kept.
TABLES: Final = """
    SELECT json_build_object(
        'calendars', (SELECT json_agg(c ORDER BY c.id) FROM planning_calendar c),
        'shifts', (SELECT json_agg(s ORDER BY s.id) FROM planning_shift s),
        'exceptions', (SELECT json_agg(e ORDER BY e.id) FROM planning_calendarexception e),
        'centres', (SELECT json_agg(w ORDER BY w.position, w.code) FROM planning_workcentre w),
        'machines', (SELECT json_agg(m ORDER BY m.id) FROM planning_machine m),
        'downtimes', (SELECT json_agg(json_build_object(
            'id', d.id, 'machine_id', d.machine_id,
            'starts', floor(date_part('epoch', d.starts) / 60)::bigint,
            'ends', ceil(date_part('epoch', d.ends) / 60)::bigint) ORDER BY d.id)
            FROM planning_downtime d WHERE d.ends > %s::timestamptz - interval '40 days'),
        'overtime', (SELECT json_agg(json_build_object(
            'id', v.id, 'machine_id', v.machine_id,
            'starts', floor(date_part('epoch', v.starts) / 60)::bigint,
            'ends', ceil(date_part('epoch', v.ends) / 60)::bigint) ORDER BY v.id)
            FROM planning_overtime v WHERE v.ends > %s::timestamptz - interval '40 days'),
        'offers', (SELECT json_agg(p ORDER BY p.id) FROM planning_workcentre_processes p),
        'skills', (SELECT json_agg(k ORDER BY k.id) FROM planning_skill k),
        'crews', (SELECT json_agg(r ORDER BY r.id) FROM planning_crew r),
        'crew_skills', (SELECT json_agg(b ORDER BY b.id) FROM planning_crew_skills b),
        'absences', (SELECT json_agg(json_build_object(
            'id', a.id, 'crew_id', a.crew_id, 'people', a.people,
            'starts', floor(date_part('epoch', a.starts) / 60)::bigint,
            'ends', ceil(date_part('epoch', a.ends) / 60)::bigint) ORDER BY a.id)
            FROM planning_absence a WHERE a.ends > %s::timestamptz - interval '40 days'),
        'tools', (SELECT json_agg(t ORDER BY t.id) FROM planning_tool t),
        'dispatching', (SELECT json_agg(g) FROM planning_dispatching g),
        'changeovers', (SELECT json_agg(x ORDER BY x.id) FROM planning_changeover x)
    )::text
"""
Row = dict[str, Any]


class Altering(Protocol):
    """What would be different; equal ones alter in the same way."""

    def tables(self, tables: dict[str, list[Row]], /) -> None:
        """Alter master data, rows by the names of TABLES."""


@dataclass(frozen=True, eq=False)
class Resources:
    """The shop: machine i of the engine is `machine_ids[i]`, `pools` names the machines of each process.

    `calendars` are windows in minutes since 1970, from BEHIND to AHEAD of the day asked for; `day_starts` are
    the beginnings of the working days of the default calendar. `centres` (code and name, in the order of the
    pages) and `capacity` (the working time of each active machine) are by work centre. `down` are the spans
    in which machines stand, by their id. `speeds` are percent by machine, `day_minutes` what each works on a
    working day; processes that are `shared` are done where several operations are at once. `changeovers` are
    set-up minutes from family to family. What begins within `frozen_hours` stays where it is planned.
    `usual` is the id of the default calendar, 0 for none.
    """

    calendars: tuple[Windows, ...]
    machine_ids: tuple[int, ...]
    machine_codes: tuple[str, ...]
    centres: Mapping[int, tuple[str, str]]
    machines: tuple[engine.Machine, ...]
    index: Mapping[int, int]
    pools: Mapping[int, tuple[int, ...]]
    day_starts: IntArray
    capacity: Mapping[int, tuple[Windows, ...]]
    down: Mapping[int, Sequence[tuple[int, int]]]
    speeds: IntArray
    day_minutes: IntArray
    shared: frozenset[int]
    people: People
    changeovers: Sequence[tuple[str, str, int]]
    calendar_ids: tuple[int, ...]
    frozen_hours: int = 0
    usual: int = 0

    @property
    def crowded(self) -> list[int]:
        """The ids of machines on which several operations may be at once."""
        pairs = zip(self.machine_ids, self.machines, strict=True)
        return [machine_id for machine_id, machine in pairs if machine.size or not machine.single]

    def windows_of_calendar(self, calendar_id: int) -> Windows:
        """The working time of a calendar, none where it is not known."""
        if calendar_id not in self.calendar_ids:
            return engine.windows_of([])
        return self.calendars[self.calendar_ids.index(calendar_id)]

    def windows_of(self, machine_id: int) -> Windows:
        """The working time of one machine."""
        return self.calendars[self.machines[self.index[machine_id]].calendar]

    def days_later(self, minute: int, days: int) -> int:
        """The same time of day `days` working days later (earlier where negative), within what is known.

        From a day off, one later is the next working day. One earlier is the end of the last but one: what
        ends by then leaves before the day off, what ends on the last one leaves after it.
        """
        return int(self.days_after(np.array([minute], np.int64), days)[0])

    def working_days(self, first: int, last: int) -> int:
        """How many working days begin between two moments."""
        edges = np.searchsorted(self.day_starts, np.array([first, last], np.int64), side="right")
        return int(edges[1] - edges[0])

    def days_after(self, minutes: IntArray, days: int) -> IntArray:
        """`days_later` for many moments."""
        last = len(self.day_starts) - 1
        if last < 0:
            return minutes + days * DAY
        at = np.searchsorted(self.day_starts, minutes, side="right") - 1
        then = np.clip(at + days, 0, last)
        passed = minutes - self.day_starts[np.maximum(at, 0)]
        off = (passed >= DAY) & (at < last)
        if days > 0:
            passed = np.where(off, passed % DAY, passed)
        elif days < 0:
            passed = np.where(off, DAY - 1, passed)
        return np.where(at < 0, minutes + days * DAY, self.day_starts[then] + passed)


def load_resources(now: datetime, changes: Sequence[Altering] = ()) -> Resources:
    """The shop as it stands, or as it would be with these changes.

    One statement; windows are built anew only when something or the day changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [now] * 3)
        (text,) = cursor.fetchone()
    return _built(text, now.date(), settings.MTO_DEFAULT_CALENDAR, tuple(changes))


@lru_cache(maxsize=8)
def _built(text: str, today: date, default: str, changes: tuple[Altering, ...]) -> Resources:
    tables: dict[str, list[Row]] = {name: rows or [] for name, rows in json.loads(text).items()}
    for change in changes:
        change.tables(tables)
    first, last = today - BEHIND, today + AHEAD
    patterns = [pattern_of(row, tables, first, last) for row in tables["calendars"]]
    windows = tuple(_windows(pattern, first, last) for pattern in patterns)
    place = {row["id"]: at for at, row in enumerate(tables["calendars"])}
    centres = {row["id"]: row for row in tables["centres"]}
    machines, down = tables["machines"], _spans(tables["downtimes"])
    ids = tuple(row["id"] for row in machines)
    own, hours = _own_hours(tables, windows, place, down)
    people, absent = people_of(tables, windows, place, len(windows) + len(hours))
    codes = [row["code"] for row in tables["calendars"]]
    known = codes.index(default) if default in codes else 0
    usual = [place[centres[row["work_centre_id"]]["calendar_id"]] for row in machines]
    endless = {at for at, row in enumerate(machines) if centres[row["work_centre_id"]]["unlimited"]}
    pools = _pools(tables["offers"], machines, endless)
    calendars = (*windows, *hours, *absent)
    return Resources(
        calendars=calendars,
        machine_ids=ids,
        machine_codes=tuple(row["code"] for row in machines),
        centres={row["id"]: (row["code"], row["name"]) for row in tables["centres"]},
        machines=tuple(
            _machine(row, own.get(row["id"], calendar), centres)
            for row, calendar in zip(machines, usual, strict=True)
        ),
        index={row["id"]: at for at, row in enumerate(machines)},
        pools=pools,
        day_starts=(
            engine.build_day_starts(patterns[known], first, last, 0) if patterns else np.empty(0, np.int64)
        ),
        capacity=_capacity(
            centres, machines, [calendars[own.get(*each)] for each in zip(ids, usual, strict=True)]
        ),
        down=down,
        speeds=np.array([row["speed"] for row in machines], np.int64),
        day_minutes=_day_minutes(patterns, windows, first, last)[usual],
        shared=frozenset(
            process
            for process, pool in pools.items()
            if any(machines[at]["places"] or at in endless for at in pool)
        ),
        people=people,
        changeovers=tuple((row["before"], row["after"], row["minutes"]) for row in tables["changeovers"]),
        calendar_ids=tuple(row["id"] for row in tables["calendars"]),
        frozen_hours=max((row["frozen_hours"] for row in tables["dispatching"]), default=0),
        usual=tables["calendars"][known]["id"] if patterns else 0,
    )


def _capacity(
    centres: Iterable[int], machines: Sequence[Row], hours: Sequence[Windows]
) -> dict[int, tuple[Windows, ...]]:
    """The hours of the machines in service of each work centre."""
    return {
        centre: tuple(
            mine
            for row, mine in zip(machines, hours, strict=True)
            if row["active"] and row["work_centre_id"] == centre
        )
        for centre in centres
    }


def _spans(rows: Iterable[Row]) -> dict[int, list[tuple[int, int]]]:
    """From when to when each machine stands, or works longer."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        spans.setdefault(row["machine_id"], []).append((row["starts"], row["ends"]))
    return spans


def _machine(row: Row, calendar: int, centres: Mapping[int, Row]) -> engine.Machine:
    unlimited = centres[row["work_centre_id"]]["unlimited"]
    size = 0 if unlimited else row["places"]
    return engine.Machine(calendar, centre=row["work_centre_id"], single=not unlimited, size=size)


def _day_minutes(
    patterns: Sequence[engine.Pattern], windows: Sequence[Windows], first: date, last: date
) -> IntArray:
    """What each calendar works on a working day, on average; a day and night where it never works."""
    found = []
    for pattern, mine in zip(patterns, windows, strict=True):
        days = len(engine.build_day_starts(pattern, first, last, 0)) if len(mine) else 0
        found.append(int((mine["end"] - mine["start"]).sum()) // days if days else DAY)
    return np.array(found, np.int64)


def _own_hours(
    tables: Mapping[str, list[Row]],
    windows: tuple[Windows, ...],
    place: Mapping[int, int],
    down: Mapping[int, Sequence[tuple[int, int]]],
) -> tuple[dict[int, int], list[Windows]]:
    """Machines with downtimes or overtime have a calendar of their own: which one, and its hours."""
    calendars = {row["id"]: place[row["calendar_id"]] for row in tables["centres"]}
    usual = {row["id"]: windows[calendars[row["work_centre_id"]]] for row in tables["machines"]}
    extra = _spans(tables["overtime"])
    machines = [each for each in usual if each in down or each in extra]
    hours = [
        engine.without(engine.joined(usual[each], extra.get(each, ())), down.get(each, ()))
        for each in machines
    ]
    return {machine: len(windows) + at for at, machine in enumerate(machines)}, hours


def _pools(offers: Iterable[Row], machines: list[Row], endless: set[int]) -> dict[int, tuple[int, ...]]:
    """The active machines of each process; those without a limit only where there are no others."""
    pools: dict[int, set[int]] = {}
    for offer in offers:
        here = {
            at
            for at, row in enumerate(machines)
            if row["active"] and row["work_centre_id"] == offer["workcentre_id"]
        }
        pools.setdefault(offer["process_id"], set()).update(here)
    return {process: tuple(sorted(pool - endless or pool)) for process, pool in pools.items()}


def _windows(pattern: engine.Pattern, first: date, last: date) -> Windows:
    """Its windows; a calendar that cannot be read has none, so that its operations say so on the page."""
    try:
        return engine.build_windows(pattern, first, last, 0)
    except ValueError as error:
        logger.warning("calendar without working time: %s", error)
        return engine.windows_of([])


def pattern_of(calendar: Row, tables: Mapping[str, list[Row]], first: date, last: date) -> engine.Pattern:
    """The shifts and exceptions of a calendar in these tables, with the holidays of its country."""
    own = [row for row in tables["shifts"] if row["calendar_id"] == calendar["id"]]
    special = [row for row in tables["exceptions"] if row["calendar_id"] == calendar["id"]]
    closed = {date.fromisoformat(row["date"]) for row in special if row["starts"] is None}
    closed |= public_holidays(
        calendar["country"], calendar["subdivision"], range(first.year, last.year + 1)
    ).keys()
    extra = [
        engine.ExtraShift(date.fromisoformat(row["date"]), _minute(row["starts"]), _minute(row["ends"]))
        for row in special
        if row["starts"] is not None
    ]
    return engine.Pattern(
        zone=calendar["timezone"],
        shifts=tuple(shift for row in own for shift in _shifts(row)),
        closed=frozenset(closed),
        extra=tuple(extra),
    )


def _shifts(row: Row) -> Iterable[engine.Shift]:
    breaks: tuple[tuple[int, int], ...] = ()
    if row["break_starts"] is not None:
        breaks = ((_minute(row["break_starts"]), _minute(row["break_ends"])),)
    for weekday in row["weekdays"]:
        yield engine.Shift(weekday, _minute(row["starts"]), _minute(row["ends"]), breaks)


def _minute(text: str) -> int:
    hours, minutes, *_ = text.split(":")
    return int(hours) * 60 + int(minutes)
