"""What-ifs: side by side, one by one, changed, adopted and dropped."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import (
    add_refusal,
    no_change,
    partial_name,
    redirect_or_htmx,
    render_page,
    status_of,
    unchanged,
)
from orders.models import Role, User
from planning import selectors, services
from planning.forms.branches import CHANGE_FORMS, ChangeForm, NameForm
from planning.models import Branch

PLANNERS = (Role.PLANNER, Role.MANAGER)
LIVE = "what-if-live"
DRAWER = {"drawer-body": "change"}
SOON, LATER = 1, 10
"""Seconds between two looks, while one is planned and otherwise."""


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """The open what-ifs beside the plan in force, and a form for another one."""
    form = NameForm(request.POST) if request.method == "POST" else NameForm()
    if form.is_bound and form.is_valid():
        try:
            made = services.make_branch(name=form.cleaned_data["name"], by=_user(request))
            return redirect_or_htmx(request, made.get_absolute_url())
        except Refused as refusal:
            add_refusal(form, refusal)
    found = selectors.compare_branches()
    if unchanged(request, found.token):
        return no_change()
    every = SOON if found.waiting else LATER
    context = {"found": found, "form": form, "here": reverse("planning:what-if"), "every": every}
    return render_page(
        request, "planning/what_ifs.html", context, partial={LIVE: LIVE}, status=status_of(form)
    )


@allow(*PLANNERS)
@require_GET
def branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """One what-if: its changes, what they would do, and whether it can be adopted."""
    found = get_object_or_404(Branch.objects.defer("slots").select_related("by"), id=branch_id)
    page = selectors.branch_page(found)
    if unchanged(request, page.token):
        return no_change()
    every = SOON if found.state == Branch.State.PLANNING else LATER
    context = {"page": page, "branch": found, "kinds": CHANGE_FORMS, "every": every}
    return render_page(request, "planning/what_if.html", context, partial={LIVE: LIVE})


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def add_change(request: HttpRequest, branch_id: int, kind: str) -> HttpResponse:
    """The form of one kind of change; filled in, it is added and the what-if planned anew."""
    found = get_object_or_404(Branch.objects.light(), id=branch_id)
    if kind not in CHANGE_FORMS:
        raise Http404(f"There is no change called {kind}.")
    form = CHANGE_FORMS[kind](request.POST) if request.method == "POST" else CHANGE_FORMS[kind]()
    if form.is_bound and form.is_valid() and _added(found, form, request.POST.get("revision", "")):
        return redirect_or_htmx(request, found.get_absolute_url())
    drawer = partial_name(request, DRAWER)
    context = {"branch": found, "form": form, "kind": kind, "drawer": drawer}
    return render_page(
        request, "planning/what_if_change.html", context, partial=DRAWER, status=status_of(form)
    )


def _added(found: Branch, form: ChangeForm, revision: str) -> bool:
    """Add it, or say at the field why not."""
    try:
        services.change_branch(branch_id=found.id, revision=_number(revision), add=[form.change()])
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    return True


@allow(*PLANNERS)
@require_POST
def remove_change(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Take one change out."""
    asked = request.POST
    revision, number = _number(asked.get("revision", "")), _number(asked.get("change", ""))
    return _done(
        request,
        branch_id,
        lambda: services.change_branch(branch_id=branch_id, revision=revision, remove=number),
        "The change is taken out.",
    )


@allow(*PLANNERS)
@require_POST
def plan_branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Plan it on the plan of now."""
    return _done(
        request, branch_id, lambda: services.plan_again(branch_id=branch_id), "It is being planned anew."
    )


@allow(*PLANNERS)
@require_POST
def copy_branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """A second one with the same changes."""
    try:
        copied = services.copy_branch(branch_id=branch_id, by=_user(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect_or_htmx(request, _page_of(branch_id))
    messages.success(request, f"“{copied}” is made. Change it further.")
    return redirect_or_htmx(request, copied.get_absolute_url())


@allow(*PLANNERS)
@require_POST
def drop_branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Give it up."""
    done = "The what-if is dropped. Nothing was changed by it."
    return _done(request, branch_id, lambda: services.drop_branch(branch_id=branch_id), done)


@allow(*PLANNERS)
@require_POST
def adopt_branch(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Make its changes and put its plan in force."""
    return _done(
        request,
        branch_id,
        lambda: services.adopt_branch(branch_id=branch_id, by=_user(request)),
        "The what-if is adopted: its changes are made, its plan is in force. Undo it under Changes.",
    )


def _done(request: HttpRequest, branch_id: int, act: Callable[[], Any], words: str) -> HttpResponse:
    """Back to its page with what was done, or why not."""
    try:
        act()
        messages.success(request, words)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, _page_of(branch_id))


def _page_of(branch_id: int) -> str:
    known = Branch.objects.filter(id=branch_id).exists()
    return reverse("planning:branch", args=[branch_id]) if known else reverse("planning:what-if")


def _number(text: str) -> int:
    """A number that was sent, -1 for nonsense: what it names is not found then."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _user(request: HttpRequest) -> User:
    """Who asks; `allow` has let nobody else in."""
    return cast(User, request.user)
