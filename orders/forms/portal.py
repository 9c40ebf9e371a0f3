"""What a customer says besides the choices when asking for a quotation."""

from django import forms

from orders.forms.values import ValuesField


class RequestForm(forms.Form):
    """Quantity, date and words of a request."""

    quantity = forms.IntegerField(min_value=1, max_value=100_000, initial=1)
    requested_date = forms.DateField(
        label="Requested date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    customer_po = forms.CharField(label="Your reference", max_length=40, required=False)
    extras = ValuesField()
    note = forms.CharField(
        label="Anything else we should know",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
