"""Panels that other stages' pages load: the material of an operation and of an order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import back, redirect_or_htmx, render_page
from orders.models import STAFF_ROLES, Role
from procurement import selectors, services
from procurement.selectors.materials import OperationMaterials
from procurement.views.common import any_target, found, person

ISSUERS = (Role.OPERATOR, Role.BUYER, Role.MANAGER)
ISSUED = "material-issued"


@allow(*STAFF_ROLES)
@require_GET
def operation_materials(request: HttpRequest, pk: int) -> HttpResponse:
    """What an operation needs, which lots are kept for it, and the button that issues them."""
    return _panel(request, _materials(pk))


@allow(*ISSUERS)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue what is reserved; pages that show the operation hear `material-issued`."""
    materials = _materials(pk)
    try:
        services.issue_material(operation=materials.operation, by=person(request))
    except Refused as refusal:
        return _panel(request, materials, refusal)
    if not getattr(request, "htmx", None):
        messages.success(request, f"The material of {materials.operation} is issued.")
        return redirect_or_htmx(request, back(request, reverse("procurement:operation-materials", args=[pk])))
    response = _panel(request, _materials(pk))
    response["HX-Trigger"] = ISSUED
    return response


@allow(*STAFF_ROLES)
@require_GET
def order_panel(request: HttpRequest, reference: str) -> HttpResponse:
    """The material of an order."""
    materials = found(selectors.order_materials(reference), f"order {reference}")
    context = {"order_materials": materials}
    return render_page(request, "procurement/order_panel.html", context, partial=any_target(request, "panel"))


def _materials(pk: int) -> OperationMaterials:
    return found(selectors.operation_materials(pk), "such operation")


def _panel(
    request: HttpRequest, materials: OperationMaterials, refusal: Refused | None = None
) -> HttpResponse:
    user = person(request)
    context = {
        "materials": materials,
        "refusal": refusal,
        "may_issue": user is not None and user.has_role(*ISSUERS),
    }
    return render_page(
        request,
        "procurement/operation_materials.html",
        context,
        partial=any_target(request, "panel"),
        status=refusal.status if refusal else 200,
    )
