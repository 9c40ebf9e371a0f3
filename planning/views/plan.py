"""Pages of the planning stage."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import (
    HtmxRequest,
    back,
    redirect_or_htmx,
    render_page,
)
from orders.models import STAFF_ROLES, Order, OrderLine, Role, User
from planning import selectors, services
from planning.models import Downtime

PROMISERS = (Role.SALES, Role.PLANNER, Role.MANAGER)
PLANNERS = (Role.PLANNER, Role.MANAGER)


@allow(*PLANNERS)
@require_POST
def replan(request: HttpRequest) -> HttpResponse:
    """Ask for a new plan at once."""
    services.replan_soon(reason=f"{request.user} asked for it")
    messages.success(request, "A new plan is being made. Reload in a few seconds to see it.")
    return redirect_or_htmx(request, back(request, reverse("planning:home")))


@allow(*STAFF_ROLES)
@require_GET
def promise_panel(request: HtmxRequest, reference: str) -> HttpResponse:
    """When a quotation can be delivered: a section of its page, and a page of its own."""
    panel = selectors.promise_panel(_order_or_404(reference), clock.now())
    person = _person(request)
    may_hold = person is not None and person.has_role(*PROMISERS)
    target = request.htmx.target or ""
    context = {"panel": panel, "may_hold": may_hold}
    return render_page(request, "planning/promise.html", context, partial={target: "promise"})


@allow(*PROMISERS)
@require_POST
def hold(request: HttpRequest, reference: str) -> HttpResponse:
    """Hold the dates in the way chosen."""
    order = _order_or_404(reference)
    try:
        services.hold_promise(order=order, way=request.POST.get("way", ""), by=_person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The dates of {order} are held.")
    return redirect_or_htmx(request, order.get_absolute_url())


@allow(*PROMISERS)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the held time free."""
    order = _order_or_404(reference)
    services.release_holds(order=order, reason=f"Released by {request.user}")
    messages.success(request, f"Nothing is held for {order} any more.")
    return redirect_or_htmx(request, order.get_absolute_url())


def _order_or_404(reference: str) -> Order:
    order = Order.objects.by_reference(reference).select_related("customer").first()
    if order is None:
        raise Http404(f"There is no order {reference}.")
    return order


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@allow(*STAFF_ROLES, Role.CUSTOMER)
@require_GET
def why(request: HttpRequest, reference: str) -> HttpResponse:
    """Why each job of the order is forecast for its day: in full for staff, else in safe words."""
    customer_id = _user(request).customer_id
    orders = Order.objects.by_reference(reference)
    order = (orders.visible_to_customer(customer_id) if customer_id else orders).first()
    if order is None:
        raise Http404(f"There is no order {reference}.")
    lines = list(order.lines.select_related("product").order_by("position"))
    reasons = selectors.why_jobs([line.id for line in lines], clock.now())
    context = {
        "order": order,
        "jobs": [(line, reasons.get(line.id)) for line in lines],
        "full": customer_id is None,
    }
    return render_page(request, "planning/why.html", context, partial={"panel-why-this-date": "why"})


@allow(*PLANNERS, Role.SALES, Role.BUYER, Role.INSPECTOR)
@require_GET
def hurts(request: HttpRequest) -> HttpResponse:
    """What a downtime, a missing item or a rework really hurts."""
    asked, now = request.GET, clock.now()
    subject, found = "", None
    if asked.get("downtime", "").isdecimal():
        downtime = get_object_or_404(Downtime.objects.select_related("machine"), id=int(asked["downtime"]))
        subject, found = str(downtime), selectors.hurt_by_downtime(downtime, now)
    elif asked.get("item"):
        item = asked["item"].replace("\x00", "").strip()[:100]
        subject, found = f"{item} not being here", selectors.hurt_by_item(item, now)
    elif asked.get("rework", "").isdecimal():
        line = get_object_or_404(OrderLine.objects.select_related("order"), id=int(asked["rework"]))
        subject, found = f"Rework of {line.order} {line}", selectors.hurt_by_rework(line, now)
    jobs, total = found or ([], 0)
    context = {"subject": subject, "jobs": jobs, "total": total, "item": asked.get("item", "")}
    return render_page(request, "planning/hurts.html", context)


def _user(request: HttpRequest) -> User:
    """Who asks; `allow` has let nobody else in."""
    return cast(User, request.user)
