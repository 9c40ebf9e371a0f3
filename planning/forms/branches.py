"""Input of what-ifs: one form for each kind of change."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, ClassVar, Final

import numpy as np
from django import forms
from django.utils import timezone

from kernel import clock
from orders.models import Order, OrderLine, Priority
from planning.engine import NEVER
from planning.engine.calendars import Windows
from planning.models import Calendar, Machine, WorkCentre
from planning.selectors import load_resources, minute_of, moment_of, next_minute
from planning.selectors.changes import Change, Down, Overtime, Weigh
from planning.selectors.changes.days import SpecialDay
from planning.selectors.changes.machines import NewMachine
from planning.selectors.changes.rush import Rush

MOMENT: Final = {"type": "datetime-local"}
FORMAT: Final = "%Y-%m-%dT%H:%M"
HOUR: Final = 60
NOON: Final = time(12)
MOST_PIECES: Final = 100_000


class NameForm(forms.Form):
    """What a what-if is called."""

    name = forms.CharField(label="What do you try?", max_length=80)


class ChangeForm(forms.Form):
    """Reads one change; `title` and `icon` are what it is called on the page."""

    title: ClassVar[str]
    icon: ClassVar[str]

    @abstractmethod
    def change(self) -> Change:
        """What was filled in; the form is valid."""


class SpanForm(ChangeForm):
    """From when until when, in local time; so many `hours` are offered."""

    hours: ClassVar[int]
    starts = forms.DateTimeField(label="From", widget=forms.DateTimeInput(attrs=MOMENT, format=FORMAT))
    ends = forms.DateTimeField(label="Until", widget=forms.DateTimeInput(attrs=MOMENT, format=FORMAT))
    note = forms.CharField(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        resources = load_resources(clock.now())
        windows = resources.windows_of_calendar(resources.usual)
        starts = self.usually(windows, next_minute(clock.now()) // HOUR * HOUR + HOUR)
        ends = starts + self.hours * HOUR
        moments = {"starts": moment_of(starts), "ends": moment_of(ends)}
        self.initial = {name: timezone.localtime(at) for name, at in moments.items()} | dict(self.initial)

    @abstractmethod
    def usually(self, windows: Windows, soon: int) -> int:
        """The start that is offered, not before `soon`, by the working time of the default calendar."""

    def clean(self) -> dict[str, Any]:
        """It ends after it starts, and has not ended yet."""
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            raise forms.ValidationError({"ends": "It ends before it starts. Give an end after the start."})
        if ends and ends <= clock.now():
            raise forms.ValidationError({"ends": "That is over already. Give an end to come."})
        return cleaned

    def span(self) -> tuple[int, int]:
        """In minutes."""
        return minute_of(self.cleaned_data["starts"]), minute_of(self.cleaned_data["ends"])


class DownForm(SpanForm):
    """A machine breaks down."""

    title, icon, hours = "Breakdown", "tools", 4
    machine = forms.ModelChoiceField(Machine.objects.filter(active=True), empty_label="Choose a machine")
    field_order = ("machine", "starts", "ends", "note")

    def usually(self, windows: Windows, soon: int) -> int:
        """When somebody works."""
        starts = windows["start"][windows["end"] > soon]
        return max(soon, int(starts[0])) if len(starts) else soon

    def change(self) -> Change:
        """The machine stands."""
        return Down(self.cleaned_data["machine"].id, *self.span(), note=self.cleaned_data["note"])


class OvertimeForm(SpanForm):
    """Machines work longer."""

    title, icon, hours = "Overtime", "clock", 2
    machines = forms.ModelMultipleChoiceField(
        Machine.objects.filter(active=True), help_text="Hold Ctrl to choose several."
    )
    field_order = ("machines", "starts", "ends", "note")

    def usually(self, windows: Windows, soon: int) -> int:
        """After the next shift: when nobody works for as long."""
        pause = np.append(windows["start"][1:], NEVER) - windows["end"]
        ends = windows["end"][(windows["end"] >= soon) & (pause >= self.hours * HOUR)]
        return int(ends[0]) if len(ends) else soon

    def change(self) -> Change:
        """They work beside their calendar."""
        chosen = tuple(sorted(each.id for each in self.cleaned_data["machines"]))
        return Overtime(chosen, *self.span(), note=self.cleaned_data["note"])


class DayForm(ChangeForm):
    """One day of a calendar."""

    calendar = forms.ModelChoiceField(Calendar.objects.all(), empty_label="Choose a calendar")
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label="Name", max_length=80)

    def clean_day(self) -> Any:
        """Not a day that is over."""
        day = self.cleaned_data["day"]
        if day < timezone.localdate(clock.now()):
            raise forms.ValidationError("That day is over. Choose one to come.")
        return day

    def change(self) -> Change:
        """The day is closed, or has an extra shift."""
        given = self.cleaned_data
        hours = (f"{given[each]:%H:%M}" if each in given else "" for each in ("starts", "ends"))
        return SpecialDay(given["calendar"].id, given["day"].isoformat(), given["name"], *hours)


class ClosedForm(DayForm):
    """A day without work."""

    title, icon = "Closed day", "ban"


class ShiftForm(DayForm):
    """A shift more on one day."""

    title, icon = "Extra shift", "calendar-event"
    starts = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}), initial="06:00")
    ends = forms.TimeField(
        label="Until",
        widget=forms.TimeInput(attrs={"type": "time"}),
        initial="14:00",
        help_text="An end at or before the start lies on the next day.",
    )


class PriorityForm(ChangeForm):
    """Another priority of an order."""

    title, icon = "Priority", "flag"
    order = forms.CharField(label="Order number", max_length=20)
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, initial=Priority.RUSH)

    def clean_order(self) -> Order:
        """An order that is under way."""
        order = Order.objects.by_reference(self.cleaned_data["order"].strip()).first()
        if order is None or not order.lines.open().exists():
            raise forms.ValidationError("There is no open order of that number. Look it up under Orders.")
        return order

    def change(self) -> Change:
        """Its jobs weigh more or less."""
        return Weigh(self.cleaned_data["order"].id, self.cleaned_data["priority"])


class RushForm(ChangeForm):
    """A rush order: an open quotation, or one more of a job."""

    title, icon = "Rush order", "bolt"
    reference = forms.CharField(
        label="Quotation or order",
        max_length=20,
        help_text="A quotation as if confirmed; an order as if again.",
    )
    position = forms.IntegerField(label="Line", initial=10, min_value=1)
    quantity = forms.IntegerField(label="Quantity", initial=1, min_value=1, max_value=MOST_PIECES)
    wished = forms.DateField(label="Wanted on", widget=forms.DateInput(attrs={"type": "date"}))

    def clean_wished(self) -> Any:
        """Not a day that is over."""
        day = self.cleaned_data["wished"]
        if day < timezone.localdate(clock.now()):
            raise forms.ValidationError("That day is over. Choose one to come.")
        return day

    def clean(self) -> dict[str, Any]:
        """The line exists."""
        cleaned = super().clean() or self.cleaned_data
        orders = Order.objects.by_reference(cleaned.get("reference", "").strip())
        line = OrderLine.objects.filter(order__in=orders, position=cleaned.get("position") or 0).first()
        if line is None and not self.errors:
            raise forms.ValidationError(
                {"reference": "There is no such line. Look it up under Orders; lines count in tens."}
            )
        return cleaned | {"line": line}

    def change(self) -> Change:
        """One more job, before everybody else."""
        given, line = self.cleaned_data, self.cleaned_data["line"]
        due = timezone.make_aware(datetime.combine(given["wished"], NOON))
        quoted = line.state in ("draft", "quoted")
        return Rush(line.id, given["quantity"], minute_of(due), quoted=quoted)


class MachineForm(ChangeForm):
    """One more machine."""

    title, icon = "New machine", "plus"
    centre = forms.ModelChoiceField(
        WorkCentre.objects.filter(unlimited=False), label="Work centre", empty_label="Choose a work centre"
    )
    code = forms.CharField(label="Code", max_length=20)
    name = forms.CharField(label="Name", max_length=120)
    speed = forms.IntegerField(
        label="Speed in percent",
        initial=100,
        min_value=1,
        max_value=1000,
        help_text="200: half the run time.",
    )
    places = forms.IntegerField(
        label="Places", initial=0, min_value=0, max_value=MOST_PIECES, help_text="0: one operation at a time."
    )

    def clean_code(self) -> str:
        """No machine has it."""
        code: str = self.cleaned_data["code"].strip()
        if Machine.objects.filter(code=code).exists():
            raise forms.ValidationError(f"There is a machine {code} already. Choose another code.")
        return code

    def change(self) -> Change:
        """It is in service from now on."""
        given = self.cleaned_data
        return NewMachine(given["centre"].id, given["code"], given["name"], given["speed"], given["places"])


CHANGE_FORMS: Final[Mapping[str, type[ChangeForm]]] = {
    "breakdown": DownForm,
    "overtime": OvertimeForm,
    "extra-shift": ShiftForm,
    "closed-day": ClosedForm,
    "priority": PriorityForm,
    "rush-order": RushForm,
    "new-machine": MachineForm,
}
"""By the word in the address, in the order of the page."""
