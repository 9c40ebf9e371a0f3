"""What planners change: seen before it is saved, saved, undone, and who changed what."""

import json
from typing import Any, Final, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import back, redirect_or_htmx, render_page
from orders.models import Role, User
from planning import selectors, services
from planning.models import PlanEdit

PLANNERS = (Role.PLANNER, Role.MANAGER)
ROWS: Final = 50
LARGEST: Final = 2_000_000
"""Bytes of a request; MOST changes are far smaller."""


@allow(*PLANNERS)
@require_POST
def preview_changes(request: HttpRequest) -> JsonResponse:
    """What the changes of the body would do, as JSON; nothing is stored."""
    try:
        changes = selectors.read_changes(_body(request).get("changes"))
        return JsonResponse(selectors.effect_of(changes, clock.now()).as_json())
    except Refused as refusal:
        return refused(refusal)


@allow(*PLANNERS)
@require_POST
def make_changes(request: HttpRequest) -> JsonResponse:
    """Make the changes of the body, and repair the plan."""
    try:
        body = _body(request)
        changes, note = selectors.read_changes(body.get("changes")), _note(body)
        edit = services.apply_changes(changes=changes, by=cast(User, request.user), note=note)
    except Refused as refusal:
        return refused(refusal)
    return JsonResponse(_told(edit))


@allow(*PLANNERS)
@require_POST
def undo_changes(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Undo one edit: JSON for the board, a redirect for the page."""
    edit = get_object_or_404(PlanEdit, id=edit_id)
    as_json = request.content_type == "application/json"
    try:
        done = services.undo_edit(edit=edit, by=cast(User, request.user))
    except Refused as refusal:
        if as_json:
            return refused(refusal)
        messages.error(request, str(refusal))
    else:
        if as_json:
            return JsonResponse(_told(done))
        messages.success(request, f"Undone: {edit}.")
    return redirect_or_htmx(request, back(request, reverse("planning:changes")))


@allow(*PLANNERS)
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed what, the newest first, each with its way back."""
    found = PlanEdit.objects.select_related("by", "undone_by", "undoes")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "planning/changes.html", {"page_obj": page}, partial="list")


def refused(refusal: Refused) -> JsonResponse:
    """A refusal as JSON: what is wrong, at which field, and what to do."""
    body = {"detail": refusal.message, "field": refusal.field, "remedy": refusal.remedy}
    return JsonResponse(body, status=422 if refusal.status == 400 else refusal.status)


def _told(edit: PlanEdit) -> dict[str, Any]:
    edition = selectors.plan_state()[1]
    return {"edit": edit.id, "words": edit.words.split("\n"), "moved": edit.moved, "edition": str(edition)}


def _note(body: dict[str, Any]) -> str:
    """What the planner says of it, without what the database does not take."""
    return str(body.get("note", "")).encode(errors="ignore").decode().replace("\x00", "")


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the request; Refused where it is none."""
    try:
        found = json.loads(request.body) if len(request.body) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("The request is no JSON object.", field="changes", remedy='Send {"changes": […]}.')
    return found
