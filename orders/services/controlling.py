"""Acts on running orders: hold, resume, cancel, promise anew, close."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.lifecycle import IN_WORK, LIFECYCLE
from orders.models import Move, Order, OrderLine, QuotationRevision, User
from orders.services.confirming import noon
from orders.services.desk import add_milestones, close_work, promise
from orders.services.headers import check_text
from orders.services.lifecycle import advance_all, lock_jobs
from orders.services.locking import act_on, lock_order
from orders.services.revisions import settle

LONGEST_REASON = 200
CONFIRMED = (*IN_WORK, "in_transit")


def hold_job(
    *, line: OrderLine, reason: str, by: User | None, key: str = "", now: datetime | None = None
) -> Move:
    """Stop one job: no stage works on it until it is resumed. See `hold_jobs`."""
    return hold_jobs(lines=[line], reason=reason, by=by, key=key, now=now)[0]


@transaction.atomic
def hold_jobs(
    *, lines: Collection[OrderLine], reason: str, by: User | None, key: str = "", now: datetime | None = None
) -> list[Move]:
    """Stop several jobs with one reason; all or none.

    `key` makes a repeat harmless. Conflict where a job is on hold already, IllegalMove where it is not in
    work, Refused without a reason.
    """
    now = now or clock.now()
    check_text(reason, LONGEST_REASON, "reason")
    locked = lock_jobs([line.pk for line in lines])
    done = _moves_before(locked, "hold", key)
    for line in locked.values():
        if line.held and line.id not in done:
            raise Conflict(
                f"{line.order} line {line.position} is on hold already: {line.hold_reason}.",
                remedy="Resume it first.",
            )
    keys = _keys(locked, "hold", key)
    moves = advance_all(keys=keys, event="hold", by=by, reason=reason.strip(), now=now)
    fresh = [line for line in locked.values() if line.id not in done]
    OrderLine.objects.filter(pk__in=[line.pk for line in fresh]).update(
        held_at=now, held_by=by, hold_reason=reason.strip()
    )
    add_milestones(lines=fresh, code="hold", text="Your order is paused", now=now)
    _tell_stages(fresh, now)
    return moves


def resume_job(*, line: OrderLine, by: User | None, key: str = "", now: datetime | None = None) -> Move:
    """Let one job go on. See `resume_jobs`."""
    return resume_jobs(lines=[line], by=by, key=key, now=now)[0]


@transaction.atomic
def resume_jobs(
    *, lines: Collection[OrderLine], by: User | None, key: str = "", now: datetime | None = None
) -> list[Move]:
    """Let jobs go on; what waited for them is woken. Conflict where one is not on hold."""
    now = now or clock.now()
    locked = lock_jobs([line.pk for line in lines])
    done = _moves_before(locked, "resume", key)
    for line in locked.values():
        if not line.held and line.id not in done:
            raise Conflict(f"{line.order} line {line.position} is not on hold.")
    fresh = [line for line in locked.values() if line.id not in done]
    OrderLine.objects.filter(pk__in=[line.pk for line in fresh]).update(
        held_at=None, held_by=None, hold_reason=""
    )
    add_milestones(lines=fresh, code="resume", text="Your order continues", now=now)
    _tell_stages(fresh, now)
    return advance_all(keys=_keys(locked, "resume", key), event="resume", by=by, now=now)


def _tell_stages(lines: Collection[OrderLine], now: datetime) -> None:
    """A handover of a job on hold waits until it is resumed, so those who must know are told directly."""
    for name in settings.MTO_HOLDING:
        import_string(name)(line_ids=[line.pk for line in lines], now=now)


@transaction.atomic
def cancel_order(
    *, order: Order, reason: str, by: User | None, version: int | None = None, now: datetime | None = None
) -> Order:
    """Cancel every line that still can be; delivered lines stay. Each stage withdraws what it can undo.

    Conflict where no line can be cancelled any more or `version` is stale, Refused without a reason.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    lines = [line for line in order.lines.all() if _can(line, "cancel")]
    if not lines:
        LIFECYCLE.row(order.state, "cancel")
    _cancel(order, lines, reason, by, now)
    return order


