"""Input of a move without scripts: another machine, another time."""

from typing import Any

from django import forms

from planning.forms.spans import MOMENT
from planning.models import Machine, Operation
from planning.selectors import minute_of
from planning.selectors.changes import Change, Move


class MoveForm(forms.Form):
    """Where an operation goes: a machine that can do it, and when."""

    machine = forms.ModelChoiceField(Machine.objects.none(), label="Machine", empty_label=None)
    starts = forms.DateTimeField(label="Begins", widget=MOMENT)
    seen_machine = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_start = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, operation: Operation) -> None:
        first = {
            "machine": operation.machine_id,
            "starts": operation.planned_start,
            "seen_machine": operation.machine_id,
            "seen_start": minute_of(operation.planned_start),
        }
        super().__init__(data, initial=first)
        self.operation = operation
        able = Machine.objects.filter(active=True, work_centre__processes=operation.process_id)
        self.fields["machine"].queryset = able.order_by("work_centre__position", "code")  # type: ignore[attr-defined]

    @property
    def form(self) -> forms.Form:
        """Where refusals stand."""
        return self

    def changes(self) -> tuple[Change, ...]:
        """The move, with where the planner saw it; none where it stays."""
        asked = self.cleaned_data
        to = (asked["machine"].id, minute_of(asked["starts"]))
        seen = (asked["seen_machine"], asked["seen_start"])
        if to == seen:
            return ()
        return (Move(self.operation.id, *to, *(seen if None not in seen else ())),)
