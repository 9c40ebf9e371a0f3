"""People who are not there: reported, ended, and the plan repaired around it."""

from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.formats import absolute, day_of, plural
from orders.models import User
from planning.models import Absence, Crew
from planning.selectors import load_resources
from planning.services.plans.requests import request_repair
from planning.services.shop.spans import check_span, cut_short


@transaction.atomic
def report_absence(
    *,
    crew: Crew,
    starts: datetime,
    ends: datetime,
    people: int = 1,
    note: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> Absence:
    """Note that some people of a crew are not there for a while; a worker repairs the plan at once.

    Outside the crew's shifts it changes nothing. Refused where it ends before it starts, is over, lasts more
    than a year, or where the crew has not so many people there or never works.
    """
    now = now or clock.now()
    check_span(starts, ends, now, awaited="they are expected back", longer="make the crew smaller")
    crew = Crew.objects.select_for_update().get(id=crew.id)
    _check_people(crew, people, starts, ends)
    _check_works(crew, now)
    absence = Absence.objects.create(
        crew=crew, people=people, starts=starts, ends=ends, note=note.strip()[:200], by=by, at=now
    )
    until = absolute(ends, today=day_of(now), clock=True)
    request_repair(
        reason=f"{plural(people, 'person', 'people')} of {crew} away until {until}", by=by, now=now
    )
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, by: User | None = None, now: datetime | None = None) -> Absence:
    """They are back, or never went: planned from now on. Conflict where it is over."""
    now = now or clock.now()
    found = Absence.objects.select_for_update(of=("self",)).filter(id=absence.id, ends__gt=now)
    current = found.select_related("crew").first()
    if current is None:
        raise Conflict(f"{absence} is over already.", remedy="Reload the page.")
    cut_short(current, now)
    request_repair(reason=f"{current.crew} is complete again", by=by, now=now)
    return current


def _check_people(crew: Crew, people: int, starts: datetime, ends: datetime) -> None:
    away = Absence.objects.filter(crew=crew, starts__lt=ends, ends__gt=starts)
    there = crew.size - sum(away.values_list("people", flat=True))
    if not 1 <= people <= there:
        raise Refused(
            f"{crew} has {max(0, there)} of {plural(crew.size, 'person', 'people')} there at that time.",
            field="people",
            remedy="Give how many are missing, at least 1.",
        )


def _check_works(crew: Crew, now: datetime) -> None:
    if not len(load_resources(now).windows_of_calendar(crew.calendar_id)):
        raise Refused(
            f"The calendar {crew.calendar} of {crew} has no working time at all.",
            field="crew",
            remedy="Give the calendar shifts first.",
        )