@transaction.atomic
def cancel_job(
    *,
    line: OrderLine,
    reason: str,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Order:
    """Cancel one line; `version` is the order's."""
    now = now or clock.now()
    order = lock_order(line.order, version)
    current = order.lines.get(pk=line.pk)
    LIFECYCLE.row(current.state, "cancel")
    _cancel(order, [current], reason, by, now)
    return order


@transaction.atomic
def promise_anew(
    *,
    order: Order,
    promised: datetime | date,
    reason: str,
    by: User | None,
    version: int | None = None,
    lines: Collection[OrderLine] | None = None,
    now: datetime | None = None,
) -> Order:
    """Promise another delivery for the open lines of a confirmed order (or for `lines`), with the reason.

    A day means noon. The history keeps every earlier promise; the customer reads of the new one.
    """
    now = now or clock.now()
    at = promised if isinstance(promised, datetime) else noon(promised)
    if not reason.strip():
        raise Refused("A new promise needs a reason.", field="reason", remedy="Say why in a few words.")
    check_text(reason, LONGEST_REASON, "reason")
    if at < now:
        raise Refused("The promised date is past.", field="promised", remedy="Give a later date.")
    order = lock_order(order, version)
    wanted = {line.pk for line in lines} if lines is not None else None
    chosen = [
        line
        for line in order.lines.filter(state__in=CONFIRMED)
        if (wanted is None or line.pk in wanted) and line.promised_at != at
    ]
    if not chosen:
        raise Conflict(f"{order} has no open line to promise anew.")
    promise(lines=chosen, at=at, reason=reason.strip(), by=by, now=now)
    day = timezone.localtime(at, timezone.get_default_timezone())
    add_milestones(lines=chosen, code="promise", text=f"New delivery date: {day:%d %B %Y}", now=now)
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, updated_at=now)
    order.refresh_from_db(fields=["version", "updated_at"])
    return order


@transaction.atomic
def close_order(
    *, order: Order, by: User | None, version: int | None = None, now: datetime | None = None
) -> Order:
    """Close an order all of whose lines are delivered or ended; Conflict names the ones that are not."""
    now = now or clock.now()
    order = lock_order(order, version)
    lines = list(order.lines.order_by("position"))
    waiting = [line for line in lines if line.state != "delivered" and not line.state_info.final]
    if waiting:
        named = ", ".join(f"line {line.position} ({line.state_info.label})" for line in waiting)
        raise Conflict(f"{order} cannot be closed: {named}.", remedy="Deliver or cancel these lines first.")
    delivered = [line for line in lines if line.state == "delivered"]
    if not delivered:
        LIFECYCLE.row(order.state, "close")
    act_on(order, delivered, event="close", by=by, now=now)
    return order


def _cancel(order: Order, lines: Sequence[OrderLine], reason: str, by: User | None, now: datetime) -> None:
    """A hold ends with the job (held handovers are never worked on), sales' work with the order."""
    check_text(reason, LONGEST_REASON, "reason")
    held = [line.pk for line in lines if line.held]
    OrderLine.objects.filter(pk__in=held).update(held_at=None, held_by=None, hold_reason="")
    act_on(order, lines, event="cancel", by=by, now=now, reason=reason.strip())
    if order.state_info.final:
        close_work(keys=[f"quote:{order.pk}"], by=by, now=now)
    if order.state_info.final and order.number is None:
        settle(order=order, status=QuotationRevision.Status.CANCELLED, by=by, now=now)


def _can(line: OrderLine, event: str) -> bool:
    return any(row.event == event for row in LIFECYCLE.rows_from(line.state))


def _keys(locked: dict[int, OrderLine], event: str, key: str) -> dict[int, str]:
    """The caller's key, or one that holds for this state of the job only."""
    return {line.id: f"{event}:{key or line.moves_made}" for line in locked.values()}


def _moves_before(locked: dict[int, OrderLine], event: str, key: str) -> set[int]:
    """The jobs for which this very act was carried out before."""
    if not key:
        return set()
    found = Move.objects.filter(line_id__in=list(locked), key=f"{event}:{key}")
    return set(found.values_list("line_id", flat=True))
