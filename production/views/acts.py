"""The operator's acts: start, pause, finish."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import add_refusal, status_of
from orders.models import User
from planning.models import Machine, Operation
from production import selectors, services
from production.forms import FinishForm
from production.views.terminal import show_terminal


@require_POST
@allow("operator", "manager")
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start or resume the operation, on the machine this page is narrowed to."""
    machine = Machine.objects.filter(code=request.GET.get("machine") or None).first()
    return _act(request, pk, lambda it, by: services.start(operation=it, by=by, machine=machine))


@require_POST
@allow("operator", "manager")
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the clock."""
    return _act(request, pk, lambda it, by: services.pause(operation=it, by=by))


@require_http_methods(["GET", "POST"])
@allow("operator", "manager")
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Count what was made, and finish."""
    operation = _operation(pk)
    form = FinishForm(request.POST or None, initial={"good": operation.line.quantity})
    if request.method == "POST" and form.is_valid():
        try:
            finished = services.finish(operation=operation, by=cast(User, request.user), **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _what_follows(operation, finished))
            return redirect(_terminal_url(request, operation, ""))
    context = {
        "operation": operation,
        "form": form,
        "back": _terminal_url(request, operation, f"operation={pk}"),
        "job": selectors.job_of(pk),
    }
    return render(request, "production/finish.html", context, status=status_of(form))


def _act(request: HttpRequest, pk: int, act: Callable[[Operation, User], Operation]) -> HttpResponse:
    operation = _operation(pk)
    refusal = None
    try:
        act(operation, cast(User, request.user))
    except Refused as refused:
        refusal = refused
    place = selectors.place_of(_operation(pk))
    if place and (refusal or getattr(request, "htmx", None)):
        return show_terminal(request, place, refusal)
    return redirect(_terminal_url(request, operation, f"operation={pk}"))


def _operation(pk: int) -> Operation:
    found = Operation.objects.select_related(
        "line__order", "line__product", "machine__work_centre", "worked_on__work_centre"
    )
    return get_object_or_404(found, pk=pk)


def _terminal_url(request: HttpRequest, operation: Operation, more: str) -> str:
    place = selectors.place_of(operation)
    if place is None:
        return reverse("production:choose")
    machine = request.GET.get("machine", "")
    known = machine and Machine.objects.filter(code=machine, work_centre=place).exists()
    query = "&".join(part for part in (f"machine={machine}" if known else "", more) if part)
    return reverse("production:terminal", args=[place.code]) + (f"?{query}" if query else "")


def _what_follows(operation: Operation, finished: services.Finished) -> str:
    if finished.job_done:
        return f"{operation} finished. The job is built and goes to inspection."
    if finished.ready:
        return f"{operation} finished. {finished.ready[0]} can start."
    return f"{operation} finished. The next operation waits for its material."
