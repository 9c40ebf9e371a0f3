"""Overtime on the machines that bind a job: evenings or Saturdays, as little as it needs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from kernel.formats import duration
from planning import engine
from planning.engine import Cause
from planning.engine.calendars import Windows
from planning.models import Remedy
from planning.selectors.changes import Overtime, words_of
from planning.selectors.decisions.remedies.trouble import Offer, Trouble
from planning.selectors.moments import minute_of

DAY: Final = 1440
MACHINES: Final = 2
EVENING: Final = 120
"""The most minutes a day is made longer."""

SATURDAY: Final = 480
EVENINGS, SATURDAYS = 5, 2
"""So many of them at most."""

STEP: Final = 30
"""Overtime is agreed in half hours."""

Span = tuple[int, int]


def overtime(trouble: Trouble) -> Iterator[Offer]:
    """Evenings, and Saturdays, of the machines on which the job works and waits most."""
    spent = trouble.minutes(Cause.QUEUE, Cause.CLOSED, Cause.GAP, Cause.WORK, Cause.SETUP)
    by_machine: dict[int, int] = {}
    for operation, minutes in spent.items():
        machine = trouble.machine(operation)
        if machine >= 0 and trouble.alone(machine):
            by_machine[machine] = by_machine.get(machine, 0) + minutes
    for machine in sorted(by_machine, key=lambda each: -by_machine[each])[:MACHINES]:
        reach, wanted = _reach(trouble, machine), _wanted(trouble, machine)
        for spans in (_evenings(trouble, machine, reach), _saturdays(trouble, machine, reach)):
            chosen = _as_little(spans, wanted)
            if chosen:
                yield _offer(trouble, machine, chosen)


def _reach(trouble: Trouble, machine: int) -> Span:
    """When overtime helps: from when the job is ready for the machine until it is done there.

    From now on where others stand before it.
    """
    mine = [each.operation for each in trouble.links if trouble.machine(each.operation) == machine]
    queued = any(trouble.machine(each) == machine for each in trouble.minutes(Cause.QUEUE))
    since = trouble.book.problem.now if queued else min(trouble.ready(each) for each in mine)
    return since, max(int(trouble.slots["end"][each]) for each in mine)


def _wanted(trouble: Trouble, machine: int) -> int:
    """The working minutes of the machine that must be gained for the job to end by so much sooner."""
    windows = trouble.windows(machine)
    worked = int(engine.work_between(windows, trouble.finish - trouble.need, trouble.finish))
    return max(STEP, -(-worked // STEP) * STEP)


def _as_little(spans: list[Span], wanted: int) -> list[Span]:
    """The first of the spans that add up to what is wanted, the last one cut short."""
    chosen: list[Span] = []
    for first, last in spans:
        if wanted <= 0:
            break
        chosen.append((first, min(last, first + wanted)))
        wanted -= last - first
    return chosen


def _evenings(trouble: Trouble, machine: int, reach: Span) -> list[Span]:
    """The evenings within reach: EVENING minutes behind the last working time of a day."""
    windows, (since, until) = trouble.windows(machine), reach
    found: list[Span] = []
    for midnight in _days(trouble.book.now, until):
        mine = _on(windows, midnight)
        if not len(mine) or midnight.weekday() >= 5:
            continue
        first = max(int(mine["end"].max()), trouble.book.problem.now)
        last = int(mine["end"].max()) + EVENING
        if last <= since:
            continue
        taken = ((windows["start"] < last) & (windows["end"] > first)).any()
        if last - first >= STEP and first < until and not taken:
            found.append((first, last))
    return found[:EVENINGS]


def _saturdays(trouble: Trouble, machine: int, reach: Span) -> list[Span]:
    """The Saturdays within reach on which the machine is closed, from when its Friday begins."""
    windows, (since, until) = trouble.windows(machine), reach
    found: list[Span] = []
    for midnight in _days(trouble.book.now, until):
        if midnight.weekday() != 5 or len(_on(windows, midnight)):
            continue
        friday = _on(windows, midnight - timedelta(days=1))
        if not len(friday):
            continue
        first = max(int(friday["start"].min()) + DAY, trouble.book.problem.now)
        last = min(int(friday["end"].max()) + DAY, first + SATURDAY)
        if last - first >= STEP and first < until and last > since:
            found.append((first, last))
    return found[:SATURDAYS]


def _days(now: datetime, until: int) -> Iterator[datetime]:
    """The midnights of the days from now until then, five weeks at most."""
    zone = timezone.get_default_timezone()
    midnight = timezone.localtime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(35):
        day = midnight + timedelta(days=number)
        if minute_of(day) > until:
            return
        yield day


def _on(windows: Windows, midnight: datetime) -> Windows:
    """The working time that begins on this day."""
    first = minute_of(midnight)
    found: Windows = windows[(windows["start"] >= first) & (windows["start"] < first + DAY)]
    return found


def _offer(trouble: Trouble, machine: int, spans: list[Span]) -> Offer:
    resources = trouble.book.resources
    changes = tuple(Overtime((resources.machine_ids[machine],), first, last) for first, last in spans)
    minutes = sum(last - first for first, last in spans)
    rate = trouble.rates.get(resources.machines[machine].centre, Decimal(0))
    words = words_of(changes)[0]
    if len(spans) > 1:
        words += f" and {len(spans) - 1} more, {duration(minutes)} in all"
    return Offer(Remedy.Kind.OVERTIME, words, changes, (rate * minutes / 60).quantize(Decimal("0.01")))
