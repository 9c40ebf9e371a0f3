"""What was won and lost."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kernel import clock
from kernel.access import allow
from kernel.htmx import render_page
from orders.models import Role
from orders.selectors.winning import lost_reasons, win_rates

PERIODS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"))
USUAL = "90"


@allow(Role.SALES, Role.MANAGER)
@require_safe
def winning(request: HttpRequest) -> HttpResponse:
    """Win rate by product and option, and the reasons of the others."""
    asked = request.GET.get("days", USUAL)
    days = asked if asked in dict(PERIODS) else USUAL
    since = clock.now() - timedelta(days=int(days))
    context = {
        "periods": [(code, label, code == days) for code, label in PERIODS],
        "products": win_rates(since),
        "reasons": lost_reasons(since),
    }
    return render_page(request, "orders/winning.html", context, partial="list")
