"""Two lines of a quotation beside each other."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kernel.access import allow
from kernel.htmx import render_page
from orders.models import OrderLine, Role
from orders.selectors.side_by_side import lines_side_by_side
from orders.views.people import order_or_404


@allow(Role.SALES, Role.MANAGER)
@require_safe
def compare_lines(request: HttpRequest, reference: str) -> HttpResponse:
    """What differs between the lines `a` and `b`, and what both cost; without them the first two."""
    order = order_or_404(request, reference)
    lines = list(order.lines.select_related("product").order_by("position"))
    if len(lines) < 2:
        raise Http404("There are no two lines to compare.")
    left, right = _line(request, "a", lines, 0), _line(request, "b", lines, 1)
    rows = lines_side_by_side(left, right)
    context = {
        "order": order,
        "lines": lines,
        "left": left,
        "right": right,
        "rows": [row for row in rows if row.changed or row.money],
        "same": not any(row.changed for row in rows),
    }
    return render_page(request, "orders/compare_lines.html", context)


def _line(request: HttpRequest, name: str, lines: list[OrderLine], usual: int) -> OrderLine:
    asked = request.GET.get(name, "")
    found = next((line for line in lines if str(line.pk) == asked), None) if asked else lines[usual]
    if found is None:
        raise Http404("There is no such line on this order.")
    return found
