"""Why a job is forecast for that day: what every day until then is spent on, in full and in safe words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from django.urls import reverse

from kernel.formats import absolute, day_of, duration
from kernel.jit import Table
from planning import engine
from planning.engine import NEVER, Cause
from planning.models import Operation, Requirement
from planning.selectors.moments import minute_of, moment_of, next_minute
from planning.selectors.order_book.book import RUNNING, links_of, open_rows, short_table
from planning.selectors.order_book.ledger import standing_of
from planning.selectors.order_book.problem import problem_of
from planning.selectors.shop.resources import Resources, load_resources

DAY: Final = 1440
DELIVERY: Final = "delivery"
DOWNTIME: Final = "downtime"

INVOLVED: Final = """
    WITH mine AS (
        SELECT id, machine_id, during, greatest(%s, lag(upper(during)) OVER (
            PARTITION BY line_id, loop ORDER BY sequence)) AS ready
        FROM planning_operation WHERE line_id = ANY(%s) AND status = ANY(%s::text[])
    )
    SELECT id FROM mine UNION
    SELECT other.id FROM mine JOIN planning_operation AS other
        ON other.machine_id = mine.machine_id AND other.status = ANY(%s::text[])
        AND other.during && tstzrange(least(mine.ready, lower(mine.during)), lower(mine.during))
    WHERE lower(mine.during) > mine.ready
"""
"""The open operations of these jobs, and who stands on a machine while one of them waits for it."""

SAFE: Final[Mapping[str, str]] = {
    Cause.WORK: "Being made",
    Cause.SETUP: "Being made",
    Cause.CLOSED: "Nights, weekends and holidays",
    DOWNTIME: "Waiting for its turn in our workshop",
    Cause.QUEUE: "Waiting for its turn in our workshop",
    Cause.GAP: "Waiting for its turn in our workshop",
    Cause.RESERVE: "Planned with time in reserve",
    Cause.MATERIAL: "Waiting for material",
    Cause.GATE: "Paused",
    Cause.LAG: "Resting between two steps",
    DELIVERY: "Packing and delivery",
}
"""For customers: no machine, no supplier, no other customer."""


@dataclass(frozen=True)
class Stretch:
    """A part of the way to the forecast: what it is spent on, in words, and where something can be done.

    `machine` is the code of the machine it is spent at, if at any.
    """

    kind: str
    minutes: int
    words: str
    url: str = ""
    act: str = ""
    machine: str = ""

    @property
    def length(self) -> str:
        """`1.5 d`, or hours and minutes below a day."""
        return _length(self.minutes)


NOTHING: Final = Stretch("", 0, "")
FEW: Final = 5
COUNTS: Final = 0.05
SHOWN: Final = 50
"""From this share of the whole time on a stretch is shown at once; FEW of them are shown in any case."""


def _length(minutes: int) -> str:
    return f"{minutes / DAY:.1f} d" if minutes >= DAY else duration(minutes)


@dataclass(frozen=True)
class Why:
    """The stretches from now to the forecast in their order; they add up to `minutes`.

    Empty where an operation has no place: `nowhere` says which one, and why.
    """

    stretches: Sequence[Stretch]
    nowhere: str = ""

    @cached_property
    def minutes(self) -> int:
        """From now to the forecast."""
        return sum(each.minutes for each in self.stretches)

    @property
    def length(self) -> str:
        """The same in words."""
        return _length(self.minutes)

    @property
    def main(self) -> list[Stretch]:
        """The stretches that count, in their order; all of them where they are few."""
        few = len(self.stretches) <= FEW
        return [each for each in self.stretches if few or each.minutes >= COUNTS * self.minutes]

    @cached_property
    def rest(self) -> list[Stretch]:
        """The shorter ones."""
        main = set(self.main)
        return [each for each in self.stretches if each not in main]

    @property
    def longest_of_rest(self) -> list[Stretch]:
        """The SHOWN longest of them, in their order: behind long queues there are hundreds."""
        least = sorted((each.minutes for each in self.rest), reverse=True)[:SHOWN]
        return [each for each in self.rest if least and each.minutes >= least[-1]][:SHOWN]

    @property
    def rest_length(self) -> str:
        """How long these take together."""
        return _length(sum(each.minutes for each in self.rest))

    @property
    def binding(self) -> Stretch:
        """What counts most, closed hours left aside where anything else is known."""
        known = [each for each in self.stretches if each.kind not in {Cause.CLOSED, DELIVERY}]
        return max(known or self.stretches, key=lambda each: each.minutes, default=NOTHING)

    @property
    def safe(self) -> list[Stretch]:
        """The same for customers: a line for each kind, the longest first."""
        sums: dict[str, int] = {}
        for each in self.stretches:
            words = SAFE[each.kind]
            sums[words] = sums.get(words, 0) + each.minutes
        return sorted((Stretch("", sums[words], words) for words in sums), key=lambda each: -each.minutes)


class Need(NamedTuple):
    """A requirement that is not fully here, with the number of its item."""

    id: int
    operation_id: int
    expected_at: datetime | None
    need_by: datetime | None
    item: str


class Step(NamedTuple):
    """What the words need of an operation."""

    id: int
    line_id: int
    sequence: int
    name: str
    machine_id: int | None
    unplanned_reason: str
    ends: datetime | None
    forecast_at: datetime | None


class Subject(NamedTuple):
    """What the words need of an operation's job."""

    reference: str
    position: int
    held: bool
    hold_reason: str

    def __str__(self) -> str:
        return f"{self.reference} line {self.position}"


