"""The planner's board: the open operations of a window and what they stand on, as compact columns."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
from django.utils import timezone

from kernel.bases import fetch
from kernel.jit import IntArray, Table
from planning.engine.calendars import Windows
from planning.models import Downtime, Operation
from planning.selectors.book import STATUSES, copied, minute
from planning.selectors.floor import seats_of
from planning.selectors.moments import minute_of
from planning.selectors.resources import Resources, load_resources

MOST: Final = 30_000
USUAL_DAYS: Final = 7
MOST_DAYS: Final = 190
FARTHEST: Final = 400
"""Days from today beyond which no working time is known."""

HELD: Final = len(STATUSES)
"""The status of time that a hold keeps: it comes behind those of operations."""

STATUS_WORDS: Final = (*(str(Operation.Status(each).label) for each in STATUSES), "Held for a quotation")


@dataclass(frozen=True)
class Window:
    """What the board asks for: whole local days."""

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

    def moved(self, days: int) -> "Window":
        """The window so many days later."""
        return Window(self.first + timedelta(days=days), self.days)

    @property
    def query(self) -> str:
        """The window as it stands in the address."""
        return f"from={self.first.isoformat()}&days={self.days}"


def read_window(first: str, days: str, today: date) -> Window:
    """The window an address asks for; what cannot be read falls back to the usual days from today.

    Where it names a time of day as well, or parts of days, the window is the days around.
    """
    try:
        begin = date.fromisoformat(first[:10])
    except ValueError:
        begin = today
    if abs((begin - today).days) > FARTHEST:
        begin = today
    try:
        wanted = min(float(days), MOST_DAYS)
    except ValueError:
        wanted = USUAL_DAYS
    return Window(begin, -int(-wanted // 1) if wanted > 0 else USUAL_DAYS)


COLUMNS: Final = {
    "id": "o.id",
    "line": "o.line_id",
    "loop": "o.loop",
    "sequence": "o.sequence",
    "process": "o.process_id",
    "name": "hashtextextended(o.name, 0)",
    "skills": "CASE o.skills WHEN '{}' THEN 0 ELSE hashtextextended(o.skills::text, 0) END",
    "status": f"coalesce(array_position(ARRAY{[str(each) for each in STATUSES]}::text[], o.status), "
    f"{HELD + 1}) - 1",
    "machine": "o.seat",
    "start": minute("o.starts"),
    "end": f"greatest({minute('o.ends')}, {minute('o.starts')} + 1)",
    "first": minute("lower(o.baseline)"),
    "last": minute("upper(o.baseline)"),
    "pinned": "o.pinned::int",
    "graph": "(o.after IS NOT NULL)::int",
    "promised": minute("l.promised_at"),
    "forecast": minute("l.forecast_at"),
}
OWN: Final = "id, line_id, loop, sequence, process_id, name, skills, status::text, baseline, pinned, after"
# In parts, because an OR of them has no index; running ones stand where they run.
SOURCE: Final = f"""
    FROM (
        SELECT {OWN}, machine_id AS seat, lower(during) AS starts, upper(during) AS ends
        FROM planning_operation
        WHERE status IN ('pending', 'blocked', 'ready', 'paused') AND during && tstzrange(%s, %s)
        UNION ALL
        SELECT {OWN}, worked_on_id, running_since, upper(during)
        FROM planning_operation WHERE status = 'running' AND running_since IS NOT NULL
        UNION ALL
        SELECT slot.id, hold.line_id, 0, slot.sequence, 0, slot.name, '{{}}', 'held', NULL, false, NULL,
            slot.machine_id, lower(slot.during), upper(slot.during)
        FROM planning_heldslot AS slot JOIN planning_hold AS hold ON hold.id = slot.hold_id
        WHERE slot.during && tstzrange(%s, %s)
        ORDER BY starts, id LIMIT {MOST + 1}
    ) AS o JOIN orders_orderline AS l ON l.id = o.line_id
"""
# What else the picture shows; its text is also a part of the tag.
AROUND: Final = f"""
    SELECT json_build_object(
        'edition', (SELECT coalesce(max(id), 0) FROM planning_planversion),
        'machines', (SELECT json_object_agg(id, name ORDER BY id) FROM planning_machine),
        'downtimes', (SELECT json_agg(json_build_array(
            d.id, d.machine_id, {minute("d.starts")}, {minute("d.ends")}, d.kind, d.note
        ) ORDER BY d.starts, d.id) FROM planning_downtime AS d
            WHERE d.starts < %(end)s AND d.ends > %(begin)s),
        'overtime', (SELECT json_agg(json_build_array(
            x.id, x.machine_id, {minute("x.starts")}, {minute("x.ends")}, x.note
        ) ORDER BY x.starts, x.id) FROM planning_overtime AS x
            WHERE x.starts < %(end)s AND x.ends > %(begin)s),
        'crews', (SELECT json_agg(json_build_array(
            c.code, c.name, c.size, c.calendar_id,
            (SELECT coalesce(json_agg(k.skill_id ORDER BY k.skill_id), '[]')
             FROM planning_crew_skills AS k WHERE k.crew_id = c.id)
        ) ORDER BY c.code) FROM planning_crew AS c)
    )::text
