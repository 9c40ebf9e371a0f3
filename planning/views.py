"""Pages of the planning stage."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import HtmxRequest, render_page
from orders.models import STAFF_ROLES
from planning import selectors


@allow(*STAFF_ROLES)
@require_GET
def order_panel(request: HtmxRequest, reference: str) -> HttpResponse:
    """The schedule section of the order page, and a page of its own."""
    schedule = selectors.order_schedule(reference)
    if schedule is None:
        raise Http404(f"There is no order {reference}.")
    target = request.htmx.target or ""
    return render_page(
        request, "planning/order_panel.html", {"schedule": schedule}, partial={target: "schedule"}
    )
