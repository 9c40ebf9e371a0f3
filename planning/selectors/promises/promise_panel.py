"""The promise panel of a quotation: three dates per line, what binds them, what would make them earlier."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from kernel.formats import absolute, day_of, plural
from orders.models import Order, OrderLine
from planning.engine.promise import earlier, promise
from planning.engine.promise_answer import Answer, Cause, Change, NewJob, Overtime, Way
from planning.models import Hold
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.promises.promises import (
    Asked,
    Kept,
    fingerprint,
    jobs_of_lines,
    kept_book,
    promise_day,
    quoted_lines,
)

SHOWN: Final = 3
NAMED: Final = 12
DAY: Final = 1440
ENOUGH: Final = 20
"""Finished jobs from which a share means something."""

LABELS: Final = {
    Way.GAP: "Nobody moves",
    Way.SLACK: "Others move, none becomes late",
    Way.DISPLACE: "Others give way",
}


@dataclass(frozen=True)
class Displaced:
    """A job that gives way: whose, and how many days later it ends; `late` where that breaks its promise."""

    reference: str
    days: float
    late: bool


@dataclass(frozen=True)
class Offered:
    """One of the dates of a line."""

    way: Way
    label: str
    day: datetime
    answer: Answer
    causes: Sequence[str]
    moved: int
    displaced: Sequence[Displaced]


@dataclass(frozen=True)
class LinePromise:
    """What can be promised for a line, or what is missing; the hold that stands."""

    line: OrderLine
    offers: Sequence[Offered]
    gains: Sequence[str]
    missing: str
    hold: Hold | None
    steps: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class WayOffer:
    """A way for the whole quotation: every line's date by it, the latest being that of the order."""

    way: Way
    label: str
    day: datetime


@dataclass(frozen=True)
class Panel:
    """The whole panel: the `ways` every line has, and the `chance` in words that such dates were kept."""

    order: Order
    lines: Sequence[LinePromise]
    ways: Sequence[WayOffer]
    kept: Kept
    chance: str

    @property
    def made(self) -> datetime:
        """As of when."""
        return self.kept.book.now

    @property
    def any_held(self) -> bool:
        """Whether something is held."""
        return any(each.hold for each in self.lines)


def promise_panel(order: Order, now: datetime) -> Panel:
    """The panel of a quotation that is not confirmed. At most 12 statements for any number of lines.

    Lines that are held keep their date and are not asked for again.
    """
    kept = kept_book(now)
    lines = quoted_lines(order)
    holds = standing_holds(lines)
    asked = jobs_of_lines(order, [line for line in lines if line.id not in holds], kept, swaps=True)
    found = promise(kept.promises, [each.job for each in asked])
    names = _names(kept, [answer for each in found for answer in each.answers])
    told = {
        each.line.id: LinePromise(
            line=each.line,
            offers=_offers(each, answers.answers, kept, names),
            gains=_gains(each, answers.by(Way.GAP), kept),
            missing=each.missing or answers.missing,
            hold=None,
            steps=each.steps,
        )
        for each, answers in zip(asked, found, strict=True)
    }
    rows = [told.get(line.id) or LinePromise(line, (), (), "", holds[line.id]) for line in lines]
    return Panel(order, rows, _ways(list(told.values())), kept, _chance(_lateness()))


def standing_holds(lines: Iterable[OrderLine]) -> dict[int, Hold]:
    """The holds of these lines that are for what they say now, by line. One statement."""
    by_id = {line.id: line for line in lines}
    active = Hold.objects.active().filter(line__in=by_id)
    return {hold.line_id: hold for hold in active if hold.fingerprint == fingerprint(by_id[hold.line_id])}


def _offers(asked: Asked, answers: Iterable[Answer], kept: Kept, names: Mapping[int, str]) -> list[Offered]:
    """The dates of a line; a way that brings nothing over the one before is left out."""
    if asked.missing:
        return []
    found: list[Offered] = []
    for answer in answers:
        day = promise_day(answer.finish, kept.book.resources)
        if found and day >= found[-1].day:
            continue
        found.append(
            Offered(
                way=answer.way,
                label=LABELS[answer.way],
                day=day,
                answer=answer,
                causes=[_cause(each, asked, kept, names) for each in answer.causes[:SHOWN]],
                moved=len(answer.shifts),
                displaced=_displaced(answer, names),
            )
        )
    return found


