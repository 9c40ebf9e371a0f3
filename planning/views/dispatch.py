"""The plan for the floor: what is next on each machine, on paper, in calendars and on the wall."""

from collections.abc import Sequence
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.access import allow, public
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, back, no_change, redirect_or_htmx, render_page, unchanged
from orders.models import STAFF_ROLES, Role, User
from planning import selectors, services
from planning.forms import DispatchForm
from planning.models import WorkCentre
from planning.selectors.changes import Dispatch, Release

PLANNERS = (Role.PLANNER, Role.MANAGER)
DAYS: Final = 14
"""A calendar file holds so many days."""


@allow(*STAFF_ROLES)
@require_http_methods(["GET", "POST"])
def dispatch(request: HttpRequest) -> HttpResponse:
    """What is next on each machine and why; planners set the rule of release and the frozen zone."""
    user, centre = cast(User, request.user), _centre(request)
    may_rule = user.has_role(*PLANNERS)
    rule = selectors.dispatching()
    form = DispatchForm(request.POST or None, initial=DispatchForm.values_of(rule))
    if request.method == "POST" and may_rule and form.is_valid() and _ruled(request, form):
        return redirect_or_htmx(request, reverse("planning:dispatch"))
    context = {
        **_split(selectors.dispatch_list(clock.now(), centre)),
        "centres": WorkCentre.objects.filter(machines__active=True).distinct(),
        "centre": centre,
        "rule": rule,
        "form": form if may_rule else None,
        "subscribe": request.build_absolute_uri(_calendar_url(user, centre)),
    }
    return render_page(request, "planning/dispatch.html", context, status=INVALID if form.errors else 200)


@allow(*PLANNERS)
@require_POST
def release_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Let an operation be started ahead of the rule."""
    try:
        edit = services.apply_changes(changes=[Release(operation_id)], by=cast(User, request.user))
        messages.success(request, f"{edit}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, back(request, reverse("planning:dispatch")))


@allow(*STAFF_ROLES)
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """A screen on the wall: large, without controls, live."""
    centre = _centre(request)
    benches = selectors.dispatch_list(clock.now(), centre)
    version = selectors.wall_version(benches)
    if unchanged(request, version):
        return no_change()
    asked = f"?{urlencode({'centre': centre})}" if centre else ""
    context = {
        **_split(benches),
        "version": version,
        "here": reverse("planning:wall") + asked,
        "now": clock.now(),
    }
    return render_page(request, "planning/wall.html", context, partial="wall")


@public
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The next DAYS days as iCalendar, for whoever holds the link of a person who works here."""
    found = selectors.read_calendar_token(token)
    if found is None or not found[0].has_role(*STAFF_ROLES):
        raise Http404("This calendar is not shared any more.")
    now = clock.now()
    benches = selectors.dispatch_list(now, found[1], machine=found[2], days=DAYS)
    response = HttpResponse(
        selectors.calendar_file(benches, now), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="dispatch.ics"'
    return response


def _centre(request: HttpRequest) -> str:
    """The code of the work centre asked for; the database takes no NUL."""
    return request.GET.get("centre", "").replace("\x00", "")


def _split(benches: Sequence[selectors.Bench]) -> dict[str, Any]:
    """Machines that have work, and those that have none."""
    return {
        "busy": [bench for bench in benches if bench.turns],
        "idle": [bench for bench in benches if not bench.turns],
    }


def _calendar_url(user: User, centre: str) -> str:
    return reverse("planning:calendar-file", args=[selectors.calendar_token(user, centre, "")])


def _ruled(request: HttpRequest, form: DispatchForm) -> bool:
    """Set the rule, or say at the field why not."""
    values: dict[str, Any] = form.cleaned_data
    try:
        edit = services.apply_changes(changes=[Dispatch(**values)], by=cast(User, request.user))
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, f"{edit}.")
    return True
