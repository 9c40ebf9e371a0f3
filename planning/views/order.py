"""What planners decide about one order, on its page: gate, priority, pins."""

from datetime import date, datetime, time
from typing import Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import HtmxRequest, redirect_or_htmx, render_page
from orders.models import STAFF_ROLES, Order, Priority, Role, User
from planning import selectors
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors import minute_of
from planning.selectors.changes import Change, Gate, Pin, Unpin, Weigh
from planning.services import apply_changes

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
WAITING: Final = (Operation.Status.PENDING, Operation.Status.BLOCKED, Operation.Status.READY)


@allow(*STAFF_ROLES)
@require_GET
def order_panel(request: HtmxRequest, reference: str) -> HttpResponse:
    """The schedule section of the order page, and a page of its own."""
    schedule = selectors.order_schedule(reference)
    if schedule is None:
        raise Http404(f"There is no order {reference}.")
    context = {
        "schedule": schedule,
        "may_plan": isinstance(request.user, User) and request.user.has_role(*PLANNERS),
        "priorities": Priority.choices,
        "waiting": WAITING,
    }
    target = request.htmx.target or ""
    return render_page(request, "planning/order_panel.html", context, partial={target: "schedule"})


@allow(*PLANNERS)
@require_POST
def plan_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Set a gate or a priority, pin or unpin an operation of this order."""
    order = Order.objects.by_reference(reference).first()
    if order is None:
        raise Http404(f"There is no order {reference}.")
    try:
        edit = apply_changes(changes=[_change(request, order)], by=cast(User, request.user))
        messages.success(request, f"{edit}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, order.get_absolute_url())


def _change(request: HttpRequest, order: Order) -> Change:
    """The change that the form asks for; 404 for what is not of this order."""
    asked, act = request.POST, request.POST.get("act", "")
    if act in {"pin", "unpin"}:
        mine = Operation.objects.filter(line__order=order)
        number = _of_order(mine.values_list("id", flat=True), asked.get("operation", ""))
        return Pin(number) if act == "pin" else Unpin(number)
    if act == "gate":
        line = _of_order(order.lines.values_list("id", flat=True), asked.get("line", ""))
        return Gate(line, _morning(asked.get("not_before", "")))
    return Weigh(order.id, int(asked.get("priority", "")) if asked.get("priority", "").isdigit() else 0)


def _of_order(known: object, given: str) -> int:
    numbers = {str(each): int(each) for each in cast("list[int]", known)}
    if given not in numbers:
        raise Http404("That is not of this order.")
    return numbers[given]


def _morning(text: str) -> int:
    """The first minute of this local day, NEVER for none; Refused for what is no day."""
    if not text:
        return NEVER
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused("That is no date.", field="not_before", remedy="Give year, month and day.") from error
    return minute_of(timezone.make_aware(datetime.combine(day, time())))
