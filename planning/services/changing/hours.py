"""Machines that stand, and their extra hours."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from kernel.errors import Conflict, Refused
from planning import engine
from planning.models import Downtime, Machine
from planning.models import Overtime as OvertimeRow
from planning.selectors import load_resources, minute_of, moment_of
from planning.selectors.changes import Change, Down, EndDown, EndOvertime, Overtime
from planning.services.changing.base import Making, makes
from planning.services.shop.downtimes import end_downtime, report_downtime
from planning.services.shop.spans import check_span, cut_short

LONGEST: Final = timedelta(days=14)


@makes(Down)
def stop(change: Down, made: Making) -> Sequence[Change]:
    """Report it."""
    if change.cause not in Downtime.Kind.values:
        known = ", ".join(Downtime.Kind.values)
        raise Refused("This cause is not known.", field="cause", remedy=f"Use one of {known}.")
    downtime = report_downtime(
        machine=made.names.object("machine", change.machine),
        starts=moment_of(change.starts),
        ends=moment_of(change.ends),
        kind=change.cause,
        note=change.note,
        by=made.by,
        now=made.now,
    )
    return [EndDown(downtime.id)]


@makes(EndDown)
def run_again(change: EndDown, made: Making) -> Sequence[Change]:
    """End it; undone by the same stretch from now on."""
    downtime = made.names.object("downtime", change.downtime)
    end_downtime(downtime=downtime, by=made.by, now=made.now)
    starts = max(minute_of(downtime.starts), minute_of(made.now))
    return [Down(downtime.machine_id, starts, minute_of(downtime.ends), downtime.kind, downtime.note)]


@makes(Overtime)
def work_longer(change: Overtime, made: Making) -> Sequence[Change]:
    """Extra hours of each machine; Refused where they are past, too long, or worked already."""
    starts, ends = moment_of(change.starts), moment_of(change.ends)
    check_span(starts, ends, made.now, awaited="it is worked until", longer="change the calendar")
    if ends - starts > LONGEST:
        raise Refused(
            "That is overtime of more than two weeks.", field="ends", remedy="Change the calendar instead."
        )
    if not change.machines:
        raise Refused("No machine is chosen.", field="machines", remedy="Choose at least one.")
    machines = [made.names.object("machine", each) for each in dict.fromkeys(change.machines)]
    for machine in machines:
        _check_idle(machine, change, made)
    rows = OvertimeRow.objects.bulk_create(
        OvertimeRow(
            machine=machine, starts=starts, ends=ends, note=change.note.strip()[:200], by=made.by, at=made.now
        )
        for machine in machines
    )
    return [EndOvertime(tuple(row.id for row in rows))]


@makes(EndOvertime)
def go_home(change: EndOvertime, made: Making) -> Sequence[Change]:
    """Call it off, or end it now; undone by the same stretch from now on."""
    locked = OvertimeRow.objects.select_for_update(of=("self",))
    rows = list(locked.filter(id__in=change.overtimes, ends__gt=made.now))
    if not rows:
        raise Conflict("This overtime is over already.", field="overtimes", remedy="Reload the page.")
    spans: dict[tuple[int, int, str], list[int]] = {}
    for row in rows:
        starts = max(minute_of(row.starts), minute_of(made.now))
        spans.setdefault((starts, minute_of(row.ends), row.note), []).append(row.machine_id)
        cut_short(row, made.now)
    return [Overtime(tuple(machines), starts, ends, note) for (starts, ends, note), machines in spans.items()]


def _check_idle(machine: Machine, change: Overtime, made: Making) -> None:
    windows = load_resources(made.now).windows_of(machine.id)
    if int(engine.work_between(windows, change.starts, change.ends)) >= change.ends - change.starts:
        raise Refused(
            f"{machine} works at that time anyway.", field="starts", remedy="Give times outside its shifts."
        )
