"""Machines × time: a window of the plan as bars."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from django.utils import timezone

from kernel.bases import fetch
from kernel.formats import absolute
from planning.models import Operation
from planning.selectors.floor import LEAST_REMAINING
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.resources import Resources

MOST_BARS: Final = 2000
ZOOMS: Final = (1, 3, 7, 14, 28)
USUAL_DAYS: Final = 3
LABEL_WIDTH: Final = 5.0
"""Percent of the window from which a bar has room for its order number."""

MARKS: Final[dict[str, str]] = {
    Operation.Status.RUNNING: "▶",
    Operation.Status.PAUSED: "‖",
    Operation.Status.BLOCKED: "◌",
    "held": "◇",
}


@dataclass(frozen=True)
class Window:
    """What the board shows: whole local days."""

    first: date
    days: int

    @cached_property
    def begin(self) -> datetime:
        """The first moment."""
        return timezone.make_aware(datetime.combine(self.first, time()))

    @cached_property
    def end(self) -> datetime:
        """The moment behind the last one."""
        return timezone.make_aware(datetime.combine(self.first + timedelta(days=self.days), time()))

    @cached_property
    def minutes(self) -> tuple[int, int]:
        """Begin and end in minutes."""
        return minute_of(self.begin), minute_of(self.end)

    def share(self, minute: int) -> float:
        """Where a minute lies, in percent of the window."""
        begin, end = self.minutes
        return round(100 * (min(max(minute, begin), end) - begin) / (end - begin), 3)

    def moved(self, days: int) -> "Window":
        """The window so many days later."""
        return Window(self.first + timedelta(days=days), self.days)

    def zoomed(self, step: int) -> "Window":
        """The next narrower (-1) or wider (+1) window; the same where there is none."""
        at = min(max(ZOOMS.index(self.days) + step, 0), len(ZOOMS) - 1)
        return Window(self.first, ZOOMS[at])

    @property
    def query(self) -> str:
        """The window as it stands in the address."""
        return f"from={self.first.isoformat()}&days={self.days}"


@dataclass(frozen=True)
class Bar:
    """One operation on one machine; x and width in percent of the window."""

    x: float
    width: float
    status: str
    mark: str
    late: bool
    label: str
    url: str
    operation: str
    reference: str
    times: str
    machine: str

    @property
    def status_label(self) -> str:
        """The status in a word."""
        words = {"pending": "Planned", "held": "Held for a quotation"}
        return words.get(self.status) or str(Operation.Status(self.status).label)

    @property
    def title(self) -> str:
        """All of it in one line."""
        late = " · late" if self.late else ""
        return f"{self.reference} · {self.operation} · {self.status_label} · {self.times}{late}"


@dataclass(frozen=True)
class Lane:
    """One machine with its bars; `first` of its work centre or not, `closed` the number of its calendar."""

    machine: str
    centre: str
    first: bool
    closed: int
    bars: list[Bar]


@dataclass(frozen=True, eq=False)
class Board:
    """The window as lanes, with ticks (x, label), closed times per calendar (x, width) and the now-line.

    It is kept while nothing on it changes, and known by its identity: what is drawn from it is kept, too.
    """

    window: Window
    lanes: list[Lane]
    ticks: list[tuple[float, str]]
    closed: list[list[tuple[float, float]]]
    now_x: float | None
    cut: bool

    @property
    def bars(self) -> list[Bar]:
        """All bars by machine and time."""
        return [bar for lane in self.lanes for bar in lane.bars]


def read_window(first: str, days: str, today: date) -> Window:
    """The window an address asks for; what cannot be read falls back to the usual days from today."""
    try:
        begin = date.fromisoformat(first)
    except ValueError:
        begin = today
    if abs((begin - today).days) > 3660:
        begin = today
    wanted = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else USUAL_DAYS
    return Window(begin, min(ZOOMS, key=lambda zoom: abs(zoom - wanted)))


OPEN: Final = [str(status) for status in Operation.OPEN]
# Operations and held time; in parts, because an OR of them has no index. One text of minutes: the same text
# is the same board, and telling that costs less than reading thousands of dates.
BARS: Final = """
    SELECT coalesce(json_agg(json_build_array(
        shown.sequence, shown.name, shown.status, shown.machine_id, shown.worked_on_id,
        shown.starts, shown.ends, shown.since, line.position,
        line.forecast_at > line.promised_at, coalesce(parent.number, parent.quotation_number)
    ) ORDER BY shown.starts, shown.id), '[]')::text
    FROM (
        SELECT *, floor(extract(epoch FROM lower(during)) / 60)::bigint AS starts,
            floor(extract(epoch FROM upper(during)) / 60)::bigint AS ends,
            floor(extract(epoch FROM running_since) / 60)::bigint AS since
        FROM (
            SELECT id, line_id, sequence, name, status, machine_id, worked_on_id, during, running_since
            FROM planning_operation
            WHERE status = ANY(%(open)s::text[]) AND status <> 'running'
                AND during && tstzrange(%(begin)s, %(end)s)
            UNION ALL
            SELECT id, line_id, sequence, name, status, machine_id, worked_on_id, during, running_since
            FROM planning_operation WHERE status = 'running'
            UNION ALL
            SELECT slot.id, hold.line_id, slot.sequence, slot.name, 'held', slot.machine_id, NULL,
                slot.during, NULL
            FROM planning_heldslot AS slot JOIN planning_hold AS hold ON hold.id = slot.hold_id
            WHERE slot.during && tstzrange(%(begin)s, %(end)s)
        ) AS found
        ORDER BY lower(during), id LIMIT %(most)s
    ) AS shown
    JOIN orders_orderline AS line ON line.id = shown.line_id
    JOIN orders_order AS parent ON parent.id = line.order_id
