"""Why a line costs what it costs: for sales and managers only."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import render_page
from orders.selectors.why import line_why
from orders.views.people import MONEY_ROLES, order_or_404


@allow(*MONEY_ROLES)
@require_GET
def price_of_line(request: HttpRequest, reference: str, line_id: int) -> HttpResponse:
    """Price and cost of a line, opening down to formulas, quantities, times and rates."""
    order = order_or_404(request, reference)
    found = line_why(order, line_id)
    if found is None:
        raise Http404(f"{order} has no such line.")
    context = {"order": order, "why": found, "line": found.line}
    return render_page(request, "orders/price.html", context, partial={f"why-{line_id}": "why"})
