"""What plans moved since the planner last looked."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx, render_page
from orders.models import Role, User
from planning import selectors, services
from planning.selectors import read_changes

PLANNERS = (Role.PLANNER, Role.MANAGER)


@allow(*PLANNERS)
@require_GET
def moved(request: HttpRequest) -> HttpResponse:
    """The difference between the plan at the last look and the plan now."""
    moves = selectors.moved_since_look(cast(User, request.user), clock.now())
    return render_page(request, "planning/moved.html", {"moves": moves})


@allow(*PLANNERS)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """From now on only what moves after this plan is shown."""
    try:
        services.note_look(user=cast(User, request.user), version=request.POST.get("version", ""))
        messages.success(request, "Noted. What moves from now on is shown here.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, reverse("planning:moved"))


@allow(*PLANNERS)
@require_POST
def put_back(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Reject a move: the operation goes back where it stood and is pinned there."""
    fields = ("machine", "start", "was_machine", "was_start")
    given = {name: _number(request.POST.get(name, "")) for name in fields}
    try:
        changes = read_changes([{"kind": "move", "operation": operation_id, **given}])
        edit = services.apply_changes(changes=changes, by=cast(User, request.user))
        messages.success(request, f"{edit}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, reverse("planning:moved"))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 16 else None
