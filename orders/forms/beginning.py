"""The form that begins a product."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from kernel.money import EXPONENTS
from orders.forms.exchange import text_of
from orders.models import Product

EMPTY, COPY, FILE = "empty", "copy", "file"
SOURCES = ((EMPTY, "An empty model"), (COPY, "A copy of another product"), (FILE, "A file, YAML or UVL"))


class NewProductForm(forms.Form):
    """What it begins with, and its head; what a copy or a file says may be left empty."""

    source = forms.ChoiceField(label="Begin with", choices=SOURCES, widget=forms.RadioSelect, initial=EMPTY)
    copy_of = forms.ModelChoiceField(
        Product.objects.none(),
        label="Copy of",
        to_field_name="code",
        required=False,
        empty_label="Choose a product",
        help_text="Its newest revision, with rules, BOM, routing and inspection.",
    )
    file = forms.FileField(
        required=False,
        help_text="YAML holds a whole product. UVL holds features and constraints; the rest is added here.",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.uvl"}),
    )
    code = forms.CharField(
        max_length=40, required=False, help_text="Letters, digits, points, dashes. It never changes."
    )
    name = forms.CharField(max_length=120, required=False)
    base_price = forms.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False)
    currency = forms.CharField(
        max_length=3, required=False, widget=forms.TextInput({"list": "currencies", "autocomplete": "off"})
    )

    def __init__(self, data: Any = None, files: Any = None, *, copy_of: str = "") -> None:
        first = {"source": COPY, "copy_of": copy_of} if copy_of else {"currency": "EUR"}
        super().__init__(data, files, initial=first)
        found = Product.objects.filter(non_catalogue=False).order_by("code")
        self.fields["copy_of"].queryset = found  # type: ignore[attr-defined]
        self.text = ""

    def clean_code(self) -> str:
        """Without blanks around it."""
        return str(self.cleaned_data["code"]).strip()

    def clean_currency(self) -> str:
        """In capitals, as ISO 4217 writes it."""
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean_file(self) -> "UploadedFile[bytes] | None":
        """Text of a bearable size."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        self.text = text_of(file) if file else ""
        return file

    def clean(self) -> dict[str, Any]:
        """Each way to begin needs its own words."""
        data = super().clean() or {}
        needed = {
            EMPTY: {
                "code": "a code",
                "name": "a name",
                "base_price": "a base price",
                "currency": "a currency",
            },
            COPY: {"copy_of": "the product to copy", "code": "a code"},
            FILE: {"file": "a file"},
        }
        for field, words in needed.get(data.get("source", ""), {}).items():
            if data.get(field) in (None, "") and field not in self.errors:
                self.add_error(field, f"Give {words}.")
        return data

    def wanted(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        data = self.cleaned_data
        head = {name: data[name] for name in ("code", "name", "base_price", "currency")}
        if data["source"] == COPY:
            return {**head, "copy_of": data["copy_of"]}
        return {**head, "text": self.text, "file": data["file"].name} if data["source"] == FILE else head

    @property
    def currencies(self) -> list[str]:
        """What the currency may be."""
        return sorted(EXPONENTS)
