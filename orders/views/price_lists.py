"""Price lists: all of them, one with its products, one product on it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, redirect_or_htmx, render_page, status_of
from orders.forms.price_lists import (
    AdderFormSet,
    BreakFormSet,
    ListPriceForm,
    PriceListForm,
    place_refusal,
    rows_of,
)
from orders.models import ListPrice, PriceList, Product, Role
from orders.selectors.frame import route
from orders.selectors.price_lists import price_list_by_code, price_list_page, prices_of
from orders.services import keep_list_price, keep_price_list, remove_list_price, today
from orders.views.people import person

READERS, WRITERS = (Role.SALES, Role.MANAGER), (Role.MANAGER,)
GET_OR_POST = ("GET", "POST")
FormSets = dict[str, Any]


@allow(*READERS)
@require_GET
def price_lists(request: HttpRequest) -> HttpResponse:
    """All price lists, by code, with how they stand today."""
    context = {
        "page_obj": price_list_page(request.GET, today(timezone.now())),
        "words": request.GET.get("q", ""),
        "may_write": person(request).has_role(*WRITERS),
    }
    return render_page(request, "orders/price_lists.html", context, partial="list")


@allow(*WRITERS)
@require_http_methods(GET_OR_POST)
def new_price_list(request: HttpRequest) -> HttpResponse:
    """Another price list."""
    form = PriceListForm(request.POST or None)
    made = _keep(request, form, None) if request.method == "POST" else None
    if made is not None:
        return redirect_or_htmx(request, route("orders:price-list", made.code))
    return render_page(request, "orders/price_list_new.html", {"form": form}, status=status_of(form))


@allow(*READERS)
@require_http_methods(GET_OR_POST)
def price_list(request: HttpRequest, code: str) -> HttpResponse:
    """A list with its products; managers change whom and when it is for."""
    found, may_write = _list(code), person(request).has_role(*WRITERS)
    form = PriceListForm(request.POST or None, price_list=found)
    if request.method == "POST":
        if not may_write:
            return HttpResponse("Only a manager changes price lists.", status=403)
        if _keep(request, form, found) is not None:
            return redirect_or_htmx(request, route("orders:price-list", code))
        found = _list(code)
    context = {"price_list": found, "prices": prices_of(found), "form": form, "may_write": may_write}
    return render_page(request, "orders/price_list.html", context, status=status_of(form))


@allow(*WRITERS)
@require_http_methods(GET_OR_POST)
def add_list_price(request: HttpRequest, code: str) -> HttpResponse:
    """Put a product on the list."""
    return _priced(request, _list(code), None)


@allow(*WRITERS)
@require_http_methods(GET_OR_POST)
def list_price(request: HttpRequest, code: str, product: str) -> HttpResponse:
    """Change what the list says of a product."""
    found = _list(code)
    price = prices_of(found).filter(product__code=product).first()
    if price is None:
        raise Http404(f"{code} says nothing of {product}.")
    return _priced(request, found, price)


@allow(*WRITERS)
@require_POST
def drop_list_price(request: HttpRequest, code: str, product: str) -> HttpResponse:
    """Take a product off the list."""
    found = _list(code)
    for price in prices_of(found).filter(product__code=product):
        remove_list_price(price_list=found, product=price.product)
    messages.success(request, f"{product} is off {found.code}: its own price holds.")
    return redirect_or_htmx(request, route("orders:price-list", code))


def _list(code: str) -> PriceList:
    found = price_list_by_code(code)
    if found is None:
        raise Http404(f"There is no price list {code}.")
    return found


def _keep(request: HttpRequest, form: PriceListForm, found: PriceList | None) -> PriceList | None:
    """Store it, or say at the field why not."""
    if not form.is_valid():
        return None
    try:
        kept = keep_price_list(price_list=found, **form.cleaned_data)
    except Refused as refusal:
        add_refusal(form, refusal)
        return None
    messages.success(request, f"{kept.code} is saved. Quotations priced from now on follow it.")
    return kept


def _priced(request: HttpRequest, found: PriceList, price: ListPrice | None) -> HttpResponse:
    """The form of one product on a list, and what was sent with it."""
    data = request.POST if request.method == "POST" else None
    form = ListPriceForm(data, price_list=found, price=price)
    formsets: FormSets = {
        "breaks": BreakFormSet(data, initial=_rows(price, "breaks"), prefix="breaks"),
        "adders": AdderFormSet(data, initial=_rows(price, "options"), prefix="adders"),
    }
    product = price.product if price else None
    valid = data is not None and all([form.is_valid(), *(rows.is_valid() for rows in formsets.values())])
    if valid and _kept(request, found, product, form, formsets):
        return redirect_or_htmx(request, route("orders:price-list", found.code))
    context = {"price_list": found, "product": product, "form": form, **formsets}
    return render_page(
        request, "orders/list_price.html", context, status=INVALID if data is not None else 200
    )


def _kept(
    request: HttpRequest, found: PriceList, product: Product | None, form: ListPriceForm, formsets: FormSets
) -> bool:
    given = form.cleaned_data
    try:
        kept = keep_list_price(
            price_list=found,
            product=product or given["product"],
            base_price=given["base_price"],
            discount_percent=given["discount_percent"] or Decimal(0),
            breaks=rows_of(formsets["breaks"]),
            adders=rows_of(formsets["adders"]),
        )
    except Refused as refusal:
        place_refusal(form, formsets, refusal)
        return False
    messages.success(request, f"{kept.product.code} is saved on {found.code}.")
    return True


def _rows(price: ListPrice | None, name: str) -> list[dict[str, Any]]:
    return [] if price is None else [vars(row) for row in getattr(price, name).all()]
