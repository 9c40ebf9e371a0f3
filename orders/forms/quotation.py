"""Inputs of the configure-and-quote page: the head of a quotation, and one line."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from orders.engine import Effectivity, effectivity
from orders.engine.extras import words_of_values
from orders.forms.values import ValuesField
from orders.models import Address, Contact, Customer, Incoterm, Order, OrderLine, ShipPolicy

CHOICE = "choice."
LARGEST_QUANTITY = 100_000
LARGEST_SERIAL = 1_000_000_000


class HeaderForm(forms.Form):
    """What a quotation says besides its lines, for one customer."""

    customer_po = forms.CharField(
        label="Customer PO number", max_length=40, required=False, help_text="As it stands on their order."
    )
    requested_date = forms.DateField(
        label="Requested date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="When the customer wants it.",
    )
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False, empty_label="Nobody named")
    ship_to = forms.ModelChoiceField(
        Address.objects.none(), label="Ship to", required=False, empty_label="Not known yet"
    )
    ship_policy = forms.ChoiceField(label="Ship policy", choices=ShipPolicy.choices)
    incoterm = forms.ChoiceField(label="Incoterm", choices=Incoterm.choices)
    incoterm_place = forms.CharField(
        label="Named place", max_length=80, required=False, help_text="Where the Incoterm applies."
    )
    note = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Note on the quotation",
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        addresses = customer.addresses.filter(kind=Address.Kind.DELIVERY)
        self.fields["contact"].queryset = customer.contacts.all()  # type: ignore[attr-defined]
        self.fields["ship_to"].queryset = addresses  # type: ignore[attr-defined]
        if not self.is_bound and "ship_to" not in self.initial:
            known = list(addresses[:2])
            self.initial["ship_to"] = known[0] if len(known) == 1 else None


class QuantitiesField(forms.CharField):
    """Whole numbers with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """A stored list as it is typed."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        """The numbers; says which word is none."""
        words = str(super().clean(value)).replace(";", ",").replace(",", " ").split()
        for word in words:
            if not (word.isascii() and word.isdigit() and 0 < int(word[:9]) <= LARGEST_QUANTITY):
                raise forms.ValidationError(
                    f"“{word[:20]}” is no quantity. Give whole numbers such as 5, 20."
                )
        return [int(word) for word in words]


class LineForm(forms.Form):
    """Quantity, date and note of one line; its choices come beside it as `choice.CODE`."""

    quantity = forms.IntegerField(min_value=1, max_value=LARGEST_QUANTITY, initial=1)
    line_date = forms.DateField(
        label="Requested date of this line",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Only where it differs from the quotation's.",
    )
    serial = forms.IntegerField(
        label="Serial or line number",
        min_value=1,
        max_value=LARGEST_SERIAL,
        required=False,
        help_text="Of the first piece, where parts depend on it.",
    )
    discount_percent = forms.DecimalField(
        label="Discount",
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text="Beyond your limit a manager approves it.",
    )
    line_note = forms.CharField(label="Note on this line", max_length=500, required=False)
    extras = ValuesField()
    alternatives = QuantitiesField(
        label="Further quantities",
        max_length=80,
        required=False,
        help_text="Such as 5, 20: each with its own price, the customer chooses one.",
    )
    optional = forms.BooleanField(
        label="Option line", required=False, help_text="The customer may take it or leave it out."
    )


def header_initial(order: Order) -> dict[str, Any]:
    """The head of a stored quotation, as the form shows it."""
    return {
        "customer_po": order.customer_po,
        "requested_date": order.requested_date,
        "contact": order.contact_id,
        "ship_to": order.ship_to_id,
        "ship_policy": order.ship_policy,
        "incoterm": order.incoterm,
        "incoterm_place": order.incoterm_place,
        "note": order.note,
    }


def line_initial(line: OrderLine | None) -> dict[str, Any]:
    """A stored line, as the form shows it."""
    if line is None:
        return {}
    return {
        "quantity": line.quantity,
        "line_date": line.requested_date,
        "serial": line.serial,
        "discount_percent": line.discount_percent or None,
        "line_note": line.note,
        "extras": words_of_values(line.extras),
        "alternatives": [row["quantity"] for row in line.alternatives],
        "optional": line.optional,
    }


def line_copied(line: OrderLine | None) -> dict[str, Any]:
    """What a new line takes of an earlier one; drawings belong to their order."""
    return {"quantity": line.quantity, "extras": words_of_values(line.extras)} if line else {}


def choices_in(data: QueryDict) -> dict[str, object]:
    """The choices that stand on the page, the latest last.

    What was left open comes as empty text and is no choice.
    """
    names = [name for name in data if name.startswith(CHOICE)]
    latest = CHOICE + data.get("latest", "")
    given = {name: ",".join(data.getlist(name)).strip() for name in sorted(names, key=latest.__eq__)}
    return {name.removeprefix(CHOICE): value for name, value in given.items() if value}


def discount_in(data: QueryDict) -> Decimal:
    """The discount for the price shown while typing; none for what is no usable number yet."""
    text = data.get("discount_percent", "").strip().replace(",", ".")
    usable = re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII)
    return min(Decimal(text), Decimal(100)) if usable else Decimal(0)


def effectivity_in(data: QueryDict) -> Effectivity:
    """When it is wanted, by the line or the quotation, and for which serial number, as far as typed yet."""
    days = (_day(data.get(name, "")) for name in ("line_date", "requested_date"))
    serial = data.get("serial", "").strip()
    usable = serial.isascii() and serial.isdigit() and 0 < int(serial[:10]) <= LARGEST_SERIAL
    return effectivity(int(serial[:10]) if usable else None, *days)


def _day(text: str) -> date | None:
    """A day as a date field sends it; None for what is none yet."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def quantity_in(data: QueryDict) -> int:
    """The quantity for the price shown while typing; 1 for what is no usable number yet."""
    text = data.get("quantity", "").strip()
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(wanted, 1), LARGEST_QUANTITY)
