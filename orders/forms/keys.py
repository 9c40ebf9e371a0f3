"""Input of the page of API keys."""

from django import forms

from orders.models import Customer

SCOPE_WORDS = {
    "orders:read": "Read orders and their progress",
    "orders:write": "Send quotation requests",
    "products:read": "Read products and their options",
}


class ApiKeyForm(forms.Form):
    """Whose key, what for, what it may do and until when."""

    customer = forms.ModelChoiceField(
        Customer.objects.filter(active=True), empty_label="Choose a customer", to_field_name="code"
    )
    name = forms.CharField(max_length=80, help_text="What uses it, for example “ERP in Graz”.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=list(SCOPE_WORDS.items()),
        initial=list(SCOPE_WORDS),
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Expires on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: after one year.",
    )
