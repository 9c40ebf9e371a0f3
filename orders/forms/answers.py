"""Inputs of a customer's answer to a quotation: accept with its choices, reject, ask."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from kernel import formats
from kernel.tongue import say
from orders.engine.choosing import Total, offers_of, picked, total_of
from orders.models import Address, LostReason, QuotationRevision

TAKE, QUANTITY = "take.", "quantity."


def _reasons() -> list[tuple[str, str]]:
    return [(value, say(label)) for value, label in (("", "Choose one"), *LostReason.choices)]


class AcceptForm(forms.Form):
    """Who accepts which document, with one field for each choice that the revision leaves."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    title = forms.CharField(label="Your position", max_length=120, required=False)
    customer_po = forms.CharField(label="Your purchase order number", max_length=40, required=False)
    ship_to = forms.ModelChoiceField(
        Address.objects.none(), label="Deliver to", empty_label="Choose the address"
    )
    document = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sha256 = forms.BooleanField(
        error_messages={"required": "Tick the document that you accept, after reading it."}
    )

    def __init__(self, *args: Any, revision: QuotationRevision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = revision.order
        self.revision = revision
        self.initial = {"customer_po": order.customer_po, **self.initial, "document": revision.sha256}
        self.rows: dict[int, dict[str, Any]] = {row["position"]: row for row in revision.content["lines"]}
        self.fields["customer_po"].required = order.customer.po_required
        tick = self.fields["sha256"]
        tick.label = say(
            "I accept {revision}, document {number}, with these choices",
            revision=revision,
            number=revision.sha256[:12],
        )
        if order.ship_to_id:
            del self.fields["ship_to"]
        else:
            addresses = order.customer.addresses.filter(kind=Address.Kind.DELIVERY)
            self.fields["ship_to"].queryset = addresses  # type: ignore[attr-defined]
            self.fields["ship_to"].empty_label = say("Choose the address")  # type: ignore[attr-defined]
        for position, row in self.rows.items():
            self._offer(position, row, revision.content["currency"])

    def _offer(self, position: int, row: Mapping[str, Any], currency: str) -> None:
        if row["optional"]:
            price = formats.money(Decimal(row["total"]), currency)
            label = say(
                "Take option {position}: {quantity} × {product} for {price}",
                position=position,
                quantity=row["quantity"],
                product=row["product"],
                price=price,
            )
            self.fields[f"{TAKE}{position}"] = forms.BooleanField(label=label, required=False)
        if row["alternatives"]:
            self.fields[f"{QUANTITY}{position}"] = forms.TypedChoiceField(
                label=say(
                    "How many of line {position}: {product}", position=position, product=row["product"]
                ),
                coerce=int,
                choices=[(offer["quantity"], _offered(offer, currency)) for offer in offers_of(row)],
                initial=row["quantity"],
                widget=forms.RadioSelect,
            )

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields for options and quantities, by line."""
        found = [self[name] for name in self.fields if name.startswith((TAKE, QUANTITY))]
        return sorted(found, key=lambda bound: int(bound.name.partition(".")[2]))

    def total(self) -> Total:
        """What it costs with the choices as they stand in the form, sent or not."""
        content = self.revision.content
        taken = [at for at in self.rows if f"{TAKE}{at}" in self.fields and self[f"{TAKE}{at}"].value()]
        wished = {at: self[f"{QUANTITY}{at}"].value() for at in self.rows if f"{QUANTITY}{at}" in self.fields}
        quantities = {at: int(text) for at, text in wished.items() if str(text).isdecimal()}
        return total_of(picked(content, taken, quantities), content["currency"])

    @property
    def options(self) -> list[int]:
        """The positions of the options taken."""
        return [at for at in self.rows if self.cleaned_data.get(f"{TAKE}{at}")]

    @property
    def quantities(self) -> dict[int, int]:
        """The quantities chosen, by position."""
        name = f"{QUANTITY}{{}}".format
        return {at: self.cleaned_data[name(at)] for at in self.rows if name(at) in self.cleaned_data}


class RejectForm(forms.Form):
    """Why not, in the language spoken where the form is made."""

    lost_reason = forms.ChoiceField(label="Reason", choices=_reasons)
    text = forms.CharField(
        label="What would have made it fit?",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    name = forms.CharField(label="Your name", max_length=120)


class AskForm(forms.Form):
    """A question, or the answer to one."""

    text = forms.CharField(label="Your question", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    name = forms.CharField(label="Your name", max_length=120)


class ReplyForm(forms.Form):
    """Our answer."""

    text = forms.CharField(label="Your answer", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def _offered(offer: Mapping[str, Any], currency: str) -> str:
    unit = formats.money(Decimal(offer["unit_price"]), currency)
    total = formats.money(Decimal(offer["total"]), currency)
    return say("{quantity} pcs at {unit} = {total}", quantity=offer["quantity"], unit=unit, total=total)