STEP: Final = (
    *("id", "line_id", "sequence", "name", "machine_id", "unplanned_reason", "during__endswith"),
    "line__forecast_at",
)
SUBJECT: Final = (
    *("line__order__number", "line__order__quotation_number", "line__position"),
    *("line__held_at", "line__hold_reason"),
)


def _subject(
    number: str | None, quotation: str, position: int, held_at: datetime | None, reason: str
) -> Subject:
    return Subject(number or quotation, position, held_at is not None, reason)


@dataclass(frozen=True, eq=False)
class Part:
    """The part of the plan that explains some jobs: they, and whoever stands before them."""

    rows: Sequence[Step]
    subjects: Mapping[int, Subject]
    needs: Mapping[int, Need]
    problem: engine.Problem
    slots: Table
    resources: Resources
    now: datetime


def why_jobs(line_ids: Collection[int], now: datetime, resources: Resources | None = None) -> dict[int, Why]:
    """Why each of these jobs is forecast for its day, by id; those without open operations are left out.

    Four statements for any number of jobs.
    """
    if not line_ids:
        return {}
    part = _part(line_ids, now, resources or load_resources(now))
    found: dict[int, Why] = {}
    for line_id, links in _chains(part, line_ids):
        stretches = [each for link in links for each in _stretches(part, link)]
        found[line_id] = Why(
            [*stretches, *_delivery(part, line_id)], "" if stretches else _nowhere(part, line_id)
        )
    return found


def _chains(part: Part, line_ids: Collection[int]) -> Iterator[tuple[int, list[engine.Link]]]:
    """The links of each of these jobs that has open operations, the first ones first."""
    jobs = dict.fromkeys(row.line_id for row in part.rows)
    numbers = {line_id: number for number, line_id in enumerate(jobs)}
    wanted = set(line_ids)
    mine = [line_id for line_id in numbers if line_id in wanted]
    found = engine.chains(part.problem, part.slots, [numbers[line_id] for line_id in mine])
    for line_id, links in zip(mine, found, strict=True):
        yield line_id, links[::-1]


def _nowhere(part: Part, line_id: int) -> str:
    """Which operation has no place, and why; empty where all of them are over by now."""
    for row in part.rows:
        if row.line_id == line_id and row.machine_id is None:
            return row.unplanned_reason or f"Op {row.sequence} {row.name} waits for the next replan"
    return ""


def _part(line_ids: Collection[int], now: datetime, resources: Resources) -> Part:
    still_open = [str(each) for each in Operation.OPEN]
    table = open_rows(f"AND o.id IN ({INVOLVED})", [now, list(line_ids), still_open, still_open])
    ids = table["id"].tolist()
    found = {row[0]: row for row in Operation.objects.filter(id__in=ids).values_list(*STEP, *SUBJECT)}
    rows = [Step(*found[row_id][: len(STEP)]) for row_id in ids]
    subjects = {row_id: _subject(*row[len(STEP) :]) for row_id, row in found.items()}
    waiting = Requirement.objects.short().filter(operation__in=ids, cancelled_at=None).order_by("expected_at")
    needs = [
        Need(*row)
        for row in waiting.values_list("id", "operation_id", "expected_at", "need_by", "item__number")
    ]
    short = short_table(need[:4] for need in needs)
    problem = problem_of(table, resources, now, links=links_of(table), short=short)
    last = {need.operation_id: need for need in needs if need.expected_at}
    # What runs stands where it runs, whatever the plan says.
    running = (table["status"] == RUNNING) & (table["worked_on"] >= 0) & (table["machine"] >= 0)
    slots = standing_of(table, np.where(running, table["worked_on"], table["machine"]), resources)
    return Part(rows, subjects, last, problem, slots, resources, now)


