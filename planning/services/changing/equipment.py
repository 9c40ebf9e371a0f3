"""Machines, work centres and tools."""

from collections.abc import Sequence
from decimal import Decimal

from orders.models import Process
from planning.models import Calendar, Machine, Tool, WorkCentre
from planning.selectors.changes import CentreAs, Change, MachineAs, Remove, Tooled
from planning.services.changing.base import Making, makes
from planning.services.changing.calendars import centre_as, check_free, found
from planning.services.work.sharing import share_machines


@makes(Tooled)
def set_tool(change: Tooled, made: Making) -> Sequence[Change]:
    """So many of a tool."""
    tool = found(Tool.objects.all(), change.tool, "tool") if change.tool else Tool()
    if tool.code != change.code:
        check_free(Tool.objects.all(), change.code)
    before = Tooled(tool.id or 0, tool.code, tool.name, tool.quantity)
    tool.code, tool.name, tool.quantity = change.code, change.name, change.quantity
    tool.save()
    return [before if change.tool else Remove("tool", tool.code)]


@makes(MachineAs)
def set_machine(change: MachineAs, made: Making) -> Sequence[Change]:
    """A machine as it shall be; what stands on it together with others follows."""
    centre = found(WorkCentre.objects.all(), change.centre, "centre")
    own = found(Machine.objects.all(), change.machine, "machine") if change.machine else Machine()
    if own.code != change.code:
        check_free(Machine.objects.all(), change.code)
    values = (own.code, own.name, own.active, own.speed, own.places)
    before = MachineAs(own.id or 0, own.work_centre_id or 0, *values)
    own.work_centre, own.code, own.name = centre, change.code, change.name
    own.active, own.speed, own.places = change.active, change.speed, change.places
    own.save()
    share_machines()
    return [before if change.machine else Remove("machine", own.code)]


@makes(CentreAs)
def set_centre(change: CentreAs, made: Making) -> Sequence[Change]:
    """A work centre as it shall be, with what it offers."""
    calendar = found(Calendar.objects.all(), change.calendar, "calendar")
    centre = found(WorkCentre.objects.all(), change.centre, "centre") if change.centre else WorkCentre()
    if centre.code != change.code:
        check_free(WorkCentre.objects.all(), change.code)
    before = centre_as(centre, number=centre.id) if change.centre else Remove("centre", change.code)
    centre.code, centre.name, centre.calendar = change.code, change.name, calendar
    centre.unlimited, centre.position = change.unlimited, change.position
    centre.hourly_rate = Decimal(change.rate)
    centre.save()
    centre.processes.set(Process.objects.filter(id__in=change.processes))
    share_machines()
    return [before]
