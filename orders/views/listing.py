"""The list of quotations and orders."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import render_page
from orders.lifecycle import LIFECYCLE
from orders.models import STAFF_ROLES, Role
from orders.selectors import OrderFilter, list_orders
from orders.views.people import person, sees_money

ROWS = 25
STANDINGS = (("open", "Open"), ("late", "Late"), ("held", "On hold"))


@allow(*STAFF_ROLES)
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """Filtered by chips and words, sorted by a column, a page at a time."""
    user = person(request)
    wanted = _wanted(request)
    context = {
        "page_obj": list_orders(wanted, page=request.GET.get("page", "1"), size=ROWS),
        "wanted": wanted,
        "standings": STANDINGS,
        "show": request.GET.get("show", ""),
        "states": [(state.code, state.label) for state in LIFECYCLE.states.values()],
        "chosen": LIFECYCLE.states.get(wanted.state),
        "money": sees_money(user),
        "may_quote": user.has_role(Role.SALES, Role.MANAGER),
    }
    return render_page(request, "orders/list.html", context, partial="list")


def _wanted(request: HttpRequest) -> OrderFilter:
    query = request.GET
    show, state = query.get("show", ""), query.get("state", "")
    return OrderFilter(
        state=state if state in LIFECYCLE.states else "",
        customer=query.get("customer", ""),
        late=show == "late",
        held=show == "held",
        open_only=show == "open",
        text=query.get("q", ""),
        sort=query.get("sort", ""),
    )
