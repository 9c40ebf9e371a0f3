"""Input of files that are looked at before anything is changed."""

from typing import Any, Final

from django import forms

LARGEST: Final = 5_000_000


class FileForm(forms.Form):
    """One file, not empty and not huge."""

    file = forms.FileField(
        label="File", error_messages={"required": "No file is chosen.", "empty": "The file is empty."}
    )

    def __init__(self, *given: Any, accept: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["file"].widget.attrs["accept"] = accept

    def clean_file(self) -> Any:
        """Refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 5 MB. Choose the right one.")
        return file
