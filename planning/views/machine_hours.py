"""When machines stand or work longer: one or many at once, once or repeated."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from planning import services
from planning.forms import HoursForm
from planning.models import Downtime, PlanEdit, PlanVersion
from planning.selectors.changes import EndDown, EndOvertime
from planning.selectors.shop.overview import machines_by_centre, overtime_to_come
from planning.views.entering import PLANNERS, act, answer, entered

VERSIONS = 15


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def downtimes(request: HttpRequest) -> HttpResponse:
    """Which machines stand or work longer, and a form for one or many."""
    now = clock.now()
    asked = request.GET
    initial = {"starts": now, "act": asked.get("act"), "machines": asked.getlist("machine")}
    form = HoursForm(request.POST) if request.method == "POST" else HoursForm(initial=initial)
    told = entered(request, form) if request.method == "POST" else None
    if isinstance(told, PlanEdit):
        _say_what_runs(request, form)
    context = {
        "centres": machines_by_centre(form["machines"].value(), form["centres"].value()),
        "downtimes": Downtime.objects.filter(ends__gt=now).select_related("machine", "by"),
        "overtime": overtime_to_come(now),
        "versions": PlanVersion.objects.select_related("by")[:VERSIONS],
        "now": now,
    }
    return answer(request, form, told, "planning/downtimes.html", context)


def _say_what_runs(request: HttpRequest, form: HoursForm) -> None:
    """What is interrupted on machines that stop."""
    if form.cleaned_data["act"] in Downtime.Kind.values:
        for words in services.what_runs(form.cleaned_data["machines"]):
            messages.warning(request, words)


@allow(*PLANNERS)
@require_POST
def end_downtime(request: HttpRequest, downtime_id: int) -> HttpResponse:
    """The machine is back."""
    return act(request, EndDown(downtime_id), reverse("planning:downtimes"))


@allow(*PLANNERS)
@require_POST
def end_overtime(request: HttpRequest) -> HttpResponse:
    """Overtime is called off for all machines it was given to."""
    ids = tuple(int(each) for each in request.POST.getlist("overtime") if each.isdecimal())
    return act(request, EndOvertime(ids[:1000]), reverse("planning:downtimes"))
