"""Input of machines, work centres and tools."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory

from orders.models import Process
from planning.forms.rows import check_seen, mark_seen, tell_rows
from planning.models import Calendar, Machine, Tool, WorkCentre
from planning.selectors.changes import Change
from planning.selectors.changes.calendars import Remove
from planning.selectors.changes.equipment import CentreAs, MachineAs, Tooled
from planning.selectors.shop.hours import fingerprint

MOST_ROWS: Final = 1000


class MachineForm(forms.Form):
    """One machine of a work centre."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(label="Machine", max_length=20)
    name = forms.CharField(label="Name", max_length=120)
    speed = forms.IntegerField(label="Speed in %", initial=100, min_value=1, max_value=10_000)
    places = forms.IntegerField(label="Places", initial=0, min_value=0, max_value=1_000_000)
    active = forms.BooleanField(label="In service", initial=True, required=False)


class ToolForm(forms.Form):
    """A tool and how many there are."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(label="Tool", max_length=60)
    name = forms.CharField(label="Name", max_length=80, required=False)
    quantity = forms.IntegerField(label="How many", initial=1, min_value=0, max_value=30_000)


class CentreForm(forms.ModelForm[WorkCentre]):
    """A work centre: its calendar and what it offers."""

    calendar = forms.ModelChoiceField(Calendar.objects.all(), label="Calendar", empty_label=None)
    processes = forms.ModelMultipleChoiceField(
        Process.objects.order_by("code"),
        label="Processes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = WorkCentre
        fields = ("code", "name", "calendar", "hourly_rate", "position", "unlimited", "processes")


MACHINES: Final[type[BaseFormSet[MachineForm]]] = formset_factory(
    MachineForm, extra=1, can_delete=True, max_num=MOST_ROWS
)
TOOLS: Final[type[BaseFormSet[ToolForm]]] = formset_factory(
    ToolForm, extra=1, can_delete=True, max_num=MOST_ROWS
)


class CentreEntry:
    """A work centre being edited with its machines: `form` and `rows` are what the page shows."""

    def __init__(self, data: Mapping[str, Any] | None, centre: WorkCentre | None) -> None:
        self.centre = centre
        self.stored: list[Machine] = list(centre.machines.order_by("code")) if centre else []
        self.offered = sorted(centre.processes.values_list("id", flat=True)) if centre else []
        self.form = CentreForm(data, instance=WorkCentre() if centre is None else centre)
        self.before = _centre_as(centre, self.offered) if centre else None
        self.form.initial["processes"] = self.offered
        self.version = fingerprint(repr(self.before), [_values(machine) for machine in self.stored])
        mark_seen(self.form, self.version)
        if centre:
            self.form.fields["code"].disabled = True
        names = ("id", "code", "name", "speed", "places", "active")
        rows = [{name: getattr(each, name) for name in names} for each in self.stored]
        self.rows = MACHINES(data if centre else None, prefix="machine", initial=rows)

    def is_valid(self) -> bool:
        """Whether all of it makes sense."""
        good = [self.form.is_valid(), self.centre is None or self.rows.is_valid()]
        if self.centre is not None:
            check_seen(self.form, self.version)
            tell_rows(self.form, self.rows, "Machine")
        return all(good) and not self.form.errors

    def changes(self) -> tuple[Change, ...]:
        """Only what is different."""
        asked = self.form.cleaned_data
        offers = sorted(process.id for process in asked["processes"])
        wanted = CentreAs(
            self.centre.id if self.centre else 0,
            asked["code"],
            asked["name"],
            asked["calendar"].id,
            tuple(offers),
            asked["unlimited"],
            f"{asked['hourly_rate']:.2f}",
            asked["position"],
        )
        found: list[Change] = [] if wanted == self.before else [wanted]
        return (*found, *(self._machines() if self.centre else ()))

    def _machines(self) -> list[Change]:
        assert self.centre is not None
        known = {each.id: each for each in self.stored}
        found: list[Change] = []
        for row in _filled(self.rows):
            asked = row.cleaned_data
            machine = known.get(asked["id"] or 0)
            if row in self.rows.deleted_forms:
                found += [Remove("machine", machine.code)] if machine else []
                continue
            values = [asked[name] for name in ("code", "name", "active", "speed", "places")]
            if machine is None or values != _values(machine):
                found.append(MachineAs(machine.id if machine else 0, self.centre.id, *values))
        return found


class ToolEntry:
    """All tools being edited; `form` is where refusals stand, `rows` what the page shows."""

    def __init__(self, data: Mapping[str, Any] | None, tools: Sequence[Tool]) -> None:
        self.form = forms.Form(data)
        self.version = fingerprint([(tool.code, tool.name, tool.quantity) for tool in tools])
        mark_seen(self.form, self.version)
        self.stored = {tool.id: tool for tool in tools}
        names = ("id", "code", "name", "quantity")
        rows = [{name: getattr(each, name) for name in names} for each in tools]
        self.rows = TOOLS(data, prefix="tool", initial=rows)

    def is_valid(self) -> bool:
        """Whether all of it makes sense."""
        good = [self.form.is_valid(), self.rows.is_valid()]
        check_seen(self.form, self.version)
        tell_rows(self.form, self.rows, "Tool")
        return all(good) and not self.form.errors

    def changes(self) -> tuple[Change, ...]:
        """Only what is different."""
        found: list[Change] = []
        for row in _filled(self.rows):
            asked = row.cleaned_data
            tool = self.stored.get(asked["id"] or 0)
            if row in self.rows.deleted_forms:
                found += [Remove("tool", tool.code)] if tool else []
                continue
            values = (asked["code"], asked["name"], asked["quantity"])
            if tool is None or values != (tool.code, tool.name, tool.quantity):
                found.append(Tooled(tool.id if tool else 0, *values))
        return tuple(found)


def _centre_as(centre: WorkCentre, offers: Sequence[int]) -> CentreAs:
    """The work centre as it is."""
    return CentreAs(
        centre.id,
        centre.code,
        centre.name,
        centre.calendar_id,
        tuple(offers),
        centre.unlimited,
        f"{centre.hourly_rate:.2f}",
        centre.position,
    )


def _values(machine: Machine) -> list[object]:
    return [machine.code, machine.name, machine.active, machine.speed, machine.places]


def _filled(rows: BaseFormSet[Any]) -> list[Any]:
    return [row for row in rows.forms if row.cleaned_data]
