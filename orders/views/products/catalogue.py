"""Products: what one offers, its rules in words, its publication."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import render_page
from orders.models import Product, Role
from orders.selectors import latest_revision, product_by_code, product_list, product_model
from orders.selectors.frame import route
from orders.views.people import person, sees_money
from orders.views.products.page import AUTHORS

READERS = (Role.SALES, Role.ENGINEER, Role.PLANNER, Role.MANAGER)


@allow(*READERS)
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """All products with their standing."""
    user = person(request)
    context = {
        "products": product_list(),
        "money": sees_money(user) or user.has_role(*AUTHORS),
        "may_write": user.has_role(*AUTHORS),
    }
    return render_page(request, "orders/products.html", context)


@allow(*READERS)
@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """What one product offers: options, parameters, rules with their reasons, price."""
    found = _product(code)
    return _show(request, found)


def _product(code: str) -> Product:
    found = product_by_code(code)
    if found is None:
        raise Http404(f"There is no product {code}.")
    return found


def _show(request: HttpRequest, found: Product) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "product": found,
        "model": product_model(latest_revision(found)),
        "money": sees_money(user) or user.has_role(*AUTHORS),
        "may_write": user.has_role(*AUTHORS),
        "may_quote": user.has_role(Role.SALES, Role.MANAGER) and found.status == Product.Status.PUBLISHED,
        "admin_url": route("admin:orders_product_change", str(found.pk))
        if user.has_role(Role.ADMINISTRATOR)
        else "",
    }
    return render_page(request, "orders/product.html", context)
