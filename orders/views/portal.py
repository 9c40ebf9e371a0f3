"""Customers configure for themselves and ask for a quotation; they see prices, never costs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, redirect_or_htmx, render_page
from orders.forms.portal import RequestForm
from orders.models import Customer, Order, Role
from orders.selectors.configurator import Click, Configurator, configurator
from orders.selectors.configuring import Buyer, line_to_copy
from orders.selectors.for_customers import orderable_product
from orders.selectors.products import product_list
from orders.services import Header, InvalidInput, LineInput, create_quotation
from orders.views.configuring import AIMS, answer_click, click_in, posted_product
from orders.views.people import person

SAVE = "Request quotation"


@allow(Role.CUSTOMER)
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """What can be ordered."""
    return render_page(request, "orders/catalogue.html", {"products": product_list(orderable_only=True)})


@allow(Role.CUSTOMER)
@require_http_methods(["GET", "POST"])
@gzip_page
def configure_own(request: HttpRequest, code: str) -> HttpResponse:
    """A product with all its choices; a post asks for a quotation, or shows what keeps it from one."""
    product, customer = orderable_product(code), _customer(request)
    if product is None:
        raise Http404("There is no such product.")
    asked = request.method == "POST"
    copied = None if asked else line_to_copy(request.GET.get("copy", ""), product, customer)
    begun = Click(copied.decisions, copied.quantity, whole=True) if copied else Click({})
    panel = configurator(product, click_in(request.POST) if asked else begun, None, Buyer(customer))
    form = RequestForm(request.POST if asked else None, initial={"quantity": begun.quantity})
    if not asked or request.POST.get("act") != "save":
        return _show(request, panel, form)
    if not form.is_valid() or not panel.fits:
        return _show(request, panel, form, INVALID)
    return _ask(request, customer, panel, form)


@allow(Role.CUSTOMER)
@require_POST
@gzip_page
def click_own(request: HttpRequest) -> HttpResponse:
    """The answer to a click."""
    product = posted_product(request)
    if orderable_product(product.code) is None:
        raise Http404("There is no such product.")
    return answer_click(request, product, Buyer(_customer(request)), _page())


def _page() -> dict[str, Any]:
    return {"aims": AIMS, "save": SAVE, "costs": False, "configure_url": reverse("orders:click-own")}


def _customer(request: HttpRequest) -> Customer:
    customer = person(request).customer
    if customer is None:
        raise Http404("This page is for customers.")
    return customer


def _ask(request: HttpRequest, customer: Customer, panel: Configurator, form: RequestForm) -> HttpResponse:
    data = form.cleaned_data
    wish = LineInput(
        panel.product,
        data["quantity"],
        panel.choices,
        data["note"],
        decided=list(panel.decided),
        extras=data["extras"],
    )
    header = Header(requested_date=data["requested_date"], customer_po=data["customer_po"])
    try:
        order = create_quotation(
            customer=customer, lines=[wish], by=person(request), header=header, source=Order.Source.PORTAL
        )
    except Refused as refusal:
        _place(form, refusal)
        return _show(request, panel, form, INVALID)
    messages.success(request, f"We have your request {order}. You will hear from us.")
    return redirect_or_htmx(request, order.get_absolute_url())


def _place(form: RequestForm, refusal: Refused) -> None:
    """Every problem at its field."""
    for problem in refusal.problems if isinstance(refusal, InvalidInput) else [refusal]:
        name = problem.field.removeprefix("lines.0.")
        words = f"{problem.message} {problem.remedy}".strip()
        form.add_error(name if name in form.fields else None, words)


def _show(request: HttpRequest, panel: Configurator, form: RequestForm, status: int = 200) -> HttpResponse:
    context = {**_page(), "panel": panel, "form": form}
    return render_page(request, "orders/portal_configure.html", context, status=status)
