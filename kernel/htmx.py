"""Whole pages and their parts: one view answers both, the URL stays the truth."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from kernel.errors import Refused

NO_CHANGE = 204
INVALID = 422


class HtmxRequest(HttpRequest):
    """A request as the middleware leaves it, for annotations."""

    htmx: HtmxDetails


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | Mapping[str, str] = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or only the named partial when htmx aims at the element with that id.

    `partial` is the name of both the `{% partialdef %}` and the id of its element; a mapping
    {element id: partial name} serves several parts. Messages travel with a part as toasts.
    """
    name = partial_name(request, partial)
    html = render_to_string(f"{template}#{name}" if name else template, dict(context or {}), request)
    if name and messages.get_messages(request):
        html += render_to_string("components/toasts.html", {"out_of_band": True}, request)
    response = HttpResponse(html, status=status)
    # Without it the back button could show a cached part as a whole page.
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def partial_name(request: HttpRequest, partial: str | Mapping[str, str]) -> str:
    """The partial this request asks for, empty when it wants the whole page."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    if not details or details.history_restore_request:
        return ""
    names = {partial: partial} if isinstance(partial, str) else partial
    return names.get(details.target or "", "")


def redirect_or_htmx(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page of ours: a header for htmx, a plain redirect otherwise."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def back(request: HttpRequest, fallback: str) -> str:
    """Where the person came from when `next` names a page of ours, else `fallback`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else fallback


def unchanged(request: HttpRequest, version: object) -> bool:
    """True where a polling part already shows `version`: answer with `no_change()`."""
    return bool(getattr(request, "htmx", None)) and request.GET.get("seen") == str(version)


def no_change() -> HttpResponse:
    """204: htmx leaves the page as it is."""
    return HttpResponse(status=NO_CHANGE)


def add_refusal(form: BaseForm, refusal: Refused) -> None:
    """Put what a service refused at its field, or above the form where it names none of ours."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def status_of(form: BaseForm) -> int:
    """422 for a form with errors, so that scripts and tests see the refusal; 200 otherwise."""
    return INVALID if form.is_bound and form.errors else 200