"""
NAMES: Final = """
    SELECT json_build_object(
        'lines', (SELECT json_agg(json_build_array(
            coalesce(parent.number, parent.quotation_number), line.position, customer.name, product.name
        ) ORDER BY line.id)
            FROM orders_orderline AS line JOIN orders_order AS parent ON parent.id = line.order_id
            JOIN orders_customer AS customer ON customer.id = parent.customer_id
            JOIN orders_product AS product ON product.id = line.product_id
            WHERE line.id = ANY(%(lines)s)),
        'operations', (SELECT json_object_agg(id, json_build_array(name, skills))
            FROM planning_operation WHERE id = ANY(%(operations)s)),
        'held', (SELECT json_object_agg(id, json_build_array(name, '{}'::int[]))
            FROM planning_heldslot WHERE id = ANY(%(held)s)),
        'after', (SELECT json_object_agg(id, after) FROM planning_operation WHERE id = ANY(%(graph)s))
    )
"""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A window of the plan: rows with the columns of COLUMNS by job and step, held time behind them.

    `cut` says that there is more than MOST.
    """

    window: Window
    rows: Table
    resources: Resources
    around: str
    cut: bool

    @cached_property
    def hours(self) -> dict[int, IntArray]:
        """The edges of the working time inside the window, by the number of the calendar."""
        numbers = {machine.calendar for machine in self.resources.machines}
        return {number: self._inside(self.resources.calendars[number]) for number in sorted(numbers)}

    def _inside(self, windows: Windows) -> IntArray:
        begin, end = self.window.minutes
        inside = windows[(windows["end"] > begin) & (windows["start"] < end)]
        edges: IntArray = np.clip(np.stack((inside["start"], inside["end"]), 1).ravel(), begin, end)
        return edges

    def crew_hours(self, calendar_id: int) -> IntArray:
        """The same of a crew's calendar."""
        return self._inside(self.resources.windows_of_calendar(calendar_id))

    @cached_property
    def seats(self) -> IntArray:
        """The numbers of the machines of the rows."""
        return seats_of(self.rows["machine"], self.resources)

    @cached_property
    def tag(self) -> str:
        """The same for the same picture, in every process."""
        digest = hashlib.blake2b(self.rows.tobytes(), digest_size=12)
        digest.update(self.around.encode())
        digest.update(repr((self.window, self.resources.pools, self.resources.machines)).encode())
        for edges in self.hours.values():
            digest.update(edges.tobytes())
        return digest.hexdigest()


def load_sheet(window: Window, now: datetime) -> Sheet:
    """The open operations and held times of the window, MOST at most, the running where they run.

    Three statements whatever the number of operations.
    """
    resources = load_resources(now)
    span = [window.begin, window.end]
    rows = copied(COLUMNS, SOURCE, [*span, *span])
    cut = len(rows) > MOST
    order = np.lexsort((rows["id"], rows["sequence"], rows["loop"], rows["line"], rows["status"] == HELD))
    (around,) = fetch(AROUND, {"begin": window.begin, "end": window.end})[0]
    return Sheet(window, rows[order][:MOST], resources, around, cut)


@dataclass(frozen=True)
class Words:
    """What the rows of a sheet are called: `names` and `skills` by their digests, `lines` by id.

    `lines` are reference, position, customer and product; `after` the sequences an operation follows, where
    it names any.
    """

    names: dict[int, str]
    skills: dict[int, list[int]]
    lines: dict[int, tuple[str, int, str, str]]
    after: dict[int, list[int]]


def names_of(rows: Table) -> Words:
    """The words behind the numbers: each name is read once. One statement."""
    names, skills = _samples(rows, "name"), _samples(rows, "skills")
    held = {at for at in (*names.values(), *skills.values()) if rows["status"][at] == HELD}
    wanted = {*names.values(), *skills.values()} - held
    lines = np.unique(rows["line"]).tolist()
    ids = rows["id"]
    values = {
        "lines": lines,
        "operations": [int(ids[at]) for at in wanted],
        "held": [int(ids[at]) for at in held],
        "graph": ids[rows["graph"] == 1].tolist(),
    }
    (found,) = fetch(NAMES, values)[0]
    operations, slots = found["operations"] or {}, found["held"] or {}

    def known(at: int) -> list[Any]:
        source = slots if at in held else operations
        here: list[Any] = source.get(str(ids[at]), ["", []])
        return here

    return Words(
        {digest: known(at)[0] for digest, at in names.items()},
        {digest: known(at)[1] for digest, at in skills.items()},
        dict(zip(lines, map(tuple, found["lines"] or []), strict=False)),
        {int(number): after for number, after in (found["after"] or {}).items()},
    )


def _samples(rows: Table, column: str) -> dict[int, int]:
    """The first row of each value of a column."""
    values, first = np.unique(rows[column], return_index=True)
    return dict(zip(values.tolist(), first.tolist(), strict=True))


