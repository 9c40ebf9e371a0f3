"""The order book as a planning problem: every open operation, what it waits for, and where it stands now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Q

from planning import engine
from planning.engine import NEVER
from planning.models import HeldSlot, Operation, Requirement
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.operations import predecessors
from planning.selectors.resources import Resources, load_resources

LEAST_REMAINING: Final = 15
"""A running operation that is past its time is reckoned to need that many minutes more."""

UNPROMISED_DAYS: Final = 60
FAR_AWAY: Final = 10 * 365 * 1440
Status = Operation.Status


class OpenOperation(NamedTuple):
    """One open operation as it is stored, with the dates of its job."""

    id: int
    line_id: int
    loop: int
    sequence: int
    name: str
    process_id: int
    setup_minutes: int
    run_minutes: int
    setup_family: str
    unattended: bool
    status: str
    machine_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    worked_on_id: int | None = None
    running_since: datetime | None = None
    worked_minutes: int = 0
    unplanned_reason: str = ""
    promised_at: datetime | None = None
    forecast_at: datetime | None = None


class Held(NamedTuple):
    """Time of a machine that is kept for a promise."""

    hold_id: int
    line_id: int
    machine_id: int
    starts: datetime
    ends: datetime


class Short(NamedTuple):
    """A requirement that is not fully here."""

    id: int
    operation_id: int
    expected_at: datetime | None
    need_by: datetime | None


@dataclass(frozen=True, eq=False)
class Book:
    """`rows[i]` is operation i of `problem`, `line_ids[j]` its job j; behind them stands what is held."""

    problem: engine.Problem
    resources: Resources
    rows: Sequence[OpenOperation]
    line_ids: Sequence[int]
    short: Sequence[Short]
    held: Sequence[Held]
    now: datetime


COLUMNS: Final = (
    *("id", "line_id", "loop", "sequence", "name", "process_id", "setup_minutes", "run_minutes"),
    *("setup_family", "unattended", "status", "machine_id", "during__startswith", "during__endswith"),
    *("worked_on_id", "running_since", "worked_minutes", "unplanned_reason"),
    *("line__promised_at", "line__forecast_at"),
)


def load_book(now: datetime) -> Book:
    """All open operations, their short requirements and what is held. Four statements for any number."""
    resources = load_resources(now)
    rows = [OpenOperation(*row) for row in Operation.objects.open().order_by(*ORDER).values_list(*COLUMNS)]
    short = short_of(rows)
    held = held_slots(now)
    problem = problem_of(rows, short, resources, now, held)
    return Book(problem, resources, rows, list(dict.fromkeys(row.line_id for row in rows)), short, held, now)


def held_slots(now: datetime) -> list[Held]:
    """What promises keep of the machines from now on; nobody but their own jobs may stand there."""
    rows = HeldSlot.objects.filter(during__endswith__gt=now).order_by("id")
    columns = ("hold_id", "hold__line_id", "machine_id", "during__startswith", "during__endswith")
    return [Held(*row) for row in rows.values_list(*columns)]


ORDER: Final = ("line_id", "loop", "sequence")


def short_of(rows: Iterable[OpenOperation]) -> list[Short]:
    """The requirements of these operations that are not fully here."""
    waiting = Requirement.objects.short().filter(cancelled_at=None, operation__status__in=Operation.OPEN)
    known = {row.id for row in rows}
    found = waiting.order_by("id").values_list("id", "operation_id", "expected_at", "need_by")
    return [Short(*row) for row in found if row[1] in known]


def problem_of(
    rows: Sequence[OpenOperation],
    short: Iterable[Short],
    resources: Resources,
    now: datetime,
    held: Sequence[Held] = (),
) -> engine.Problem:
    """The engine's problem: running operations stay where they are, the others are free from now on.

    Rows are sorted by job, loop and sequence. Material that is not here bounds its operation by the date it
    is expected at; without a date nothing is assumed.
    """
    jobs = {line_id: list(of_line) for line_id, of_line in groupby(rows, key=lambda row: row.line_id)}
    before = predecessors([(row.line_id, row.loop, row.sequence) for row in rows])
    number = {line_id: at for at, line_id in enumerate(jobs)}
    families: dict[str, int] = {}
    expected: dict[int, int] = {}
    for each in short:
        expected[each.operation_id] = max(expected.get(each.operation_id, NEVER), minute_of(each.expected_at))
    clock = next_minute(now)
    return engine.assemble(
        now=clock,
        calendars=resources.calendars,
        machines=resources.machines,
        jobs=[
            *(engine.Job(due_of(of_line[0].promised_at, resources, clock)) for of_line in jobs.values()),
            *[engine.Job(clock + FAR_AWAY, weight=0)] * bool(held),
        ],
        operations=[
            *(
                _operation(row, number[row.line_id], before[at], expected, families, resources, clock)
                for at, row in enumerate(rows)
            ),
            *(_kept(each, len(jobs), resources, clock) for each in held),
        ],
    )


def _kept(slot: Held, job: int, resources: Resources, clock: int) -> engine.Operation:
    """What is held, as work that is pinned to its machine and its minutes."""
    start, machine = max(clock, minute_of(slot.starts)), resources.index[slot.machine_id]
    return engine.Operation(
        job=job,
        machines=(machine,),
        run=max(1, next_minute(slot.ends) - start),
        unattended=True,
        fixing=engine.Fixing.PINNED,
        machine=machine,
        start=start,
        name="What is held",
    )


def due_of(promised_at: datetime | None, resources: Resources, clock: int) -> int:
    """When the last operation must end for the promise to hold: the delivery takes working days."""
    if promised_at is None:
        return clock + UNPROMISED_DAYS * 1440
    return resources.days_later(minute_of(promised_at), -settings.MTO_DELIVERY_DAYS)


def _operation(
    row: OpenOperation,
    job: int,
    before: int,
    expected: dict[int, int],
    families: dict[str, int],
    resources: Resources,
    clock: int,
) -> engine.Operation:
    family = families.setdefault(row.setup_family, len(families)) if row.setup_family else -1
    here = resources.index.get(row.worked_on_id or 0, -1)
    started = row.status in Operation.STARTED and here >= 0
    running = started and row.status == Status.RUNNING
    return engine.Operation(
        job=job,
        machines=(here,) if started else resources.pools.get(row.process_id, ()),
        run=remaining_minutes(row, resources, clock) if started else max(1, row.run_minutes),
        setup=0 if started else row.setup_minutes,
        family=family,
        after=() if before < 0 or running else (before,),
        unattended=row.unattended,
        release=max(clock, expected.get(row.id, clock)),
        fixing=engine.Fixing.STARTED if running else engine.Fixing.FREE,
        machine=here if running else -1,
        start=clock if running else NEVER,
        name=f"Op {row.sequence} {row.name}",
    )


def remaining_minutes(row: OpenOperation, resources: Resources, clock: int) -> int:
    """What is left of a started operation: planned less worked minutes, at least LEAST_REMAINING."""
    worked = row.worked_minutes
    if row.status == Status.RUNNING and row.running_since is not None and row.worked_on_id is not None:
        since = minute_of(row.running_since)
        if row.unattended:
            worked += clock - since
        else:
            worked += int(engine.work_between(resources.windows_of(row.worked_on_id), since, clock))
    return max(LEAST_REMAINING, row.setup_minutes + row.run_minutes - worked)


def busy_machines(resources: Resources, now: datetime) -> list[engine.Busy]:
    """What plan and holds keep busy from now on, running operations included: spans that never overlap.

    Two statements.
    """
    clock = next_minute(now)
    taken = Operation.objects.open().filter(
        Q(during__endswith__gt=now) | Q(status=Status.RUNNING, worked_on__isnull=False)
    )
    spans: dict[int, list[tuple[int, int]]] = {}
    for row in (OpenOperation(*each) for each in taken.order_by("id").values_list(*COLUMNS)):
        if row.machine_id is not None and row.starts and row.ends:
            span = (minute_of(row.starts), next_minute(row.ends))
            spans.setdefault(resources.index[row.machine_id], []).append(span)
        if row.status == Status.RUNNING and row.worked_on_id is not None:
            end = _running_until(row, resources, clock)
            spans.setdefault(resources.index[row.worked_on_id], []).append((clock, end))
    for slot in held_slots(now):
        span = (max(clock, minute_of(slot.starts)), next_minute(slot.ends))
        spans.setdefault(resources.index[slot.machine_id], []).append(span)
    return [
        engine.Busy(machine, int(start), int(end))
        for machine, found in spans.items()
        for start, end, _ in engine.windows_of(found).tolist()
    ]


def _running_until(row: OpenOperation, resources: Resources, clock: int) -> int:
    left = remaining_minutes(row, resources, clock)
    if row.unattended or row.worked_on_id is None:
        return clock + left
    end = int(engine.add_work(resources.windows_of(row.worked_on_id), clock, left))
    return clock + left if end == NEVER else end
