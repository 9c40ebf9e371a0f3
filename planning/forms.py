"""Input of the resource pages."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from django import forms

from planning import engine
from planning.models import Calendar, Crew, Downtime, Machine, Shift

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
ANY_MONDAY = date(2026, 1, 5)
WEEKDAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


class CalendarForm(forms.ModelForm[Calendar]):
    """A calendar whose zone and holidays exist."""

    class Meta:
        model = Calendar
        fields = ("code", "name", "timezone", "country", "subdivision")

    def clean_timezone(self) -> str:
        """The zone is one the clocks of the world know."""
        name: str = self.cleaned_data["timezone"]
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            unknown = f"Time zone {name} is unknown. Write one like Europe/Berlin."
            raise forms.ValidationError(unknown) from error
        return name

    def clean(self) -> dict[str, Any]:
        """Country and subdivision have public holidays we know."""
        cleaned = super().clean() or self.cleaned_data
        country, subdivision = cleaned.get("country"), cleaned.get("subdivision")
        if country:
            try:
                holidays.country_holidays(country, subdiv=subdivision or None)
            except NotImplementedError as error:
                unknown = "Its holidays are not known. Write codes like DE and BE, or leave both empty."
                raise forms.ValidationError({"country": unknown}) from error
        return cleaned


class SpanForm(forms.Form):
    """From when until when, in local time."""

    starts = forms.DateTimeField(label="From", widget=MOMENT)
    ends = forms.DateTimeField(label="Until, as expected", widget=MOMENT)
    note = forms.CharField(label="Note", max_length=200, required=False)


class DowntimeForm(SpanForm):
    """When a machine cannot be used."""

    machine = forms.ModelChoiceField(
        Machine.objects.filter(active=True), label="Machine", empty_label="Choose a machine"
    )
    kind = forms.ChoiceField(choices=Downtime.Kind.choices, label="Why")
    field_order = ("machine", "kind", "starts", "ends", "note")


class AbsenceForm(SpanForm):
    """When people of a crew are away."""

    crew = forms.ModelChoiceField(Crew.objects.all(), label="Crew", empty_label="Choose a crew")
    people = forms.IntegerField(label="How many people", initial=1, min_value=1, max_value=1000)
    field_order = ("crew", "people", "starts", "ends", "note")


class ShiftForm(forms.ModelForm[Shift]):
    """A shift with chosen weekdays and a break that lies within it."""

    weekdays = forms.TypedMultipleChoiceField(
        choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Shift
        fields = ("name", "weekdays", "starts", "ends", "break_starts", "break_ends")

    def clean(self) -> dict[str, Any]:
        """The engine can build it."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("break_starts"), cleaned.get("break_ends")
        if (first is None) != (last is None):
            raise forms.ValidationError({"break_ends": "A break has a start and an end: fill in both."})
        if cleaned.get("starts") is None or cleaned.get("ends") is None or first is None or last is None:
            return cleaned
        try:
            breaks = ((_minute(first), _minute(last)),)
            shift = engine.Shift(0, _minute(cleaned["starts"]), _minute(cleaned["ends"]), breaks)
            engine.build_windows(engine.Pattern("UTC", (shift,)), ANY_MONDAY, ANY_MONDAY, 0)
        except ValueError as error:
            raise forms.ValidationError({"break_starts": "The break lies outside its shift."}) from error
        return cleaned


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
