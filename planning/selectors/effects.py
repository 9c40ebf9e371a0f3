"""Who becomes late by some changes, before anything is stored."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from kernel.formats import plural
from kernel.jit import BoolArray, IntArray, Table
from orders.models import OrderLine
from planning import engine
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors.changes import Change, Names, Standing, check_changes
from planning.selectors.forecasts import forecast_minutes
from planning.selectors.known import known_book
from planning.selectors.ledger import Ledger, altered
from planning.selectors.moments import moment_of

SHOWN: Final = 50
DAY: Final = 1440


@dataclass(frozen=True)
class JobEffect:
    """A job whose forecast moves; `days` are positive where it comes later."""

    line_id: int
    reference: str
    position: int
    customer: str
    url: str
    promised: datetime | None
    before: datetime | None
    after: datetime | None
    days: float


@dataclass(frozen=True)
class Effect:
    """What some changes would do to all jobs: the SHOWN worst of each list, and how many there are.

    `late` become late, `later` are forecast later and stay in time or late, `earlier` sooner, `rescued` were
    late and are not any more; `new` are jobs that the changes bring. Tardiness is in minutes behind promises.
    `about` is the job that was asked about.
    """

    words: Sequence[str]
    late: Sequence[JobEffect]
    later: Sequence[JobEffect]
    earlier: Sequence[JobEffect]
    rescued: Sequence[JobEffect]
    late_count: int
    later_count: int
    earlier_count: int
    rescued_count: int
    moved: int
    late_before: int
    late_after: int
    tardiness_before: int
    tardiness_after: int
    nowhere: Sequence[str]
    warnings: Sequence[str] = ()
    about: JobEffect | None = None

    @property
    def answer(self) -> str:
        """The effect in a sentence."""
        if self.nowhere:
            return f"{plural(len(self.nowhere), 'operation')} would have no place."
        if not self.late_count:
            saved = f", {plural(self.rescued_count, 'job')} would be on time again"
            return f"No job becomes late{saved if self.rescued_count else ''}."
        return f"{plural(self.late_count, 'job')} would become late."

    def as_json(self) -> dict[str, Any]:
        """For the board: moments as ISO text."""
        return {**asdict(self), "answer": self.answer}


@dataclass(frozen=True, eq=False)
class _Ends:
    """When jobs would be delivered: by line id, minutes or NEVER, and the promises."""

    lines: IntArray
    forecast: IntArray
    promised: IntArray

    @property
    def behind(self) -> IntArray:
        """Minutes behind the promise."""
        known = (self.forecast != NEVER) & (self.promised != NEVER)
        return np.where(known, np.maximum(self.forecast - self.promised, 0), 0)


def effect_of(
    changes: Sequence[Change],
    now: datetime,
    book: Ledger | None = None,
    *,
    about: int = 0,
    alone: bool = False,
) -> Effect:
    """What these changes would do if they were made now; with `about` also to the job with this line id.

    Changes that take room push work to the right of the plan in force, and nothing else moves. Where one
    gives room, everything is compared as soon as it can be done in the order of the plan, so that reserves
    count on both sides; or that job `alone` looks for better places. Jobs that weigh more overtake others
    where that pays. The order book may be some seconds old; what is made is reckoned anew.
    """
    names = Names(changes)
    check_changes(changes, names, now)
    book = book or known_book(now)
    after = altered(book, changes)
    slots, done = book.standing, book.standing
    room = any(each.room for each in changes)
    if room and not alone:
        slots, done = book.soonest, after.soonest
    elif (seeking := _heavier(book, after) | (_of(after, about) & room)).any():
        done = engine.repair(after.problem, after.standing, seeking).slots
    elif not all(each.still for each in changes):
        done = engine.pushed(after.problem, after.standing)
    outcome = Standing(after.rows, after.problem.operations, done, after.resources.index)
    warnings = [warning for each in changes for warning in each.warnings(outcome, names)]
    return compared([each.words(names) for each in changes], warnings, (book, slots), (after, done), about)


def _of(book: Ledger, line: int) -> BoolArray:
    """Which operations of the problem are of this job."""
    found = np.zeros(len(book.problem), np.bool_)
    found[: len(book.rows)] = book.rows["line"] == line
    return found


def _heavier(book: Ledger, after: Ledger) -> BoolArray:
    """Which operations of the altered book weigh more than before."""
    more = np.zeros(len(after.problem), np.bool_)
    if len(book.rows) == len(after.rows):
        more[: len(after.rows)] = after.rows["weight"] > book.rows["weight"]
    return more


def compared(
    words: Sequence[str],
    warnings: Sequence[str],
    first: tuple[Ledger, Table],
    second: tuple[Ledger, Table],
    about: int = 0,
) -> Effect:
    """The effect, from two order books and the SLOT rows of a plan of each."""
    before, after = _ends(*first), _ends(*second)
    at = np.searchsorted(after.lines, before.lines)
    at = np.minimum(at, max(len(after.lines) - 1, 0))
    same = after.lines[at] == before.lines if len(after.lines) else np.zeros(len(before.lines), np.bool_)
    one = _Ends(*(each[same] for each in (before.lines, before.forecast, before.promised)))
    two = _Ends(*(each[at[same]] for each in (after.lines, after.forecast, after.promised)))
    shift = np.where((one.forecast == NEVER) | (two.forecast == NEVER), 0, two.forecast - one.forecast)
    worse = np.maximum(two.behind - one.behind, shift / 1000)
    was, becomes = one.behind > 0, two.behind > 0
    lists = {
        "late": (becomes & ~was, -worse),
        "later": ((shift > 0) & (was | ~becomes), -worse),
        "earlier": ((shift < 0) & (becomes | ~was), shift),
        "rescued": (was & ~becomes, shift),
    }
    chosen = {name: _worst(mask, key) for name, (mask, key) in lists.items()}
    asked = np.flatnonzero(one.lines == about).tolist()
    wanted = {*asked, *(each for rows in chosen.values() for each in rows)}
    jobs = _named(one, two, shift, sorted(wanted))
    shown = {name: [jobs[row] for row in rows if row in jobs] for name, rows in chosen.items()}
    counts = {name: int(mask.sum()) for name, (mask, _) in lists.items()}
    return Effect(
        words=words,
        late=shown["late"],
        later=shown["later"],
        earlier=shown["earlier"],
        rescued=shown["rescued"],
        late_count=counts["late"],
        later_count=counts["later"],
        earlier_count=counts["earlier"],
        rescued_count=counts["rescued"],
        moved=_moved(first, second),
        late_before=int((before.behind > 0).sum()),
        late_after=int((after.behind > 0).sum()),
        tardiness_before=int(before.behind.sum()),
        tardiness_after=int(after.behind.sum()),
        nowhere=_nowhere(first, second),
        warnings=warnings,
        about=next((jobs[row] for row in asked if row in jobs), None),
    )


def _ends(book: Ledger, slots: Table) -> _Ends:
    """The forecasts by these slots: the end of the last operation, and the delivery's working days."""
    forecast = forecast_minutes(book, slots)
    first = np.sort(np.unique(book.rows["line"], return_index=True)[1])
    order = np.argsort(book.line_ids)
    return _Ends(book.line_ids[order], forecast[order], book.rows["promised"][first][order])


