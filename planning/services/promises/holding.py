"""Held time on the machines: ended, or turned into the plan of an accepted job."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from orders.services import withdraw_promise
from planning.models import HeldSlot, Hold, Operation
from planning.services.plans.requests import request_repair

Place = tuple[int, datetime, datetime]


def held_places(line_ids: Collection[int]) -> dict[tuple[int, int], Place]:
    """Machine, start and end that are held, by job and sequence. One statement."""
    rows = HeldSlot.objects.filter(hold__line__in=line_ids, hold__released_at=None).order_by("id")
    columns = ("hold__line_id", "sequence", "machine_id", "during__startswith", "during__endswith")
    found = rows.values_list(*columns)
    return {(line, number): (machine, starts, ends) for line, number, machine, starts, ends in found}


def take_over(*, line_ids: Collection[int], places: Iterable[Place], now: datetime) -> None:
    """The plan has these jobs at their held places: nobody else may stand there, and the holds end.

    Who does loses its slot until the repair asked for here. The caller holds PLAN_LOCK.
    """
    standing = Q(pk=None)
    for machine, starts, ends in places:
        standing |= Q(machine=machine, during__overlap=(starts, ends))
    if Operation.objects.open().filter(standing).update(machine=None, during=None):
        request_repair(reason="An accepted quotation takes the time it held", now=now)
    holds = Hold.objects.active().filter(line__in=line_ids)
    end_holds(holds.values_list("id", flat=True), "Accepted: it is in the plan", now)


def end_holds(ids: Iterable[int], outcome: str, now: datetime) -> int:
    """Give held time free and write down why; a date that was held for a quotation is no promise any more."""
    with transaction.atomic():
        active = Hold.objects.active().filter(id__in=list(ids)).order_by("id")
        mine = list(active.select_for_update(of=("self",)))
        HeldSlot.objects.filter(hold__in=mine).delete()
        Hold.objects.filter(id__in=[each.id for each in mine]).update(released_at=now, outcome=outcome[:80])
        withdraw_promise(line_ids=[each.line_id for each in mine])
    return len(mine)
