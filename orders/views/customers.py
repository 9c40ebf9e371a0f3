"""Customers: the list, and the page of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import render_page
from orders.models import Role
from orders.selectors.frame import route
from orders.selectors.parties import api_keys, customer_by_code, customer_page, latest_orders
from orders.views.people import person


@allow(Role.SALES, Role.MANAGER)
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers by name, with how many orders are open."""
    context = {"page_obj": customer_page(request.GET), "words": request.GET.get("q", "")}
    return render_page(request, "orders/customers.html", context, partial="list")


@allow(Role.SALES, Role.MANAGER)
@require_GET
def customer(request: HttpRequest, code: str) -> HttpResponse:
    """Contacts, addresses, latest orders and API keys of one customer."""
    found = customer_by_code(code)
    if found is None:
        raise Http404(f"There is no customer {code}.")
    user = person(request)
    context = {
        "customer": found,
        "orders": latest_orders(found),
        "may_edit": user.has_role(Role.ADMINISTRATOR),
        "admin_url": route("admin:orders_customer_change", str(found.pk)),
        "keys": api_keys(found)[:10] if user.has_role(Role.MANAGER) else None,
    }
    return render_page(request, "orders/customer.html", context)
