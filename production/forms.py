"""Input of the production pages."""

from django import forms

from kernel.errors import Refused
from production.models import ScrapReason


class FinishForm(forms.Form):
    """Quantities of a finished operation; together they make the job's quantity."""

    good = forms.IntegerField(
        label="Good", min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric", "autofocus": True})
    )
    scrapped = forms.IntegerField(
        label="Scrapped", min_value=0, initial=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    scrap_reason = forms.ModelChoiceField(
        ScrapReason.objects.all(), label="Scrap reason", required=False, empty_label="No scrap"
    )
    note = forms.CharField(max_length=200, required=False)


class SearchForm(forms.Form):
    """Filters of the work order list; what makes no sense is left out, never an error."""

    status = forms.CharField(max_length=20, required=False)
    q = forms.CharField(max_length=80, required=False, strip=True)

    def value(self, name: str) -> str:
        """The cleaned filter, empty where it is not given or not valid."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


def refusal_words(refusal: Refused) -> dict[str, str]:
    """Title and remedy for the problem box above a page."""
    return {"title": refusal.message, "remedy": refusal.remedy}
