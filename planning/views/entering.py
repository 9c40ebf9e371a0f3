"""One way for all forms that change the plan: weigh first, save then, undo under Changes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, cast

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from kernel import clock
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, redirect_or_htmx, render_page
from orders.models import Role, User
from planning.models import PlanEdit
from planning.selectors import known_book
from planning.selectors.changes import Change
from planning.selectors.effects import Effect, effect_of
from planning.services import apply_changes

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
SAID: Final = 3


class Entry(Protocol):
    """Input that stands for changes; `form` is where refusals are told."""

    @property
    def form(self) -> BaseForm:
        """Where refusals stand."""

    def is_valid(self) -> bool:
        """Whether it makes sense."""

    def changes(self) -> Sequence[Change]:
        """What it would change; none where everything is as it was."""


def entered(request: HttpRequest, entry: Entry) -> Effect | PlanEdit | None:
    """The effect where it is asked for, else the edit; None where the input is refused, at its fields."""
    if not entry.is_valid():
        return None
    changes = entry.changes()
    if not changes:
        entry.form.add_error(None, "Nothing is different. Change something first.")
        return None
    try:
        if "preview" in request.POST:
            now = clock.now()
            return effect_of(changes, now, known_book(now))
        return apply_changes(changes=changes, by=cast(User, request.user))
    except Refused as refusal:
        add_refusal(entry.form, refusal)
        return None


def answer(
    request: HttpRequest,
    entry: Entry,
    told: Effect | PlanEdit | None,
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """To the page anew where it is saved; else the page, or the part with the effect or the refusals."""
    if isinstance(told, PlanEdit):
        say_done(request, told)
        return redirect_or_htmx(request, str(context.get("next") or request.path))
    refused = bool(request.method == "POST" and told is None)
    named = {str(context.get("effect_id", "effect")): "effect"}
    full = {**context, "entry": entry, "effect": told, "refused": refused}
    template = "planning/_weighed.html" if _part(request, named) else template
    return render_page(request, template, full, partial=named, status=INVALID if refused else 200)


def act(request: HttpRequest, change: Change, url: str) -> HttpResponse:
    """Make one change that needs no form, and go to a page."""
    try:
        say_done(request, apply_changes(changes=(change,), by=cast(User, request.user)))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, url)


def say_done(request: HttpRequest, edit: PlanEdit) -> None:
    """What was made, in its own words."""
    words = edit.words.splitlines()
    more = f" and {len(words) - SAID} more" if len(words) > SAID else ""
    messages.success(request, f"{'. '.join(words[:SAID])}{more}. It can be undone under Changes.")


def _part(request: HttpRequest, named: Mapping[str, str]) -> bool:
    details = getattr(request, "htmx", None)
    return bool(details and details.target in named)
