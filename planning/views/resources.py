"""The shop as planning sees it: machines, people, tools, and who is away."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, redirect_or_htmx, render_page
from orders.models import Role, User
from planning import selectors, services
from planning.forms import AbsenceForm
from planning.models import Absence

PLANNERS = (Role.PLANNER, Role.MANAGER)


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def resources(request: HttpRequest) -> HttpResponse:
    """Work centres, machines, crews and tools, and a form to report an absence."""
    now = clock.now()
    form = AbsenceForm(request.POST) if request.method == "POST" else AbsenceForm(initial={"starts": now})
    if form.is_bound and form.is_valid() and _report(request, form):
        return redirect_or_htmx(request, reverse("planning:resources"))
    context = {"form": form, "shop": selectors.shop_overview(now), "now": now}
    return render_page(request, "planning/resources.html", context, status=INVALID if form.errors else 200)


def _report(request: HttpRequest, form: AbsenceForm) -> bool:
    """Report it, or say at the field why not."""
    try:
        absence = services.report_absence(by=cast(User, request.user), **form.cleaned_data)
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, f"{absence} is noted; the plan is being repaired.")
    return True


@allow(*PLANNERS)
@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """They are back."""
    absence = get_object_or_404(Absence.objects.select_related("crew"), id=absence_id)
    try:
        services.end_absence(absence=absence, by=cast(User, request.user))
        messages.success(request, f"{absence.crew} is complete again; the plan is being repaired.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, reverse("planning:resources"))
