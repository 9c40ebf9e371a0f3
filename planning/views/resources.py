"""The shop as planning sees it: machines and work centres, people, tools."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from kernel.htmx import render_page
from planning import selectors
from planning.forms import AbsenceForm, CentreEntry, MatrixForm, ToolEntry
from planning.models import Absence, Calendar, Crew, Skill, Tool, WorkCentre
from planning.selectors.changes import Back, Remove
from planning.views.entering import PLANNERS, act, answer, entered


@allow(*PLANNERS)
@require_GET
def resources(request: HttpRequest) -> HttpResponse:
    """Work centres, machines, crews and tools, what is missing and who is away."""
    shop = selectors.shop_overview(clock.now())
    return render_page(request, "planning/resources.html", {"shop": shop})


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def centre(request: HttpRequest, centre_id: int) -> HttpResponse:
    """One work centre with its machines."""
    found = get_object_or_404(WorkCentre.objects.select_related("calendar"), id=centre_id)
    title = str(found)
    entry = CentreEntry(request.POST or None, found)
    told = entered(request, entry) if request.method == "POST" else None
    return answer(request, entry, told, "planning/centre.html", {"title": title, "id": centre_id})


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def new_centre(request: HttpRequest) -> HttpResponse:
    """A new work centre; its machines come after it."""
    entry = CentreEntry(request.POST or None, None)
    told = entered(request, entry) if request.method == "POST" else None
    context = {"title": "New work centre", "next": reverse("planning:resources")}
    return answer(request, entry, told, "planning/centre.html", context)


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def tools(request: HttpRequest) -> HttpResponse:
    """All tools and how many there are."""
    entry = ToolEntry(request.POST or None, list(Tool.objects.all()))
    told = entered(request, entry) if request.method == "POST" else None
    return answer(request, entry, told, "planning/tools.html", {})


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Crews × skills, who is away, and a form to report an absence."""
    away = "people" in request.POST
    now = clock.now()
    absence = AbsenceForm(request.POST) if away else AbsenceForm(initial={"starts": now})
    matrix = MatrixForm(
        None if away else request.POST or None,
        crews=list(Crew.objects.select_related("calendar").prefetch_related("skills")),
        skills=list(Skill.objects.all()),
        calendars=list(Calendar.objects.all()),
    )
    entry = absence if away else matrix
    told = entered(request, entry) if request.method == "POST" else None
    context = {"matrix": matrix, "absence": absence, "now": now}
    context |= {"away": Absence.objects.filter(ends__gt=now).select_related("crew", "by")}
    context |= {"effect_id": "effect-absence" if away else "effect"}
    return answer(request, entry, told, "planning/people.html", context)


@allow(*PLANNERS)
@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """They are back."""
    return act(request, Back(absence_id), reverse("planning:people"))


@allow(*PLANNERS)
@require_POST
def remove_resource(request: HttpRequest) -> HttpResponse:
    """A work centre, crew or skill goes where nothing uses it."""
    what, code = request.POST.get("what", ""), request.POST.get("code", "")
    page = "planning:resources" if what == "centre" else "planning:people"
    return act(request, Remove(what, code), reverse(page))
