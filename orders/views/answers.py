"""A revision before the eyes of whoever may answer it: by link, or signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kernel import clock
from kernel.errors import Conflict, Refused
from kernel.htmx import INVALID, add_refusal, render_page
from kernel.tongue import ENGLISH, Phrasebook, speaking
from orders.engine.comparing import compare_contents
from orders.engine.german import phrasebook_of
from orders.engine.quotation_paper import payment_in_words
from orders.forms.answers import AcceptForm, AskForm, RejectForm
from orders.models import QuotationRevision, User
from orders.selectors.quotations import messages_of, revisions_of
from orders.services import (
    Acceptance,
    accept_quotation,
    ask_question,
    paper_of,
    reject_revision,
    token_of,
    why_closed,
)

CONFLICT = 409
TEMPLATE = "orders/revision.html"


@dataclass(frozen=True)
class Visit:
    """Somebody at a revision: `user` is None for who came by link; `base` is the page's own address."""

    revision: QuotationRevision
    base: str
    user: User | None = None

    @property
    def frame(self) -> str:
        """The frame around the page: ours for who is signed in, a letter's for who came by link."""
        return "orders/letter.html" if self.user is None else "base.html"

    @property
    def customer(self) -> bool:
        """Whether it is the customer who looks, not we."""
        return self.user is None or self.user.customer_id is not None

    def address_of(self, other: QuotationRevision) -> str:
        """The page of another revision of the same quotation, by the same door."""
        if self.user is None:
            return reverse("orders:link", args=[token_of(other)])
        return reverse("orders:revision", args=[other.order.quotation_number, other.letter])

    @property
    def phrases(self) -> Phrasebook:
        """The language of the page: the customer's own by link, ours for who is signed in."""
        return phrasebook_of(self.revision.language if self.user is None else ENGLISH)

    def name(self) -> dict[str, str]:
        """The name to begin with: a customer's own; ours is never the customer's."""
        return {"name": str(self.user)} if self.user and self.customer else {}


