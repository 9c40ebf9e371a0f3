"""Promises that are held: their time on the machines is taken until the quotation is accepted or over."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.formats import absolute, day_of
from orders.models import Order, OrderLine, User
from orders.services import lock_order
from orders.services import promise as promise_line
from planning import engine
from planning.engine.promise import promise
from planning.engine.promise_answer import Answer, Way
from planning.models import HeldSlot, Hold
from planning.selectors import minute_of, moment_of
from planning.selectors.order_book.problem import running_until
from planning.selectors.promises.promise_panel import (
    LinePromise,
    Panel,
    offer_by,
    promise_panel,
    standing_holds,
)
from planning.selectors.promises.promises import (
    Kept,
    fingerprint,
    jobs_of_lines,
    kept_book,
    promise_day,
)
from planning.services.plans.requests import request_repair
from planning.services.promises.holding import end_holds

logger = logging.getLogger(__name__)

TRIES: Final = 3
USUAL_DAYS: Final = 30
SWEPT_AT_ONCE: Final = 200
NO_DATE: Final = "No date can be held"


def hold_promise(*, order: Order, way: str, by: User | None, now: datetime | None = None) -> list[Hold]:
    """Hold the dates of every line of a quotation in this way (gap, slack, displace) until it expires.

    The dates are computed anew from the plan in force; two who want the same time at once get different
    times. Lines that are held already keep their date. Nobody waits for the planner. Conflict where the
    order is confirmed or over, or others were faster three times; Refused with what is missing.
    """
    now = now or clock.now()
    if way not in [str(each) for each in Way]:
        raise Refused(f"There is no way “{way[:20]}”.", field="way", remedy="Choose one of those shown.")
    for _ in range(TRIES):
        # Loading takes its time: not while the order is locked.
        kept_book(now, fresh=True)
        try:
            with transaction.atomic():
                return _hold(order, Way(way), by, now)
        except IntegrityError as error:
            logger.info("a gap was taken by another promise: %s", error)
    raise Conflict("Others held these times first.", remedy="Reload and choose again.")


def _hold(order: Order, way: Way, by: User | None, now: datetime) -> list[Hold]:
    order = lock_order(order, None)
    if order.state not in ("draft", "quoted"):
        raise Conflict(
            f"{order} is {order.state_info.label.lower()}: its dates are no offer any more.",
            remedy="Open the order and promise a new date there.",
        )
    lines = list(order.lines.all())
    stale = (
        Hold.objects.active()
        .filter(line__in=lines)
        .exclude(id__in=[hold.pk for hold in standing_holds(lines).values()])
    )
    end_holds(stale.values_list("id", flat=True), "The line was changed", now)
    panel = promise_panel(order, now)
    for line in panel.lines:
        if line.missing:
            raise Refused(f"{NO_DATE} for {line.line}: {line.missing}", field="way")
    wanted = [line for line in panel.lines if not line.hold]
    return [_keep(panel, line, way, by, now) for line in wanted]


def _keep(panel: Panel, line: LinePromise, way: Way, by: User | None, now: datetime) -> Hold:
    order, offer = panel.order, offer_by(line, way)
    hold = Hold.objects.create(
        line=line.line,
        way=offer.way,
        finish=moment_of(offer.answer.finish),
        promised_at=offer.day,
        fingerprint=fingerprint(line.line),
        displaced=[[each.reference, each.days] for each in offer.displaced],
        by=str(by or ""),
        held_at=now,
        expires_at=_expiry(order, now),
    )
    _take(hold, line.steps, offer.answer, panel.kept)
    held_until = absolute(hold.expires_at, today=day_of(now))
    promise_line(lines=[line.line], at=offer.day, reason=f"Held until {held_until}", by=by, now=now)
    if offer.answer.shifts:
        request_repair(reason=f"{order.quotation_number} is held and others give way", now=now)
    return hold


def _expiry(order: Order, now: datetime) -> datetime:
    """The end of the day until which the quotation holds; as usual where it is not sent yet."""
    day = order.valid_until or timezone.localdate(now) + timedelta(days=USUAL_DAYS)
    return datetime.combine(day, time.max, timezone.get_default_timezone())


def _take(hold: Hold, steps: Sequence[Mapping[str, Any]], answer: Answer, kept: Kept) -> None:
    """Write the held time; raises IntegrityError where another hold stands there."""
    ids = kept.book.resources.machine_ids
    HeldSlot.objects.bulk_create(
        HeldSlot(
            hold=hold,
            sequence=step["sequence"],
            name=step["name"][:120],
            machine_id=ids[slot.machine],
            during=DateTimeTZRange(moment_of(slot.start), moment_of(max(slot.end, slot.start + 1))),
            shared=step["process_id"] in kept.book.resources.shared,
        )
        for step, slot in zip(steps, answer.slots, strict=True)
    )


def release_holds(*, order: Order, reason: str, now: datetime | None = None) -> int:
    """Give the held time of a quotation free; how many holds were released."""
    holds = Hold.objects.active().filter(line__order=order)
    return end_holds(holds.values_list("id", flat=True), reason, now or clock.now())


def sweep_holds(*, now: datetime | None = None) -> int:
    """Release what expired or whose line was declined, cancelled or changed; for the sweeper."""
    now = now or clock.now()
    over = Q(line__state__in=["expired", "declined", "cancelled"])
    due = Hold.objects.active().filter(over | Q(line__state="draft", expires_at__lt=now)).order_by("id")
    found = list(due.values_list("id", flat=True)[:SWEPT_AT_ONCE])
    return end_holds(found, "The quotation is over", now) if found else 0


def keep_promises(
    *,
    order: Order,
    lines: Sequence[OrderLine],
    promised: datetime | date | None = None,
    now: datetime | None = None,
) -> dict[int, datetime]:
    """Which date each line that is held gets when its quotation is accepted, by line id.

    Before anything is stored: a hold whose time has begun, that was for something else, or that machines,
    hours, material or running work do not leave its time any more is computed anew. The old date stands where
    it can still be kept; otherwise Conflict with the new one, unless `promised` (what the seller confirms) is
    no earlier. For the confirmation; it holds the order's lock.
    """
    now = now or clock.now()
    found = {}
    holds = list(Hold.objects.active().filter(line__in=lines).prefetch_related("slots").order_by("id"))
    kept = kept_book(now) if holds else None
    for hold in holds:
        line = next(each for each in lines if each.pk == hold.line_id)
        found[line.pk] = hold.promised_at
        if kept is None or not _stands(hold, line, order, kept, now):
            found[line.pk] = _again(hold, line, order, promised, now)
    return found


def _stands(hold: Hold, line: OrderLine, order: Order, kept: Kept, now: datetime) -> bool:
    """Whether it is for this job still, and all of it can be done where it stands."""
    slots = list(hold.slots.all())
    begins = min((slot.during.lower for slot in slots if slot.during.lower), default=hold.finish)
    if hold.fingerprint != fingerprint(line) or begins < now:
        return False
    [asked] = jobs_of_lines(order, [line], kept)
    pairs = zip(slots, asked.job.operations, strict=False)
    all_there = not asked.missing and len(slots) == len(asked.job.operations)
    return all_there and all(_fits(slot, operation, kept) for slot, operation in pairs)


def _fits(slot: HeldSlot, operation: engine.Operation, kept: Kept) -> bool:
    """Whether machine, hours, material and what runs there by now leave the operation its held time."""
    resources, problem = kept.book.resources, kept.book.problem
    machine = resources.index.get(slot.machine_id, -1)
    start, end = minute_of(slot.during.lower), minute_of(slot.during.upper)
    if machine not in operation.machines or start < operation.release:
        return False
    running = problem.operations[problem.operations["fixing"] == engine.Fixing.STARTED]
    if any(
        running_until(each, resources, problem.now) > start for each in running[running["machine"] == machine]
    ):
        return False
    return (
        operation.unattended
        or engine.work_between(resources.windows_of(slot.machine_id), start, end) >= operation.run
    )


def _again(
    hold: Hold, line: OrderLine, order: Order, promised: datetime | date | None, now: datetime
) -> datetime:
    """The date of a hold that does not stand any more, with new times; Conflict where it moved."""
    HeldSlot.objects.filter(hold=hold).delete()
    kept = kept_book(now, fresh=True)
    [asked] = jobs_of_lines(order, [line], kept)
    [answers] = promise(kept.promises, [asked.job], ways=(Way.GAP, Way.SLACK))
    missing = asked.missing or answers.missing
    if missing:
        raise Conflict(f"The date held for {line} cannot be kept: {missing}", remedy="Ask the planner.")
    best = answers.answers[-1]
    day = promise_day(best.finish, kept.book.resources)
    confirmed = timezone.localdate(promised) if isinstance(promised, datetime) else promised
    if day > hold.promised_at and (confirmed is None or confirmed < timezone.localdate(day)):
        held, new = (absolute(each, today=day_of(now)) for each in (hold.promised_at, day))
        raise Conflict(
            f"The date held for {line}, {held}, cannot be kept any more: the plan has moved on. "
            f"The earliest date is now {new}.",
            remedy=f"Confirm {new} as the promised date, or send a new revision.",
        )
    _take(hold, asked.steps, best, kept)
    Hold.objects.filter(pk=hold.pk).update(finish=moment_of(best.finish), fingerprint=fingerprint(line))
    return max(hold.promised_at, day)
