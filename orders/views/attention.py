"""What does not go on by itself, and the button that lets it try again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.htmx import redirect_or_htmx, render_page
from orders.models import Role
from orders.selectors.attention import attention, parked_handover
from orders.services import retry_parked


@allow(Role.MANAGER, Role.PLANNER)
@require_GET
def needs_attention(request: HttpRequest) -> HttpResponse:
    """Parked and failing handovers, jobs on hold, late jobs nobody has on a list."""
    return render_page(request, "orders/attention.html", {"found": attention()})


@allow(Role.MANAGER, Role.PLANNER)
@require_POST
def try_again(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Put a parked handover back to work; one that moved on meanwhile needs nothing."""
    handover = parked_handover(handover_id)
    if handover is None:
        messages.info(request, "It has gone on already.")
    else:
        retry_parked(handover=handover)
        messages.success(request, f"{handover.line.order}: {handover.task} is tried again.")
    return redirect_or_htmx(request, reverse("orders:attention"))
