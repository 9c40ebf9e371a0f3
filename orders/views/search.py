"""Search, for the palette and as a page."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.htmx import partial_name, render_page
from orders.models import STAFF_ROLES, Role
from orders.selectors import Hit, search
from orders.views.people import person

PARTS = {"palette-results": "palette-results", "search-results": "search-results"}


@allow(*STAFF_ROLES, Role.CUSTOMER)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Hits by kind; only the hits where the palette or the page's own field asks."""
    words = request.GET.get("q", "").strip()
    context = {"query": words, "groups": _grouped(search(words, person(request)))}
    inner = partial_name(request, PARTS)
    return render_page(request, "components/search_results.html" if inner else "orders/search.html", context)


def _grouped(hits: list[Hit]) -> list[dict[str, Any]]:
    """As the component reads them; the finders give their hits kind by kind."""
    return [
        {"label": kind, "results": [_result(hit) for hit in found]}
        for kind, found in groupby(hits, key=lambda hit: hit.kind)
    ]


def _result(hit: Hit) -> dict[str, Any]:
    return {"url": hit.url, "title": hit.number, "text": hit.title, "icon": hit.icon, "state": hit.state}
