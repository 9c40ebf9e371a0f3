"""Input of one calendar: who it is, its weekly shifts, the days that differ."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory

from kernel import formats
from kernel.errors import Refused
from kernel.htmx import add_refusal
from planning.forms.rows import check_seen, mark_seen, tell_rows
from planning.selectors.changes import Change
from planning.selectors.changes.calendars import hours_of
from planning.selectors.shop.hours import (
    MOST_DAYS,
    MOST_SHIFTS,
    Definition,
    OtherDay,
    WeekShift,
    check_country,
    check_definition,
    check_shift,
    check_zone,
    version_of,
)

WEEKDAYS: Final = [(str(at), name) for at, name in enumerate(formats.WEEKDAYS)]
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SHOWN: Final = timedelta(days=31)
"""Exceptions that are over for longer are kept, not shown."""
EMPTY: Final = 3
"""So many rows await the shifts of an empty calendar."""


class CalendarForm(forms.Form):
    """Where the calendar is and what it is called."""

    code = forms.CharField(label="Code", max_length=20)
    name = forms.CharField(label="Name", max_length=80)
    timezone = forms.CharField(label="Time zone", max_length=40, initial="Europe/Berlin")
    country = forms.CharField(
        label="Country", max_length=2, required=False, help_text="Its public holidays are free, such as DE."
    )
    subdivision = forms.CharField(
        label="Part of it", max_length=4, required=False, help_text="Holidays of this part too, such as BE."
    )

    def clean_country(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["country"]).upper()

    def clean_subdivision(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["subdivision"]).upper()

    def clean(self) -> dict[str, Any]:
        """Zone and holidays are known."""
        cleaned = super().clean() or self.cleaned_data
        for check, names in ((check_zone, ("timezone",)), (check_country, ("country", "subdivision"))):
            if all(name in cleaned for name in names):
                try:
                    check(*(cleaned[name] for name in names))
                except Refused as refusal:
                    add_refusal(self, refusal)
        return cleaned


class ShiftForm(forms.Form):
    """A shift with chosen weekdays and a break that lies within it."""

    name = forms.CharField(label="Shift", max_length=40)
    weekdays = forms.MultipleChoiceField(
        label="Weekdays", choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label="From", widget=TIME)
    ends = forms.TimeField(label="To", widget=TIME)
    break_starts = forms.TimeField(label="Break from", widget=TIME, required=False)
    break_ends = forms.TimeField(label="Break to", widget=TIME, required=False)

    @property
    def times(self) -> list[forms.BoundField]:
        """The cells of its row that hold times."""
        return [self[name] for name in ("starts", "ends", "break_starts", "break_ends")]

    def shift(self) -> WeekShift:
        """What was filled in."""
        asked = self.cleaned_data
        times = (asked.get(name) for name in ("starts", "ends", "break_starts", "break_ends"))
        texts = [f"{moment:%H:%M}" if moment is not None else "" for moment in times]
        return WeekShift(asked.get("name", ""), "".join(sorted(asked.get("weekdays", ()))), *texts)

    def clean(self) -> dict[str, Any]:
        """The engine can build it."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_shift(self.shift())
            except Refused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return cleaned


class DayForm(forms.Form):
    """A day that differs: closed, or an extra shift."""

    date = forms.DateField(label="Day", widget=DAY)
    name = forms.CharField(label="Why", max_length=80)
    starts = forms.TimeField(label="Extra shift from", widget=TIME, required=False)
    ends = forms.TimeField(label="To", widget=TIME, required=False)

    def clean(self) -> dict[str, Any]:
        """An extra shift has both times."""
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("starts") is None) != (cleaned.get("ends") is None):
            raise forms.ValidationError("Give both times for an extra shift, none for a closed day.")
        return cleaned

    def day(self) -> OtherDay:
        """What was filled in."""
        asked = self.cleaned_data
        times = (asked[name] for name in ("starts", "ends"))
        texts = [f"{moment:%H:%M}" if moment is not None else "" for moment in times]
        return OtherDay(asked["date"].isoformat(), asked["name"], *texts)


SHIFTS: Final[type[BaseFormSet[ShiftForm]]] = formset_factory(
    ShiftForm, extra=1, can_delete=True, max_num=MOST_SHIFTS
)
DAYS: Final[type[BaseFormSet[DayForm]]] = formset_factory(
    DayForm, extra=2, can_delete=True, max_num=MOST_DAYS
)


class CalendarEntry:
    """A calendar being edited: `form`, `shifts` and `days` are what the page shows."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, number: int, stored: Definition | None, today: date
    ) -> None:
        """`number` is the id of the calendar, 0 for a new one; `stored` is what it begins with."""
        self.number, self.stored, self.today = number, stored, today
        since = (today - SHOWN).isoformat()
        days = stored.days if stored else ()
        self.past = tuple(day for day in days if day.day < since)
        shown = [day for day in days if day.day >= since]
        self.form = CalendarForm(data, initial=_head(stored, new=not number))
        self.version = version_of(stored) if stored and number else ""
        mark_seen(self.form, self.version)
        if number:
            self.form.fields["code"].disabled = True
        shifts = [
            each._asdict() | {"weekdays": list(each.weekdays)} for each in (stored.shifts if stored else ())
        ]
        self.shifts = SHIFTS(data, prefix="shift", initial=shifts)
        self.shifts.extra = 1 if shifts else EMPTY
        self.days = DAYS(data, prefix="day", initial=[each._asdict() | {"date": each.day} for each in shown])

    def drawn(self) -> tuple[WeekShift, ...] | None:
        """The shifts as they are filled in, or as they are; None where one makes no sense."""
        if not self.shifts.is_bound:
            return self.stored.shifts if self.stored else ()
        return tuple(row.shift() for row in _kept(self.shifts)) if self.shifts.is_valid() else None

    def is_readable(self) -> bool:
        """Whether every field makes sense by itself."""
        return all([self.form.is_valid(), self.shifts.is_valid(), self.days.is_valid()])

    def is_valid(self) -> bool:
        """Whether it makes a calendar; refusals stand at their fields."""
        if not self.is_readable():
            tell_rows(self.form, self.shifts, "Shift")
            tell_rows(self.form, self.days, "Exception")
            return False
        check_seen(self.form, self.version)
        try:
            check_definition(self.definition(), self.today)
        except Refused as refusal:
            add_refusal(self.form, refusal)
        return not self.form.errors

    def definition(self) -> Definition:
        """The calendar as it was filled in, with exceptions that are long over."""
        head = self.form.cleaned_data
        days = sorted((*self.past, *(row.day() for row in _kept(self.days))))
        code, name, zone, country, part = (
            str(head[each]).strip() for each in ("code", "name", "timezone", "country", "subdivision")
        )
        return Definition(code, name, zone, country, part, self.drawn() or (), tuple(days))

    def changes(self) -> tuple[Change, ...]:
        """One, or none where nothing is different."""
        definition = self.definition()
        same = self.number and definition == self.stored
        return () if same else (hours_of(self.number, definition),)


def _head(stored: Definition | None, *, new: bool) -> dict[str, str]:
    if stored is None:
        return {}
    head = {"timezone": stored.zone, "country": stored.country, "subdivision": stored.subdivision}
    return head if new else head | {"code": stored.code, "name": stored.name}


def _kept(rows: BaseFormSet[Any]) -> list[Any]:
    """The rows that are filled in and stay."""
    gone = set(rows.deleted_forms)
    return [row for row in rows.forms if row not in gone and row.cleaned_data]
