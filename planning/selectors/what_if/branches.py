"""What-ifs as pages show them: side by side with the plan in force, and one with all it changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from kernel import clock
from kernel.errors import Refused
from kernel.formats import absolute, day_of, number
from orders.models import OrderLine
from planning.engine import NEVER
from planning.models import Branch, PlanVersion
from planning.selectors.changes import Change, read_changes, words_of
from planning.selectors.moments import moment_of
from planning.selectors.what_if.hypothetical import Obstacle, obstacles_of

DAY: Final = 1440
CLOSED_SHOWN: Final = 10
NOTHING: Final = "–"
MOMENTS: Final = ("promised", "before", "after")
Figures = Mapping[str, Any]


class Cell(NamedTuple):
    """A figure in words, whether it is the best of its row, and the difference to the plan in force."""

    words: str
    best: bool = False
    change: str = ""
    better: bool | None = None


class Measure(NamedTuple):
    """A row of the comparison: what it is, what it means, how it is read and written, what is better.

    `sign` is 1 where more is better, -1 where less is, 0 where neither.
    """

    label: str
    hint: str
    value: Callable[[Figures], float | None]
    words: Callable[[Figures], str]
    sign: int


@dataclass(frozen=True)
class Row:
    """A measure with a cell for each column."""

    label: str
    hint: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Comparison:
    """The plan in force (as of the newest what-if) and the open what-ifs as columns.

    `moved` are the ids of those that were planned on a plan that has moved since.
    """

    branches: Sequence[Branch]
    rows: Sequence[Row]
    centres: Sequence[Row]
    moved: frozenset[int]
    closed: Sequence[Branch]

    @property
    def waiting(self) -> bool:
        """Whether one is being planned."""
        return any(each.state == Branch.State.PLANNING for each in self.branches)

    @property
    def token(self) -> str:
        """Changes with everything the page shows."""
        return "-".join(f"{each.id}.{each.revision}.{each.state}" for each in self.branches) or "none"


@dataclass(frozen=True)
class BranchPage:
    """One what-if: its changes in words, each with what stands in its way, and its figures.

    `effect` is that of planning.selectors.effects, `brought` are sentences about the jobs it would add,
    and whether each would be late.
    """

    branch: Branch
    changes: Sequence[tuple[str, Obstacle | None]]
    rows: Sequence[Row]
    centres: Sequence[Row]
    moved: bool
    effect: Mapping[str, Any]
    brought: Sequence[tuple[str, bool]]

    @property
    def answer(self) -> str:
        """What it would do, in a sentence."""
        state = self.branch.state
        if state == Branch.State.ADOPTED:
            return "Its changes are made and its plan is in force."
        if state == Branch.State.DROPPED:
            return "It was given up; nothing was changed by it. Duplicate it to try again."
        if state == Branch.State.PLANNED:
            late = " The rush order would be late." if any(late for _, late in self.brought) else ""
            return f"{self.effect.get('answer', '')}{late}"
        return "" if self.changes else "Add what you want to try."

    @property
    def adoptable(self) -> bool:
        """Whether its changes can be made and its plan put in force, as far as it is still true."""
        real = len(self.changes) > len(self.unwritten)
        return self.branch.state == Branch.State.PLANNED and real and not self.blocked

    @property
    def again(self) -> bool:
        """Whether there is a reason to plan it again as it is."""
        state = self.branch.state
        outdated = self.moved or not self.adoptable
        return state == Branch.State.FAILED or (state == Branch.State.PLANNED and outdated)

    @property
    def blocked(self) -> Sequence[Obstacle]:
        """What must be done or taken out before it can be adopted."""
        return [each for _, each in self.changes if each is not None and each.blocks]

    @property
    def unwritten(self) -> Sequence[Obstacle]:
        """What adopting does not write."""
        return [each for _, each in self.changes if each is not None and not each.blocks]

    @property
    def token(self) -> str:
        """Changes with everything the page shows."""
        return f"{self.branch.revision}.{self.branch.state}.{int(self.moved)}"


def compare_branches() -> Comparison:
    """The open what-ifs side by side, and those closed last. Three statements."""
    branches = list(Branch.objects.open().light().select_related("by"))
    closed = Branch.objects.filter(state__in=Branch.CLOSED).light().select_related("by")
    planned = [each for each in branches if each.state == Branch.State.PLANNED]
    newest = max(planned, key=lambda each: (each.planned_at, each.id), default=None)
    columns: list[Figures] = [newest.before if newest else {}, *(each.after for each in branches)]
    return Comparison(
        branches=branches,
        rows=_rows(columns) if newest else [],
        centres=_centres(columns) if newest else [],
        moved=moved_since(planned),
        closed=list(closed.order_by("-closed_at")[:CLOSED_SHOWN]),
    )


def branch_page(branch: Branch) -> BranchPage:
    """Everything the page of one what-if shows. At most eight statements."""
    try:
        changes: Sequence[Change] = read_changes(branch.changes) if branch.changes else ()
        words = words_of(changes) if changes else []
    except Refused as refusal:
        changes, words = (), [str(refusal)] * len(branch.changes)
    found = {each.change: each for each in obstacles_of(changes)} if branch.is_open else {}
    columns = [branch.before, branch.after]
    return BranchPage(
        branch=branch,
        changes=[(each, found.get(at)) for at, each in enumerate(words)],
        rows=_rows(columns) if branch.after else [],
        centres=_centres(columns) if branch.after else [],
        moved=bool(branch.state == Branch.State.PLANNED and moved_since([branch])),
        effect=_effect(branch.effect),
        brought=_brought(branch.after.get("jobs", ())),
    )


def _effect(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The effect as it was, its moments being moments again."""
    lists = {
        name: [{**job, **{key: _parsed(job[key]) for key in MOMENTS}} for job in stored.get(name, ())]
        for name in ("late", "later", "earlier", "rescued")
    }
    return {**stored, **lists} if stored else {}


