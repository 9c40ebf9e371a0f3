"""Home: what waits for the person; a customer's own orders in plain words."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import no_change, render_page, unchanged
from orders.models import STAFF_ROLES, Role
from orders.selectors import OrderFilter, list_orders, roles_of
from orders.selectors.frame import route
from orders.selectors.work import figures, waiting_for, work_token
from orders.views.people import OFFICE, is_customer, person

WATCHERS = OFFICE
CALM = 12


@allow(*STAFF_ROLES, Role.CUSTOMER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The work list of the person's roles, live; customers see how their orders stand."""
    user = person(request)
    if is_customer(user):
        page = list_orders(
            OrderFilter(), page=request.GET.get("page", "1"), customer_id=user.customer_id, size=CALM
        )
        return render_page(request, "orders/home_customer.html", {"page_obj": page}, partial="list")
    if unchanged(request, work_token(roles_of(user))):
        return no_change()
    place = request.GET.get("place", "")
    context = {
        "work": waiting_for(user, role=request.GET.get("role", ""), place=place),
        "figures": figures() if user.has_role(*WATCHERS) else None,
        "place_url": route("production:terminal", place) if place else "",
        "may_quote": user.has_role(Role.SALES, Role.MANAGER),
        "here": request.get_full_path(),
    }
    return render_page(request, "orders/home.html", context, partial="work-live")
