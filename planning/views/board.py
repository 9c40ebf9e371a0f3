"""The board: machines by time on one page, its data for scripts, and the same as a table."""

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from kernel.htmx import back, render_page
from orders.models import Role, User
from planning import selectors
from planning.forms import MoveForm
from planning.models import Downtime, Operation
from planning.selectors.changes import Pin, Unpin
from planning.views.entering import PLANNERS, act, answer, entered

READERS: Final = (*PLANNERS, Role.SALES, Role.BUYER)
ROWS: Final = 100
ALL: Final = 2000
"""Operations on a list for paper."""
ICONS: Final = (
    "alert-circle",
    "alert-triangle",
    "arrow-back-up",
    "arrows-sort",
    "ban",
    "calendar-event",
    "check",
    "circle-check",
    "clock",
    "clock-off",
    "external-link",
    "hourglass",
    "map-pin",
    "player-pause",
    "player-play",
    "route",
    "tools",
    "users",
    "x",
)
"""What the scripts draw beside their words."""
MODULES: Final = tuple(
    f"js/board/{name}.js"
    for name in (
        *("api", "crews", "data", "dom", "draw", "effect", "forms", "keys", "load", "moving", "overlay"),
        *("paint", "panel", "pointer", "rows", "time", "touch", "view"),
    )
)
"""Asked for at once, not one after the other as they name each other."""


@allow(*READERS)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; its list twin where the address asks for a table."""
    window, now = _window(request), clock.now()
    context = _frame(request, window)
    if request.GET.get("as") == "table":
        sheet = selectors.load_sheet(window, now, people=context["people"])
        rows = ALL if request.GET.get("all") else ROWS
        context["rows"] = Paginator(selectors.listed(sheet, now), rows).get_page(request.GET.get("page"))
        context["crews"] = selectors.crew_loads(sheet)
        context["lost"], context["without"] = selectors.placeless(sheet)
    return render_page(request, "planning/board.html", context)


def _frame(request: HttpRequest, window: selectors.Window) -> dict[str, Any]:
    return {
        "rows": None,
        "people": (people := request.GET.get("rows") == "people"),
        "by": "&rows=people" if people else "",
        "icons": ICONS,
        "modules": MODULES,
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
    people = request.GET.get("rows") == "people"
    sheet = selectors.load_sheet(_window(request), clock.now(), people=people)
    tag = f'"{sheet.tag}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(selectors.spelled_out(sheet), content_type="application/json")
        response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def move_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Move one operation without scripts: its effect first, then the move."""
    operation = _operation(operation_id)
    form = MoveForm(request.POST or None, operation=operation)
    told = entered(request, form) if request.method == "POST" else None
    return answer(request, form, told, "planning/move.html", {"operation": operation})


@allow(*PLANNERS)
@require_POST
def pin_operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Pin it where it stands, or let it go."""
    operation = _operation(operation_id)
    change = Unpin(operation.id) if operation.pinned else Pin(operation.id)
    return act(request, change, back(request, reverse("planning:move-operation", args=[operation.id])))


def _operation(number: int) -> Operation:
    found = Operation.objects.open().select_related("line__order__customer", "machine", "process")
    return get_object_or_404(found, id=number)


def _window(request: HttpRequest) -> selectors.Window:
    asked = request.GET
    return selectors.read_window(asked.get("from", ""), asked.get("days", ""), timezone.localdate())
