"""Inputs of price lists: the list, one product on it, its quantity breaks and option prices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from kernel.errors import Refused
from kernel.htmx import add_refusal
from kernel.money import EXPONENTS
from orders.engine.terms import AdderRow, BreakRow
from orders.models import Customer, ListPrice, PriceGroup, PriceList, Product

MOST_BREAKS, MOST_ADDERS = 40, 80


def _day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def _amount(label: str, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, required=False, **options)


def _percent(label: str) -> forms.DecimalField:
    bounds = {"min_value": Decimal(0), "max_value": Decimal(100)}
    return forms.DecimalField(label=label, max_digits=5, decimal_places=2, required=False, **bounds)  # type: ignore[arg-type]


class PriceListForm(forms.Form):
    """For whom, in which currency, on which days."""

    code = forms.CharField(max_length=20, help_text="It never changes.")
    name = forms.CharField(max_length=120)
    currency = forms.ChoiceField(choices=[(code, code) for code in sorted(EXPONENTS)], initial="EUR")
    group = forms.ModelChoiceField(
        PriceGroup.objects.all(), label="Price group", required=False, empty_label="All customers"
    )
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        label="Or one customer",
        required=False,
        empty_label="No single customer",
        help_text="Gets a price group of its own.",
    )
    valid_from = _day("Valid from")
    valid_until = _day("Valid until", required=False, help_text="Empty: until another list follows.")

    def __init__(self, data: Any = None, *, price_list: PriceList | None = None) -> None:
        names = ("code", "name", "currency", "group", "valid_from", "valid_until")
        super().__init__(
            data, initial={name: getattr(price_list, name) for name in names} if price_list else None
        )
        if price_list is not None:
            del self.fields["code"]
            del self.fields["customer"]


class ListPriceForm(forms.Form):
    """What the list says of one product."""

    product = forms.ModelChoiceField(
        Product.objects.none(), to_field_name="code", empty_label="Choose the product"
    )
    base_price = _amount("Base price", help_text="Empty: the product's own, in the currency of the list.")
    discount_percent = _percent("Discount")

    def __init__(
        self, data: Any = None, *, price_list: PriceList, price: ListPrice | None = None, **options: Any
    ) -> None:
        first = (
            {}
            if price is None
            else {name: getattr(price, name) for name in ("base_price", "discount_percent")}
        )
        super().__init__(data, initial=first, **options)
        if price is not None:
            del self.fields["product"]
        else:
            free = Product.objects.filter(non_catalogue=False).exclude(list_prices__price_list=price_list)
            self.fields["product"].queryset = free.order_by("code")  # type: ignore[attr-defined]


class BreakForm(forms.Form):
    """From a quantity on; an empty row is none."""

    from_quantity = forms.IntegerField(label="From quantity", required=False, min_value=1)
    base_price = _amount("Base price")
    discount_percent = _percent("Or discount")

    def clean(self) -> dict[str, Any]:
        """A price needs its quantity."""
        data = super().clean() or {}
        given = data.get("base_price") is not None or data.get("discount_percent") is not None
        if given and data.get("from_quantity") is None and "from_quantity" not in self.errors:
            self.add_error("from_quantity", "Give the quantity it begins at.")
        return data

    @property
    def row(self) -> BreakRow | None:
        """The break, where one was given."""
        data = self.cleaned_data
        quantity = data.get("from_quantity")
        return None if quantity is None else BreakRow(quantity, data["base_price"], data["discount_percent"])


class AdderForm(forms.Form):
    """What an option adds by this list; an empty row is none."""

    choice = forms.CharField(label="Choice", max_length=40, required=False)
    option = forms.CharField(label="Option", max_length=40, required=False)
    adder = _amount("Adds")

    def clean(self) -> dict[str, Any]:
        """A choice needs its amount."""
        data = super().clean() or {}
        if data.get("choice") and data.get("adder") is None and "adder" not in self.errors:
            self.add_error("adder", "Give the amount, 0 for none.")
        if data.get("adder") is not None and not data.get("choice"):
            self.add_error("choice", "Give the code of the choice.")
        return data

    @property
    def row(self) -> AdderRow | None:
        """The option price, where one was given."""
        data = self.cleaned_data
        return AdderRow(data["choice"], data["option"], data["adder"]) if data.get("choice") else None


BreakFormSet = forms.formset_factory(BreakForm, extra=3, max_num=MOST_BREAKS, absolute_max=MOST_BREAKS)
AdderFormSet = forms.formset_factory(AdderForm, extra=3, max_num=MOST_ADDERS, absolute_max=MOST_ADDERS)


def rows_of(formset: Any) -> list[Any]:
    """The rows that were given; the formset is valid."""
    return [form.row for form in formset if form.row is not None]


def place_refusal(form: forms.Form, formsets: Mapping[str, Any], refusal: Refused) -> None:
    """Put what was refused at the row and field it belongs to, and above the form."""
    kind, _, rest = refusal.field.partition(".")
    index, _, name = rest.partition(".")
    given = [row for row in formsets.get(kind, ()) if row.row is not None]
    if not index.isdigit() or int(index) >= len(given):
        add_refusal(form, refusal)
        return
    row = given[int(index)]
    row.add_error(name if name in row.fields else None, str(refusal))
    form.add_error(None, f"Row {formsets[kind].forms.index(row) + 1}: {refusal}")
