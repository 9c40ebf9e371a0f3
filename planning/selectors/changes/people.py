"""Who can work: absences, crews and what they can do."""

from dataclasses import dataclass
from typing import ClassVar, Final

from kernel.formats import plural
from planning.models import Crew, Skill
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.calendars import check_number, check_texts, fresh
from planning.selectors.changes.hours import check_ends
from planning.selectors.changes.names import Names

MOST_PEOPLE: Final = 10_000


@change
@dataclass(frozen=True)
class Away(Change):
    """Some people of a crew are not there for a while."""

    kind: ClassVar[str] = "away"
    crew: int
    people: int
    starts: int
    ends: int
    note: str = ""

    def tables(self, tables: Tables) -> None:
        """One more absence."""
        row = {"id": 0, "crew_id": self.crew, "people": self.people}
        tables["absences"].append({**row, "starts": self.starts, "ends": self.ends})

    def check(self, names: Names, now: int) -> None:
        """There is such a crew, somebody is away, and for a while."""
        names.object("crew", self.crew)
        check_number(self.people, 1, MOST_PEOPLE, "people")
        check_ends(self.starts, self.ends, now)

    def words(self, names: Names) -> str:
        """How many, of which crew, from when to when."""
        many, crew = plural(self.people, "person", "people"), names.name("crew", self.crew)
        return f"{many} of {crew} away {names.span(self.starts, self.ends)}"


@change
@dataclass(frozen=True)
class Back(Change):
    """An absence ends now, or never was."""

    kind: ClassVar[str] = "back"
    room: ClassVar[bool] = True
    absence: int

    def tables(self, tables: Tables) -> None:
        """As if it were not."""
        tables["absences"] = [row for row in tables["absences"] if row["id"] != self.absence]

    def words(self, names: Names) -> str:
        """The absence."""
        return f"{names.name('absence', self.absence)} ends now"


@change
@dataclass(frozen=True)
class SkillAs(Change):
    """A skill by its code; it is made where there is none."""

    kind: ClassVar[str] = "skill"
    code: str
    name: str = ""

    def tables(self, tables: Tables) -> None:
        """It can be given to crews."""
        if all(row["code"] != self.code for row in tables["skills"]):
            row = {"id": fresh(tables, "skills"), "code": self.code, "name": self.name}
            tables["skills"].append(row)

    def check(self, names: Names, now: int) -> None:
        """A short code."""
        check_texts(self.code, 60, self.name or "-", 80)

    def words(self, names: Names) -> str:
        """Code and name."""
        return f"Skill {self.code}{f' is called {self.name}' if self.name else ''}"


@change
@dataclass(frozen=True)
class Skilled(Change):
    """What a crew can do: all its skills, by their codes."""

    kind: ClassVar[str] = "skilled"
    room: ClassVar[bool] = True
    crew: int
    skills: tuple[str, ...]

    def tables(self, tables: Tables) -> None:
        """These skills instead of those it has."""
        give(tables, self.crew, self.skills)

    def stands(self) -> bool:
        """Whether it can still just that."""
        had = Skill.objects.filter(crews=self.crew).values_list("code", flat=True)
        return set(had) == set(self.skills)

    def words(self, names: Names) -> str:
        """What it learns and loses."""
        crew = names.found.get("crew", {}).get(self.crew)
        had = {skill.code for skill in crew.skills.all()} if crew else set()
        learnt, lost = sorted(set(self.skills) - had), sorted(had - set(self.skills))
        parts = ([f"can {', '.join(learnt)}"] if learnt else []) + (
            [f"cannot {', '.join(lost)} any more"] if lost else []
        )
        return f"{names.name('crew', self.crew)} {' and '.join(parts) or 'can what it could'}"


@change
@dataclass(frozen=True)
class CrewAs(Change):
    """A crew; 0 as its id makes a new one, which begins with these skills."""

    kind: ClassVar[str] = "crew"
    room: ClassVar[bool] = True
    crew: int
    code: str
    name: str
    calendar: int
    size: int
    skills: tuple[str, ...] = ()

    def tables(self, tables: Tables) -> None:
        """Its row, altered or new."""
        own = {"code": self.code, "name": self.name, "calendar_id": self.calendar, "size": self.size}
        if self.crew:
            altered(tables, "crews", self.crew, own)
            return
        number = fresh(tables, "crews")
        tables["crews"].append({"id": number, **own})
        give(tables, number, self.skills)

    def check(self, names: Names, now: int) -> None:
        """It has a code, a name, and a calendar that is there."""
        check_texts(self.code, 20, self.name, 80)
        check_number(self.size, 0, MOST_PEOPLE, "size")
        names.object("calendar", self.calendar)

    def stands(self) -> bool:
        """Whether it is still so."""
        found = Crew.objects.filter(code=self.code, name=self.name, calendar=self.calendar, size=self.size)
        return found.exists()

    def words(self, names: Names) -> str:
        """Its size and calendar."""
        many, calendar = plural(self.size, "person", "people"), names.name("calendar", self.calendar)
        made = "is" if self.crew else "is new:"
        return f"Crew {self.code} {made} {many} on {calendar}"


def altered(tables: Tables, name: str, number: int, values: dict[str, object]) -> None:
    """Other values in the row with this id."""
    for row in tables[name]:
        if row["id"] == number:
            row.update(values)


def give(tables: Tables, crew: int, skills: tuple[str, ...]) -> None:
    """The crew has these skills and no others."""
    ids = {row["code"]: row["id"] for row in tables["skills"]}
    rest = [row for row in tables["crew_skills"] if row["crew_id"] != crew]
    tables["crew_skills"] = rest + [
        {"id": 0, "crew_id": crew, "skill_id": ids[code]} for code in skills if code in ids
    ]
