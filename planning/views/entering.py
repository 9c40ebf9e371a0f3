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
from planning.models import Branch, PlanEdit
from planning.selectors import known_book
from planning.selectors.changes import Change, words_of
from planning.selectors.effects.effects import Effect, effect_of
from planning.services import apply_changes, make_branch

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
SAID: Final = 3


Told = Effect | PlanEdit | Branch | None


class Entry(Protocol):
    """Input that stands for changes; `form` is where refusals are told."""

    @property
    def form(self) -> BaseForm:
        """Where refusals stand."""

    def is_valid(self) -> bool:
        """Whether it makes sense."""

    def changes(self) -> Sequence[Change]:
        """What it would change; none where everything is as it was."""


def entered(request: HttpRequest, entry: Entry) -> Told:
    """The effect or a what-if where asked for, else the edit; None where input is refused, at its fields."""
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
        by = cast(User, request.user)
        if "try" in request.POST:
            return make_branch(name=words_of(changes)[0], by=by, changes=changes)
        return apply_changes(changes=changes, by=by)
    except Refused as refusal:
        add_refusal(entry.form, refusal)
        return None


def answer(
    request: HttpRequest,
    entry: Entry,
    told: Told,
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """To the page anew where it is saved; else the page, or the part with the effect or the refusals."""
    if isinstance(told, PlanEdit):
        say_done(request, told)
        return redirect_or_htmx(request, str(context.get("next") or request.path))
    if isinstance(told, Branch):
        return redirect_or_htmx(request, told.get_absolute_url())
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