def _displaced(answer: Answer, names: Mapping[int, str]) -> list[Displaced]:
    later = [each for each in answer.displaced if each.after > each.before][:NAMED]
    return [
        Displaced(names.get(each.job, "another job"), _days(each.after - each.before), each.late > 0)
        for each in later
    ]


def _days(minutes: int) -> float:
    return round(minutes / DAY, 1)


def _cause(cause: Cause, asked: Asked, kept: Kept, names: Mapping[int, str]) -> str:
    """A binding constraint in a sentence."""
    step = f"Op {asked.steps[cause.operation]['sequence']} {asked.steps[cause.operation]['name']}"
    length, today = _length(cause.minutes), day_of(kept.book.now)
    until = absolute(moment_of(cause.until), today=today)
    machine = kept.book.resources.machine_codes[cause.machine] if cause.machine >= 0 else ""
    if cause.kind == "material":
        return f"{step} waits {length} for {asked.waits[cause.operation] or 'material'}, here {until}"
    if cause.kind == "machine":
        behind = ", ".join(names[job] for job in cause.jobs if job in names)
        words = f"{step} waits {length} for {machine}, until {until}"
        return f"{words}, behind {behind}" if behind else words
    if cause.kind == "people":
        return f"{step} waits {length} for people, tools or its load, until {until}"
    if cause.kind == "closed":
        return f"{step} waits {length}: {machine} is closed until {until}"
    return f"{step} takes {length} on {machine}"


def _length(minutes: int) -> str:
    if minutes < 60:
        return plural(minutes, "minute")
    return f"{_days(minutes):g} days" if minutes >= DAY else f"{minutes / 60:.1f} h"


def _names(kept: Kept, answers: Iterable[Answer]) -> dict[int, str]:
    """References of the jobs the answers name, by their number in the problem. One statement."""
    jobs = {job for each in answers for cause in each.causes for job in cause.jobs}
    jobs |= {each.job for answer in answers for each in answer.displaced}
    ids = {int(kept.book.line_ids[job]): job for job in jobs if job < len(kept.book.line_ids)}
    rows = OrderLine.objects.filter(id__in=list(ids)).values_list(
        "id", "position", "order__number", "order__quotation_number"
    )
    return {ids[id_]: f"{number or quotation} line {position}" for id_, position, number, quotation in rows}


def _ways(lines: Sequence[LinePromise]) -> list[WayOffer]:
    """The ways for the quotation as a whole; a line without a way of its own takes its best one before."""
    if not lines or any(not line.offers for line in lines):
        return []
    found: list[WayOffer] = []
    for way in Way:
        if not any(offer.way == way for line in lines for offer in line.offers):
            continue
        latest = max(offer_by(line, way).day for line in lines)
        found.append(WayOffer(way, LABELS[way], latest))
    return found


def offer_by(line: LinePromise, way: Way) -> Offered:
    """The line's date by this way, or by the best one that moves less."""
    order = list(Way)
    fit = [each for each in line.offers if order.index(each.way) <= order.index(way)]
    return fit[-1] if fit else line.offers[0]


def _gains(asked: Asked, base: Answer | None, kept: Kept) -> list[str]:
    """What would make the line earlier without moving anyone: each is tried on the plan."""
    if base is None or asked.missing:
        return []
    tries = [*_overtime(base, kept), *_material(asked), *_split(asked), *_swaps(asked)]
    today = day_of(kept.book.now)
    best: list[str] = []
    for gain in earlier(kept.promises, asked.job, [change for change, _ in tries])[:SHOWN]:
        day = absolute(promise_day(gain.finish, kept.book.resources), today=today)
        if gain.minutes >= 60:
            best.append(f"{tries[gain.change][1]}: {_length(gain.minutes)} earlier, {day}")
    return best