def spelled_out(sheet: Sheet) -> str:
    """The sheet as JSON in columns; docs/board.md names each. One statement."""
    rows, names = sheet.rows, names_of(sheet.rows)
    begin, end = sheet.window.minutes
    around = json.loads(sheet.around)
    _, at, line = np.unique(rows["line"], return_index=True, return_inverse=True)
    found = {
        "from": begin,
        "to": end,
        "cut": sheet.cut,
        "edition": around["edition"],
        "statuses": STATUS_WORDS,
        **_shop(sheet, around),
        "lines": _lines(rows[at], names, begin),
        "bars": _bars(sheet, names, line),
    }
    return json.dumps(found, separators=(",", ":"))


def _shop(sheet: Sheet, around: dict[str, Any]) -> dict[str, Any]:
    resources, begin = sheet.resources, sheet.window.minutes[0]
    calendars = list(sheet.hours)
    centres = list(resources.centres)
    pooled = {at for pool in resources.pools.values() for at in pool}
    crews = around["crews"] or []
    hours = [*sheet.hours.values(), *(sheet.crew_hours(crew[3]) for crew in crews)]
    return {
        "centres": list(resources.centres.values()),
        "machines": [
            [
                machine_id,
                resources.machine_codes[at],
                around["machines"].get(str(machine_id), ""),
                centres.index(machine.centre),
                calendars.index(machine.calendar),
                int(resources.speeds[at]),
                1 if machine.single and not machine.size else 0,
                1 if at in pooled else 0,
            ]
            for at, (machine_id, machine) in enumerate(
                zip(resources.machine_ids, resources.machines, strict=True)
            )
        ],
        "hours": [steps(edges - begin) for edges in hours],
        "crews": [
            [code, name, size, len(calendars) + at, skills]
            for at, (code, name, size, _, skills) in enumerate(crews)
        ],
        "downtimes": [
            [number, resources.index[machine], start - begin, stop - begin, Downtime.Kind(kind).label, note]
            for number, machine, start, stop, kind, note in around["downtimes"] or []
            if machine in resources.index
        ],
        "overtime": [
            [number, resources.index[machine], start - begin, stop - begin, note]
            for number, machine, start, stop, note in around["overtime"] or []
            if machine in resources.index
        ],
    }


def _lines(rows: Table, names: Words, begin: int) -> dict[str, Any]:
    words = [names.lines.get(line, ("", 0, "", "")) for line in rows["line"].tolist()]
    customers, products = sorted({row[2] for row in words}), sorted({row[3] for row in words})
    number = {each: at for at, each in enumerate(customers)}
    kind = {each: at for at, each in enumerate(products)}
    return {
        "id": steps(rows["line"]),
        "ref": [row[0] for row in words],
        "position": [row[1] for row in words],
        "customers": customers,
        "customer": [number[row[2]] for row in words],
        "products": products,
        "product": [kind[row[3]] for row in words],
        "promised": _moments(rows["promised"], begin),
        "forecast": _moments(rows["forecast"], begin),
    }


def _moments(minutes: IntArray, begin: int) -> list[int | None]:
    """Minutes from the begin of the window, None for never."""
    return [each - begin if each > 0 else None for each in minutes.tolist()]


def _bars(sheet: Sheet, names: Words, line: IntArray) -> dict[str, Any]:
    rows, begin = sheet.rows, sheet.window.minutes[0]
    processes, process = np.unique(rows["process"], return_inverse=True)
    digests, name = np.unique(rows["name"], return_inverse=True)
    sets, skill = np.unique(rows["skills"], return_inverse=True)
    start, end = rows["start"] - begin, rows["end"] - begin
    based = rows["first"] > 0
    pools = sheet.resources.pools
    sequences = rows["sequence"].tolist()
    ids = rows["id"].tolist()
    return {
        "id": steps(rows["id"]),
        "line": steps(line),
        "loop": rows["loop"].tolist(),
        "sequence": steps(rows["sequence"]),
        "names": [names.names.get(each, "") for each in digests.tolist()],
        "name": name.tolist(),
        "pools": [pools.get(each, ()) for each in processes.tolist()],
        "pool": process.tolist(),
        "sets": [names.skills.get(each, []) for each in sets.tolist()],
        "set": skill.tolist(),
        "status": rows["status"].tolist(),
        "machine": sheet.seats.tolist(),
        "start": (start - np.concatenate(([0], end[:-1]))).tolist() if len(start) else [],
        "length": (end - start).tolist(),
        "pinned": np.flatnonzero(rows["pinned"]).tolist(),
        "first": np.where(based, rows["first"] - rows["start"], 0).tolist(),
        "last": np.where(based, rows["last"] - rows["end"], 0).tolist(),
        "after": {
            at: names.after[ids[at]]
            for at in np.flatnonzero(rows["graph"]).tolist()
            if ids[at] in names.after and names.after[ids[at]] != [sequences[at - 1]]
        },
    }


def steps(numbers: IntArray) -> list[int]:
    """Each number as what it is more than the one before it."""
    found: list[int] = np.diff(numbers, prepend=0).tolist()
    return found
