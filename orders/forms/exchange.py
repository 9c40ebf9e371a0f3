"""The form that takes a file into a draft."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

LARGEST = 20_000_000


class ImportForm(forms.Form):
    """A file, and whether BOM lines only add to what is there; for the version of the draft that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        help_text="YAML: the whole model. UVL: features and rules. CSV: BOM lines.",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.uvl,.csv"}),
    )
    merge = forms.BooleanField(
        label="CSV only adds lines and changes those with its find numbers", required=False, initial=True
    )

    def __init__(self, data: Any = None, files: Any = None, *, now: int) -> None:
        super().__init__(data, files, initial={"version": now})
        self.now = now

    def clean_file(self) -> "UploadedFile[bytes]":
        """Text of a bearable size."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.text = text_of(file)
        return file

    def clean_version(self) -> int:
        """A draft that somebody else changed is not overwritten unseen."""
        seen: int = self.cleaned_data["version"]
        if seen != self.now:
            raise forms.ValidationError(
                "Somebody else changed the draft meanwhile. Reload, then import again."
            )
        return seen

    def wanted(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        return {
            "text": self.text,
            "file": self.cleaned_data["file"].name,
            "merge": self.cleaned_data["merge"],
        }


def text_of(file: "UploadedFile[bytes]") -> str:
    """The text of a file; a ValidationError where it is too large or no UTF-8."""
    if (file.size or 0) > LARGEST:
        raise forms.ValidationError("The file is larger than 20 MB. Split it up.")
    data: bytes = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise forms.ValidationError(
            f"Line {line} is not UTF-8 text. Save the file as UTF-8, then import it again."
        ) from None
