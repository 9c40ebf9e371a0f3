"""Inputs of the acts on an order: what each dialog asks for."""

from collections.abc import Sequence
from typing import Any

from django import forms

from orders.models import Address, LostReason, Order, OrderLine

REASON_LENGTH = 200


def _date(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class ActForm(forms.Form):
    """Asks for nothing but the version the person has seen; `lines` are those the act may be done to."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, order: Order, lines: Sequence[OrderLine] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {"version": order.version, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.order = order
        self.lines = list(lines)
        if "line" in self.fields:
            self._offer_lines()

    def _offer_lines(self) -> None:
        if len(self.lines) < 2:
            del self.fields["line"]
            return
        choices = [(str(line.id), f"Line {line.position}: {line.product.name}") for line in self.lines]
        self.fields["line"].choices = [("", "All lines"), *choices]  # type: ignore[attr-defined]

    def chosen_lines(self) -> list[OrderLine]:
        """The lines the person meant: one, or all that are offered."""
        wanted = self.cleaned_data.get("line", "")
        return [line for line in self.lines if not wanted or str(line.id) == wanted]

    @property
    def whole_order(self) -> bool:
        """Whether no single line was named."""
        return not self.cleaned_data.get("line")


class SendForm(ActForm):
    """Until when the quotation holds."""

    valid_until = _date("Valid until", help_text="The customer may accept it until then.")
    beside = forms.BooleanField(
        label="Beside what was sent before",
        required=False,
        help_text="The earlier revisions stay open, and the customer chooses one.",
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        if order.quoted_at is None:
            del self.fields["beside"]


class ConfirmForm(ActForm):
    """What turns a quotation into an order."""

    customer_po = forms.CharField(label="Customer PO number", max_length=40, required=False)
    promised = _date(
        "Promised date",
        help_text="What we commit to; the held date, else the requested one, unless you change it.",
    )
    ship_to = forms.ModelChoiceField(
        Address.objects.none(), label="Ship to", empty_label="Choose the address"
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        if order.ship_to_id:
            del self.fields["ship_to"]
        else:
            addresses = order.customer.addresses.filter(kind=Address.Kind.DELIVERY)
            self.fields["ship_to"].queryset = addresses  # type: ignore[attr-defined]
        self.fields["customer_po"].required = order.customer.po_required


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(ActForm):
    """A word on it, if any."""

    note = forms.CharField(max_length=REASON_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DeclineForm(ReasonForm):
    """Why the quotation is lost: one of the reasons we count, and words."""

    lost_reason = forms.ChoiceField(label="Lost because of", choices=LostReason.choices)
    field_order = ("version", "lost_reason", "reason")


class LineForm(ActForm):
    """Which line, where there are several."""

    line = forms.ChoiceField(required=False, label="Which lines")


class LineReasonForm(LineForm):
    """Which line, and why."""

    reason = forms.CharField(max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))


class PromiseForm(LineForm):
    """Another promised date, with its reason."""

    promised = _date("New promised date")
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The customer reads the new date, the reason stays with us.",
    )
