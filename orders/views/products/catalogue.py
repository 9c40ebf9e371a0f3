"""Products: what one offers, its rules in words, its publication."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, redirect_or_htmx, render_page
from orders.engine import Fault, ModelRefused
from orders.models import Product, Role
from orders.selectors import latest_revision, product_by_code, product_list, product_model
from orders.selectors.frame import route
from orders.services import check_product, publish_product
from orders.views.people import person, sees_money
from orders.views.products.page import AUTHORS

READERS = (Role.SALES, Role.ENGINEER, Role.PLANNER, Role.MANAGER)


@allow(*READERS)
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """All products with their standing."""
    context = {"products": product_list(), "money": sees_money(person(request))}
    return render_page(request, "orders/products.html", context)


@allow(*READERS)
@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """What one product offers: options, parameters, rules with their reasons, price."""
    found = _product(code)
    checked = request.GET.get("check") == "1" and person(request).has_role(Role.MANAGER)
    return _show(request, found, _faults(found) if checked else None)


@allow(Role.MANAGER)
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the product, or list everything that is wrong with it."""
    found = _product(code)
    try:
        published = publish_product(product=found, by=person(request))
    except ModelRefused as refusal:
        return _show(request, found, refusal.faults, status=INVALID)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{published} is published as revision {published.revision}.")
    return redirect_or_htmx(request, route("orders:product", code))


def _product(code: str) -> Product:
    found = product_by_code(code)
    if found is None:
        raise Http404(f"There is no product {code}.")
    return found


def _show(
    request: HttpRequest, found: Product, faults: list[Fault] | None, status: int = 200
) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "product": found,
        "model": product_model(latest_revision(found)),
        "faults": faults,
        "money": sees_money(user) or user.has_role(*AUTHORS),
        "may_publish": user.has_role(Role.MANAGER) and found.status != Product.Status.OBSOLETE,
        "may_write": user.has_role(*AUTHORS),
        "may_quote": user.has_role(Role.SALES, Role.MANAGER) and found.status == Product.Status.PUBLISHED,
        "admin_url": route("admin:orders_product_change", str(found.pk))
        if user.has_role(Role.ADMINISTRATOR)
        else "",
    }
    return render_page(request, "orders/product.html", context, status=status)


def _faults(found: Product) -> list[Fault]:
    """Everything that keeps the product from being published."""
    try:
        check_product(found)
    except ModelRefused as refusal:
        return refusal.faults
    except Refused as refusal:
        return [Fault(found.code, "", refusal.message, refusal.remedy)]
    return []