"""


def load_board(window: Window, resources: Resources, now: datetime) -> Board:
    """The open operations and held times of the window, MOST_BARS at most, the running where they run.

    One statement; the same board again while neither the operations nor the minute changed.
    """
    values = {"open": OPEN, "begin": window.begin, "end": window.end, "most": MOST_BARS + 1}
    (text,) = fetch(BARS, values)[0]
    return _arranged(text, window, resources, minute_of(now))


@lru_cache(maxsize=16)
def _arranged(text: str, window: Window, resources: Resources, minute: int) -> Board:
    """The board of these operations (a list of BarRow as JSON) at this minute."""
    by_machine: dict[int, list[Bar]] = {}
    rows = [BarRow(*row) for row in json.loads(text)]
    for row in rows[:MOST_BARS]:
        placed = _bar(row, window, resources, minute)
        if placed is not None:
            by_machine.setdefault(placed[0], []).append(placed[1])
    begin, end = window.minutes
    return Board(
        window=window,
        lanes=_lanes(by_machine, resources),
        ticks=_ticks(window),
        closed=[_closed(windows, window) for windows in resources.calendars],
        now_x=window.share(minute) if begin <= minute < end else None,
        cut=len(rows) > MOST_BARS,
    )


class BarRow(NamedTuple):
    """What the board reads of an operation; times in minutes."""

    sequence: int
    name: str
    status: str
    planned_on: int | None
    worked_on: int | None
    starts: int | None
    ends: int | None
    running_since: int | None
    position: int
    late: bool | None
    reference: str


def _bar(row: BarRow, window: Window, resources: Resources, now: int) -> tuple[int, Bar] | None:
    """Its machine and its bar; None where it lies outside the window or nowhere."""
    running = row.status == Operation.Status.RUNNING
    machine = row.worked_on if running else row.planned_on
    starts = row.running_since if running else row.starts
    ends = max(row.ends or now, now + LEAST_REMAINING) if running else row.ends
    if machine is None or starts is None or ends is None:
        return None
    left, right = window.share(starts), window.share(ends)
    if right <= left:
        return None
    return machine, Bar(
        x=left,
        width=round(right - left, 3),
        status=row.status,
        mark=("▲ " if row.late else "") + MARKS.get(row.status, ""),
        late=bool(row.late),
        label=row.reference if right - left >= LABEL_WIDTH else "",
        url=f"/orders/{row.reference}/",
        operation=f"Op {row.sequence} {row.name}",
        reference=f"{row.reference} line {row.position}",
        times=_times(starts, ends, timezone.get_current_timezone(), moment_of(now).date()),
        machine=resources.machine_codes[resources.index[machine]],
    )


def _times(starts: int, ends: int, zone: tzinfo, today: date) -> str:
    """From when to when, in local time."""
    first, last = moment_of(starts).astimezone(zone), moment_of(ends).astimezone(zone)
    return f"{_clock(first, today)} to {_clock(last, today)}"


def _clock(local: datetime, today: date) -> str:
    return f"{_day(local.date(), today)} {local.hour:02}:{local.minute:02}"


@lru_cache(maxsize=512)
def _day(day: date, today: date) -> str:
    return absolute(day, today=today)


def _lanes(by_machine: dict[int, list[Bar]], resources: Resources) -> list[Lane]:
    """Machines by work centre; machines out of service only where something stands on them."""
    lanes: list[Lane] = []
    pooled = {at for pool in resources.pools.values() for at in pool}
    for centre, (_, name) in resources.centres.items():
        here = [
            at
            for at, machine in enumerate(resources.machines)
            if machine.centre == centre and (at in pooled or resources.machine_ids[at] in by_machine)
        ]
        for number, at in enumerate(sorted(here, key=lambda at: _natural(resources.machine_codes[at]))):
            machine_id, machine = resources.machine_ids[at], resources.machines[at]
            bars = by_machine.get(machine_id, [])
            lanes.append(Lane(resources.machine_codes[at], name, number == 0, machine.calendar, bars))
    return lanes


def _ticks(window: Window) -> list[tuple[float, str]]:
    if window.days == 1:
        hours = [window.begin + timedelta(hours=hour) for hour in range(0, 24, 3)]
        return [(window.share(minute_of(each)), f"{timezone.localtime(each):%H:%M}") for each in hours]
    step = 1 if window.days <= 14 else 7
    days = [window.moved(number) for number in range(0, window.days, step)]
    return [(window.share(minute_of(each.begin)), absolute(each.first, today=window.first)) for each in days]


def _closed(windows: Any, window: Window) -> list[tuple[float, float]]:
    """The times a calendar is closed within the window; breaks are too short to show."""
    begin, end = window.minutes
    inside = windows[(windows["end"] > begin) & (windows["start"] < end)]
    edges = [begin, *(edge for row in inside.tolist() for edge in row[:2]), end]
    spans = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
    return [
        (window.share(first), round(window.share(last) - window.share(first), 3))
        for first, last in spans
        if last - first > 60
    ]


def _natural(code: str) -> tuple[int, str]:
    """CUT-2 stands before CUT-10."""
    return len(code), code
