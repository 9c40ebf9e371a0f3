"""The planner's home, and the deliveries behind its figures."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel import clock
from kernel.access import allow
from kernel.htmx import render_page
from kernel.queries import Statement
from orders.models import Role, WorkItem
from planning import selectors

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
WAITING: Final = Statement(lambda: WorkItem.objects.waiting().filter(role=Role.PLANNER)[:20])


@allow(*PLANNERS, Role.SALES, Role.BUYER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is late or at risk, what to decide today, where it is tight, how well promises are kept."""
    context = {"home": selectors.planner_home(clock.now()), "waiting": WAITING()}
    return render_page(request, "planning/home.html", context)


@allow(*PLANNERS, Role.SALES, Role.BUYER)
@require_GET
def on_time(request: HttpRequest) -> HttpResponse:
    """The deliveries behind one figure, the latest ones first."""
    asked = request.GET
    page, days = (int(asked[name]) if asked.get(name, "").isdecimal() else 0 for name in ("page", "days"))
    found = selectors.on_time_list(clock.now(), asked.get("by", ""), days, page)
    return render_page(request, "planning/on_time.html", {"found": found})
