"""Work orders, the traveller, and the floor's panel of an order page."""

from typing import Any, cast

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.access import allow
from kernel.htmx import render_page
from orders.models import STAFF_ROLES, User
from orders.selectors import CappedPaginator
from planning.models import Operation
from production import selectors, services
from production.forms import SearchForm
from production.models import WorkOrder

PAGE = 50


@require_GET
@allow("operator", "inspector", "planner", "sales", "manager")
def work_order_list(request: HttpRequest) -> HttpResponse:
    """All work orders, newest first."""
    form = SearchForm(request.GET)
    status, search = form.value("status"), form.value("q")
    found = selectors.work_orders(status=status, search=search)
    page = CappedPaginator(found, PAGE).get_page(request.GET.get("page"))
    selectors.with_progress(list(page.object_list))
    context = {"page": page, "search": search, "status": status, "statuses": WorkOrder.Status.choices}
    return render_page(request, "production/work_orders.html", context, partial="work-orders")


@require_GET
@allow("operator", "inspector", "planner", "sales", "manager")
def work_order(request: HttpRequest, number: str) -> HttpResponse:
    """One work order: its operations with who, when, how long and what was scrapped."""
    floor = selectors.work_order_page(number)
    if floor is None:
        raise Http404("There is no such work order.")
    return render(request, "production/work_order.html", {"floor": floor, "line": floor.line})


@require_GET
@allow("operator", "inspector", "planner", "manager")
def traveller(request: HttpRequest, number: str) -> HttpResponse:
    """The paper that goes with the job: specification, operations with codes to scan, boxes to sign."""
    floor = selectors.traveller(number)
    if floor is None:
        raise Http404("There is no such work order.")
    wanted = [each for each in floor.operations if each.status != Operation.Status.CANCELLED]
    rows = [(each, code_of(request, reverse("production:operation", args=[each.id]))) for each in wanted]
    context: dict[str, Any] = {
        "floor": floor,
        "line": floor.line,
        "rows": rows,
        "code": code_of(request, reverse("production:work-order", args=[number])),
        "printed_at": clock.now(),
    }
    return render(request, "production/traveller.html", context)


@require_GET
@allow(*STAFF_ROLES)
def order_panel(request: HttpRequest, reference: str) -> HttpResponse:
    """What the floor knows of an order: a part of the order page, or a page of its own."""
    floors = selectors.floor_of_order(reference)
    if floors is None:
        raise Http404("There is no such order.")
    context = {"floors": floors, "reference": reference}
    part = "#panel" if getattr(request, "htmx", None) else ""
    return render(request, f"production/order_panel.html{part}", context)


@require_POST
@allow("planner", "manager")
def settle_scrap(request: HttpRequest, pk: int) -> HttpResponse:
    """The planner has seen to the replacement."""
    operation = get_object_or_404(Operation.objects.select_related("line__work_order"), pk=pk)
    if services.settle_scrap(operation=operation, by=cast(User, request.user)):
        messages.success(request, f"Replacement for {operation} is settled.")
    return redirect("production:work-order", number=operation.line.work_order.number)


def code_of(request: HttpRequest, path: str) -> str:
    """A QR code of the address, as an image the page carries itself."""
    return segno.make(request.build_absolute_uri(path), error="m").svg_data_uri(scale=2, border=1)
