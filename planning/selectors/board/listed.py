"""The board as a list: the same sheet in words, for screen readers and for paper."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, overload

import numpy as np
from django.urls import reverse
from django.utils import timezone

from kernel.formats import absolute
from planning.engine.attendance import NOT_NEEDED, Nobody
from planning.models import Operation
from planning.selectors.board.attending import SENTENCES
from planning.selectors.board.placeless import act_of
from planning.selectors.board.sheet import HELD, STATUS_WORDS, Sheet
from planning.selectors.board.words import Words, names_of
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.order_book.book import RUNNING, STATUSES
from planning.selectors.order_book.floor import LEAST_REMAINING

FIXED: Final = (RUNNING, STATUSES.index(Operation.Status.PAUSED), HELD)
"""What nobody can move: it is under way, or kept for a quotation."""


@dataclass(frozen=True)
class Listed:
    """One operation or held time on one machine, in words; `movable` ones may be moved and pinned.

    `person` attends it, or `nobody` says why there is none; both are empty where people were not asked for.
    """

    id: int
    machine: str
    reference: str
    position: int
    customer: str
    url: str
    operation: str
    status: str
    starts: datetime
    ends: datetime
    promised: datetime | None
    forecast: datetime | None
    pinned: bool
    movable: bool
    person: str = ""
    nobody: str = ""

    @property
    def times(self) -> str:
        """From when until when, the day said once where it is the same."""
        return _span(minute_of(self.starts), minute_of(self.ends))

    @property
    def late(self) -> bool:
        """Whether its job is late."""
        return self.promised is not None and self.forecast is not None and self.forecast > self.promised


@dataclass(frozen=True)
class CrewLoad:
    """A crew in the window: minutes its people are there, minutes they attend something, who is away."""

    code: str
    name: str
    people: int
    capacity: int
    planned: int
    away: tuple[str, ...]
    bottleneck: bool = False

    @property
    def percent(self) -> int:
        """Planned of capacity; 100 where there is work but nobody."""
        return round(100 * self.planned / self.capacity) if self.capacity else 100 * bool(self.planned)

    @property
    def of_capacity(self) -> str:
        """`31 of 80 h`."""
        return f"{round(self.planned / 60)} of {round(self.capacity / 60)} h"


@dataclass(frozen=True)
class Placeless:
    """An operation without a place: why, and where that is mended (verb and address, empty for nowhere)."""

    operation: str
    reason: str
    position: int
    reference: str
    customer: str
    verb: str
    address: str

    @property
    def url(self) -> str:
        """The order's page."""
        return reverse("orders:order", args=[self.reference])


def placeless(sheet: Sheet) -> tuple[int, list[Placeless]]:
    """How many operations have no place, and the first of them."""
    around = json.loads(sheet.around)
    found = [
        Placeless(f"Op {sequence} {name}", reason, position, reference, customer, *act_of(reason))
        for _, sequence, name, reason, position, reference, customer in around["without"] or []
    ]
    return around["placeless"], found


def crew_loads(sheet: Sheet) -> list[CrewLoad]:
    """Every crew of the window by code; none where people were not asked for. The bottleneck is marked."""
    attendance = sheet.attendance
    if attendance is None:
        return []
    around = json.loads(sheet.around)
    notes = around["absences"] or {}
    who, until = attendance.of(sheet.rows["id"])
    who[sheet.rows["status"] == HELD] = NOT_NEEDED
    found = []
    for number, code, name in around["crews"] or []:
        mine = [at for at, each in enumerate(attendance.people) if each.crew == number]
        hours = {at: sheet.hours_of(attendance.people[at].calendar).reshape(-1, 2) for at in mine}
        planned = sum(
            int(np.clip(np.minimum(hours[at][:, 1], end) - np.maximum(hours[at][:, 0], start), 0, None).sum())
            for at in mine
            for start, end in zip(sheet.rows["start"][who == at], until[who == at], strict=True)
        )
        capacity = sum(int((edges[:, 1] - edges[:, 0]).sum()) for edges in hours.values())
        away = tuple(
            f"Person {each.number} away {_span(span.starts, span.ends)}{_note(notes[str(span.absence)])}"
            for each in (attendance.people[at] for at in mine)
            for span in each.away
            if str(span.absence) in notes
        )
        found.append(CrewLoad(code, name, len(mine), capacity, planned, away))
    worst = max((each for each in found if each.percent), key=lambda each: each.percent, default=None)
    return [replace(each, bottleneck=each is worst) for each in found]


