"""The order page: one look for staff, plain words for the customer, live, with every act on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Conflict, Refused
from kernel.htmx import (
    INVALID,
    add_refusal,
    no_change,
    partial_name,
    redirect_or_htmx,
    render_page,
    unchanged,
)
from orders.forms.acts import ActForm
from orders.models import STAFF_ROLES, Order, Role
from orders.selectors import OrderPage, order_page, roles_of
from orders.selectors.frame import route
from orders.selectors.jobs import happened, jobs_of, order_token, page_token
from orders.views.acts import ACTS, Act, Offer, form_of, offers
from orders.views.people import OFFICE, is_customer, order_or_404, person, sees_money

CONFLICT = 409
LIVE, DIALOG = "order-live", "order-dialog"
PROMISE = ("Promise", "calendar-event", "planning:promise-panel")
QUOTATION = ("Quotation", "file-text", "orders:quotation")
PANELS: tuple[tuple[str, str, str], ...] = (
    ("Why this date", "clock", "planning:why"),
    ("Schedule", "calendar-stats", "planning:order-panel"),
    ("Materials", "packages", "procurement:order-panel"),
    ("Shop floor", "tool", "production:order-panel"),
    ("Quality", "clipboard-check", "quality:order-panel"),
    ("Delivery", "truck", "logistics:order-panel"),
)


@allow(*STAFF_ROLES, Role.CUSTOMER)
@require_GET
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of an order, or 204 for the pulse of a page that already shows how it stands."""
    if "seen" in request.GET and unchanged(request, order_token(order_or_404(request, reference))):
        return no_change()
    page = _page(request, reference)
    if reference != page.order.reference and not getattr(request, "htmx", None):
        return redirect_or_htmx(request, page.order.get_absolute_url())
    return show_order(request, page)


def _page(request: HttpRequest, reference: str) -> OrderPage:
    """All of it; another customer's order is as unknown as none."""
    page = order_page(reference, customer_id=person(request).customer_id)
    if page is None:
        raise Http404(f"There is no order {reference}.")
    return page


@allow(*OFFICE)
@require_POST
def act(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Carry out one act; what is refused comes back at its field with everything that was typed."""
    found = order_or_404(request, reference)
    chosen = next((one for one in ACTS if one.code == code), None)
    if chosen is None:
        raise Http404(f"There is no act {code}.")
    if not person(request).has_role(*chosen.roles):
        raise PermissionDenied(f"Your roles may not do “{chosen.verb}”.")
    lines = list(found.lines.select_related("product"))
    form = form_of(chosen, found, lines, request.POST)
    status = _carry_out(request, chosen, form)
    if not status:
        messages.success(request, f"{found}: {chosen.done}")
        found.refresh_from_db()
        return redirect_or_htmx(request, found.get_absolute_url())
    return show_order(request, _page(request, reference), bound=form, code=code, status=status)


def _carry_out(request: HttpRequest, chosen: Act, form: ActForm) -> int:
    """0 where it is done, otherwise the status of the refusal, which stands in the form."""
    if not form.is_valid():
        return INVALID
    try:
        chosen.carry(form, person(request))
    except Refused as refusal:
        add_refusal(form, refusal)
        return CONFLICT if isinstance(refusal, Conflict) else INVALID
    return 0


def show_order(
    request: HttpRequest, page: OrderPage, *, bound: ActForm | None = None, code: str = "", status: int = 200
) -> HttpResponse:
    """The page as the person may see it."""
    context = {"order": page.order, "detail": page, "token": page_token(page), "jobs": jobs_of(page)}
    template, parts = "orders/order_customer.html", {LIVE: LIVE}
    if is_customer(person(request)):
        context |= _for_customer(page)
    else:
        template, parts = "orders/order.html", {LIVE: LIVE, DIALOG: DIALOG}
        context |= _for_staff(request, page) | _acts(request, page, bound, code)
    response = render_page(request, template, context, partial=parts, status=status)
    if getattr(request, "htmx", None) and partial_name(request, parts) != DIALOG:
        # The stages' sections stand outside the live part and refresh themselves on this.
        response["HX-Trigger"] = "order-moved"
    return response


def _for_customer(page: OrderPage) -> dict[str, Any]:
    """Plain words: what was cancelled, internal papers and the stages' work stay out."""
    return {
        "jobs": [job for job in jobs_of(page) if job.line.state != "cancelled"],
        "documents": [document for document in page.documents if document.customer_may_see],
        "news": page.milestones[::-1],
    }


def _for_staff(request: HttpRequest, page: OrderPage) -> dict[str, Any]:
    mine = roles_of(person(request))
    waits = sorted(page.work_items, key=lambda item: (item.due_at is None, item.due_at, item.pk))
    return {
        "money": sees_money(person(request)),
        "margin_percent": 100 * page.margin,
        "waits": waits,
        "next_work": next((item for item in waits if item.role in mine), None),
        "history": happened(page.entries, everything=request.GET.get("history") == "all"),
        "panels": _panels(page.order),
    }


def _acts(request: HttpRequest, page: OrderPage, bound: ActForm | None, code: str) -> dict[str, Any]:
    user, found = person(request), page.order
    offered = offers(found, page.lines, user, refused=bound, code=code or request.GET.get("do", ""))
    primary = _primary(offered)
    return {
        "may_edit": found.state == "draft" and user.has_role(Role.SALES, Role.MANAGER),
        "offers": offered,
        "primary": primary,
        "others": [offer for offer in offered if offer is not primary],
    }


def _primary(offered: list[Offer]) -> Offer | None:
    """The one step forward that is possible now."""
    forward = ("approve", "send", "confirm", "close")
    return next((offer for offer in offered if offer.act.code in forward and not offer.why_not), None)


def _panels(found: Order) -> list[dict[str, str]]:
    """The sections of the stages that exist; a quotation has its dates, and what was sent of it."""
    panels = PANELS if found.number else ()
    if found.state in ("draft", "quoted"):
        panels = (PROMISE,)
    if found.quoted_at:
        panels = (QUOTATION, *panels)
    named = [(title, icon, route(name, found.reference)) for title, icon, name in panels]
    return [{"title": title, "icon": icon, "url": url} for title, icon, url in named if url]