def _parsed(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _brought(jobs: Sequence[Sequence[int]]) -> list[tuple[str, bool]]:
    """When the jobs that only this what-if has would be delivered, and whether in time. One statement."""
    lines = OrderLine.objects.select_related("order").in_bulk([each[0] for each in jobs]) if jobs else {}
    found = []
    for line_id, quantity, delivered, wanted in jobs:
        if (line := lines.get(line_id)) is None:
            continue
        job = f"The rush order, {quantity} × as in {line.order} {line},"
        late = delivered == NEVER or delivered > wanted
        when = "would find no place" if delivered == NEVER else f"would be delivered {_day(delivered)}"
        found.append((f"{job} {when}, wanted {_day(wanted)}.", late))
    return found


def _day(minute: int) -> str:
    return absolute(moment_of(minute), today=day_of(clock.now()))


def moved_since(branches: Sequence[Branch]) -> frozenset[int]:
    """The ids of those planned on a plan that has moved an operation since. One statement."""
    if not branches:
        return frozenset()
    newer = moves_after(min(each.edition for each in branches))
    last = newer.order_by("-id").values_list("id", flat=True).first()
    return frozenset(each.id for each in branches if last is not None and last > each.edition)


def moves_after(edition: int) -> QuerySet[PlanVersion]:
    """Later plans that moved an operation or took its place away."""
    return PlanVersion.objects.filter(moved__gt=0, id__gt=edition)


def newest_edition() -> int:
    """The last change of the plan, 0 where there was none. One statement."""
    return PlanVersion.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _rows(columns: Sequence[Figures]) -> list[Row]:
    """The measures of the columns, the first being the plan in force."""
    currencies = sorted({code for each in columns for code in each.get("tied_up", {})})
    measures = [*MEASURES, *(_tied_up(code) for code in currencies)]
    return [_row(measure, columns) for measure in measures]


def _centres(columns: Sequence[Figures]) -> list[Row]:
    """How much of each work centre is used, of those that are."""
    names = {code: name for each in columns for code, name, share in each.get("centres", ()) if share}
    return [_row(_used(code, name), columns) for code, name in names.items()]


def _row(measure: Measure, columns: Sequence[Figures]) -> Row:
    values = [measure.value(each) if each else None for each in columns]
    known = [each for each in values if each is not None]
    best = max(known, key=lambda each: measure.sign * each) if known and measure.sign else None
    told = [
        measure.words(figures) if value is not None else NOTHING
        for figures, value in zip(columns, values, strict=True)
    ]
    base, marked = values[0], best is not None and len(set(told) - {NOTHING}) > 1
    # A what-if that is only as good as the plan in force is not marked.
    winners = [0] if base == best else [at for at, value in enumerate(values) if value == best]
    return Row(
        measure.label,
        measure.hint,
        [
            Cell(words, marked and at in winners, *_difference(measure, base, value, told[0] == words))
            for at, (words, value) in enumerate(zip(told, values, strict=True))
        ],
    )


def _difference(
    measure: Measure, base: float | None, value: float | None, same: bool
) -> tuple[str, bool | None]:
    """The difference to the plan in force in words, and whether it is better; nothing where alike."""
    if base is None or value is None or same or not measure.sign:
        return "", None
    return ("better" if (better := (value - base) * measure.sign > 0) else "worse"), better


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)} %"


