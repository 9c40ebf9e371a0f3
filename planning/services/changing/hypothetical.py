"""Special days and machines made for real; what only a what-if may assume says what to do instead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from django.db import IntegrityError, transaction

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, Priority
from planning.models import CalendarException, Machine
from planning.selectors.changes import Change, Names, Weigh
from planning.selectors.changes.days import SpecialDay, UsualDay
from planning.selectors.changes.machines import InService, NewMachine
from planning.selectors.changes.rush import Rush
from planning.selectors.changes.supplies import Expect
from planning.services.changing.base import Making, makes
from planning.services.changing.jobs import weigh


@makes(SpecialDay)
def special_day(change: SpecialDay, made: Making) -> Sequence[Change]:
    """An exception of the calendar. Refused where its hours make no sense."""
    calendar = made.names.object("calendar", change.calendar)
    starts, ends = (time.fromisoformat(each) if each else None for each in (change.starts, change.ends))
    if (starts is None) != (ends is None):
        raise Refused("A shift has a start and an end.", field="ends", remedy="Fill in both, or none.")
    row = CalendarException.objects.create(
        calendar=calendar, date=change.date, name=change.name[:80], starts=starts, ends=ends
    )
    return [UsualDay(row.id)]


@makes(UsualDay)
def usual_day(change: UsualDay, made: Making) -> Sequence[Change]:
    """The exception is deleted. Conflict where somebody did so already."""
    row = CalendarException.objects.filter(id=change.exception).first()
    if row is None:
        raise Conflict("That day is a usual one already.", remedy="Look at the calendar.")
    row.delete()
    hours = (f"{row.starts:%H:%M}", f"{row.ends:%H:%M}") if row.starts and row.ends else ("", "")
    return [SpecialDay(row.calendar_id, row.date.isoformat(), row.name, *hours)]


@makes(NewMachine)
def new_machine(change: NewMachine, made: Making) -> Sequence[Change]:
    """A machine in service. Conflict where its code is taken."""
    centre = made.names.object("centre", change.centre)
    try:
        with transaction.atomic():
            row = Machine.objects.create(
                work_centre=centre,
                code=change.code,
                name=change.name,
                speed=change.speed,
                places=change.places,
            )
    except IntegrityError as error:
        raise Conflict(
            f"There is a machine {change.code} already.",
            field="code",
            remedy="Take this change out and add the machine with another code.",
        ) from error
    return [InService(row.id, active=False)]


@makes(InService)
def in_service(change: InService, made: Making) -> Sequence[Change]:
    """Whether the machine is in service."""
    machine = made.names.object("machine", change.machine)
    if machine.active == change.active:
        return []
    Machine.objects.filter(id=machine.id).update(active=change.active)
    return [InService(machine.id, active=machine.active)]


@makes(Rush, orders=True)
def rush(change: Rush, made: Making) -> Sequence[Change]:
    """The job of a confirmed quotation goes before the others; Refused where there is no such job yet."""
    line = OrderLine.objects.select_related("order").filter(id=change.line).first()
    if line is None or not change.quoted or line.state in ("draft", "quoted"):
        raise Refused(
            "A rush order of a what-if is no order yet.",
            field="line",
            remedy="Confirm its quotation first, or enter one.",
        )
    wanted = Weigh(line.order_id, Priority.RUSH)
    return list(weigh(wanted, replace(made, names=Names([wanted]))))


@makes(Expect)
def expect(change: Expect, made: Making) -> Sequence[Change]:
    """Nobody can decide that material comes late: nothing is written."""
    return []
