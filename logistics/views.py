"""Pages of the logistics stage."""

from collections.abc import Callable

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import add_refusal, redirect_or_htmx, render_page, status_of
from logistics import selectors, services
from logistics.engine import delivery_note
from logistics.forms import DeliverForm, PackForm, ReturnForm, ShipForm
from logistics.models import Shipment
from orders.models import STAFF_ROLES, Role, User

SHIPPERS = (Role.SHIPPER, Role.MANAGER)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _shipment(number: str) -> Shipment:
    found = selectors.shipment(number)
    if found is None:
        raise Http404(f"There is no shipment {number}.")
    return found


@allow(*SHIPPERS, Role.SALES, Role.PLANNER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What may leave, what is packed, what is on its way."""
    status = request.GET.get("status", "")
    page = selectors.shipments(status=status, page=int(request.GET.get("page", "1") or 1))
    options = [(s.value, s.label) for s in Shipment.Status if s != Shipment.Status.CANCELLED]
    return render_page(
        request, "logistics/home.html", {"shipments": page, "options": options}, partial="list"
    )


@allow(*SHIPPERS)
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """Pack what waits of one order."""
    bench = selectors.bench(reference)
    if bench is None:
        raise Http404(f"There is no order {reference}.")
    if bench.planned is None:
        return render_page(request, "logistics/order.html", {"bench": bench})
    planned = bench.planned
    form = PackForm(request.POST or None, lines=list(bench.to_pack), initial={"version": planned.version})
    if request.method == "POST" and form.is_valid() and _pack(request, form, planned):
        return redirect_or_htmx(request, reverse("logistics:shipment", args=[planned.number]))
    return render_page(
        request, "logistics/order.html", {"bench": bench, "form": form}, status=status_of(form)
    )


def _pack(request: HttpRequest, form: PackForm, planned: Shipment) -> bool:
    return _try(
        form,
        lambda: services.pack(
            shipment_id=planned.id,
            packages=form.package_inputs(),
            by=_person(request),
            version=form.cleaned_data["version"],
        ),
    )


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Do it, or say at the field why not."""
    try:
        act()
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    return True


@allow(*SHIPPERS, Role.SALES, Role.PLANNER)
@require_http_methods(["GET", "POST"])
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    """One shipment: what is in it, and the next act: ship it, or record its delivery."""
    found = _shipment(number)
    form = _next_form(request, found)
    if request.method == "POST" and form and form.is_valid() and _act(request, form, found):
        return redirect_or_htmx(request, reverse("logistics:shipment", args=[number]))
    status = status_of(form) if form else 200
    context = {"shipment": found, "form": form, "unwanted": isinstance(form, ReturnForm)}
    return render_page(request, "logistics/shipment.html", context, status=status)


def _next_form(request: HttpRequest, found: Shipment) -> ShipForm | DeliverForm | ReturnForm | None:
    person = _person(request)
    if person is None or not person.has_role(*SHIPPERS):
        return None
    data, initial = request.POST or None, {"version": found.version}
    if found.status == Shipment.Status.PACKED:
        return ShipForm(data, initial=initial)
    if found.status != Shipment.Status.SHIPPED:
        return None
    form = ReturnForm if selectors.is_unwanted(found) else DeliverForm
    return form(data, initial=initial)


def _act(request: HttpRequest, form: ShipForm | DeliverForm | ReturnForm, found: Shipment) -> bool:
    acts: dict[type[Form], Callable[..., Shipment]] = {
        ShipForm: services.ship,
        DeliverForm: services.deliver,
        ReturnForm: services.take_back,
    }
    return _try(
        form, lambda: acts[type(form)](shipment_id=found.id, by=_person(request), **form.cleaned_data)
    )


@allow(*STAFF_ROLES)
@require_GET
def order_panel(request: HttpRequest, reference: str) -> HttpResponse:
    """The delivery section of the order page."""
    bench = selectors.bench(reference)
    if bench is None:
        raise Http404(f"There is no order {reference}.")
    return render_page(request, "logistics/order_panel.html", {"bench": bench}, partial="panel-delivery")


@allow(*STAFF_ROLES, Role.CUSTOMER)
@require_GET
def delivery_note_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The delivery note as PDF; customers get their own ones only."""
    found = _shipment(number)
    person = _person(request)
    foreign = person and person.customer_id and person.customer_id != found.order.customer_id
    if foreign or found.papers is None:
        raise Http404(f"There is no shipment {number}.")
    response = HttpResponse(delivery_note(found.papers), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="delivery-note-{found.number}.pdf"'
    return response