def _note(text: str) -> str:
    return f": {text}" if text else ""


def _span(start: int, end: int) -> str:
    """From when until when, the day said once where it is the same."""
    today = timezone.localdate()
    first, last = timezone.localtime(moment_of(start)), timezone.localtime(moment_of(end))
    same = first.date() == last.date()
    then = f"{last:%H:%M}" if same else absolute(last, today=today, clock=True)
    return f"{absolute(first, today=today, clock=True)} to {then}"


@dataclass(frozen=True, eq=False)
class Listing(Sequence[Listed]):
    """The rows of the list in their order; those of a slice are put into words when they are asked for.

    `people` are what `_words_of_people` tells, `least` is the first minute at which running work ends.
    """

    sheet: Sheet
    order: Sequence[int]
    people: Mapping[int, tuple[str, str, int]]
    least: int

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, part: int) -> Listed: ...
    @overload
    def __getitem__(self, part: slice) -> list[Listed]: ...
    def __getitem__(self, part: int | slice) -> Listed | list[Listed]:
        """One statement for a slice of any length."""
        if isinstance(part, int):
            return self[part : part + 1 or None][0]
        shown = self.order[part]
        names = names_of(self.sheet.rows[shown])
        return [self._row(at, names) for at in shown]

    def __iter__(self) -> Iterator[Listed]:
        return iter(self[:])

    def _row(self, at: int, names: Words) -> Listed:
        row, seat = self.sheet.rows[at], int(self.sheet.seats[at])
        status = int(row["status"])
        reference, position, customer, _ = names.lines.get(int(row["line"]), ("", 0, "", ""))
        person, nobody, until = self.people.get(at, ("", "", int(row["end"])))
        return Listed(
            id=int(row["id"]),
            machine=self.sheet.resources.machine_codes[seat] if seat >= 0 else "",
            reference=reference,
            position=position,
            customer=customer,
            url=reverse("orders:order", args=[reference]) if reference else "",
            operation=f"Op {row['sequence']} {names.names.get(int(row['name']), '')}",
            status="Planned" if STATUS_WORDS[status] == "Pending" else STATUS_WORDS[status],
            starts=moment_of(row["start"]),
            ends=moment_of(max(until, self.least) if status == RUNNING else until),
            promised=moment_of(row["promised"]) if row["promised"] > 0 else None,
            forecast=moment_of(row["forecast"]) if row["forecast"] > 0 else None,
            pinned=bool(row["pinned"]),
            movable=status not in FIXED,
            person=person,
            nobody=nobody,
        )


def listed(sheet: Sheet, now: datetime) -> Listing:
    """Everything by machine and time, or what people attend by person and time."""
    people, starts = _words_of_people(sheet), sheet.rows["start"].tolist()
    if people:
        order = sorted(people, key=lambda at: (people[at][0], starts[at]))
    else:
        place = {code: at for at, code in enumerate(_in_turn(sheet))}
        ranks = [*(place[code] for code in sheet.resources.machine_codes), -1]
        seats = sheet.seats.tolist()
        order = sorted(range(len(starts)), key=lambda at: (ranks[seats[at]], starts[at]))
    return Listing(sheet, order, people, minute_of(now) + LEAST_REMAINING)


def _words_of_people(sheet: Sheet) -> dict[int, tuple[str, str, int]]:
    """Of rows that ask for somebody: who attends it, why nobody does, until when; those with nobody first."""
    if sheet.attendance is None:
        return {}
    crews = {number: code for number, code, _ in json.loads(sheet.around)["crews"] or []}
    people = [f"{crews.get(each.crew, '')} {each.number}" for each in sheet.attendance.people]
    who, until = sheet.attendance.of(sheet.rows["id"])
    wanted = np.flatnonzero((who != NOT_NEEDED) & (sheet.rows["status"] != HELD)).tolist()
    return {
        at: (people[who[at]], "", int(until[at]))
        if who[at] >= 0
        else ("", SENTENCES[Nobody(int(who[at]))], int(until[at]))
        for at in wanted
    }


def _in_turn(sheet: Sheet) -> list[str]:
    """The machines as the board has them: by work centre, CUT-2 before CUT-10."""
    centres = {centre: at for at, centre in enumerate(sheet.resources.centres)}
    rows = zip(sheet.resources.machine_codes, sheet.resources.machines, strict=True)
    return [code for *_, code in sorted((centres[row.centre], len(code), code) for code, row in rows)]
