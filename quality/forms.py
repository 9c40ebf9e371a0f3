"""Input of the quality pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from kernel.wording import plain
from quality.models import Result
from quality.services import Value

CONFORMS = (("yes", "Conforms"), ("no", "Does not conform"))


class MeasureField(forms.DecimalField):
    """A measured value; a decimal comma is as good as a point, and a true minus sign as a hyphen."""

    def to_python(self, value: Any) -> Any:
        """The Decimal, None for nothing."""
        if isinstance(value, str):
            value = value.strip().replace("\u2212", "-").replace("\u202f", "")
            if "." not in value:
                value = value.replace(",", ".", 1)
        return super().to_python(value)


class ValuesForm(forms.Form):
    """The rows of an inspection, or one of them: `value-3` for characteristic 3; empty clears."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, results: Iterable[Result], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = [result.number for result in results]
        for result in results:
            self.fields[f"value-{result.number}"] = _field(result)

    def values(self) -> dict[int, Value]:
        """What was entered, by characteristic number."""
        return {number: _value(self.cleaned_data[f"value-{number}"]) for number in self.numbers}


class DecideForm(forms.Form):
    """The version the inspector saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class UseAsIsForm(DecideForm):
    """Why it may be used although it deviates."""

    reason = forms.CharField(max_length=300)


@dataclass(frozen=True)
class Row:
    """A row of the sheet as the page shows it: what was entered, kept when it was refused."""

    result: Result
    entered: str
    errors: tuple[str, ...] = ()


def row_of(result: Result, form: forms.Form | None = None, errors: Sequence[str] = ()) -> Row:
    """The row with what stands in `form`, else with what is recorded."""
    name = f"value-{result.number}"
    if form is not None and name in form.data:
        found = form.errors.get(name, ()) if name in form.fields else ()
        return Row(result, str(form.data[name]), tuple(str(error) for error in found))
    if result.asked.measured:
        return Row(result, "" if result.measured is None else plain(result.measured), tuple(errors))
    return Row(result, {True: "yes", False: "no", None: ""}[result.conforms], tuple(errors))


def _field(result: Result) -> forms.Field:
    if result.asked.measured:
        return MeasureField(max_digits=16, decimal_places=4, required=False, label=str(result))
    return forms.ChoiceField(choices=(("", "Not recorded"), *CONFORMS), required=False, label=str(result))


def _value(cleaned: Any) -> Value:
    return {"yes": True, "no": False, "": None}[cleaned] if isinstance(cleaned, str) else cleaned
