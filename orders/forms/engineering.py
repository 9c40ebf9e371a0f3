"""Inputs of a non-catalogue line: name, price, and rows typed with semicolons between the cells."""

from typing import Any

from django import forms

from orders.services import HandWork


def _rows_field(label: str, help_text: str, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=40_000, widget=widget
    )


class EngineeringForm(forms.Form):
    """What is made for this quotation only."""

    name = forms.CharField(label="What is made", max_length=120)
    unit_price = forms.DecimalField(label="Price of one piece", min_value=0, max_digits=12, decimal_places=2)
    materials = _rows_field("Materials", "A row each: item; quantity per piece; operation")
    operations = _rows_field(
        "Operations", "A row each: number; name; process; set-up minutes; minutes per piece"
    )
    checks = _rows_field(
        "Inspection", "A row each: what; nominal; lower; upper; unit. Or: what; words expected", False
    )

    def work(self, currency: str) -> HandWork:
        """As the service takes it; the form is valid."""
        data: dict[str, Any] = self.cleaned_data
        return HandWork(
            data["name"],
            data["unit_price"],
            currency,
            data["materials"],
            data["operations"],
            data["checks"],
        )
