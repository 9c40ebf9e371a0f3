"""Machines that stand: broken down, being maintained, or nobody there to run them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.formats import absolute, day_of
from orders.models import User
from planning.models import Downtime, Machine, Operation
from planning.selectors import load_resources
from planning.services.plans.requests import request_repair
from planning.services.shop.spans import check_span, cut_short


@transaction.atomic
def report_downtime(
    *,
    machine: Machine,
    starts: datetime,
    ends: datetime,
    kind: str = Downtime.Kind.BREAKDOWN,
    note: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> Downtime:
    """Note that a machine cannot be used for a while; a worker repairs the plan at once.

    Outside its shifts that changes nothing: a machine may break down at night, too. Refused where it ends
    before it starts, is over or lasts more than a year, or where the machine never works.
    """
    now = now or clock.now()
    longer = "take the machine out of service under Machines"
    check_span(starts, ends, now, awaited="it is expected to end", longer=longer)
    _check_works(machine, now)
    downtime = Downtime.objects.create(
        machine=machine, kind=kind, starts=starts, ends=ends, note=note.strip()[:200], by=by, at=now
    )
    until = absolute(ends, today=day_of(now), clock=True)
    request_repair(reason=f"{downtime} until {until}", by=by, now=now)
    return downtime


@transaction.atomic
def end_downtime(*, downtime: Downtime, by: User | None = None, now: datetime | None = None) -> Downtime:
    """The machine can be used again, or never stood: it is planned from now on. Conflict where it is over."""
    now = now or clock.now()
    found = Downtime.objects.select_for_update().filter(id=downtime.id, ends__gt=now)
    current = found.select_related("machine").first()
    if current is None:
        raise Conflict(f"{downtime} is over already.", remedy="Reload the page.")
    cut_short(current, now)
    request_repair(reason=f"{current.machine} can be used again", by=by, now=now)
    return current


def what_runs(machines: Iterable[Machine]) -> list[str]:
    """A sentence for each operation that is interrupted on machines that stop. One statement."""
    running = Operation.objects.filter(worked_on__in=list(machines), status=Operation.Status.RUNNING)
    return [
        f"{operation} of {operation.line.order} {operation.line} runs there: it is planned to go on when "
        f"{operation.worked_on} is back. Pause it and start it on another machine if that is too late."
        for operation in running.select_related("line__order", "worked_on")
    ]


def _check_works(machine: Machine, now: datetime) -> None:
    if not len(load_resources(now).windows_of(machine.id)):
        raise Refused(
            f"The calendar {machine.work_centre.calendar} of {machine} has no working time at all.",
            field="machine",
            remedy="Give the calendar shifts first.",
        )
