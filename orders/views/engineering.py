"""A non-catalogue line: its product is engineered for one quotation."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, redirect_or_htmx, render_page
from orders.forms.engineering import EngineeringForm
from orders.models import Customer, Product, Role
from orders.selectors.parties import customer_by_code
from orders.services import engineer_product
from orders.views.people import order_or_404, person


@allow(Role.SALES, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def engineer_line(request: HttpRequest) -> HttpResponse:
    """Own BOM and routing by hand; what is made then stands on the quotation like any product."""
    customer = customer_by_code(request.GET.get("customer", ""))
    if customer is None:
        raise Http404("There is no such customer.")
    form = EngineeringForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = engineer_product(work=form.work(customer.currency), by=person(request))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect_or_htmx(request, _next(request, customer, product))
    status = INVALID if request.method == "POST" else 200
    return render_page(request, "orders/engineer.html", {"form": form, "customer": customer}, status=status)


def _next(request: HttpRequest, customer: Customer, product: Product) -> str:
    """Back to the quotation that asked for it, or on to a new one."""
    reference = request.GET.get("order", "")
    if reference:
        order = order_or_404(request, reference)
        return f"{reverse('orders:edit', args=[order.reference])}?{urlencode({'add': product.code})}"
    query = urlencode({"customer": customer.code, "product": product.code})
    return f"{reverse('orders:new')}?{query}"
