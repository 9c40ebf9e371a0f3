"""Stock pages: items, lots, the ledger, opening stock and adjustments."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kernel.access import allow
from kernel.htmx import redirect_or_htmx, render_page, status_of
from orders.models import Item
from procurement import selectors, services
from procurement.forms import AdjustForm, LotForm
from procurement.models import Lot
from procurement.views.common import BUYERS, KEEPERS, attempt, found, may_buy, person, text_of

FILTERS = [("stocked", "In stock"), ("coming", "On order")]


@allow(*KEEPERS)
@require_GET
def stock(request: HttpRequest) -> HttpResponse:
    """All items with what is on hand, reserved, free and coming."""
    text, only = text_of(request.GET, "q"), text_of(request.GET, "only")
    page = selectors.stock(text=text, only=only, page=request.GET.get("page", 1))
    context = {"page_obj": page, "text": text, "filters": FILTERS}
    return render_page(request, "procurement/stock.html", context, partial="list")


@allow(*KEEPERS)
@require_GET
def item(request: HttpRequest, number: str) -> HttpResponse:
    """One item: lots, who keeps them, what is coming, and the ledger."""
    shown = found(selectors.item_stock(number), f"item {number}")
    context = {
        "shown": shown,
        "item": shown.item,
        "moves": selectors.ledger(shown.item.id, request.GET.get("page", 1)),
        "may_buy": may_buy(request),
    }
    return render_page(request, "procurement/item.html", context, partial="ledger")


@allow(*BUYERS)
@require_http_methods(["GET", "POST"])
def add_lot(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a lot that is here without a purchase order."""
    shown = found(selectors.item_stock(number), f"item {number}")
    form = LotForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _open(request, shown.item, form))
    ):
        messages.success(request, f"Lot {form.cleaned_data['number']} is in stock.")
        return redirect_or_htmx(request, reverse("procurement:item", args=[number]))
    context = {"item": shown.item, "form": form}
    return render_page(
        request, "procurement/add_lot.html", context, partial="lot-form", status=status_of(form)
    )


@allow(*BUYERS)
@require_http_methods(["GET", "POST"])
def adjust_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to a lot or take from it, with a reason."""
    lot = found(selectors.lot(pk), "such lot")
    form = AdjustForm.of(lot, request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _adjust(request, lot, form)):
        messages.success(request, f"Lot {lot.number} is adjusted.")
        return redirect_or_htmx(request, reverse("procurement:item", args=[lot.item.number]))
    context = {"lot": lot, "form": form}
    return render_page(
        request, "procurement/adjust_lot.html", context, partial="adjust-form", status=status_of(form)
    )


def _open(request: HttpRequest, chosen: Item, form: LotForm) -> None:
    services.open_stock(
        openings=[form.opening(chosen)], by=person(request), reason=form.cleaned_data["reason"]
    )


def _adjust(request: HttpRequest, lot: Lot, form: AdjustForm) -> None:
    services.adjust_stock(lot=lot, by=person(request), **form.cleaned_data)