def show(
    request: HttpRequest, visit: Visit, forms: Mapping[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of the revision, with the forms as they stand."""
    name = visit.name()
    with speaking(visit.phrases):
        blank = {
            "accept": AcceptForm(revision=visit.revision, initial=name, auto_id="accept_%s"),
            "reject": RejectForm(initial=name, auto_id="reject_%s"),
            "ask": AskForm(initial=name, auto_id="ask_%s"),
        }
        context = {**_facts(visit), **blank, **(forms or {})}
        context["chosen"] = context["accept"].total()
        response = render_page(request, TEMPLATE, context, partial="chosen", status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _facts(visit: Visit) -> dict[str, Any]:
    revision = visit.revision
    closed = why_closed(revision, revision.order, clock.now())
    return {
        "frame": visit.frame,
        "visit": visit,
        "revision": revision,
        "content": _dated(revision),
        "order": revision.order,
        "payments": payments(revision.content, visit.phrases.language),
        "others": [(other, visit.address_of(other)) for other in known_beside(visit)],
        "thread": messages_of(revision.order),
        "closed": closed,
        "revising": revision.open and not closed[0] and revision.order.state == "draft",
    }


def answer(request: HttpRequest, visit: Visit, verb: str) -> HttpResponse:
    """Accept, reject or ask; what is refused comes back at its field with everything that was typed.

    `total` changes nothing: it shows what the choices cost, on the page or as its part.
    """
    if verb == "total":
        return show(request, visit, {"accept": _wished(request, visit)})
    kinds: dict[str, Callable[[], Form]] = {
        "accept": lambda: AcceptForm(request.POST, revision=visit.revision, auto_id="accept_%s"),
        "reject": lambda: RejectForm(request.POST, auto_id="reject_%s"),
        "ask": lambda: AskForm(request.POST, auto_id="ask_%s"),
    }
    if verb not in kinds:
        raise Http404(f"There is no answer {verb}.")
    with speaking(visit.phrases):
        form = kinds[verb]()
    status = _carry_out(request, visit, form)
    return show(request, visit, {verb: form}, status) if status else HttpResponseRedirect(visit.base)


def _wished(request: HttpRequest, visit: Visit) -> AcceptForm:
    """The acceptance with what was chosen and typed so far, not judged yet."""
    with speaking(visit.phrases):
        return AcceptForm(revision=visit.revision, initial=request.POST.dict(), auto_id="accept_%s")


def comparison(request: HttpRequest, visit: Visit, letter: str) -> HttpResponse:
    """This revision beside another one that the person may know."""
    other = next((one for one in known_beside(visit) if one.letter == letter), None)
    if other is None:
        raise Http404(f"There is no revision {letter} to compare with.")
    left, right = sorted((other, visit.revision), key=lambda one: one.pk)
    context = {
        "frame": visit.frame,
        "visit": visit,
        "order": visit.revision.order,
        "left": left,
        "right": right,
        "comparison": compare_contents(left.content, right.content),
        "addresses": (visit.address_of(left), visit.address_of(right)),
        "only_changes": "all" not in request.GET,
    }
    with speaking(visit.phrases):
        return render_page(request, "orders/compare.html", context)


def paper(visit: Visit) -> HttpResponse:
    """The PDF as it was drawn first."""
    revision = visit.revision
    found = paper_of(revision=revision)
    response = HttpResponse(bytes(found.pdf), content_type="application/pdf")
    name = f"{revision.order.quotation_number}-{revision.letter}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def known_beside(visit: Visit) -> list[QuotationRevision]:
    """The other revisions the person may read: for customers those that came before, and open ones beside.

    A link that is over shows no other.
    """
    revision = visit.revision
    others = [other for other in revisions_of(revision.order) if other.pk != revision.pk]
    if not visit.customer:
        return others
    if visit.user is None and why_closed(revision, revision.order, clock.now())[0]:
        return []
    shown = [other for other in others if other.open or other.pk < revision.pk]
    return [other for other in shown if visit.user is not None or token_of(other)]


def payments(content: Mapping[str, Any], language: str) -> list[str]:
    """The terms of payment, one sentence each, in `en` or `de`."""
    plan = content["payment_plan"]
    rest = any(part["amount"] for part in plan)
    said = [payment_in_words(part, content["currency"], language=language, rest=rest) for part in plan]
    return [text for text in (content["payment_terms"], *said) if text]


def _dated(revision: QuotationRevision) -> dict[str, Any]:
    """The content with days instead of their texts, and what was chosen of each line."""
    content, chosen = revision.content, revision.chosen.get("quantities", {})
    lines = [
        {
            **line,
            "requested_date": _day(line["requested_date"]),
            "chosen": chosen.get(str(line["position"])),
        }
        for line in content["lines"]
    ]
    return {**content, "requested_date": _day(content["requested_date"]), "lines": lines}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _carry_out(request: HttpRequest, visit: Visit, form: Form) -> int:
    """0 where it is done, otherwise the status of the refusal, which stands in the form."""
    if not form.is_valid():
        return INVALID
    try:
        messages.success(request, visit.phrases.say(_do(request, visit, form)))
    except Refused as refusal:
        add_refusal(form, refusal)
        return CONFLICT if isinstance(refusal, Conflict) else INVALID
    return 0


def _do(request: HttpRequest, visit: Visit, form: Form) -> str:
    """The act itself; what to tell about it."""
    revision, data = visit.revision, form.cleaned_data
    ip = request.META.get("REMOTE_ADDR") or None
    if isinstance(form, AcceptForm):
        order = accept_quotation(revision=revision, acceptance=_acceptance(form, ip), by=visit.user)
        return f"{revision} is accepted: it is order {order.number}."
    if isinstance(form, RejectForm):
        reject_revision(revision=revision, by=visit.user, ip=ip, **data)
        return f"{revision} is rejected. Thank you for telling us why."
    ask_question(revision=revision, by=visit.user, **data)
    return "Your question is sent. You find our answer on this page."


def _acceptance(form: AcceptForm, ip: str | None) -> Acceptance:
    data = form.cleaned_data
    return Acceptance(
        name=data["name"],
        title=data["title"],
        sha256=data["document"],
        customer_po=data["customer_po"],
        options=form.options,
        quantities=form.quantities,
        ship_to=data.get("ship_to"),
        ip=ip,
    )