def _worst(mask: BoolArray, key: Table) -> list[int]:
    """SHOWN of the rows that are marked, the least key first."""
    rows = np.flatnonzero(mask)
    found: list[int] = rows[np.argsort(key[rows], kind="stable")][:SHOWN].tolist()
    return found


def _named(before: _Ends, after: _Ends, shift: IntArray, rows: Sequence[int]) -> dict[int, JobEffect]:
    """The jobs of these rows in words. One statement."""
    ids = [int(before.lines[row]) for row in rows]
    lines = OrderLine.objects.select_related("order__customer").in_bulk(ids)
    return {
        row: JobEffect(
            line_id=line.id,
            reference=line.order.reference,
            position=line.position,
            customer=line.order.customer.name,
            url=line.order.get_absolute_url(),
            promised=line.promised_at,
            before=_moment(before.forecast[row]),
            after=_moment(after.forecast[row]),
            days=round(float(shift[row]) / DAY, 1),
        )
        for row, line_id in zip(rows, ids, strict=True)
        if (line := lines.get(line_id)) is not None
    }


def _moment(minute: int) -> datetime | None:
    return None if minute == NEVER else moment_of(minute)


def _moved(first: tuple[Ledger, Table], second: tuple[Ledger, Table]) -> int:
    """How many operations stand elsewhere or begin at another minute than before."""
    (book, slots), (other, done) = first, second
    mine, theirs = slots[: len(book.rows)], done[: len(other.rows)]
    at = np.searchsorted(other.rows["id"], book.rows["id"], sorter=(order := np.argsort(other.rows["id"])))
    at = order[np.minimum(at, len(order) - 1)]
    names = (np.array([*each.resources.machine_ids, -1], np.int64) for each in (book, other))
    before, after = (each[slot["machine"]] for each, slot in zip(names, (mine, theirs[at]), strict=True))
    differs = (before != after) | (mine["start"] != theirs[at]["start"])
    return int((differs & (other.rows["id"][at] == book.rows["id"])).sum())


def _nowhere(first: tuple[Ledger, Table], second: tuple[Ledger, Table]) -> list[str]:
    """Operations that would lose their place, in words."""
    had = set(first[0].rows["id"][first[1]["machine"][: len(first[0].rows)] >= 0].tolist())
    book, slots = second
    lost = np.flatnonzero(slots["machine"][: len(book.rows)] < 0)
    ids = [each for each in book.rows["id"][lost].tolist() if each in had][:SHOWN]
    return _operation_names(ids)


def _operation_names(ids: Sequence[int]) -> list[str]:
    from_lines = Operation.objects.filter(id__in=ids).select_related("line__order")
    return [f"{each.line.order} {each.line} {each}" for each in from_lines] if ids else []