def _days(minutes: float) -> str:
    return f"{number(Decimal(minutes) / DAY, 1)} d"


def _moment(minute: float) -> str:
    return absolute(moment_of(int(minute)), today=day_of(clock.now()), clock=True)


def _used(code: str, name: str) -> Measure:
    def value(figures: Figures) -> float | None:
        return next((share for each, _, share in figures.get("centres", ()) if each == code), None)

    return Measure(f"{code} {name}", "", value, lambda figures: _percent(value(figures) or 0.0), 0)


def _tied_up(currency: str) -> Measure:
    def value(figures: Figures) -> float | None:
        return float(Decimal(figures.get("tied_up", {}).get(currency, 0)))

    def words(figures: Figures) -> str:
        return f"{currency} {number(round(value(figures) or 0.0))} × days"

    hint = "what jobs cost, times the days from their first start to delivery"
    return Measure(f"Cash tied up, {currency}", hint, value, words, -1)


def _share_on_time(figures: Figures) -> float | None:
    return figures["on_time"] / figures["promised"] if figures["promised"] else None


def _on_time(figures: Figures) -> str:
    share = _percent(figures["on_time"] / figures["promised"])
    return f"{number(figures['on_time'])} of {number(figures['promised'])} · {share}"


def _plain(name: str) -> tuple[Callable[[Figures], float | None], Callable[[Figures], str]]:
    """A figure as it is."""
    return (lambda figures: figures[name]), (lambda figures: number(figures[name]))


MEASURES: Final = (
    Measure("Jobs on time", "of those with a promise", _share_on_time, _on_time, 1),
    Measure(
        "Tardiness",
        "days behind promises, summed",
        _plain("tardiness")[0],
        lambda f: _days(f["tardiness"]),
        -1,
    ),
    Measure(
        "Weighted tardiness",
        "the same times the jobs' priorities",
        _plain("weighted")[0],
        lambda f: _days(f["weighted"]),
        -1,
    ),
    Measure("Jobs in progress", "on the floor, average of four weeks", *_plain("in_progress"), -1),
    Measure(
        "Use of the bottleneck",
        "the fullest work centre in four weeks",
        _plain("used")[0],
        lambda f: f"{_percent(f['used'])} {' '.join(f['bottleneck'][:1])}",
        0,
    ),
    Measure("Last operation ends", "", _plain("makespan")[0], lambda f: _moment(f["makespan"]), -1),
    Measure("Operations moved", "to another place than planned", *_plain("moved"), 0),
    Measure("Operations without a place", "", *_plain("unplaced"), -1),
)
