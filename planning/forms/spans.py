"""Input of stretches: machines that work longer or stand, people who are away."""

import calendar
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from kernel import clock
from kernel.errors import Refused
from planning import engine
from planning.models import Crew, Downtime, Machine, WorkCentre
from planning.selectors import load_resources, minute_of, next_minute
from planning.selectors.changes import Away, Change, Down, Overtime

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OVERTIME: Final = "overtime"
ONCE, WEEKLY, MONTHLY = "", "week", "month"
MOST: Final = 60
"""So often a stretch is repeated at most."""


class SpanForm(forms.Form):
    """From when until when, in local time."""

    starts = forms.DateTimeField(label="From", widget=MOMENT)
    ends = forms.DateTimeField(label="Until", widget=MOMENT)
    note = forms.CharField(label="Note", max_length=200, required=False)

    @property
    def form(self) -> forms.Form:
        """Where refusals stand."""
        return self

    def clean(self) -> dict[str, Any]:
        """It ends after it starts."""
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            raise forms.ValidationError({"ends": "It ends before it starts. Give an end after the start."})
        return cleaned


class HoursForm(SpanForm):
    """Overtime, a breakdown, maintenance or a closure of machines, once or repeated."""

    machines = forms.ModelMultipleChoiceField(
        Machine.objects.filter(active=True).select_related("work_centre"),
        label="Machines",
        required=False,
    )
    centres = forms.ModelMultipleChoiceField(WorkCentre.objects.all(), label="Work centres", required=False)
    act = forms.ChoiceField(
        label="What",
        choices=[*Downtime.Kind.choices, (OVERTIME, "Overtime, beside their calendar")],
    )
    repeat = forms.ChoiceField(
        label="Repeat",
        required=False,
        choices=[(ONCE, "Once"), (WEEKLY, "Every week"), (MONTHLY, "Every month")],
    )
    until = forms.DateField(label="Last day", required=False, widget=DAY)
    field_order = ("act", "starts", "ends", "repeat", "until", "note", "machines", "centres")

    def clean(self) -> dict[str, Any]:
        """What repeats has a last day, and some machine is meant: by itself or with its work centre."""
        cleaned = super().clean()
        whole = Machine.objects.filter(active=True, work_centre__in=cleaned.get("centres") or ())
        cleaned["machines"] = list(dict.fromkeys([*(cleaned.get("machines") or ()), *whole]))
        if not cleaned["machines"] and "machines" not in self.errors:
            self.add_error("machines", "No machine is chosen. Tick at least one.")
        if cleaned.get("repeat") and not cleaned.get("until") and "until" not in self.errors:
            raise forms.ValidationError({"until": "It repeats without an end. Give the last day."})
        return cleaned

    def changes(self) -> tuple[Change, ...]:
        """Overtime of all machines, or a downtime of each, for every time it happens.

        A machine need not stand again when it is not working anyway, such as on a holiday.
        """
        asked = self.cleaned_data
        times = repeated(asked["starts"], asked["ends"], asked["repeat"], asked["until"])
        spans = [(minute_of(starts), next_minute(ends)) for starts, ends in times]
        ids, note = tuple(machine.id for machine in asked["machines"]), asked["note"]
        if asked["act"] == OVERTIME:
            return tuple(Overtime(ids, starts, ends, note) for starts, ends in spans)
        shop = load_resources(clock.now())
        return tuple(
            Down(machine, *span, asked["act"], note)
            for at, span in enumerate(spans)
            for machine in ids
            if not at or engine.work_between(shop.windows_of(machine), *span)
        )


class AbsenceForm(SpanForm):
    """When people of a crew are away."""

    crew = forms.ModelChoiceField(Crew.objects.all(), label="Crew", empty_label="Choose a crew")
    people = forms.IntegerField(label="How many people", initial=1, min_value=1, max_value=1000)
    field_order = ("crew", "people", "starts", "ends", "note")

    def changes(self) -> tuple[Change, ...]:
        """One absence."""
        asked = self.cleaned_data
        starts, ends = minute_of(asked["starts"]), next_minute(asked["ends"])
        return (Away(asked["crew"].id, asked["people"], starts, ends, asked["note"]),)


def repeated(
    starts: datetime, ends: datetime, repeat: str, until: date | None
) -> list[tuple[datetime, datetime]]:
    """The stretch and its repetitions up to a day, at the same time of day; Refused where they are too many.

    A month without that day is left out.
    """
    first, last = timezone.localtime(starts), timezone.localtime(ends)
    length = last.replace(tzinfo=None) - first.replace(tzinfo=None)
    found: list[tuple[datetime, datetime]] = []
    for number in range(MOST + 1):
        day = _later(first.date(), repeat, number)
        if number and (until is None or not repeat or _beyond(first.date(), repeat, number, until)):
            return found
        if day is not None:
            begin = datetime.combine(day, first.time())
            found.append((timezone.make_aware(begin), timezone.make_aware(begin + length)))
    raise Refused(
        f"That are more than {MOST} times.",
        field="until",
        remedy="Give a sooner last day and repeat it then.",
    )


def _later(day: date, repeat: str, number: int) -> date | None:
    """The day `number` weeks or months later, None where that month has no such day."""
    if repeat != MONTHLY:
        return day + timedelta(days=7 * number)
    year, month = _month(day, number)
    return date(year, month, day.day) if day.day <= calendar.monthrange(year, month)[1] else None


def _beyond(day: date, repeat: str, number: int, until: date) -> bool:
    if repeat != MONTHLY:
        return day + timedelta(days=7 * number) > until
    found = _later(day, repeat, number)
    return found > until if found else date(*_month(day, number), 1) > until


def _month(day: date, number: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + number, 12)
    return day.year + years, month + 1