def _stretches(part: Part, link: engine.Link) -> Iterator[Stretch]:
    """What a link says; of the hours its machine is closed those of a downtime stand by themselves."""
    found, down = _stretch(part, link), 0
    if link.cause == Cause.CLOSED:
        down, until = _standing(part, link)
        if down:
            moment = absolute(moment_of(until), today=day_of(part.now), clock=True)
            words = WORDS[DOWNTIME].format(step=_step(part, link), machine=_code(part, link), until=moment)
            yield Stretch(
                DOWNTIME, down, words, reverse("planning:downtimes"), "See downtimes", _code(part, link)
            )
    if link.minutes > down:
        yield replace(found, minutes=link.minutes - down)


def _step(part: Part, link: engine.Link) -> str:
    row = part.rows[link.operation]
    return f"Op {row.sequence} {row.name}"


def _code(part: Part, link: engine.Link) -> str:
    return part.resources.machine_codes[int(part.slots["machine"][link.operation])]


def _stretch(part: Part, link: engine.Link) -> Stretch:
    row, step, code = part.rows[link.operation], _step(part, link), _code(part, link)
    subject = part.subjects[row.id]
    if link.cause == Cause.QUEUE:
        other = part.rows[link.behind]
        ahead = part.subjects[other.id]
        words = f"{step} waits for {code} behind {ahead} (Op {other.sequence} {other.name})"
        return Stretch(
            link.cause, link.minutes, words, f"/orders/{ahead.reference}/", "Open that order", code
        )
    if link.cause == Cause.MATERIAL:
        url = reverse("procurement:order-panel", args=[subject.reference])
        return Stretch(link.cause, link.minutes, _material(part, row, step), url, "Open purchase lines")
    if link.cause == Cause.GATE:
        words = f"On hold: {subject.hold_reason}"
        return Stretch(link.cause, link.minutes, words, f"/orders/{subject.reference}/", "Open order")
    return Stretch(link.cause, link.minutes, WORDS[link.cause].format(step=step, machine=code), machine=code)


WORDS: Final[Mapping[str, str]] = {
    DOWNTIME: "{step}: {machine} stands until {until}",
    Cause.WORK: "{step} is worked on at {machine}",
    Cause.SETUP: "{step} is set up at {machine}",
    Cause.CLOSED: "{step}: {machine} is closed (nights, weekends, holidays)",
    Cause.GAP: "{step}: {machine} is free, but for too short a time",
    Cause.RESERVE: "{step} could begin sooner, the plan keeps a reserve",
    Cause.LAG: "{step} waits for the time that must pass after the step before",
}


def _standing(part: Part, link: engine.Link) -> tuple[int, int]:
    """How many minutes of the link its machine stands, and until when: on the way from the step before."""
    slot, jobs = part.slots[link.operation], part.problem.operations["job"]
    before = part.slots["end"][(jobs == jobs[link.operation]) & (part.slots["end"] <= slot["start"])]
    first, last = max(next_minute(part.now), int(before.max(initial=NEVER))), int(slot["end"])
    spans = part.resources.down.get(part.resources.machine_ids[int(slot["machine"])], ())
    here = [(max(start, first), min(end, last), end) for start, end in spans if end > first and start < last]
    if not here:
        return 0, NEVER
    return min(link.minutes, sum(end - start for start, end, _ in here)), here[-1][2]


def _material(part: Part, row: Step, step: str) -> str:
    need = part.needs.get(row.id)
    if need is None or need.expected_at is None:
        return f"{step} waits for material"
    return f"{step} waits for {need.item}, expected {absolute(need.expected_at, today=day_of(part.now))}"


def _delivery(part: Part, line_id: int) -> list[Stretch]:
    """From the end of the last operation to the forecast."""
    mine = [row for row in part.rows if row.line_id == line_id]
    end = max((minute_of(row.ends) for row in mine), default=NEVER)
    forecast = minute_of(mine[0].forecast_at) if mine else NEVER
    if NEVER in {end, forecast} or forecast <= end:
        return []
    return [Stretch(DELIVERY, forecast - max(end, next_minute(part.now)), "Packing and delivery")]
