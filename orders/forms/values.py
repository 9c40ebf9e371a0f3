"""Specification values in free words."""

from typing import Any

from django import forms

from orders.engine.extras import values_in


class ValuesField(forms.CharField):
    """`Label: value` by line; cleaned to rows of a specification."""

    def __init__(self) -> None:
        super().__init__(
            label="Further specification",
            max_length=8_000,
            required=False,
            help_text="One value a line, such as Colour of the lid: RAL 7035.",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The rows; says which line is none."""
        try:
            return values_in(str(super().clean(value)))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
