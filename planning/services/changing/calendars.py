"""Calendars as a whole, and taking away what nobody uses."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Model, ProtectedError, QuerySet

from kernel.errors import Conflict, Refused
from planning.models import (
    Calendar,
    CalendarException,
    Crew,
    Machine,
    Shift,
    Skill,
    Tool,
    WorkCentre,
)
from planning.selectors.changes import CentreAs, Change, CrewAs, Hours, MachineAs, Remove, SkillAs, Tooled
from planning.selectors.changes.calendars import hours_of
from planning.selectors.shop.hours import Definition, definition_of
from planning.services.changing.base import Making, makes
from planning.services.work.sharing import share_machines


@makes(Hours)
def set_hours(change: Hours, made: Making) -> Sequence[Change]:
    """Make the calendar so. Refused where nobody would ever work, or the code is taken."""
    wanted = change.definition
    if not change.calendar:
        check_free(Calendar.objects.all(), wanted.code)
        _write(Calendar(), wanted)
        return [Remove("calendar", wanted.code)]
    calendar = found(Calendar.objects.all(), change.calendar, "calendar")
    before = definition_of(calendar)
    if wanted.code != before.code:
        check_free(Calendar.objects.all(), wanted.code)
    if wanted == before:
        return []
    _write(calendar, wanted)
    return [hours_of(calendar.id, before)]


def _write(calendar: Calendar, wanted: Definition) -> None:
    """The rows of a calendar: its own, its shifts, its exceptions."""
    calendar.code, calendar.name, calendar.timezone = wanted.code, wanted.name, wanted.zone
    calendar.country, calendar.subdivision = wanted.country, wanted.subdivision
    calendar.save()
    calendar.shifts.all().delete()
    calendar.exceptions.all().delete()
    Shift.objects.bulk_create(
        Shift(
            calendar=calendar,
            name=each.name,
            weekdays=[int(digit) for digit in each.weekdays],
            starts=each.starts,
            ends=each.ends,
            break_starts=each.break_starts or None,
            break_ends=each.break_ends or None,
        )
        for each in wanted.shifts
    )
    CalendarException.objects.bulk_create(
        CalendarException(
            calendar=calendar,
            date=each.on,
            name=each.name,
            starts=each.starts or None,
            ends=each.ends or None,
        )
        for each in wanted.days
    )


MODELS: Final[dict[str, type[Model]]] = {
    "calendar": Calendar,
    "centre": WorkCentre,
    "crew": Crew,
    "machine": Machine,
    "skill": Skill,
    "tool": Tool,
}


@makes(Remove)
def remove(change: Remove, made: Making) -> Sequence[Change]:
    """It goes; Conflict where it is gone, Refused where something uses it."""
    rows: QuerySet[Any] = MODELS[change.what]._default_manager.select_for_update()
    row = rows.filter(code=change.code).first()
    if row is None:
        raise Conflict(f"There is no {change.what} {change.code} any more.", remedy="Reload the page.")
    again = _again(row)
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused(
            f"{change.what.capitalize()} {change.code} is in use.",
            remedy="Take it out of service, or change what uses it first.",
        ) from error
    share_machines()
    return again


def _again(row: Any) -> list[Change]:
    """What makes a row anew; Refused where something that would be lost hangs on it."""
    if isinstance(row, Calendar):
        return [hours_of(0, definition_of(row))]
    if isinstance(row, Skill):
        _check_unused(row, "skill", [str(crew) for crew in row.crews.all()])
        return [SkillAs(row.code, row.name)]
    if isinstance(row, Tool):
        return [Tooled(0, row.code, row.name, row.quantity)]
    if isinstance(row, Machine):
        return [MachineAs(0, row.work_centre_id, row.code, row.name, row.active, row.speed, row.places)]
    if isinstance(row, Crew):
        _check_unused(row, "crew", [str(absence) for absence in row.absences.all()])
        can = tuple(sorted(row.skills.values_list("code", flat=True)))
        return [CrewAs(0, row.code, row.name, row.calendar_id, row.size, can)]
    return [centre_as(row, number=0)]


def centre_as(row: WorkCentre, *, number: int) -> CentreAs:
    """The work centre as it stands."""
    offers = tuple(sorted(row.processes.values_list("id", flat=True)))
    rate = f"{row.hourly_rate:.2f}"
    return CentreAs(number, row.code, row.name, row.calendar_id, offers, row.unlimited, rate, row.position)


def _check_unused(row: Model, what: str, users: Sequence[str]) -> None:
    if users:
        some = ", ".join(users[:3])
        raise Refused(f"The {what} {row} is in use: {some}.", remedy="Change these first.")


def check_free(rows: QuerySet[Any], code: str) -> None:
    """Refused where the code is taken, or there is none."""
    if not code.strip():
        raise Refused("The code is missing.", field="code", remedy="Give a short one.")
    if rows.filter(code=code).exists():
        raise Refused(f"The code {code} is taken.", field="code", remedy="Use another one.")


def found(rows: QuerySet[Any], number: int, what: str) -> Any:
    """The row, locked; Conflict where it is gone."""
    row = rows.select_for_update(of=("self",)).filter(id=number).first()
    if row is None:
        raise Conflict(f"This {what} is not there any more.", field=what, remedy="Reload the page.")
    return row
