"""Quotations: entered, configured, changed while they are drafts."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Conflict, Refused
from kernel.htmx import INVALID, redirect_or_htmx, render_page
from orders.forms.quotation import discount_in, effectivity_in
from orders.models import Order, OrderLine, Product, Role
from orders.selectors import product_by_code, product_list
from orders.selectors.conditions import currencies_into
from orders.selectors.configuring import Buyer
from orders.selectors.parties import customer_by_code, customer_page
from orders.services import Answer, KeyReused, change_quotation, create_quotation, fingerprint_of, once
from orders.views.configuring import AIMS, answer_click, posted_product
from orders.views.people import order_or_404, person
from orders.views.sheet import Sheet, draft_lines, edit_sheet, new_sheet, stored

CONFLICT = 409
SAVES = frozenset({"save", "save-add"})
TEMPLATE = "orders/quote.html"


@allow(Role.SALES, Role.MANAGER)
@require_http_methods(["GET", "POST"])
@gzip_page
def new_quotation(request: HttpRequest) -> HttpResponse:
    """For whom, which product, then its configuration; the address holds what was chosen so far."""
    customer = customer_by_code(request.GET.get("customer", ""))
    if customer is None:
        return render_page(request, "orders/quote_customer.html", _whom(request), partial="list")
    product = product_by_code(request.GET.get("product", ""))
    if product is None:
        offered = {"customer": customer, "products": orderable(customer.currency)}
        return render_page(request, "orders/quote_product.html", offered)
    sheet = new_sheet(request, customer, product)
    if request.method == "GET" or _only_price(request):
        return _show(request, sheet)
    return _save(request, sheet, lambda: _create(request, sheet))


@allow(Role.SALES, Role.MANAGER)
@require_http_methods(["GET", "POST"])
@gzip_page
def edit_quotation(request: HttpRequest, reference: str) -> HttpResponse:
    """A draft: its head, its lines, one of them open; `?line=` opens one, `?add=` begins another."""
    order = order_or_404(request, reference)
    if order.state != "draft":
        messages.error(request, f"{order} is {order.state_info.label.lower()}: only a draft can be edited.")
        return redirect_or_htmx(request, order.get_absolute_url())
    line, product = _open_line(request, order)
    sheet = edit_sheet(request, order, product, line)
    if request.method == "GET" or _only_price(request):
        return _show(request, sheet)
    return _save(request, sheet, lambda: _change(request, sheet))


@allow(Role.SALES, Role.MANAGER)
@require_POST
@gzip_page
def configure(request: HttpRequest) -> HttpResponse:
    """The configurator for the choices posted: what fits, what does not and why, and the price."""
    customer = customer_by_code(request.POST.get("customer", ""))
    buyer = Buyer(customer, discount_in(request.POST), at=effectivity_in(request.POST)) if customer else None
    page = {"save": request.POST.get("save"), "costs": True, "configure_url": reverse("orders:configure")}
    return answer_click(request, posted_product(request), buyer, page)


@allow(Role.SALES, Role.MANAGER)
@require_POST
def remove_line(request: HttpRequest, reference: str, line_id: int) -> HttpResponse:
    """Take one line off a draft."""
    order = order_or_404(request, reference)
    kept = [stored(line) for line in draft_lines(order) if line.pk != line_id]
    try:
        if not kept:
            raise Refused("A quotation needs at least one line.", remedy="Add another first, or cancel it.")
        change_quotation(order=order, lines=kept, by=person(request), version=_version(request.POST))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The line is off {order}.")
    return redirect_or_htmx(request, reverse("orders:edit", args=[order.reference]))


def _whom(request: HttpRequest) -> dict[str, Any]:
    """The customers to choose from; a product chosen before stays chosen."""
    query = request.GET
    return {
        "page_obj": customer_page(query),
        "words": query.get("q", ""),
        "product": query.get("product", ""),
    }


def orderable(currency: str) -> list[Product]:
    """What may be quoted in this currency: priced in it, or in one with a rate today."""
    known = currencies_into(currency)
    return [product for product in product_list(orderable_only=True) if product.currency in known]


def _open_line(request: HttpRequest, order: Order) -> tuple[OrderLine | None, Product | None]:
    """The stored line or the product of the new one that the address names; a lone line opens itself."""
    lines, asked = draft_lines(order), request.GET.get("line", "")
    if "add" in request.GET:
        return None, product_by_code(request.GET["add"])
    chosen = next((line for line in lines if str(line.pk) == asked), None)
    if chosen is None and len(lines) == 1 and not asked:
        chosen = lines[0]
    return chosen, None


def _only_price(request: HttpRequest) -> bool:
    """Without scripts the other buttons ask for a price, a reason or a repair, and nothing is stored."""
    return request.POST.get("act") not in SAVES or not {"take", "complete", "why"}.isdisjoint(request.POST)


def _save(request: HttpRequest, sheet: Sheet, act: Callable[[], Order]) -> HttpResponse:
    """Store it and go on, or show at the fields why not; nothing typed is lost."""
    if not sheet.valid():
        return _show(request, sheet, INVALID)
    try:
        order = act()
    except KeyReused:
        # The first one was stored; what is on the page now is another quotation.
        sheet.submission = uuid.uuid4().hex
        sheet.refuse(
            Refused("This form was sent before.", remedy="Send it again to enter another quotation.")
        )
        return _show(request, sheet, INVALID)
    except Refused as refusal:
        sheet.refuse(refusal)
        return _show(request, sheet, CONFLICT if isinstance(refusal, Conflict) else INVALID)
    if request.POST.get("act") == "save-add":
        return redirect_or_htmx(request, f"{reverse('orders:edit', args=[order.reference])}?add=")
    messages.success(request, f"{order} is saved.")
    return redirect_or_htmx(request, order.get_absolute_url())


def _create(request: HttpRequest, sheet: Sheet) -> Order:
    """Once for each form: a second click finds the quotation of the first."""
    content = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}

    def act() -> Answer:
        order = create_quotation(
            customer=sheet.customer, lines=sheet.wanted(), by=person(request), header=sheet.head()
        )
        return Answer(201, {"order": order.pk})

    answer = once(
        scope=f"person:{person(request).pk}",
        key=sheet.submission,
        fingerprint=fingerprint_of(content),
        act=act,
    )
    return Order.objects.get(pk=answer.body["order"])


def _change(request: HttpRequest, sheet: Sheet) -> Order:
    if sheet.order is None:
        raise Refused("There is no quotation to change.")
    return change_quotation(
        order=sheet.order,
        lines=sheet.wanted(),
        by=person(request),
        version=_version(request.POST),
        header=sheet.head(),
    )


def _version(data: QueryDict) -> int:
    """The version the person has seen; 0, which no quotation has, where the form says none."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _show(request: HttpRequest, sheet: Sheet, status: int = 200) -> HttpResponse:
    adding = sheet.order is not None and "add" in request.GET and sheet.product is None
    context = {
        "sheet": sheet,
        "panel": sheet.panel,
        "aims": AIMS,
        "costs": True,
        "configure_url": reverse("orders:configure"),
        "save": "Save quotation" if sheet.order else "Create quotation",
        "choosable": orderable(sheet.customer.currency) if adding else None,
        "here": request.get_full_path(),
    }
    return render_page(request, TEMPLATE, context, status=status)
