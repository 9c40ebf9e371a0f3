"""Input of the skills matrix: crews, how many they are, what they can do."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from planning.forms.rows import check_seen, mark_seen
from planning.models import Calendar, Crew, Skill
from planning.selectors.changes import Change
from planning.selectors.changes.people import CrewAs, SkillAs, Skilled
from planning.selectors.shop.hours import fingerprint

LARGEST: Final = 1000
NEW: Final = "new"


class MatrixForm(forms.Form):
    """Crews × skills as checkboxes, with a row for a new crew and a place for a new skill.

    Fields of a crew are `name-<id>`, `size-<id>`, `calendar-<id>` and `can-<id>`, with `new` for a new one.
    """

    skill = forms.CharField(label="New skill", max_length=60, required=False)
    skill_name = forms.CharField(label="What it means", max_length=80, required=False)
    code = forms.CharField(label="New crew", max_length=20, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        crews: Sequence[Crew],
        skills: Sequence[Skill],
        calendars: Sequence[Calendar],
    ) -> None:
        super().__init__(data)
        self.crews, self.skills, self.calendars = crews, skills, calendars
        self.had = {crew.id: tuple(sorted(skill.code for skill in crew.skills.all())) for crew in crews}
        rows = [(each.id, each.name, each.size, each.calendar_id, self.had[each.id]) for each in crews]
        self.version = fingerprint(rows, [skill.code for skill in skills])
        mark_seen(self, self.version)
        choices = [(each.id, each.name) for each in calendars]
        for key, crew in ((NEW, None), *((str(crew.id), crew) for crew in crews)):
            self.fields |= {
                f"name-{key}": forms.CharField(
                    label=f"Name of {crew.code if crew else 'the new crew'}",
                    max_length=80,
                    required=crew is not None,
                    initial=crew.name if crew else "",
                ),
                f"size-{key}": forms.IntegerField(
                    label="People", min_value=0, max_value=LARGEST, initial=crew.size if crew else 1
                ),
                f"calendar-{key}": forms.TypedChoiceField(
                    label="Calendar",
                    choices=choices,
                    coerce=int,
                    required=bool(choices),
                    initial=crew.calendar_id if crew else None,
                ),
                f"can-{key}": forms.MultipleChoiceField(
                    label="Skills",
                    choices=[(skill.code, skill.code) for skill in skills],
                    required=False,
                    initial=self.had[crew.id] if crew else (),
                ),
            }

    @property
    def form(self) -> forms.Form:
        """Where refusals stand."""
        return self

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What the page draws for each crew, the new one last."""
        keys = [*((str(crew.id), crew) for crew in self.crews), (NEW, None)]
        return [
            {"key": key, "crew": crew, "marks": self._marks(key)}
            | {name: self[f"{name}-{key}"] for name in ("name", "size", "calendar")}
            for key, crew in keys
        ]

    @property
    def unused(self) -> list[Skill]:
        """Skills that no crew has: they may go."""
        held = {code for codes in self.had.values() for code in codes}
        return [skill for skill in self.skills if skill.code not in held]

    def _marks(self, key: str) -> list[tuple[Skill, bool]]:
        chosen = set(self[f"can-{key}"].value() or ())
        return [(skill, skill.code in chosen) for skill in self.skills]

    def clean(self) -> dict[str, Any]:
        """New codes are new, a new crew has a name."""
        cleaned = super().clean() or self.cleaned_data
        check_seen(self, self.version)
        if cleaned.get("code") and not cleaned.get(f"name-{NEW}"):
            self.add_error(f"name-{NEW}", "The new crew has no name. Give it one.")
        if cleaned.get("code") in {crew.code for crew in self.crews}:
            self.add_error("code", "There is such a crew already. Use another code.")
        if cleaned.get("skill") in {skill.code for skill in self.skills}:
            self.add_error("skill", "There is such a skill already: tick it in the table.")
        return cleaned

    def changes(self) -> tuple[Change, ...]:
        """Only what is different."""
        asked = self.cleaned_data
        found: list[Change] = []
        if asked["skill"]:
            found.append(SkillAs(asked["skill"], asked["skill_name"]))
        for crew in self.crews:
            row = [asked[f"{name}-{crew.id}"] for name in ("name", "calendar", "size")]
            if row != [crew.name, crew.calendar_id, crew.size]:
                found.append(CrewAs(crew.id, crew.code, row[0], row[1], row[2]))
            can = tuple(sorted(asked[f"can-{crew.id}"]))
            if can != self.had[crew.id]:
                found.append(Skilled(crew.id, can))
        if asked["code"]:
            name, calendar, size, can = (
                asked[f"{each}-{NEW}"] for each in ("name", "calendar", "size", "can")
            )
            found.append(CrewAs(0, asked["code"], name, calendar, size, tuple(sorted(can))))
        return tuple(found)
