"""Absences, crews and what they can do."""

from collections.abc import Iterable, Sequence

from kernel.errors import Refused
from planning.models import Calendar, Crew, Skill
from planning.selectors import minute_of, moment_of
from planning.selectors.changes import Away, Back, Change, CrewAs, Remove, SkillAs, Skilled
from planning.services.changing.base import Making, makes
from planning.services.changing.calendars import check_free, found
from planning.services.shop.absences import end_absence, report_absence


@makes(Away)
def leave(change: Away, made: Making) -> Sequence[Change]:
    """Report the absence."""
    absence = report_absence(
        crew=made.names.object("crew", change.crew),
        starts=moment_of(change.starts),
        ends=moment_of(change.ends),
        people=change.people,
        note=change.note,
        by=made.by,
        now=made.now,
    )
    return [Back(absence.id)]


@makes(Back)
def come_back(change: Back, made: Making) -> Sequence[Change]:
    """End it; undone by the same stretch from now on."""
    absence = made.names.object("absence", change.absence)
    end_absence(absence=absence, by=made.by, now=made.now)
    starts = max(minute_of(absence.starts), minute_of(made.now))
    return [Away(absence.crew_id, absence.people, starts, minute_of(absence.ends), absence.note)]


@makes(SkillAs)
def name_skill(change: SkillAs, made: Making) -> Sequence[Change]:
    """A skill with this name; undone by its name before, or by taking it away."""
    skill = Skill.objects.select_for_update().filter(code=change.code).first()
    if skill is None:
        Skill.objects.create(code=change.code, name=change.name)
        return [Remove("skill", change.code)]
    before, skill.name = skill.name, change.name
    skill.save(update_fields=["name"])
    return [SkillAs(skill.code, before)]


@makes(Skilled)
def train(change: Skilled, made: Making) -> Sequence[Change]:
    """The crew has these skills and no others."""
    crew: Crew = found(Crew.objects.all(), change.crew, "crew")
    before = tuple(sorted(crew.skills.values_list("code", flat=True)))
    crew.skills.set(_skills(change.skills))
    return [Skilled(crew.id, before)]


@makes(CrewAs)
def set_crew(change: CrewAs, made: Making) -> Sequence[Change]:
    """A crew as it shall be; a new one begins with its skills."""
    calendar = found(Calendar.objects.all(), change.calendar, "calendar")
    crew = found(Crew.objects.all(), change.crew, "crew") if change.crew else Crew()
    if crew.code != change.code:
        check_free(Crew.objects.all(), change.code)
    before = CrewAs(crew.id or 0, crew.code, crew.name, crew.calendar_id or 0, crew.size)
    crew.code, crew.name, crew.calendar, crew.size = change.code, change.name, calendar, change.size
    crew.save()
    if change.crew:
        return [before]
    crew.skills.set(_skills(change.skills))
    return [Remove("crew", crew.code)]


def _skills(codes: Iterable[str]) -> list[Skill]:
    """The skills with these codes; Refused where one is not known."""
    wanted = set(codes)
    known = list(Skill.objects.filter(code__in=wanted))
    if unknown := wanted - {skill.code for skill in known}:
        name = min(unknown)
        raise Refused(f"There is no skill {name}.", field="skills", remedy="Add it first.")
    return known
