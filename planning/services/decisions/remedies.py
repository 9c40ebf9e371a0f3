"""Taking a remedy, taking it back, and measuring afterwards whether it was worth it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import User
from planning.models import Decision, Operation, Overtime, PlanEdit, PlanState, Remedy
from planning.selectors import Resources, load_resources, minute_of, moment_of
from planning.selectors.changes import read_changes
from planning.services.changing import apply_changes, undo_edit
from planning.services.plans.requests import request_repair

MEASURED_AT_ONCE: Final = 200
NEVER_MADE: Final = timedelta(minutes=15)
"""A remedy that was claimed and not made by then: its process died over it, and it is looked for anew."""

ROOM: Final = (Remedy.Kind.OVERTIME, Remedy.Kind.LOTS, Remedy.Kind.PRIORITY)


def take_remedy(*, remedy: Remedy, by: User | None, now: datetime | None = None) -> Remedy:
    """Make its changes, as one edit of the plan; the other remedies of the job are looked for anew.

    Conflict where it was taken already; where its changes cannot be made any more they say why, and it goes.
    """
    now = now or clock.now()
    # Claimed before the plan is touched: two planners who press the same key make one edit.
    if not Remedy.objects.offered().filter(id=remedy.pk).update(taken_at=now, taken_by=by):
        raise Conflict("This remedy was taken or is out of date.", remedy="Choose one of those shown now.")
    found = Remedy.objects.select_related("line__order").get(id=remedy.pk)
    note = f"Remedy for {found.line.order} {found.line}"
    if found.kind == Remedy.Kind.MATERIAL:
        note = f"It would gain {found.days_saved:g} d."
    try:
        found.edit = apply_changes(changes=read_changes(found.changes), by=by, now=now, note=note)
    except Refused:
        found.delete()
        raise
    with transaction.atomic():
        found.save(update_fields=["edit"])
        if found.kind in ROOM:
            # The job itself looks for better places at once, others with the next replan.
            request_repair(reason=found.words, line=found.line, by=by, now=now)
        Remedy.objects.offered().filter(line=found.line).delete()
        _look_again(found)
    return found


def undo_remedy(*, remedy: Remedy, by: User | None, now: datetime | None = None) -> Remedy:
    """Take it back: its edit is undone. Conflict where it was, or where something stands in the way."""
    now = now or clock.now()
    found = Remedy.objects.select_related("edit").get(id=remedy.pk)
    if found.edit is None or found.undone_at is not None:
        raise Conflict("This remedy is not in force.", remedy="Reload the page.")
    undo_edit(edit=found.edit, by=by, now=now)
    found.undone_at = now
    found.save(update_fields=["undone_at"])
    _look_again(found)
    return found


def _look_again(remedy: Remedy) -> None:
    """What helps its job is another question now; the next search answers it without the usual pause."""
    Decision.objects.filter(line=remedy.line_id).update(looked_at=None, seen="")
    PlanState.objects.filter(id=1).update(undecided=F("undecided") + 1, decide_at=None)


def measure_remedies(*, now: datetime | None = None) -> int:
    """Set beside every remedy taken what became of its job; how many that are now known. Run by the sweeper.

    Known once all operations are complete, by the day of the last and the delivery; settled once the job is
    delivered or cancelled. What was undone on the page of changes counts as undone here, too.
    """
    now = now or clock.now()
    died = Remedy.objects.filter(taken_at__lt=now - NEVER_MADE, edit=None)
    Decision.objects.filter(line__in=died.values("line")).update(looked_at=None, seen="")
    died.delete()
    back = PlanEdit.objects.filter(undoes=OuterRef("edit")).values("at")[:1]
    Remedy.objects.taken().filter(edit__undone_by__isnull=False).update(undone_at=Subquery(back))
    waiting = Remedy.objects.taken().filter(settled=False).select_related("line", "edit").order_by("id")
    is_open = Q(line__operations__status__in=Operation.OPEN)
    waiting = waiting.annotate(
        left=Count("line__operations", filter=is_open), last=Max("line__operations__finished_at")
    )
    over = Q(line__delivered_at__isnull=False) | Q(line__state="cancelled")
    known = list(waiting.filter(over | Q(left=0, last__isnull=False, actual_at=None))[:MEASURED_AT_ONCE])
    if known:
        resources = load_resources(now)
        for remedy in known:
            _measure(remedy, resources)
        Remedy.objects.bulk_update(known, ["actual_at", "actual_cost", "kept", "settled"])
    return len(known)


def _measure(remedy: Remedy, resources: Resources) -> None:
    """The day of delivery, or that by which the finished job is there; kept if no later than promised."""
    line, finished = remedy.line, getattr(remedy, "last", None)
    remedy.settled = line.delivered_at is not None or line.state == "cancelled"
    remedy.actual_cost = _spent(remedy)
    if line.state == "cancelled":
        return
    if line.delivered_at is not None:
        remedy.actual_at = line.delivered_at
    elif finished is not None:
        remedy.actual_at = moment_of(resources.days_later(minute_of(finished), settings.MTO_DELIVERY_DAYS))
    promised = line.promised_at if remedy.kind == Remedy.Kind.PROMISE else remedy.promised_at
    if remedy.actual_at is not None and promised is not None:
        remedy.kept = timezone.localdate(remedy.actual_at) <= timezone.localdate(promised)


def _spent(remedy: Remedy) -> Decimal:
    """What it cost in the end: the hours of overtime that were left standing, else as it was said."""
    if remedy.kind != Remedy.Kind.OVERTIME or remedy.edit is None:
        return remedy.cost
    ids = [number for each in remedy.edit.inverse for number in each.get("overtimes", ())]
    worked = Overtime.objects.filter(id__in=ids).select_related("machine__work_centre")
    spent = sum(
        (
            each.machine.work_centre.hourly_rate * Decimal((each.ends - each.starts).total_seconds()) / 3600
            for each in worked
        ),
        Decimal(0),
    )
    return spent.quantize(Decimal("0.01"))
