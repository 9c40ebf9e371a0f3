"""The buyer's pages: what to order, what is late, purchase orders and goods receipt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx, render_page, status_of
from procurement import selectors, services
from procurement.forms import DatesForm, ReceiveForm
from procurement.models import PurchaseOrder
from procurement.selectors.purchasing import Bought
from procurement.views.common import (
    BUYERS,
    READERS,
    RECEIVERS,
    attempt,
    found,
    may_buy,
    may_try,
    person,
    text_of,
)

COMING = (PurchaseOrder.Status.SENT, PurchaseOrder.Status.PARTIAL)


@allow(*READERS)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What to order today, what is late and whom it hurts."""
    now = clock.now()
    context = {
        "to_send": selectors.drafts_to_send(now),
        "late": selectors.late_lines(now=now, page=request.GET.get("page", 1)),
        "unsupplied": selectors.without_supplier(),
        "may_buy": may_buy(request),
        "now": now,
    }
    return render_page(request, "procurement/home.html", context, partial="late-list")


@allow(*READERS)
@require_GET
def purchase_orders(request: HttpRequest) -> HttpResponse:
    """All purchase orders."""
    text, status = text_of(request.GET, "q"), text_of(request.GET, "status")
    page = selectors.purchase_orders(status=status, text=text, page=request.GET.get("page", 1))
    context = {"page_obj": page, "text": text, "statuses": PurchaseOrder.Status.choices}
    return render_page(request, "procurement/orders.html", context, partial="list")


@allow(*READERS)
@require_GET
def purchase_order(request: HttpRequest, number: str) -> HttpResponse:
    """One purchase order."""
    return _page(request, selectors.bought(_order(number)))


@allow(*BUYERS)
@require_POST
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send a draft to its supplier."""
    order = _order(number)
    version = request.POST.get("version", "")
    try:
        services.send_purchase_order(
            purchase_order=order, by=person(request), version=int(version) if version.isdecimal() else None
        )
    except Refused as refusal:
        return _page(request, selectors.bought(_order(number)), refusal=refusal)
    messages.success(request, f"{number} is sent to {order.supplier}.")
    return redirect_or_htmx(request, reverse("procurement:order", args=[number]))


@allow(*BUYERS)
@require_POST
def confirm_dates(request: HttpRequest, number: str) -> HttpResponse:
    """Note the days the supplier confirms."""
    bought = selectors.bought(_order(number))
    form = DatesForm(request.POST, order=bought.order, lines=bought.open_lines)
    if form.is_valid() and attempt(form, lambda: _confirm(request, bought.order, form)):
        messages.success(request, f"The dates of {number} are confirmed.")
        return redirect_or_htmx(request, reverse("procurement:order", args=[number]))
    return _page(request, bought, dates=form)


def _confirm(request: HttpRequest, order: PurchaseOrder, form: DatesForm) -> None:
    services.confirm_order_dates(
        purchase_order=order, dates=form.dates(), by=person(request), version=form.cleaned_data["version"]
    )


@allow(*RECEIVERS)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Goods receipt."""
    order = _order(number)
    lines = selectors.bought(order).open_lines if order.status in COMING else []
    received = selectors.receipts_so_far(order)
    form = ReceiveForm(request.POST or None, order=order, lines=lines, received=received)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _receive(request, order, form)):
        messages.success(request, f"The goods of {number} are in stock.")
        return redirect_or_htmx(request, _after_receipt(request, number))
    context = {"order": order, "form": form}
    return render_page(
        request, "procurement/receive.html", context, partial="receive-form", status=status_of(form)
    )


def _receive(request: HttpRequest, order: PurchaseOrder, form: ReceiveForm) -> None:
    services.receive(
        purchase_order=order,
        receipts=form.receipts(),
        by=person(request),
        version=form.cleaned_data["version"],
    )


def _after_receipt(request: HttpRequest, number: str) -> str:
    """Who may not open the order stays at the receipt."""
    return reverse("procurement:order" if may_buy(request) else "procurement:receive", args=[number])


@allow(*BUYERS)
@require_POST
def accept_surplus(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is no longer needed as free stock."""
    services.accept_surplus(purchase_order=_order(number), by=person(request))
    messages.success(request, f"What {number} brings too much stays as free stock.")
    return redirect_or_htmx(request, reverse("procurement:order", args=[number]))


def _order(number: str) -> PurchaseOrder:
    return found(selectors.purchase_order(number), f"purchase order {number}")


def _page(
    request: HttpRequest, bought: Bought, *, refusal: Refused | None = None, dates: DatesForm | None = None
) -> HttpResponse:
    """The page of an order, as it is or with what was refused."""
    status = refusal.status if refusal else status_of(dates) if dates else 200
    buys, coming = may_buy(request), bought.order.status in COMING
    if dates is None and coming and buys:
        dates = DatesForm(order=bought.order, lines=bought.open_lines)
    context = {"order": bought.order, "bought": bought, "dates": dates, "refusal": refusal}
    context |= {
        "may_buy": buys,
        "may_try": may_try(request),
        "coming": coming,
        "pegs": selectors.pegs(bought.order, request.GET.get("page", 1)),
    }
    parts = {"dates-form": "dates-form", "pegs": "pegs", "main": "order-page"}
    return render_page(request, "procurement/order.html", context, partial=parts, status=status)
