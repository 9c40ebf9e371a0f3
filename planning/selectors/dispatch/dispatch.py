"""What is next on each machine, since when it may be started, and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from zlib import crc32

from django.utils import timezone

from kernel.bases import fetch
from kernel.formats import absolute, day_of, duration
from planning.models import Dispatching, Operation
from planning.selectors.moments import moment_of

Status = Operation.Status
DAY: Final = 1440
NEXT: Final = 6
"""So many operations are shown of a machine's queue."""

LONG: Final = timedelta(days=14)
"""A calendar file reaches so far."""

RULES: Final = """
    SELECT coalesce((SELECT release FROM planning_dispatching WHERE id = 1), 'at_once') AS release,
        coalesce((SELECT ahead_hours FROM planning_dispatching WHERE id = 1), 0) AS ahead,
        coalesce((SELECT load_hours FROM planning_dispatching WHERE id = 1), 0) AS load
"""


def released(alias: str) -> str:
    """SQL that tells whether an operation may be started by the rule; parameters are `now` and `open`.

    Started work is released; of the rest what the planner released, and what the rule lets through.
    """
    return f"""(
        {alias}.released OR {alias}.status IN ('running', 'paused') OR (SELECT CASE rule.release
            WHEN 'by_date' THEN lower({alias}.during) <= %(now)s + rule.ahead * interval '1 hour'
            WHEN 'by_load' THEN coalesce((
                SELECT sum(ahead.setup_minutes + ahead.run_minutes) FROM planning_operation AS ahead
                WHERE ahead.machine_id = {alias}.machine_id AND ahead.status = ANY(%(open)s::text[])
                    AND lower(ahead.during) < lower({alias}.during)), 0) < 60 * rule.load
            ELSE true END FROM ({RULES}) AS rule))
    """


def kept_back(alias: str) -> str:
    """SQL that tells whether the rule keeps an operation from the floor."""
    rule = "EXISTS (SELECT FROM planning_dispatching WHERE release <> 'at_once')"
    return f"({rule} AND NOT coalesce({released(alias)}, false))"


OPEN: Final = [str(status) for status in Operation.OPEN]

QUEUES: Final = f"""
    SELECT machine.code, centre.name, centre.code, o.id, o.sequence, o.name, o.status, o.pinned,
        extract(epoch FROM coalesce(o.running_since, lower(o.during)))::bigint / 60,
        extract(epoch FROM upper(o.during))::bigint / 60,
        extract(epoch FROM o.not_before)::bigint / 60,
        coalesce(parent.number, parent.quotation_number), line.position, customer.name, product.name,
        line.quantity, line.priority, line.hold_reason, line.promised_at, line.forecast_at,
        line.state = 'production' AND {released("o")},
        (SELECT 'Op ' || earlier.sequence || ' ' || earlier.name FROM planning_operation AS earlier
         WHERE earlier.line_id = o.line_id AND earlier.loop = o.loop AND earlier.sequence < o.sequence
            AND earlier.status = ANY(%(open)s::text[]) ORDER BY earlier.sequence DESC LIMIT 1),
        (SELECT item.number || coalesce(' expected '
            || to_char(need.expected_at AT TIME ZONE %(zone)s, 'DD Mon'), '')
         FROM planning_requirement AS need JOIN orders_item AS item ON item.id = need.item_id
         WHERE need.operation_id = o.id AND need.cancelled_at IS NULL AND need.available < need.quantity
         ORDER BY need.expected_at DESC NULLS FIRST LIMIT 1)
    FROM planning_machine AS machine
    JOIN planning_workcentre AS centre ON centre.id = machine.work_centre_id
    LEFT JOIN LATERAL (
        SELECT each.* FROM planning_operation AS each
        WHERE each.status = ANY(%(open)s::text[])
            AND (each.worked_on_id = machine.id
                OR (each.worked_on_id IS NULL AND each.machine_id = machine.id))
            AND (%(until)s::timestamptz IS NULL OR lower(each.during) < %(until)s)
        ORDER BY each.status = 'running' DESC, each.status = 'paused' DESC, lower(each.during), each.id
        LIMIT greatest(%(least)s, least(%(next)s, %(all)s / (
            SELECT count(*) FROM planning_machine AS other
            JOIN planning_workcentre AS place ON place.id = other.work_centre_id
            WHERE other.active AND (%(centre)s = '' OR place.code = %(centre)s)
                AND (%(machine)s = '' OR other.code = %(machine)s))))
    ) AS o ON true
    LEFT JOIN orders_orderline AS line ON line.id = o.line_id
    LEFT JOIN orders_order AS parent ON parent.id = line.order_id
    LEFT JOIN orders_customer AS customer ON customer.id = parent.customer_id
    LEFT JOIN orders_product AS product ON product.id = line.product_id
    WHERE machine.active AND (%(centre)s = '' OR centre.code = %(centre)s)
        AND (%(machine)s = '' OR machine.code = %(machine)s)
    ORDER BY centre.position, centre.code, length(machine.code), machine.code,
        o.status = 'running' DESC, o.status = 'paused' DESC, lower(o.during), o.id
"""


