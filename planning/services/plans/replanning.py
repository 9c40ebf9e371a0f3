"""A new plan for the whole shop: load, think without any lock, store what is still true. And repairs."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from kernel import clock
from kernel.bases import fetch
from kernel.jit import Table
from orders.models import OrderLine, User
from orders.services import advance_all, lock_jobs, send
from planning import engine
from planning.models import Operation, PlanRequest, PlanState, PlanVersion
from planning.selectors import Ledger, load_ledger, packed
from planning.selectors.changes import Change
from planning.services.plans.plan import lock_plan
from planning.services.plans.requests import request_replan
from planning.services.plans.storing import Stored, store_plan, tell_orders
from planning.services.plans.telling import tell_customers
from planning.services.plans.thinking import caught_up, think

LEAST_PAUSE: Final = timedelta(seconds=1)
SHARE: Final = 10
"""After a replan that took t seconds the next one waits SHARE * t, so that others get the machine."""

REPAIR_SHARE: Final = 4
"""The same for repairs; what cannot wait for the sweeper is repaired without that pause."""

UNDER_WAY: Final = timedelta(seconds=30)
"""A replan that was sent and has not reported by then is sent again."""

LOOK_AGAIN: Final = timedelta(minutes=1)
NOT_STARTED: Final = (Operation.Status.PENDING, Operation.Status.BLOCKED, Operation.Status.READY)
IMPROVER_LOCK: Final = 0x4D544F02
MISSED: Final = "Operations were not started in time"
BETTER: Final = "A better plan was looked for"


Planner = Callable[[Ledger], engine.Plan]


@dataclass(frozen=True)
class Replanned:
    """What a replan or repair did: rows written and given up, operations moved, milliseconds per step."""

    written: int
    given_up: int
    moved: int
    operations: int
    load_ms: int
    think_ms: int
    store_ms: int


@contextmanager
def only_improver() -> Iterator[bool]:
    """Whether nobody else makes a whole plan at this moment; nobody waits for it."""
    ((alone,),) = fetch("SELECT pg_try_advisory_lock(%s)", [IMPROVER_LOCK])
    try:
        yield bool(alone)
    finally:
        if alone:
            fetch("SELECT pg_advisory_unlock(%s)", [IMPROVER_LOCK])


def replan(*, reason: str = "", now: datetime | None = None) -> Replanned | None:
    """Plan all open operations anew; None where another such plan is being made.

    The new plan comes in force where it is less late by more than it moves (engine.price); otherwise the one
    in force stays, repaired where needed. Running operations stay on their machines; one past its time is
    reckoned to end soon. Was the plan in force repaired while this thought, it is made possible again first,
    so that no improvement is in vain however often something happens. What was started, finished, cancelled
    or planned meanwhile is left alone; what would overlap with it loses its slot and is planned by the next
    replan, which is asked for.
    """
    with only_improver() as alone:
        if not alone:
            return None
        now, began = now or clock.now(), time.monotonic()
        state, _ = PlanState.objects.get_or_create(id=1)
        requests = list(PlanRequest.objects.values_list("id", flat=True))
        book = load_ledger(now)
        loaded = time.monotonic()
        thought = think(book, seed=state.version + 1)
        plan, thinking = thought.plan, time.monotonic()
        with transaction.atomic():
            lock_plan()
            if PlanState.objects.get(id=1).version != state.version:
                book, plan = _caught_up(book, plan, now + timedelta(seconds=time.monotonic() - began))
            stored = store_plan(book=book, plan=plan)
            asked = PlanRequest.objects.filter(id__in=requests)
            reason = _noted(book, plan, stored, asked, reason or _asked_for(asked, BETTER), began)
            asked.delete()
            pause = max(LEAST_PAUSE, SHARE * timedelta(seconds=time.monotonic() - began))
            _count_up(book, plan, reason, began, next_at=now + pause, settled=not thought.more)
    return _told(book, plan, stored, reason, (began, loaded, thinking))


def repair_plan(*, reason: str = "", now: datetime | None = None) -> Replanned | None:
    """Make the plan in force possible again after what happened, moving little; None with nothing to do.

    Under the planners' lock from load to store, so that it is never in vain: well under a second for ten
    thousand jobs. What was asked for stays noted for the next replan, which may find a better plan.
    """
    with transaction.atomic():
        lock_plan()
        found = repair_stored(reason=reason, now=now)
    return tell_repair(found)


@dataclass(frozen=True, eq=False)
class Repair:
    """A repair that is stored, and what is to be told of it after the transaction."""

    book: Ledger
    plan: engine.Plan
    stored: Stored
    reason: str
    moments: tuple[float, float, float]


def repair_stored(
    *,
    reason: str = "",
    moves: Sequence[Change] = (),
    by: User | None = None,
    now: datetime | None = None,
    planner: Planner | None = None,
) -> Repair | None:
    """Repair the plan in force and store it; None with nothing to do. The caller holds PLAN_LOCK.

    With `moves` (changes of places) everybody else keeps turn and machine and moves right where they must:
    what `effect_of` told. With a `planner` the plan is what that makes of the order book.
    """
    now, began = now or clock.now(), time.monotonic()
    asked = PlanRequest.objects.filter(repaired=False)
    requests = list(asked.values_list("id", "line_id"))
    book = load_ledger(now, moves)
    if not len(book.rows):
        asked.update(repaired=True)
        return None
    loaded = time.monotonic()
    about = np.isin(book.rows["line"], [line for _, line in requests if line is not None])
    repair = engine.pushed_plan if moves else partial(engine.repair, about=about)
    plan = planner(book) if planner else repair(book.problem, book.standing)
    thought = time.monotonic()
    PlanState.objects.get_or_create(id=1)
    stored = store_plan(book=book, plan=plan)
    asked = PlanRequest.objects.filter(id__in=[each for each, _ in requests])
    kind = PlanVersion.Kind.EDITED if moves or planner else PlanVersion.Kind.REPAIRED
    reason = reason or _asked_for(asked, MISSED)
    reason = _noted(book, plan, stored, asked, reason, began, kind=kind, by=by)
    if stored.written and not requests:
        request_replan(reason=reason, repaired=True, now=now)
    asked.update(repaired=True)
    pause = REPAIR_SHARE * timedelta(seconds=time.monotonic() - began)
    _count_up(book, plan, reason, began, repair_at=now + pause)
    return Repair(book, plan, stored, reason, (began, loaded, thought))


def tell_repair(repair: Repair | None) -> Replanned | None:
    """Write what orders and customers must know of it. Outside the transaction that stored it."""
    if repair is None:
        return None
    return _told(repair.book, repair.plan, repair.stored, repair.reason, repair.moments)


def sweep_plan(*, now: datetime | None = None) -> int:
    """Start the repair or replan that was asked for, or that missed slots call for; 1 where one started.

    First the plan is made possible, then better; a replan not before PlanState.next_at. Replans go on until
    the last one found nothing better, and again after the next event. Where the broker is away it is done
    here.
    """
    now = now or clock.now()
    if PlanRequest.objects.filter(repaired=False).exists() or _missed_slots(now):
        return _start("planning.repair", "repair_at", repair_plan, now)
    if PlanRequest.objects.exists() or PlanState.objects.filter(id=1, settled=False).exists():
        return _start("planning.replan", "next_at", replan, now)
    return 0


def replan_soon(*, reason: str, now: datetime | None = None) -> None:
    """Ask for a replan without the usual pause."""
    now = now or clock.now()
    request_replan(reason=reason, now=now)
    PlanState.objects.filter(id=1).update(next_at=now)


def _caught_up(planned: Ledger, plan: engine.Plan | None, now: datetime) -> tuple[Ledger, engine.Plan | None]:
    """The order book as it is by now, and the plan made possible in it. The caller holds PLAN_LOCK."""
    book = load_ledger(now)
    return book, caught_up(book, planned, plan) if plan is not None and len(book.rows) else None


def _start(task: str, due_field: str, do: Callable[..., object], now: datetime) -> int:
    """Send one planner off, unless its pause is not over; what was sent and is not heard of is sent again."""
    PlanState.objects.get_or_create(id=1)
    due = PlanState.objects.filter(id=1).exclude(**{f"{due_field}__gt": now})
    if not due.update(**{due_field: now + UNDER_WAY}):
        return 0
    if not send(task):
        do(now=now)
    return 1


def _missed_slots(now: datetime) -> bool:
    """True where operations that have not started should be over; looked up once a minute only."""
    fresh = PlanState.objects.filter(id=1, computed_at__gt=now - LOOK_AGAIN).exists()
    missed = Operation.objects.filter(status__in=NOT_STARTED, during__fully_lt=(now, now + LOOK_AGAIN))
    return not fresh and missed.exists()


def _asked_for(asked: QuerySet[PlanRequest], otherwise: str) -> str:
    """Why a plan is made: the first reason asked for, and how many more."""
    found = list(asked.values_list("reason", flat=True))
    more = len(found) - 1
    return found[0] + (f", and {more} more" if more else "") if found else otherwise


def _noted(
    book: Ledger,
    plan: engine.Plan | None,
    stored: Stored,
    asked: QuerySet[PlanRequest],
    reason: str,
    began: float,
    kind: PlanVersion.Kind = PlanVersion.Kind.REPLANNED,
    by: User | None = None,
) -> str:
    """Write the version where something was stored; the reason again."""
    if stored.written:
        late = _late(plan)
        PlanVersion.objects.create(
            kind=kind,
            reason=reason[:200],
            by_id=by.id if by else next(iter(asked.exclude(by=None).values_list("by", flat=True)[:1]), None),
            at=book.now,
            took_ms=round(1000 * (time.monotonic() - began)),
            operations=len(book.rows),
            moved=stored.moved,
            moves=packed(stored.moves),
            unplaced=len(plan.unplaced) if plan is not None else 0,
            late_jobs=int((late > 0).sum()),
            tardiness_minutes=int(late.sum()),
        )
    return reason


def _late(plan: engine.Plan | None) -> Table:
    return plan.late() if plan is not None else np.zeros(0, np.int64)


def _count_up(
    book: Ledger, plan: engine.Plan | None, reason: str, began: float, **more: datetime | bool
) -> None:
    """Say which plan is in force, how good it is, when the next one may come and whether it may be better."""
    late = _late(plan)
    state = PlanState.objects.get(id=1)
    PlanState.objects.filter(id=1).update(
        version=state.version + 1,
        computed_at=book.now,
        took_ms=round(1000 * (time.monotonic() - began)),
        operations=len(book.rows),
        late_jobs=int((late > 0).sum()),
        tardiness_minutes=int(late.sum()),
        reason=reason[:200],
        **more,
    )


def _told(
    book: Ledger,
    plan: engine.Plan | None,
    stored: Stored,
    reason: str,
    moments: tuple[float, float, float],
) -> Replanned:
    """Tell the orders of the plan that is stored; what was done and how long it took."""
    if plan is not None:
        became_late = tell_orders(book=book, plan=plan, reason=reason)
        tell_customers(line_ids=became_late, now=book.now)
        _let_go(book.now)
    edges = (*moments, time.monotonic())
    spans = (round(1000 * (last - first)) for first, last in pairwise(edges))
    return Replanned(stored.written, stored.given_up, stored.moved, len(book.rows), *spans)


def _let_go(now: datetime) -> None:
    """Jobs that waited in planning for a place and have one now go on."""
    waiting = OrderLine.objects.filter(state="planning", held_at=None)
    nowhere = Operation.objects.open().filter(line=OuterRef("pk"), machine=None)
    placed = waiting.filter(Exists(Operation.objects.open().filter(line=OuterRef("pk"))), ~Exists(nowhere))
    ids = list(placed.values_list("id", flat=True))
    if not ids:
        return
    with transaction.atomic():
        locked = lock_jobs(ids)
        free = [line for line in locked.values() if line.state == "planning" and not line.held]
        keys = {line.id: f"planned:{line.id}:{line.moves_made}" for line in free}
        advance_all(keys=keys, event="planned", locked=locked, now=now)
