"""A new product: empty, a copy, or from a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import add_refusal, redirect_or_htmx, render_page, status_of
from orders.engine.authoring import TREE
from orders.forms.beginning import NewProductForm
from orders.selectors.frame import route
from orders.services import begin_product
from orders.views.people import person
from orders.views.products.page import AUTHORS


@allow(*AUTHORS)
@require_http_methods(("GET", "POST"))
def new_product(request: HttpRequest) -> HttpResponse:
    """The form, then the first draft; what was refused stands at its field."""
    form = NewProductForm(request.POST or None, request.FILES or None, copy_of=request.GET.get("copy", ""))
    if request.method == "POST" and form.is_valid():
        try:
            draft = begin_product(by=person(request), **form.wanted())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, f"{draft.product.code} is a draft. Nobody can order it until it is published."
            )
            return redirect_or_htmx(request, route("orders:model-rows", draft.product.code, TREE))
    return render_page(request, "orders/product_new.html", {"form": form}, status=status_of(form))
