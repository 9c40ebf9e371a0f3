"""What is wrong in the rows of a table, told above the form too."""

from typing import Any

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
