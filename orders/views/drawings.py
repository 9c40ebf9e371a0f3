"""Drawings of a line: put on it, taken off it, and given out to who may see the order."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx
from orders.models import STAFF_ROLES, Drawing, Order, OrderLine, Role
from orders.services import add_drawing, remove_drawing
from orders.services.drawings import LARGEST
from orders.views.people import is_customer, order_or_404, person

AUTHORS = (Role.SALES, Role.MANAGER, Role.CUSTOMER)


@allow(*AUTHORS)
@require_POST
def attach(request: HttpRequest, reference: str, line_id: int) -> HttpResponse:
    """Put files on a draft's line; the first that is refused says why."""
    order = order_or_404(request, reference)
    line = _line(order, line_id)
    try:
        names = []
        for file in request.FILES.getlist("drawing"):
            content = file.read(LARGEST + 1)
            names.append(
                add_drawing(line=line, name=file.name or "", content=content, by=person(request)).name
            )
        if not names:
            raise Refused("No file was chosen.", field="drawing", remedy="Choose a PDF, DXF, STEP or PNG.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{', '.join(names)} goes with line {line.position}.")
    return _back(request, order, line)


@allow(*AUTHORS)
@require_POST
def detach(request: HttpRequest, reference: str, line_id: int) -> HttpResponse:
    """Take a drawing off a draft's line."""
    order = order_or_404(request, reference)
    line = _line(order, line_id)
    try:
        remove_drawing(line=line, address=request.POST.get("address", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(request, order, line)


@allow(*STAFF_ROLES, Role.CUSTOMER)
@never_cache
@require_safe
def drawing(request: HttpRequest, token: str) -> FileResponse:
    """The file to keep, never to be shown in place; another customer's one is as unknown as none."""
    found = _drawing(request, token)
    answer = FileResponse(found.content.open("rb"), as_attachment=True, filename=found.name)
    answer["Content-Type"] = "application/octet-stream"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _drawing(request: HttpRequest, token: str) -> Drawing:
    drawings, user = Drawing.objects.all(), person(request)
    if user.customer_id is not None:
        drawings = drawings.filter(order__in=Order.objects.visible_to_customer(user.customer_id))
    found = drawings.filter(token=token).first()
    if found is None:
        raise Http404("There is no such drawing.")
    return found


def _line(order: Order, line_id: int) -> OrderLine:
    found = order.lines.select_related("order").filter(pk=line_id).first()
    if found is None:
        raise Http404("There is no such line.")
    return found


def _back(request: HttpRequest, order: Order, line: OrderLine) -> HttpResponse:
    edited = f"{reverse('orders:edit', args=[order.reference])}?line={line.pk}#drawings"
    return redirect_or_htmx(request, order.get_absolute_url() if is_customer(person(request)) else edited)
