"""Inputs of the procurement pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from kernel.wording import plain
from orders.models import Item
from procurement.models import Lot, PurchaseOrder, PurchaseOrderLine
from procurement.services import Opening, Receipt

NOON = time(12)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _amount(label: str, **options: Any) -> forms.DecimalField:
    """A quantity: as many digits as the database holds; what is sensible the service says."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, max_digits=14, decimal_places=4, widget=widget, **options)


@dataclass(frozen=True)
class Row:
    """A purchase line with its inputs."""

    line: PurchaseOrderLine
    inputs: Sequence[BoundField]


class LinesForm(forms.Form):
    """Inputs for each open line of a purchase order, and the version the person saw.

    The inputs of a line are named `<what>-<line id>`, as the services name them when they refuse.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        self.initial["version"] = order.version

    @property
    def rows(self) -> list[Row]:
        """The lines with their inputs, in order."""
        return [
            Row(line, [self[name] for name in self.fields if name.endswith(f"-{line.id}")])
            for line in self.lines
        ]


class ReceiveForm(LinesForm):
    """What came, per line: proposes all that is to come, and a lot number."""

    def __init__(self, *args: Any, order: PurchaseOrder, received: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        for number, line in enumerate(self.lines, received + 1):
            self._add(line, f"{order.number}-{number}")

    def _add(self, line: PurchaseOrderLine, proposed: str) -> None:
        label = f"Quantity of {line.item.number}"
        self.fields[f"quantity-{line.id}"] = _amount(label, required=False, initial=plain(line.outstanding))
        self.fields[f"lot_number-{line.id}"] = forms.CharField(
            label=f"Lot number of {line.item.number}", required=False, initial=proposed
        )

    def receipts(self) -> list[Receipt]:
        """What a valid form says came: the lines with a quantity."""
        data = self.cleaned_data
        return [
            Receipt(line, data[f"quantity-{line.id}"], data[f"lot_number-{line.id}"])
            for line in self.lines
            if data[f"quantity-{line.id}"] is not None
        ]


class DatesForm(LinesForm):
    """The days the supplier confirms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.lines:
            expected = line.expected_at and timezone.localtime(line.expected_at).date()
            self.fields[f"expected_at-{line.id}"] = forms.DateField(
                label=f"Expected day of {line.item.number}", initial=expected, widget=DAY
            )

    def dates(self) -> dict[int, datetime]:
        """The changed days of a valid form, at noon in the shop's time zone."""
        zone = timezone.get_default_timezone()
        return {
            line.id: datetime.combine(self.cleaned_data[name], NOON, zone)
            for line in self.lines
            for name in [f"expected_at-{line.id}"]
            if name in self.changed_data
        }


class LotForm(forms.Form):
    """A lot that is here without a purchase order."""

    number = forms.CharField(label="Lot number")
    quantity = _amount("Quantity")
    unit_cost = _amount("Cost per unit", initial="0")
    reason = forms.CharField(label="Reason", max_length=200, required=False)

    def opening(self, item: Item) -> Opening:
        """The lot of a valid form."""
        data = self.cleaned_data
        return Opening(item, data["number"], data["quantity"], data["unit_cost"])


class AdjustForm(forms.Form):
    """What is added to a lot, or taken from it, and why."""

    seen = forms.DecimalField(widget=forms.HiddenInput)
    quantity = _amount("Change", help_text="With a minus: what is taken from stock.")
    reason = forms.CharField(label="Reason", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    @classmethod
    def of(cls, lot: Lot, data: Any) -> "AdjustForm":
        """The form for a lot, with what is on hand now."""
        return cls(data, initial={"seen": plain(Decimal(lot.on_hand))})


class FailingForm(forms.Form):
    """How much later the material of a supplier comes, or when."""

    days = forms.IntegerField(label="So many days later", min_value=1, max_value=730, required=False)
    day = forms.DateField(label="Or not before", required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (cleaned.get("days") is None) == (cleaned.get("day") is None):
            raise forms.ValidationError({"days": "Give either a number of days or a day, not both."})
        return cleaned
