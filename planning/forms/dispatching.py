"""Input of the dispatch page."""

from typing import Any

from django import forms

from planning.models import Dispatching


class DispatchForm(forms.Form):
    """When work is released to the floor, and what no repair moves any more."""

    release = forms.ChoiceField(label="Released to the floor", choices=Dispatching.Release.choices)
    ahead_hours = forms.IntegerField(label="By date: hours ahead of the planned start", min_value=0)
    load_hours = forms.IntegerField(label="By load: hours of work for each machine", min_value=0)
    frozen_hours = forms.IntegerField(label="Frozen zone in hours: nothing in it is moved", min_value=0)

    @staticmethod
    def values_of(rule: Dispatching) -> dict[str, Any]:
        """The fields filled from the rule in force."""
        return {name: getattr(rule, name) for name in DispatchForm.base_fields}
