"""Inputs of the terms page: texts, and the payment plan row by row."""

from collections.abc import Sequence
from typing import Any

from django import forms

from kernel.errors import Refused
from kernel.htmx import add_refusal
from orders.models import Customer, PaymentEvent, TermsTemplate
from orders.selectors.quotations import Payment, Terms

ROWS = 6


class TermsForm(forms.Form):
    """What the quotation says in words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    payment_terms = forms.CharField(
        label="Payment terms", max_length=200, required=False, help_text="Such as 30 days net, no discount."
    )
    delivery_time = forms.CharField(
        label="Delivery time",
        max_length=120,
        required=False,
        help_text="In words, such as 6 weeks after order confirmation.",
    )


class TemplateForm(forms.Form):
    """Whose terms, what they say in words, and how long a quotation is valid."""

    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, empty_label="Everybody without own terms"
    )
    language = forms.ChoiceField(
        choices=[("", "All other languages"), ("en", "English"), ("de", "German")],
        required=False,
        help_text="For everybody's terms: customers who read it get them.",
    )
    payment_terms = forms.CharField(
        label="Payment terms", max_length=200, required=False, help_text="In the customer's language."
    )
    delivery_time = forms.CharField(label="Delivery time", max_length=120, required=False)
    valid_days = forms.IntegerField(label="Valid for", min_value=1, max_value=365, initial=30)

    def __init__(self, data: Any = None, *, template: TermsTemplate | None = None) -> None:
        names = ("payment_terms", "delivery_time", "valid_days")
        super().__init__(
            data, initial={name: getattr(template, name) for name in names} if template else None
        )
        if template is not None:
            del self.fields["customer"]
            del self.fields["language"]
        else:
            free = Customer.objects.filter(terms=None).order_by("name")
            self.fields["customer"].queryset = free  # type: ignore[attr-defined]

    def wanted(self, plan: Any) -> Terms:
        """The terms as the service takes them; form and plan are valid."""
        data = self.cleaned_data
        parts = tuple(row.part for row in plan if row.part is not None)
        return Terms(data["payment_terms"], data["delivery_time"], parts, data["valid_days"])


class PlanRowForm(forms.Form):
    """One part of the price; an empty row is none."""

    percent = forms.DecimalField(label="Percent", max_digits=5, decimal_places=2, required=False)
    amount = forms.DecimalField(label="Or amount", max_digits=14, decimal_places=2, required=False)
    event = forms.ChoiceField(label="Due at", choices=PaymentEvent.choices, required=False)
    days_net = forms.IntegerField(label="Days net", required=False)

    @property
    def part(self) -> Payment | None:
        """The part, where one was given."""
        data = self.cleaned_data
        if data.get("percent") is None and data.get("amount") is None:
            return None
        return Payment(data["event"], data.get("percent"), data.get("amount"), data.get("days_net") or 0)


PlanFormSet = forms.formset_factory(PlanRowForm, extra=ROWS, max_num=ROWS, absolute_max=12)


def plan_initial(plan: Sequence[Payment]) -> list[dict[str, Any]]:
    """A stored plan as the rows show it."""
    return [vars(part) for part in plan]


def wanted_terms(form: TermsForm, plan: Any) -> Terms:
    """The terms as the services take them; the forms are valid."""
    parts = tuple(row.part for row in plan if row.part is not None)
    return Terms(form.cleaned_data["payment_terms"], form.cleaned_data["delivery_time"], parts)


def place_refusal(form: forms.Form, plan: Any, refusal: Refused) -> None:
    """Put what was refused at the row and field it belongs to, or above the form."""
    kind, _, rest = refusal.field.partition(".")
    index, _, name = rest.partition(".")
    given = [row for row in plan if row.part is not None]
    if kind == "plan" and index.isdigit() and int(index) < len(given):
        row = given[int(index)]
        row.add_error(name if name in row.fields else None, str(refusal))
        form.add_error(None, f"Row {plan.forms.index(row) + 1}: {refusal}")
    else:
        add_refusal(form, refusal)