class Turn(NamedTuple):
    """One operation in the queue of a machine; moments are minutes since 1970."""

    id: int
    sequence: int
    name: str
    status: str
    pinned: bool
    starts: int | None
    ends: int | None
    not_before: int | None
    reference: str
    position: int
    customer: str
    product: str
    quantity: int
    priority: int
    hold_reason: str
    promised_at: datetime | None
    forecast_at: datetime | None
    released: bool
    earlier: str | None
    short: str | None

    def __str__(self) -> str:
        return f"Op {self.sequence} {self.name}"

    @property
    def start(self) -> datetime | None:
        """When it begins, or began."""
        return None if self.starts is None else moment_of(self.starts)

    @property
    def end(self) -> datetime | None:
        """When it is planned to be over."""
        return None if self.ends is None else moment_of(self.ends)

    @property
    def shown_status(self) -> str:
        """The word of its badge: a hold and a missing release cover what could be started."""
        if self.hold_reason:
            return "on hold"
        if self.status == Status.READY and not self.released:
            return "not released"
        return self.status

    @property
    def may_start(self) -> bool:
        """Whether somebody may take it now."""
        return self.shown_status in {Status.READY, Status.PAUSED}

    @property
    def late(self) -> bool:
        """Whether its job is forecast behind its promise."""
        return bool(self.promised_at and self.forecast_at and self.forecast_at > self.promised_at)

    @property
    def why(self) -> str:
        """Why it stands where it stands, in a sentence without a full stop."""
        return _waits(self) or ". ".join(_urgency(self))


def _waits(turn: Turn) -> str:
    """What keeps it from being started; empty for what may be started."""
    if turn.hold_reason:
        return f"On hold: {turn.hold_reason}"
    if turn.status == Status.PENDING:
        return f"Waits for {turn.earlier}" if turn.earlier else "Waits for its work order"
    if turn.status == Status.BLOCKED:
        return f"Waits for {turn.short or 'material'}"
    return "Not released yet: the planner's rule lets it through later" if not turn.released else ""


def _urgency(turn: Turn) -> list[str]:
    """What gives it its turn."""
    found = ["It runs" if turn.status == Status.RUNNING else "Its turn by the plan"]
    if turn.pinned:
        found = ["Pinned here by a planner"]
    if turn.priority > 1:
        found.append("Rush order" if turn.priority > 3 else "Key customer")
    if turn.promised_at is None or turn.forecast_at is None:
        return found
    spare = (turn.promised_at - turn.forecast_at).total_seconds() / 60
    due = absolute(turn.promised_at, today=day_of(turn.promised_at))
    slack = f"{_length(spare)} to spare" if spare >= 0 else f"{_length(-spare)} late"
    return [*found, f"Promised {due}, {slack}"]


def _length(minutes: float) -> str:
    """Calendar days from a day on, hours and minutes below."""
    return f"{minutes / DAY:.0f} d" if minutes >= DAY else duration(minutes)


@dataclass(frozen=True)
class Bench:
    """A machine and its next operations."""

    machine: str
    centre: str
    centre_code: str
    turns: tuple[Turn, ...]

    @property
    def next(self) -> Turn | None:
        """What should be started next, None where nothing can."""
        return next((turn for turn in self.turns if turn.may_start), None)

    @property
    def waiting(self) -> Turn | None:
        """What comes first by the plan of what has not started, whether it can or not."""
        return next((turn for turn in self.turns if turn.status not in Operation.STARTED), None)

    @property
    def running(self) -> Turn | None:
        """What runs on it."""
        return next((turn for turn in self.turns if turn.status == Status.RUNNING), None)


def dispatch_list(now: datetime, centre: str = "", *, machine: str = "", days: int = 0) -> list[Bench]:
    """Every machine in service (of one work centre, by code) with the next NEXT operations, one statement.

    With `days` the operations that begin within so many days: the next ones of each machine, MOST of one and
    ALL together.
    """
    values: dict[str, Any] = {"open": OPEN, "now": now, "centre": centre, "machine": machine}
    values |= {"next": MOST if days else NEXT, "until": now + timedelta(days=days) if days else None}
    values |= {"zone": _zone(), "all": ALL, "least": 1 if days else NEXT}
    found: dict[str, tuple[str, str, list[Turn]]] = {}
    for code, name, centre_code, *rest in fetch(QUEUES, values):
        bench = found.setdefault(code, (name, centre_code, []))
        if rest[0] is not None:
            bench[2].append(Turn(*rest))
    return [
        Bench(code, name, centre_code, tuple(turns)) for code, (name, centre_code, turns) in found.items()
    ]


MOST: Final = 500
ALL: Final = 1000
"""So many operations of a machine, and of all of them, stand in a calendar file, which is asked for often."""


def unreleased(operation_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Which of these operations the rule keeps from the floor, and until when in words. One statement."""
    rows = fetch(UNRELEASED, {"ids": list(operation_ids), "open": OPEN, "now": now}) if operation_ids else []
    return {
        row_id: f"Not released yet: planned for {absolute(starts, today=day_of(now), clock=True)}"
        if starts
        else "Not released yet: it has no place in the plan"
        for row_id, starts in rows
    }


UNRELEASED: Final = f"""
    SELECT o.id, lower(o.during) FROM planning_operation AS o
    WHERE o.id = ANY(%(ids)s) AND {kept_back("o")}
"""


def dispatching() -> Dispatching:
    """The rule in force. One statement."""
    return Dispatching.objects.filter(id=1).first() or Dispatching()


def _zone() -> str:
    return timezone.get_current_timezone_name()


def wall_version(benches: Iterable[Bench]) -> str:
    """Differs whenever a wall would show something else."""
    shown = [
        (bench.machine, [(turn.id, turn.shown_status, turn.starts) for turn in bench.turns])
        for bench in benches
    ]
    return f"{crc32(repr(shown).encode()):x}"
