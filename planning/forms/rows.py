"""What tables of inputs share: errors told above the form too, and a mark of what was seen."""

from typing import Any

from django import forms
from django.forms import BaseForm, BaseFormSet


def tell_rows(form: BaseForm, rows: BaseFormSet[Any], word: str) -> None:
    """Add the errors of the rows to the form: `Shift 2, From: …`."""
    for number, row in enumerate(rows.forms, 1):
        for name, errors in row.errors.items():
            label = f", {row.fields[name].label}" if name in row.fields else ""
            for error in errors:
                form.add_error(None, f"{word} {number}{label}: {error}")
    for error in rows.non_form_errors():
        form.add_error(None, str(error))


def mark_seen(form: BaseForm, version: str) -> None:
    """Let the form carry the fingerprint of what it was drawn from."""
    form.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=version)


def check_seen(form: BaseForm, version: str) -> None:
    """Refuse it where somebody changed the same in the meantime: nothing is overwritten unseen."""
    if form.cleaned_data.get("seen", "") not in ("", version):
        form.add_error(
            None,
            "Somebody else changed this while you edited it. Open the page in a second window, compare, and "
            "enter your change there.",
        )
