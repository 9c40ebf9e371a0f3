"""The search for remedies: jobs in danger, their causes, and the three best ways out, tried on the plan."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction

from kernel import clock
from kernel.bases import fetch
from kernel.errors import Refused
from orders.models import Company, OrderLine, WorkItem
from orders.services import close_work, send
from planning.models import Decision, PlanState, Remedy, Requirement, WorkCentre
from planning.selectors import Ledger, Resources, load_ledger, load_resources, minute_of, plan_state, why_jobs
from planning.selectors.changes import Names, check_changes, write_changes
from planning.selectors.decisions.endangered import Endangered, endangered
from planning.selectors.decisions.remedies import (
    Offer,
    Outcome,
    Subject,
    Trouble,
    helps,
    offers,
    outcome,
    told,
)
from planning.selectors.effects.effects import Difference, trials
from planning.selectors.why.why import Why
from planning.services.changing.decided import ASKED, asked_key

EXPLAINED: Final = 100
"""The causes of so many jobs are read by one search, the most urgent first."""

MOST: Final = 1000
"""So many jobs in danger are noted."""

FRESH: Final = timedelta(hours=1)
"""Remedies of a job whose facts did not change are looked for again after that time."""

LEAST_PAUSE: Final = timedelta(seconds=10)
SHARE: Final = 4
"""After a search of t seconds the next one waits SHARE * t."""

UNDER_WAY: Final = timedelta(seconds=60)
AGAIN: Final = timedelta(minutes=15)
"""Also without another plan: time passes, and orders change."""

OFFERED: Final = 3
COLUMNS: Final = (
    *("urgency", "late", "slack_minutes", "cause", "words", "chain", "centre", "seen", "looked_at"),
)
SEARCH_LOCK: Final = 0x4D544F03


@dataclass(frozen=True)
class Searched:
    """What a search did: jobs in danger, jobs whose remedies were looked for, and jobs left for the next."""

    jobs: int
    looked: int
    left: int


@contextmanager
def only_searcher() -> Iterator[bool]:
    """Whether nobody else looks for remedies at this moment; nobody waits for it."""
    ((alone,),) = fetch("SELECT pg_try_advisory_lock(%s)", [SEARCH_LOCK])
    try:
        yield bool(alone)
    finally:
        if alone:
            fetch("SELECT pg_advisory_unlock(%s)", [SEARCH_LOCK])


def find_remedies(*, now: datetime | None = None) -> Searched | None:
    """Note the jobs in danger with their causes, and look for the remedies of those whose facts are new.

    The most urgent first, for MTO_DECIDING_SECONDS of CPU time (one job at least): what is left is looked for
    by the next search. None where another one is under way.
    """
    with only_searcher() as alone:
        if not alone:
            return None
        PlanState.objects.get_or_create(id=1)
        _, plan = plan_state()
        now, clocked = now or clock.now(), time.monotonic()
        resources = load_resources(now)
        danger = endangered(now, resources, plan)
        waiting, later = _note(danger, resources, now)
        looked = _look(waiting, now)
        _close_questions(now)
        pause = max(LEAST_PAUSE, SHARE * timedelta(seconds=time.monotonic() - clocked))
        PlanState.objects.filter(id=1).update(
            decided_version=plan.version,
            decided_change=plan.change,
            decided_at=now,
            decide_at=now + pause,
            undecided=len(waiting) + later - looked,
        )
    return Searched(len(danger.rows), looked, len(waiting) + later - looked)


def sweep_decisions(*, now: datetime | None = None) -> int:
    """Start a search for another plan, for jobs that are left, or after AGAIN; 1 where one started."""
    now = now or clock.now()
    state, plan = plan_state()
    if state is None:
        return 0
    same = (state.decided_version, state.decided_change) == tuple(plan)
    recent = state.decided_at is not None and state.decided_at > now - AGAIN
    if same and recent and not state.undecided:
        return 0
    due = PlanState.objects.filter(id=1).exclude(decide_at__gt=now)
    if not due.update(decide_at=now + UNDER_WAY):
        return 0
    if not send("planning.decide"):
        find_remedies(now=now)
    return 1


def _note(danger: Endangered, resources: Resources, now: datetime) -> tuple[list[int], int]:
    """Write the decisions; whose remedies are to be looked for, most urgent first, and how many are left.

    What is known of a job whose facts are the same stays; of the others causes are read, EXPLAINED at once.
    """
    lines = danger.rows["line"][:MOST].tolist()
    holds = OrderLine.objects.filter(id__in=lines).exclude(hold_reason="")
    held = dict(holds.values_list("id", "hold_reason"))
    known = {each.line_id: each for each in Decision.objects.filter(line__in=lines)}
    made = [_decision(danger, at, held.get(line, "")) for at, line in enumerate(lines)]
    fresh = [each for each in made if _is_new(each, known.get(each.line_id), now)]
    reasons = why_jobs([each.line_id for each in fresh[:EXPLAINED]], now, resources)
    for each in fresh[:EXPLAINED]:
        _explain(each, reasons.get(each.line_id), held.get(each.line_id, ""), resources)
    for each in fresh[EXPLAINED:]:
        each.seen = ""
    with transaction.atomic():
        Decision.objects.exclude(line__in=lines).delete()
        Remedy.objects.offered().exclude(line__in=lines).delete()
        Decision.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["line"], update_fields=COLUMNS, batch_size=MOST
        )
    waiting = [each.line_id for each in made if each.seen and each.looked_at is None]
    return waiting, len(fresh[EXPLAINED:])


def _decision(danger: Endangered, at: int, held: str) -> Decision:
    """The row of a job without its cause; `seen` stands for what cause and remedies depend on."""
    row = danger.rows[at]
    facts = [int(row["promised"]), int(row["forecast"]), int(row["weight"]), held]
    return Decision(
        line_id=int(row["line"]),
        urgency=at,
        late=at < danger.late,
        slack_minutes=int(danger.slack[at]),
        seen=hashlib.sha256(repr(facts).encode()).hexdigest(),
    )


def _is_new(made: Decision, before: Decision | None, now: datetime) -> bool:
    """Whether the job is to be looked at again; else the row gets what is known."""
    if before is None or before.seen != made.seen:
        return True
    if before.looked_at is not None and before.looked_at < now - FRESH:
        return True
    for name in ("cause", "words", "chain", "centre_id", "looked_at"):
        setattr(made, name, getattr(before, name))
    return False


def _explain(made: Decision, why: Why | None, held: str, resources: Resources) -> None:
    """Write down what counts most of its way."""
    if held:
        made.cause, made.words = "hold", f"On hold: {held}"
    elif why is None:
        made.cause, made.words = "stage", "All operations are done"
    elif why.nowhere:
        made.cause, made.words = "plan", why.nowhere
    else:
        most = why.binding
        made.cause, made.words = most.kind, f"{most.words}: {most.length}"[:300]
        longest = sorted(why.main, key=lambda each: -each.minutes)[:OFFERED]
        made.chain = [
            {"kind": each.kind, "words": each.words, "length": each.length, "url": each.url}
            for each in why.main
            if each in longest
        ]
        made.centre_id = _centre(most.machine, resources)


def _centre(machine: str, resources: Resources) -> int | None:
    """The work centre of the machine with this code."""
    if machine not in resources.machine_codes:
        return None
    return resources.machines[resources.machine_codes.index(machine)].centre


def _look(waiting: Sequence[int], now: datetime) -> int:
    """Look for remedies in this order until the time is over; how many jobs that were."""
    if not waiting:
        return 0
    book, rates = load_ledger(now), dict(WorkCentre.objects.values_list("id", "hourly_rate"))
    currency = Company.objects.values_list("currency", flat=True).first() or "EUR"
    jobs = OrderLine.objects.filter(id__in=waiting).in_bulk()
    looked, began = 0, time.process_time()
    for line_id in waiting:
        if looked and time.process_time() - began > settings.MTO_DECIDING_SECONDS:
            break
        if line_id in jobs:
            _store(jobs[line_id], _best(book, jobs[line_id], rates, currency), now)
        looked += 1
    return looked


@dataclass(frozen=True)
class _Tried:
    """A candidate that helps, with what it does to every job."""

    offer: Offer
    outcome: Outcome
    effect: Difference


def _best(book: Ledger, line: OrderLine, rates: Mapping[int, Decimal], currency: str) -> list[Remedy]:
    """The OFFERED best remedies, one of each kind."""
    forecast, promised = line.forecast_at, line.promised_at
    if forecast is None or promised is None or line.held:
        return []
    need = minute_of(forecast) - minute_of(promised) + settings.MTO_RISK_MINUTES
    trouble = Trouble(book, Subject(line.pk, line.order_id, line.priority), max(1, need), rates)
    tried = [each for offer in offers(trouble) if (each := _tried(book, line, offer)) is not None]
    found: list[Remedy] = []
    for each in sorted(tried, key=lambda each: -each.outcome.worth):
        if len(found) < OFFERED and each.offer.kind not in {other.kind for other in found}:
            with suppress(Refused):
                found.append(_remedy(book, line, each, len(found) + 1, currency))
    return found


def _tried(book: Ledger, line: OrderLine, offer: Offer) -> _Tried | None:
    """The candidate with its outcome, None where it does not help or cannot be done.

    Room is tried for this job alone; overtime also for everybody, as the better of both.
    """
    ways = (True, False) if offer.kind == Remedy.Kind.OVERTIME else (True,)
    try:
        effects = trials(offer.changes, book, line.pk, ways)
    except Refused:
        return None
    found = [_Tried(offer, outcome(effect, offer, line), effect) for effect in effects]
    good = [each for each in found if helps(each.effect, each.outcome)]
    return max(good, key=lambda each: each.outcome.worth, default=None)


def _remedy(book: Ledger, line: OrderLine, tried: _Tried, place: int, currency: str) -> Remedy:
    """The remedy as it is offered, with its effect in words. Refused where it cannot be made."""
    offer = tried.offer
    check_changes(offer.changes, Names(offer.changes), book.now)
    return Remedy(
        line=line,
        kind=offer.kind,
        place=place,
        words=offer.words[:300],
        changes=write_changes(offer.changes),
        effect=told(tried.effect.told()),
        promised_at=line.promised_at,
        before=line.forecast_at or book.now,
        after=tried.outcome.after,
        saved_minutes=tried.outcome.saved,
        cost=offer.cost,
        currency=currency,
        worth=tried.outcome.worth,
        found_at=book.now,
    )


@transaction.atomic
def _store(line: OrderLine, remedies: Sequence[Remedy], now: datetime) -> None:
    """Put them in place of those that were offered; one that somebody takes at this moment stays taken."""
    Remedy.objects.offered().filter(line=line).delete()
    Remedy.objects.bulk_create(remedies)
    Decision.objects.filter(line=line).update(looked_at=now)


def _close_questions(now: datetime) -> None:
    """Take off the buyer's list what came, or is expected in time by now."""
    asked = WorkItem.objects.waiting().filter(key__startswith=ASKED)
    wanted = asked.exclude(due_at=None).values_list("key", "due_at")
    numbers = {int(key.removeprefix(ASKED)): due or now for key, due in wanted}
    needs = Requirement.objects.filter(id__in=numbers).values_list(
        "id", "expected_at", "available", "quantity"
    )
    over = [
        asked_key(number)
        for number, expected, available, quantity in needs
        if available >= quantity or (expected is not None and expected <= numbers[number])
    ]
    close_work(keys=over, now=now)
