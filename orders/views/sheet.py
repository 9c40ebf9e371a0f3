"""The sheet of the configure-and-quote page: its forms, the line at hand, and where each refusal belongs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.forms import Form
from django.http import HttpRequest, QueryDict

from kernel.errors import Refused
from orders.engine import Effectivity, effectivity
from orders.forms.quotation import (
    HeaderForm,
    LineForm,
    discount_in,
    effectivity_in,
    header_initial,
    line_copied,
    line_initial,
)
from orders.models import Customer, Incoterm, Order, OrderLine, Product
from orders.selectors.configurator import Click, Configurator, configurator
from orders.selectors.configuring import Buyer, line_to_copy
from orders.services import Header, InvalidInput, LineInput
from orders.views.configuring import click_in

LINE_FIELDS = {
    "quantity": "quantity",
    "requested_date": "line_date",
    "serial": "serial",
    "note": "line_note",
    "alternatives": "alternatives",
    "discount_percent": "discount_percent",
}


@dataclass
class Sheet:
    """One quotation with at most one line open for editing; `others` are its stored lines."""

    customer: Customer
    header: HeaderForm
    order: Order | None = None
    others: list[OrderLine] = field(default_factory=list)
    product: Product | None = None
    line: OrderLine | None = None
    line_form: LineForm | None = None
    panel: Configurator | None = None
    submission: str = ""
    version: str = ""
    copied: OrderLine | None = None

    @property
    def index(self) -> int:
        """Where the open line stands among all lines."""
        return self.others.index(self.line) if self.line else len(self.others)

    @property
    def drawings(self) -> list[dict[str, str]]:
        """Those of the open line."""
        return [row for row in self.line.extras if row["address"]] if self.line else []

    def valid(self) -> bool:
        """Whether both forms are, and the choices fit; all errors are found at once."""
        forms: list[Form] = [form for form in (self.header, self.line_form) if form is not None]
        fits = self.panel is None or self.panel.fits
        return not sum(not form.is_valid() for form in forms) and fits

    def wanted(self) -> list[LineInput]:
        """All lines as the services take them; the forms are valid."""
        lines = [stored(line) for line in self.others]
        if self.panel is not None and self.line_form is not None and self.product is not None:
            opened = _opened_line(self.product, self.panel, self.line_form.cleaned_data, self.drawings)
            lines[self.index : self.index + 1] = [opened]
        return lines

    def head(self) -> Header:
        """The header as the services take it; the form is valid."""
        return Header(**self.header.cleaned_data)

    def refuse(self, refusal: Refused) -> None:
        """Put each problem at its field; a choice's problem stands in the configurator already."""
        if not isinstance(refusal, InvalidInput):
            self._place(refusal.field, str(refusal))
            return
        for problem in refusal.problems:
            self._place(problem.field, f"{problem.message} {problem.remedy}".strip())

    def _place(self, name: str, words: str) -> None:
        prefix = f"lines.{self.index}."
        own = name.removeprefix(prefix) if name.startswith(prefix) else ""
        if own in LINE_FIELDS and self.line_form is not None:
            self.line_form.add_error(LINE_FIELDS[own], words)
        elif name in self.header.fields:
            self.header.add_error(name, words)
        else:
            self.header.add_error(None, self._named(name, words))

    def _named(self, name: str, words: str) -> str:
        """Problems of a stored line name it: the page shows another one."""
        number = name.split(".")[1] if name.startswith("lines.") else ""
        other = number.isdigit() and int(number) != self.index
        return f"Line {self.others[int(number)].position}: {words}" if other else words


def _opened_line(
    product: Product, panel: Configurator, data: Mapping[str, Any], drawings: Sequence[Mapping[str, str]]
) -> LineInput:
    return LineInput(
        product=product,
        quantity=data["quantity"],
        choices=panel.choices,
        decided=list(panel.decided),
        revision_id=panel.revision_id,
        note=data["line_note"],
        extras=[*data["extras"], *drawings],
        requested_date=data["line_date"],
        serial=data["serial"],
        optional=data["optional"],
        alternatives=data["alternatives"],
        discount_percent=data["discount_percent"] or Decimal(0),
    )


def stored(line: OrderLine) -> LineInput:
    """A stored line as the services take it."""
    return LineInput(
        product=line.product,
        quantity=line.quantity,
        choices=line.choices,
        decided=line.decided,
        note=line.note,
        extras=line.extras,
        requested_date=line.requested_date,
        serial=line.serial,
        optional=line.optional,
        alternatives=[row["quantity"] for row in line.alternatives],
        revision_id=line.revision_id,
        discount_percent=line.discount_percent,
    )


def new_sheet(request: HttpRequest, customer: Customer, product: Product) -> Sheet:
    """A quotation that is not stored yet, with its first line open; `?copy=` begins with an earlier one."""
    data = request.POST if request.method == "POST" else None
    asked = request.GET.get("requested_date", "")
    sheet = Sheet(
        customer,
        HeaderForm(
            data, customer=customer, initial={"requested_date": asked or None, "incoterm": Incoterm.DAP}
        ),
        product=product,
        submission=_said(data, "submission") or uuid.uuid4().hex,
        copied=line_to_copy(request.GET.get("copy", ""), product),
    )
    return _opened(sheet, data)


def edit_sheet(request: HttpRequest, order: Order, product: Product | None, line: OrderLine | None) -> Sheet:
    """A stored draft, with `line` or a new line of `product` open, or only its head."""
    data = request.POST if request.method == "POST" else None
    initial = header_initial(order)
    sheet = Sheet(
        order.customer,
        HeaderForm(data, customer=order.customer, initial=initial),
        order=order,
        others=draft_lines(order),
        product=line.product if line else product,
        line=line,
        version=_said(data, "version") or str(order.version),
    )
    return _opened(sheet, data)


def draft_lines(order: Order) -> list[OrderLine]:
    """The lines a draft still has."""
    return list(order.lines.filter(state="draft").select_related("product").order_by("position"))


def _said(data: QueryDict | None, name: str) -> str:
    return "" if data is None else data.get(name, "")


def _opened(sheet: Sheet, data: QueryDict | None) -> Sheet:
    """With the configurator of the open line, where one is open."""
    if sheet.product is None:
        return sheet
    begun = sheet.line or sheet.copied
    if data is not None:
        click = click_in(data)
    elif begun is not None:
        click = Click(begun.decisions, begun.quantity, whole=True)
    else:
        click = Click({})
    copied = line_copied(sheet.copied)
    sheet.line_form = LineForm(data, initial=line_initial(sheet.line) or copied)
    stored_discount = sheet.line.discount_percent if sheet.line else Decimal(0)
    discount = discount_in(data) if data is not None else stored_discount
    revision = sheet.line.revision_id if sheet.line else None
    at = effectivity_in(data) if data is not None else _wanted(sheet)
    sheet.panel = configurator(sheet.product, click, revision, Buyer(sheet.customer, discount, at=at))
    return sheet


def _wanted(sheet: Sheet) -> Effectivity:
    """As what is stored says; of a new quotation, as asked for."""
    line, order = sheet.line, sheet.order
    if line is None:
        return effectivity(None, order.requested_date if order else None)
    return effectivity(line.serial, line.requested_date, line.order.requested_date)
