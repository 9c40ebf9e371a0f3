"""What a planner has to decide: jobs in danger with their remedies."""

from typing import Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import back, redirect_or_htmx, render_page
from orders.models import Role, User
from planning import selectors, services
from planning.models import Remedy

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)


@allow(*PLANNERS, Role.SALES)
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """The jobs in danger, the most urgent first, each with its three best remedies."""
    asked, now = request.GET, clock.now()
    page = int(asked["page"]) if asked.get("page", "").isdecimal() else 1
    wishes = {name: asked.get(name, "").replace("\x00", "") for name in ("cause", "state", "centre")}
    state, _ = selectors.plan_state()
    groups = selectors.cause_groups()
    context = {
        "groups": groups,
        "answer": selectors.answer_of(groups.late, groups.risk),
        "found": selectors.decisions(now, **wishes, page=page),
        "state": state,
        "may_take": cast(User, request.user).has_role(*PLANNERS),
    }
    return render_page(request, "planning/decisions.html", context, partial="list")


@allow(*PLANNERS, Role.SALES)
@require_GET
def remedy(request: HttpRequest, remedy_id: int) -> HttpResponse:
    """One remedy with its effect on every job; in the drawer or as a page."""
    found = get_object_or_404(
        Remedy.objects.select_related("line__order__customer", "taken_by"), id=remedy_id
    )
    context = {"remedy": found, "may_take": cast(User, request.user).has_role(*PLANNERS)}
    return render_page(request, "planning/remedy.html", context, partial={"drawer-body": "detail"})


@allow(*PLANNERS, Role.SALES)
@require_GET
def measured(request: HttpRequest) -> HttpResponse:
    """Remedies whose outcome is known, beside what was said of them."""
    context = {"worth": selectors.worth_by_kind(), "measured": selectors.measured()}
    return render_page(request, "planning/measured.html", context)


@allow(*PLANNERS)
@require_POST
def take_remedy(request: HttpRequest, remedy_id: int) -> HttpResponse:
    """Take it; the way back stands at the top of the list."""
    found = Remedy(id=remedy_id)
    try:
        taken = services.take_remedy(remedy=found, by=cast(User, request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Taken: {taken.words}. The plan is made anew.")
    return redirect_or_htmx(request, back(request, reverse("planning:decisions")))


@allow(*PLANNERS)
@require_POST
def undo_remedy(request: HttpRequest, remedy_id: int) -> HttpResponse:
    """Take it back."""
    found = get_object_or_404(Remedy, id=remedy_id)
    try:
        services.undo_remedy(remedy=found, by=cast(User, request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Undone: {found.words}.")
    return redirect_or_htmx(request, back(request, reverse("planning:decisions")))
