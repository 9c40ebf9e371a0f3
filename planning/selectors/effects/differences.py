"""What becomes of every job by another plan, in numbers; in words only where somebody is to read it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from kernel.formats import plural
from kernel.jit import BoolArray, IntArray, Table
from orders.models import OrderLine
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors.effects.forecasts import forecast_minutes
from planning.selectors.moments import moment_of
from planning.selectors.order_book.ledger import Ledger

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


class _Ends(NamedTuple):
    """When jobs would be delivered: by line id, minutes or NEVER, and the promises."""

    lines: IntArray
    forecast: IntArray
    promised: IntArray

    @property
    def behind(self) -> IntArray:
        """Minutes behind the promise."""
        known = (self.forecast != NEVER) & (self.promised != NEVER)
        return np.where(known, np.maximum(self.forecast - self.promised, 0), 0)


@dataclass(frozen=True, eq=False)
class Difference:
    """Two plans in numbers: the jobs that both have, by line, with their forecasts by each.

    `lists` mark the jobs that become late, come later or earlier, or are rescued, and say by what they are
    sorted; `shift` is in minutes, `lost` are operations that would lose their place, and `about` is the row
    of the job that was asked about, -1 for none. The others are as in Effect.
    """

    lines: IntArray
    before: IntArray
    after: IntArray
    shift: IntArray
    lists: dict[str, tuple[BoolArray, Table]]
    moved: int
    late_before: int
    late_after: int
    tardiness_before: int
    tardiness_after: int
    lost: Sequence[int]
    about: int

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs there are in each list."""
        return {name: int(mask.sum()) for name, (mask, _) in self.lists.items()}

    def told(self, words: Sequence[str] = (), warnings: Sequence[str] = ()) -> Effect:
        """The effect in words: SHOWN of each list, the worst first. At most two statements."""
        chosen = {name: _worst(mask, key) for name, (mask, key) in self.lists.items()}
        asked = [self.about] if self.about >= 0 else []
        jobs = self._named(sorted({*asked, *(each for rows in chosen.values() for each in rows)}))
        shown = {name: [jobs[row] for row in rows if row in jobs] for name, rows in chosen.items()}
        counts = self.counts
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
            moved=self.moved,
            late_before=self.late_before,
            late_after=self.late_after,
            tardiness_before=self.tardiness_before,
            tardiness_after=self.tardiness_after,
            nowhere=_operation_names(self.lost),
            warnings=warnings,
            about=jobs.get(self.about),
        )

    def _named(self, rows: Sequence[int]) -> dict[int, JobEffect]:
        """The jobs of these rows in words. One statement."""
        ids = [int(self.lines[row]) for row in rows]
        lines = OrderLine.objects.select_related("order__customer").in_bulk(ids)
        return {
            row: JobEffect(
                line_id=line.id,
                reference=line.order.reference,
                position=line.position,
                customer=line.order.customer.name,
                url=line.order.get_absolute_url(),
                promised=line.promised_at,
                before=_moment(self.before[row]),
                after=_moment(self.after[row]),
                days=round(float(self.shift[row]) / DAY, 1),
            )
            for row, line_id in zip(rows, ids, strict=True)
            if (line := lines.get(line_id)) is not None
        }


def difference(first: tuple[Ledger, Table], second: tuple[Ledger, Table], about: int = 0) -> Difference:
    """The difference between two order books with the SLOT rows of a plan of each. No statement."""
    before, after = _ends(*first), _ends(*second)
    at = np.searchsorted(after.lines, before.lines)
    at = np.minimum(at, max(len(after.lines) - 1, 0))
    same = after.lines[at] == before.lines if len(after.lines) else np.zeros(len(before.lines), np.bool_)
    one = _Ends(*(each[same] for each in before))
    two = _Ends(*(each[at[same]] for each in after))
    shift = np.where((one.forecast == NEVER) | (two.forecast == NEVER), 0, two.forecast - one.forecast)
    worse = np.maximum(two.behind - one.behind, shift / 1000)
    was, becomes = one.behind > 0, two.behind > 0
    return Difference(
        lines=one.lines,
        before=one.forecast,
        after=two.forecast,
        shift=shift,
        lists={
            "late": (becomes & ~was, -worse),
            "later": ((shift > 0) & (was | ~becomes), -worse),
            "earlier": ((shift < 0) & (becomes | ~was), shift),
            "rescued": (was & ~becomes & (two.forecast != NEVER), shift),
        },
        moved=_moved(first, second),
        late_before=int((before.behind > 0).sum()),
        late_after=int((after.behind > 0).sum()),
        tardiness_before=int(before.behind.sum()),
        tardiness_after=int(after.behind.sum()),
        lost=_lost(first, second),
        about=next(iter(np.flatnonzero(one.lines == about).tolist()), -1),
    )


def _ends(book: Ledger, slots: Table) -> _Ends:
    """The forecasts by these slots: the end of the last operation, and the delivery's working days."""
    forecast, order = forecast_minutes(book, slots), np.argsort(book.line_ids)
    # The operations of a job stand together, and jobs are numbered as they come.
    first = np.flatnonzero(np.diff(book.problem.operations["job"][: len(book.rows)], prepend=-1))
    return _Ends(book.line_ids[order], forecast[order], book.rows["promised"][first][order])


def _worst(mask: BoolArray, key: Table) -> list[int]:
    """SHOWN of the rows that are marked, the least key first."""
    rows = np.flatnonzero(mask)
    found: list[int] = rows[np.argsort(key[rows], kind="stable")][:SHOWN].tolist()
    return found


def _moment(minute: int) -> datetime | None:
    return None if minute == NEVER else moment_of(minute)


def _moved(first: tuple[Ledger, Table], second: tuple[Ledger, Table]) -> int:
    """How many operations stand elsewhere or begin at another minute than before."""
    (book, slots), (other, done) = first, second
    mine, theirs = slots[: len(book.rows)], done[: len(other.rows)]
    mask = np.ones(len(mine), np.bool_)
    if len(mine) != len(theirs) or (book.rows["id"] != other.rows["id"]).any():
        at = np.searchsorted(
            other.rows["id"], book.rows["id"], sorter=(order := np.argsort(other.rows["id"]))
        )
        at = order[np.minimum(at, len(order) - 1)]
        theirs, mask = theirs[at], other.rows["id"][at] == book.rows["id"]
    before, after = mine["machine"], theirs["machine"]
    if book.resources.machine_ids != other.resources.machine_ids:
        names = [np.array([*each.resources.machine_ids, -1], np.int64) for each in (book, other)]
        before, after = names[0][before], names[1][after]
    return int((((before != after) | (mine["start"] != theirs["start"])) & mask).sum())


def _lost(first: tuple[Ledger, Table], second: tuple[Ledger, Table]) -> list[int]:
    """Some operations that would lose their place."""
    book, slots = second
    lost = book.rows["id"][slots["machine"][: len(book.rows)] < 0]
    if not lost.size:
        return []
    had = first[0].rows["id"][first[1]["machine"][: len(first[0].rows)] >= 0]
    found: list[int] = lost[np.isin(lost, had)][:SHOWN].tolist()
    return found


def _operation_names(ids: Sequence[int]) -> list[str]:
    from_lines = Operation.objects.filter(id__in=ids).select_related("line__order")
    return [f"{each.line.order} {each.line} {each}" for each in from_lines] if ids else []
