"""Revisions for people who are signed in: sales sees all of them, a customer the own ones."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, redirect_or_htmx, render_page
from orders.forms.answers import ReplyForm
from orders.forms.terms import PlanFormSet, TermsForm, place_refusal, plan_initial, wanted_terms
from orders.models import Order, QuotationRevision, Role
from orders.selectors.quotations import messages_of, revision_by_letter, revisions_of, terms_of
from orders.services import answer_question, change_terms, mail_link, token_of
from orders.views.answers import Visit, answer, comparison, paper, show
from orders.views.people import OFFICE, is_customer, order_or_404, person, sees_money

COMMERCIAL = (Role.SALES, Role.MANAGER)
PANEL = "panel-quotation"


@allow(*OFFICE, Role.CUSTOMER)
@require_safe
def quotation(request: HttpRequest, reference: str) -> HttpResponse:
    """All that was sent of a quotation, newest first, with links, answers and the thread."""
    found = order_or_404(request, reference)
    if is_customer(person(request)):
        newest = _revision(request, reference, "")
        return redirect_or_htmx(
            request, reverse("orders:revision", args=[found.quotation_number, newest.letter])
        )
    return _overview(request, found, ReplyForm())


@allow(*COMMERCIAL)
@require_POST
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Our answer in the thread."""
    found, form = order_or_404(request, reference), ReplyForm(request.POST)
    if not form.is_valid():
        return _overview(request, found, form, INVALID)
    newest = _revision(request, reference, "")
    try:
        answer_question(revision=newest, text=form.cleaned_data["text"], by=person(request))
    except Refused as refusal:
        add_refusal(form, refusal)
        return _overview(request, found, form, INVALID)
    messages.success(request, "Your answer stands on the customer's page.")
    return redirect_or_htmx(request, reverse("orders:quotation", args=[found.reference]))


@allow(*COMMERCIAL)
@require_POST
def mail(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the link to the contact."""
    found = _revision(request, reference, request.POST.get("letter", ""))
    url = request.build_absolute_uri(reverse("orders:link", args=[token_of(found)]))
    try:
        messages.success(request, f"The link is sent to {mail_link(revision=found, url=url)}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect_or_htmx(request, reverse("orders:quotation", args=[found.order.reference]))


@allow(*COMMERCIAL, Role.CUSTOMER)
@require_safe
def revision(request: HttpRequest, reference: str, letter: str) -> HttpResponse:
    """One revision as the customer reads it."""
    return show(request, _visit(request, reference, letter))


@allow(*COMMERCIAL, Role.CUSTOMER)
@require_POST
def revision_answer(request: HttpRequest, reference: str, letter: str, verb: str) -> HttpResponse:
    """The customer's answer, or ours on the customer's behalf."""
    return answer(request, _visit(request, reference, letter), verb)


@allow(*COMMERCIAL, Role.CUSTOMER)
@require_safe
def revision_paper(request: HttpRequest, reference: str, letter: str) -> HttpResponse:
    """The PDF."""
    return paper(_visit(request, reference, letter))


@allow(*COMMERCIAL, Role.CUSTOMER)
@require_safe
def revision_compare(request: HttpRequest, reference: str, letter: str, other: str) -> HttpResponse:
    """Two revisions side by side."""
    return comparison(request, _visit(request, reference, letter), other)


@allow(*COMMERCIAL)
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, reference: str) -> HttpResponse:
    """Payment, delivery time and payment plan of a draft."""
    found = order_or_404(request, reference)
    current = terms_of(found)
    data = request.POST if request.method == "POST" else None
    start = {
        "payment_terms": current.payment_terms,
        "delivery_time": current.delivery_time,
        "version": found.version,
    }
    form = TermsForm(data, initial=start)
    plan = PlanFormSet(data, initial=plan_initial(current.plan), prefix="plan")
    if data is not None and form.is_valid() and plan.is_valid() and _kept(request, found, form, plan):
        messages.success(request, f"The terms of {found} are saved.")
        return redirect_or_htmx(request, found.get_absolute_url())
    status = INVALID if data is not None else 200
    context = {"order": found, "form": form, "plan": plan, "current": current}
    return render_page(request, "orders/terms.html", context, status=status)


def _kept(request: HttpRequest, found: Order, form: TermsForm, plan: Any) -> bool:
    """Store them, or say at the field why not."""
    try:
        change_terms(
            order=found,
            terms=wanted_terms(form, plan),
            by=person(request),
            version=form.cleaned_data["version"],
        )
    except Refused as refusal:
        place_refusal(form, plan, refusal)
        return False
    return True


def _overview(request: HttpRequest, found: Order, form: BaseForm, status: int = 200) -> HttpResponse:
    rows = revisions_of(found)
    context = {
        "order": found,
        "rows": [_row(request, row, before) for row, before in zip_longest(rows, rows[1:])],
        "thread": messages_of(found),
        "form": form,
        "money": sees_money(person(request)),
    }
    return render_page(request, "orders/quotation.html", context, partial=PANEL, status=status)


def _row(request: HttpRequest, row: QuotationRevision, before: QuotationRevision | None) -> dict[str, Any]:
    """A revision with its link, while it is open, and the one before it."""
    token = token_of(row) if row.open and sees_money(person(request)) else ""
    url = request.build_absolute_uri(reverse("orders:link", args=[token])) if token else ""
    return {"revision": row, "link": url, "before": before}


def _visit(request: HttpRequest, reference: str, letter: str) -> Visit:
    found = _revision(request, reference, letter)
    base = reverse("orders:revision", args=[found.order.quotation_number, found.letter])
    return Visit(found, base, person(request))


def _revision(request: HttpRequest, reference: str, letter: str) -> QuotationRevision:
    """The revision; another customer's one is as unknown as none."""
    found = revision_by_letter(reference, letter, customer_id=person(request).customer_id)
    if found is None:
        raise Http404(f"{reference} has no revision {letter}.")
    return found
