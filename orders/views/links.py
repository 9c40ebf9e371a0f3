"""Quotations by link: whoever holds it reads and answers, without signing in."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel.access import public
from kernel.counting import counter
from kernel.htmx import render_page
from kernel.tongue import speaking
from orders.engine.german import phrasebook_of
from orders.selectors.quotations import revision_by_token
from orders.services import hash_of, note_opening
from orders.views.answers import Visit, answer, comparison, paper, show

CALLS, SECONDS = 120, 60
GONE = "orders/link_unknown.html"

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """Find the revision of the link: 404 for every other one, 429 for who asks too often."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **parts: str) -> HttpResponse:
        calls, wait = counter.count(f"link:{request.META.get('REMOTE_ADDR', '')}", SECONDS)
        if calls > CALLS:
            response = _gone(request, 429, often=True, wait=wait)
            response["Retry-After"] = str(wait)
            return response
        revision = revision_by_token(hash_of(token))
        if revision is None:
            return _gone(request, 404)
        response = view(request, Visit(revision, reverse("orders:link", args=[token])), **parts)
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def _gone(request: HttpRequest, status: int, **facts: object) -> HttpResponse:
    """No quotation: in the language of the browser, for no customer is known."""
    with speaking(phrasebook_of(request.headers.get("Accept-Language", ""))):
        return render_page(request, GONE, facts, status=status)


@public
@never_cache
@require_safe
@by_link
def link(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The quotation; its first opening is noted for sales."""
    if visit.revision.opened_at is None:
        note_opening(revision=visit.revision)
    return show(request, visit)


@public
@never_cache
@require_POST
@by_link
def link_answer(request: HttpRequest, visit: Visit, verb: str) -> HttpResponse:
    """Accept, reject or ask."""
    return answer(request, visit, verb)


@public
@never_cache
@require_safe
@by_link
def link_paper(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The PDF."""
    return paper(visit)


@public
@never_cache
@require_safe
@by_link
def link_compare(request: HttpRequest, visit: Visit, letter: str) -> HttpResponse:
    """Beside an earlier or alternative revision."""
    return comparison(request, visit, letter)
