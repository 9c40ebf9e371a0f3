"""Terms that quotations have unless they say others."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from kernel.errors import Refused
from orders.models import PaymentTerm, TermsTemplate
from orders.selectors.quotations import Payment
from orders.services import check_plan


class PlanFormSet(BaseInlineFormSet[PaymentTerm, TermsTemplate, Any]):
    """Parts that add up."""

    def clean(self) -> None:
        """Say what the service would refuse."""
        super().clean()
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data]
        try:
            check_plan([_part(row) for row in kept if not row.get("DELETE")])
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal


class PlanInline(admin.TabularInline[PaymentTerm, TermsTemplate]):
    """The payment plan."""

    model = PaymentTerm
    formset = PlanFormSet
    exclude = ("order",)
    extra = 0


@admin.register(TermsTemplate)
class TermsAdmin(admin.ModelAdmin[TermsTemplate]):
    """One row per customer, one without for everybody."""

    list_display = ("__str__", "payment_terms", "delivery_time", "valid_days")
    list_select_related = ("customer",)
    inlines = (PlanInline,)


def _part(row: dict[str, Any]) -> Payment:
    percent: Decimal | None = row.get("percent")
    return Payment(row["event"], percent, row.get("amount"), row.get("days_net") or 0)
