"""Inputs of the logistics pages."""

from typing import Any

from django import forms

from kernel import clock
from logistics.models import Carrier
from logistics.services import PackageInput
from orders.models import OrderLine


class PackForm(forms.Form):
    """One package per form post: which lines go in, of what kind, how heavy."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    lines = forms.ModelMultipleChoiceField(
        OrderLine.objects.none(), label="Lines", widget=forms.CheckboxSelectMultiple
    )
    kind = forms.CharField(label="Kind of package", max_length=40, initial="Carton")
    packages = forms.IntegerField(label="Number of packages", min_value=1, max_value=99, initial=1)
    gross_kg = forms.DecimalField(
        label="Gross weight of each", help_text="In kg.", max_digits=8, decimal_places=2, localize=False
    )

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lines"]
        field.queryset = OrderLine.objects.filter(id__in=[line.id for line in lines]).select_related(
            "product"
        )
        field.label_from_instance = lambda line: f"Line {line.position}: {line.quantity} × {line.product}"
        self.initial.setdefault("lines", [line.id for line in lines])

    def package_inputs(self) -> list[PackageInput]:
        """The packages of a valid form; pieces are spread over them as evenly as they go."""
        count = self.cleaned_data["packages"]
        shares = {line.id: _spread(line.quantity, count) for line in self.cleaned_data["lines"]}
        return [
            PackageInput(
                kind=self.cleaned_data["kind"],
                gross_kg=self.cleaned_data["gross_kg"],
                contents=tuple((line_id, parts[index]) for line_id, parts in shares.items() if parts[index]),
            )
            for index in range(count)
        ]


def _spread(quantity: int, count: int) -> list[int]:
    each, rest = divmod(quantity, count)
    return [each + (index < rest) for index in range(count)]


class ShipForm(forms.Form):
    """Carrier and tracking number."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    carrier = forms.ModelChoiceField(Carrier.objects.all())
    tracking_number = forms.CharField(label="Tracking number", max_length=60, required=False)


class DeliverForm(forms.Form):
    """The proof of delivery."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    received_by = forms.CharField(label="Received by", max_length=120)
    at = forms.DateTimeField(
        label="Received at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"],
        initial=clock.now,
    )


class ReturnForm(forms.Form):
    """That it is back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