def _overtime(base: Answer, kept: Kept) -> list[tuple[Change, str]]:
    """The next free Saturdays of the machines that bind, worked as the Friday before."""
    zone, found = timezone.get_default_timezone(), []
    machines = [each for each in base.causes if each.kind in ("machine", "closed")][:2]
    for cause in machines:
        windows = kept.promises.windows[int(kept.book.problem.machines["calendar"][cause.machine])]
        first = timezone.localtime(kept.book.now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for week in range(2):
            saturday = first + timedelta(days=(5 - first.weekday()) % 7 + 7 * week)
            begin = minute_of(saturday)
            friday = windows[(windows["start"] >= begin - DAY) & (windows["start"] < begin)]
            worked = ((windows["start"] >= begin) & (windows["start"] < begin + DAY)).any()
            if begin > cause.until or worked or not len(friday):
                continue
            spans = tuple((int(a) + DAY, int(b) + DAY) for a, b, _ in friday.tolist())
            code = kept.book.resources.machine_codes[cause.machine]
            hours = f"{_clock(spans[0][0])} to {_clock(spans[-1][1])}"
            words = f"Overtime at {code} on {absolute(saturday, today=day_of(kept.book.now))}, {hours}"
            found.append((Change(overtime=Overtime(cause.machine, spans)), words))
    return found


def _clock(minute: int) -> str:
    return f"{timezone.localtime(moment_of(minute), timezone.get_default_timezone()):%H:%M}"


def _material(asked: Asked) -> list[tuple[Change, str]]:
    """Other suppliers that are faster."""
    found = []
    for operation, days, words in asked.others:
        steps = list(asked.job.operations)
        now = min(step.release for step in steps)
        steps[operation] = steps[operation]._replace(release=now + DAY * days)
        found.append((Change(job=NewJob(tuple(steps), asked.job.weight)), words))
    return found


def _split(asked: Asked) -> list[tuple[Change, str]]:
    """Half of the pieces first."""
    pieces = asked.line.quantity
    if pieces < 2:
        return []
    first = pieces // 2
    steps = tuple(step._replace(run=max(1, -(-step.run * first // pieces))) for step in asked.job.operations)
    return [(Change(job=replace(asked.job, operations=steps)), f"The first {first} of {pieces} pieces")]


def _swaps(asked: Asked) -> list[tuple[Change, str]]:
    """Other choices that take less work."""
    return [(Change(job=job), words) for words, job in asked.swaps]


def _lateness() -> list[float]:
    """Days between promise and delivery of finished jobs: how many, the share in time, P50, P80."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), coalesce(avg((delivered_at <= promised_at)::int), 0),
                coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY late), 0),
                coalesce(percentile_cont(0.8) WITHIN GROUP (ORDER BY late), 0)
            FROM (SELECT delivered_at, promised_at,
                         extract(epoch FROM delivered_at - promised_at) / 86400.0 AS late
                  FROM orders_orderline
                  WHERE delivered_at IS NOT NULL AND promised_at IS NOT NULL
                  ORDER BY delivered_at DESC LIMIT 500) AS finished
            """
        )
        return [float(each) for each in cursor.fetchone()]


def _chance(lateness: Sequence[float]) -> str:
    """How sure the date is, in words."""
    count, share, half, most = lateness
    if count < ENOUGH:
        return f"No history yet: {plural(int(count), 'finished job')} of {ENOUGH} needed"
    kept = f"{100 * share:.0f} % of the last {int(count)} jobs were delivered in time"
    return f"{kept}: half {_against_promise(half)}, four in five {_against_promise(most)}"


def _against_promise(days: float) -> str:
    """What holds of all jobs up to this quantile: at least so early, or at most so late."""
    early, late = floor(-days), ceil(days)
    if early >= 1:
        return f"at least {plural(early, 'day')} early"
    return f"at most {plural(late, 'day')} late" if late >= 1 else "by the promised day"
