"""Crews and tools as the engine wants them: absences, skills that a step asks for together, names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from planning import engine
from planning.engine.calendars import Windows

Row = dict[str, Any]
Span = tuple[int, int]


class Away(NamedTuple):
    """When somebody is absent, and the id of the absence."""

    starts: int
    ends: int
    absence: int


class CrewRow(NamedTuple):
    """People of a crew who are there at the same time: their calendar, how many, ids of their skills.

    `away` are the absences of somebody who has any: when, and the id.
    """

    calendar: int
    size: int
    skills: frozenset[int]
    crew: int
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, eq=False)
class People:
    """Who works with what: crews, the names of skills by id, and tools with their ids.

    Skills named together by a step count as one for the engine, see `SkillBook`.
    """

    crews: tuple[CrewRow, ...]
    skills: Mapping[int, str]
    tools: tuple[engine.Tool, ...]
    tool_ids: tuple[int, ...]
    tool_codes: tuple[str, ...]

    def skill_ids(self) -> dict[str, int]:
        """The ids of skills by code."""
        return {code: number for number, code in self.skills.items()}

    def tool_numbers(self) -> dict[str, int]:
        """The ids of tools by code."""
        return dict(zip(self.tool_codes, self.tool_ids, strict=True))


def people_of(
    tables: Mapping[str, list[Row]], calendars: Sequence[Windows], place: Mapping[int, int], first: int
) -> tuple[People, list[Windows]]:
    """The people and tools of these tables, and calendars of those who are absent, numbered from `first`."""
    able: dict[int, set[int]] = {}
    for row in tables["crew_skills"]:
        able.setdefault(row["crew_id"], set()).add(row["skill_id"])
    away: dict[int, list[Row]] = {}
    for row in tables["absences"]:
        away.setdefault(row["crew_id"], []).append(row)
    crews: list[CrewRow] = []
    own: list[Windows] = []
    for row in tables["crews"]:
        skills, usual = frozenset(able.get(row["id"], ())), place[row["calendar_id"]]
        missing = _by_person(row["size"], away.get(row["id"], ()))
        for spans in missing:
            crews.append(CrewRow(first + len(own), 1, skills, row["id"], tuple(spans)))
            own.append(engine.without(calendars[usual], [each[:2] for each in spans]))
        if row["size"] > len(missing):
            crews.append(CrewRow(usual, row["size"] - len(missing), skills, row["id"]))
    tools = tables["tools"]
    found = People(
        crews=tuple(crews),
        skills={row["id"]: row["code"] for row in tables["skills"]},
        tools=tuple(engine.Tool(row["quantity"]) for row in tools),
        tool_ids=tuple(row["id"] for row in tools),
        tool_codes=tuple(row["code"] for row in tools),
    )
    return found, own


def _by_person(size: int, absences: Iterable[Row]) -> list[list[Away]]:
    """The absent people of a crew with when they are away: each absence takes those who are there."""
    people: list[list[Away]] = []
    for row in absences:
        span, missing = Away(row["starts"], row["ends"], row.get("id", 0)), row["people"]
        for spans in people:
            if missing and all(each.ends <= span.starts or span.ends <= each.starts for each in spans):
                spans.append(span)
                missing -= 1
        people += [[span] for _ in range(min(missing, size - len(people)))]
    return people


class SkillBook:
    """Numbers for skills and for the sets of skills that steps ask for: a crew has a set if it has all of it.

    Each skill alone has its number already; sets get theirs as they are asked for.
    """

    def __init__(self, people: People) -> None:
        self.people = people
        self.numbers: dict[frozenset[int], int] = {
            frozenset((skill,)): number for number, skill in enumerate(people.skills)
        }

    def among(self, people: People) -> "SkillBook":
        """The same numbers for other people."""
        book = SkillBook(people)
        book.numbers = dict(self.numbers)
        return book

    def number(self, skills: Iterable[int]) -> int:
        """The number of this set, -1 for none."""
        wanted = frozenset(skills)
        return self.numbers.setdefault(wanted, len(self.numbers)) if wanted else -1

    def known(self, skills: Iterable[int]) -> int:
        """The number of this set where it has one; else that of its skill which the fewest people have."""
        wanted = frozenset(skills)
        if not wanted or wanted in self.numbers:
            return self.numbers.get(wanted, -1)
        return self.number([min(wanted, key=self.many)])

    def many(self, skill: int) -> int:
        """How many people have it."""
        return sum(crew.size for crew in self.people.crews if skill in crew.skills)

    def crews(self) -> tuple[engine.Crew, ...]:
        """The crews with the numbers of what they can do."""
        return tuple(
            engine.Crew(
                crew.calendar,
                crew.size,
                tuple(number for wanted, number in self.numbers.items() if wanted <= crew.skills),
            )
            for crew in self.people.crews
        )

    def labels(self) -> tuple[str, ...]:
        """What people call them."""
        known = self.people.skills
        names = ([known.get(skill, "a deleted skill") for skill in wanted] for wanted in self.numbers)
        return tuple(" and ".join(sorted(each)) for each in names)
