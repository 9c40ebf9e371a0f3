"""The board: machines by time on one page, its data for scripts, and the same as a table."""

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from kernel import clock
from kernel.access import allow
from kernel.htmx import render_page
from orders.models import Role, User
from planning import selectors
from planning.models import Downtime

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
READERS: Final = (*PLANNERS, Role.SALES, Role.BUYER)
ROWS: Final = 100
ICONS: Final = (
    "alert-circle",
    "alert-triangle",
    "arrow-back-up",
    "arrows-sort",
    "ban",
    "calendar-event",
    "check",
    "circle-check",
    "clock-off",
    "external-link",
    "hourglass",
    "map-pin",
    "player-pause",
    "player-play",
    "route",
    "x",
)
"""What the scripts draw beside their words."""


@allow(*READERS)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; its list twin where the address asks for a table."""
    window, now = _window(request), clock.now()
    context = _frame(request, window)
    if request.GET.get("as") == "table":
        found = selectors.listed(selectors.load_sheet(window, now), now)
        context["rows"] = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "planning/board.html", context)


def _frame(request: HttpRequest, window: selectors.Window) -> dict[str, Any]:
    return {
        "rows": None,
        "icons": ICONS,
        "window": window,
        "earlier": window.moved(-window.days),
        "later": window.moved(window.days),
        "zone": settings.TIME_ZONE,
        "may_change": isinstance(request.user, User) and request.user.has_role(*PLANNERS),
        "causes": Downtime.Kind.choices,
    }


@allow(*READERS)
@gzip_page
@require_GET
def board_data(request: HttpRequest) -> HttpResponse:
    """The bars of a window as JSON in columns; 304 while they are as the browser has them."""
    sheet = selectors.load_sheet(_window(request), clock.now())
    tag = f'"{sheet.tag}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(selectors.spelled_out(sheet), content_type="application/json")
        response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _window(request: HttpRequest) -> selectors.Window:
    asked = request.GET
    return selectors.read_window(asked.get("from", ""), asked.get("days", ""), timezone.localdate())
