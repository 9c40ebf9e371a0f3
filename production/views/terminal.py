"""The operator's page: choose a work centre, see one job and its next action."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import no_change, render_page, unchanged
from orders.models import User
from planning.models import Operation, WorkCentre
from production import selectors
from production.forms import refusal_words

REMEMBERED = "work_centre"
A_YEAR = 365 * 24 * 3600
FLOOR = ("operator", "planner", "manager")


@allow(*FLOOR)
def choose(request: HttpRequest) -> HttpResponse:
    """The work centres to choose from; a device that chose before goes straight to its own."""
    centres = selectors.choices_of_work_centre()
    remembered = request.COOKIES.get(REMEMBERED, "")
    if "choose" not in request.GET and remembered in {centre.code for centre in centres}:
        return redirect("production:terminal", code=remembered)
    return render(request, "production/choose.html", {"centres": centres, "remembered": remembered})


@allow(*FLOOR)
def terminal(request: HttpRequest, code: str) -> HttpResponse:
    """One work centre: the job to do now, and the queue; polled every 5 s."""
    return show_terminal(request, get_object_or_404(WorkCentre, code=code))


def show_terminal(
    request: HttpRequest, work_centre: WorkCentre, refusal: Refused | None = None
) -> HttpResponse:
    """The page or its live part, with what was refused above it."""
    shown = selectors.terminal(
        work_centre,
        machine=request.GET.get("machine", ""),
        operation_id=_number(request.GET.get("operation", "")),
        page=request.GET.get("page", "1"),
    )
    if refusal is None and unchanged(request, shown.version):
        return no_change()
    context = _context(request, shown, refusal)
    status = refusal.status if refusal else 200
    response = render_page(request, "production/terminal.html", context, partial="terminal", status=status)
    response.set_cookie(REMEMBERED, work_centre.code, max_age=A_YEAR, samesite="Lax", httponly=True)
    return response


def _context(request: HttpRequest, shown: selectors.Terminal, refusal: Refused | None) -> dict[str, Any]:
    person = request.user
    return {
        "terminal": shown,
        "here": address(request, shown.work_centre),
        "queue_url": queue_address(request, shown.work_centre),
        "machine": request.GET.get("machine", ""),
        "refusal": refusal and refusal_words(refusal),
        "may_act": isinstance(person, User) and person.has_role("operator", "manager"),
    }


def address(request: HttpRequest, work_centre: WorkCentre) -> str:
    """The page's own address: work centre, machine, chosen operation, page of the queue."""
    kept = _kept(request, "machine", "operation", "page")
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse("production:terminal", args=[work_centre.code]) + query


def queue_address(request: HttpRequest, work_centre: WorkCentre) -> str:
    """The address of a job of this page, up to the number of its operation."""
    query = urlencode({**_kept(request, "machine", "page"), "operation": ""})
    return f"{reverse('production:terminal', args=[work_centre.code])}?{query}"


def _kept(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.GET[name] for name in names if request.GET.get(name)}


@allow(*FLOOR)
def operation(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a work item or the code on a traveller leads: the operation at its work centre."""
    found = Operation.objects.select_related("machine__work_centre", "worked_on__work_centre").filter(pk=pk)
    place = selectors.place_of(found[0]) if found else None
    if not place:
        raise Http404("There is no such operation, or no work centre that can do it.")
    return redirect(f"{reverse('production:terminal', args=[place.code])}?operation={pk}")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
