"""The customer's answer to a revision: accepted with its choices, rejected with a reason, or a question."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.engine.choosing import offers_of, total_of
from orders.models import (
    Address,
    LostReason,
    Order,
    OrderLine,
    QuotationMessage,
    QuotationRevision,
    Role,
    User,
)
from orders.services.addressing import name_ship_to
from orders.services.confirming import confirm_order
from orders.services.desk import Work, close_work, open_work
from orders.services.headers import check_text
from orders.services.lines import PRICE_FIELDS
from orders.services.locking import act_on, lines_in, lock_order, today
from orders.services.quoting import list_for_sales
from orders.services.revisions import bring_back, mark_accepted

Status = QuotationRevision.Status
LONGEST_NAME, LONGEST_LOST, LONGEST_QUESTION = 120, 300, 2000
ENDED = {
    Status.DECLINED: ("was rejected", "Ask us for a new revision if you want it after all."),
    Status.EXPIRED: ("has expired", "Ask us for a new revision: we renew it with today's prices and dates."),
    Status.SUPERSEDED: ("is superseded by a later revision", "Use the link that came with the newest one."),
    Status.CANCELLED: ("was withdrawn", "Ask us for a new one."),
}


@dataclass(frozen=True)
class Acceptance:
    """Who accepts which document, and what was chosen, by the positions of the revision's lines.

    `options` are the option lines taken, `quantities` those that differ from the line's own.
    """

    name: str
    sha256: str
    title: str = ""
    customer_po: str = ""
    options: Collection[int] = ()
    quantities: Mapping[int, int] = field(default_factory=dict)
    ship_to: Address | None = None
    ip: str | None = None


@transaction.atomic
def accept_quotation(
    *, revision: QuotationRevision, acceptance: Acceptance, by: User | None, now: datetime | None = None
) -> Order:
    """Confirm exactly what this revision says, with the customer's choices; returns the order.

    Accepting it again gives the same order. Conflict where it has expired, was superseded, rejected or is
    being revised; Refused at the field for a missing name, another document's hash, an unknown option or
    quantity, and for what `confirm_order` refuses.
    """
    now = now or clock.now()
    order = lock_order(revision.order, None)
    current = _locked(order, revision)
    if current.status == Status.ACCEPTED:
        return order
    _check_open(current, order, now)
    _check_person(acceptance.name, acceptance.title)
    _check_document(current, acceptance.sha256)
    chosen = _choices(current, acceptance)
    if acceptance.ship_to is not None and order.ship_to_id is None:
        order = name_ship_to(order=order, ship_to=acceptance.ship_to, now=now)
    lines = bring_back(
        order=order, revision=current, lines=lines_in(order, "quoted", "confirm"), by=by, now=now
    )
    _apply(order, lines, current, chosen, by, now)
    _check_dates(order, now)
    mark_accepted(
        current,
        by=by,
        now=now,
        answered_name=acceptance.name.strip(),
        answered_title=acceptance.title.strip(),
        answered_ip=acceptance.ip,
        accepted_sha256=current.sha256,
        chosen={**chosen, "customer_po": acceptance.customer_po.strip()},
    )
    close_work(keys=[f"question:{order.pk}"], by=by, now=now)
    return confirm_order(order=order, by=by, customer_po=acceptance.customer_po, now=now)


@transaction.atomic
def reject_revision(
    *,
    revision: QuotationRevision,
    lost_reason: str,
    text: str = "",
    name: str,
    by: User | None,
    ip: str | None = None,
    now: datetime | None = None,
) -> Order:
    """Record that the customer does not want this one; the last open one takes the quotation with it.

    Rejecting it again changes nothing. Conflict where it ended otherwise, Refused at `lost_reason`, `name`
    or `text`.
    """
    now = now or clock.now()
    order = lock_order(revision.order, None)
    current = _locked(order, revision)
    if current.status == Status.DECLINED:
        return order
    _check_open(current, order, now, drafts=True)
    if lost_reason not in LostReason.values:
        known = ", ".join(LostReason.values)
        raise Refused(
            f"“{lost_reason[:20]}” is no reason we know.",
            field="lost_reason",
            remedy=f"Choose one of {known}.",
        )
    _check_person(name)
    check_text(text, LONGEST_LOST, "text")
    answer = {"answered_name": name.strip(), "answered_ip": ip, "lost_text": text.strip()}
    QuotationRevision.objects.filter(pk=current.pk).update(
        status=Status.DECLINED, answered_at=now, answered_by=by, lost_reason=lost_reason, **answer
    )
    if order.state == "quoted" and not order.revisions.open().exists():
        reason = ": ".join(filter(None, [str(LostReason(lost_reason).label), text.strip()]))[:LONGEST_LOST]
        act_on(order, lines_in(order, "quoted", "decline"), event="decline", by=by, reason=reason, now=now)
        close_work(keys=[f"quote:{order.pk}"], by=by, now=now)
    elif order.state == "quoted":
        list_for_sales(order, f"Revision {current.letter} of {order.quotation_number} was rejected", now)
    return order


@transaction.atomic
def ask_question(
    *,
    revision: QuotationRevision,
    text: str,
    name: str,
    by: User | None = None,
    now: datetime | None = None,
) -> QuotationMessage:
    """Put a question into the thread and onto the sales list; Refused for an empty or too long one."""
    now = now or clock.now()
    order = lock_order(revision.order, None)
    _check_person(name)
    message = _say(order, revision, text, name.strip(), by, now, ours=False)
    reason = f"{order.customer} asks about {order.quotation_number} rev {revision.letter}"
    url = f"/orders/{order.reference}/quotation/"
    open_work(items=[Work(f"question:{order.pk}", Role.SALES, reason, url, order=order)], now=now)
    return message


@transaction.atomic
def answer_question(
    *, revision: QuotationRevision, text: str, by: User, now: datetime | None = None
) -> QuotationMessage:
    """Answer in the thread; the question is off the sales list."""
    now = now or clock.now()
    order = lock_order(revision.order, None)
    message = _say(order, revision, text, str(by), by, now, ours=True)
    close_work(keys=[f"question:{order.pk}"], by=by, now=now)
    return message


@transaction.atomic
def note_opening(*, revision: QuotationRevision, now: datetime | None = None) -> None:
    """The customer opened it for the first time; later openings change nothing."""
    first = QuotationRevision.objects.filter(pk=revision.pk, opened_at=None)
    first.update(opened_at=now or clock.now())


def why_closed(revision: QuotationRevision, order: Order, now: datetime) -> tuple[str, str]:
    """What keeps the customer from answering it, and what to do; empty words where nothing does."""
    if revision.status in ENDED:
        words, remedy = ENDED[Status(revision.status)]
        return f"{revision} {words}.", remedy
    if revision.open and revision.valid_until < today(now):
        return f"{revision} was valid until {revision.valid_until:%d.%m.%Y}.", ENDED[Status.EXPIRED][1]
    return "", ""


def _locked(order: Order, revision: QuotationRevision) -> QuotationRevision:
    current = QuotationRevision.objects.select_for_update(of=("self",), no_key=True).get(pk=revision.pk)
    current.order = order
    return current


def _check_open(revision: QuotationRevision, order: Order, now: datetime, *, drafts: bool = False) -> None:
    if revision.status == Status.ACCEPTED:
        raise Conflict(
            f"{revision} is accepted: it is order {order.reference}.", remedy="Ask us to change it."
        )
    words, remedy = why_closed(revision, order, now)
    if words:
        raise Conflict(words, remedy=remedy)
    if order.state == "draft" and not drafts:
        raise Conflict(f"{revision} is being revised.", remedy="Wait for the next revision, or ask us.")


def _check_person(name: str, title: str = "") -> None:
    if not name.strip():
        raise Refused("Your name is missing.", field="name", remedy="Give the name of who decides.")
    check_text(name, LONGEST_NAME, "name")
    check_text(title, LONGEST_NAME, "title")


def _check_document(revision: QuotationRevision, sha256: str) -> None:
    if sha256 != revision.sha256:
        raise Refused(
            "This is not the document that was sent.",
            field="sha256",
            remedy=f"Read {revision} and tick its document number {revision.sha256[:12]}.",
        )


def _check_dates(order: Order, now: datetime) -> None:
    """A wish that is past cannot be promised, and the customer cannot change it here."""
    days = [
        order.requested_date,
        *order.lines.filter(state="quoted").values_list("requested_date", flat=True),
    ]
    past = [day for day in days if day is not None and day < today(now)]
    if past:
        raise Conflict(
            f"The requested date {min(past):%d.%m.%Y} has passed and cannot be promised any more.",
            remedy="Ask us for a new date: we send you the next revision.",
        )


def _choices(revision: QuotationRevision, acceptance: Acceptance) -> dict[str, Any]:
    """What was chosen, by position as text, and the total of it; Refused at what the revision has not."""
    rows = {row["position"]: row for row in revision.content["lines"]}
    options = {position for position, row in rows.items() if row["optional"]}
    unknown = {*acceptance.options} - options | {*acceptance.quantities} - {*rows}
    if unknown:
        raise Refused(
            f"{revision} has no choice at line {min(unknown)}.",
            field=f"take.{min(unknown)}",
            remedy="Choose among the options and quantities it offers.",
        )
    kept = {at: row for at, row in rows.items() if not row["optional"] or at in acceptance.options}
    if not kept:
        raise Refused("Nothing is chosen.", field="options", remedy="Take at least one of the options.")
    taken = {at: _picked(row, acceptance.quantities.get(at, row["quantity"])) for at, row in kept.items()}
    return {
        "options": sorted(options & {*acceptance.options}),
        "quantities": {str(at): row["quantity"] for at, row in taken.items()},
        "total": str(total_of(taken.values(), revision.content["currency"]).net),
    }


def _picked(row: dict[str, Any], quantity: int) -> dict[str, Any]:
    """The line at this quantity with its price."""
    offered = offers_of(row)
    for offer in offered:
        if offer["quantity"] == quantity:
            return dict(offer)
    known = ", ".join(str(offer["quantity"]) for offer in offered)
    raise Refused(
        f"Line {row['position']} is not offered for {quantity} pieces.",
        field=f"quantity.{row['position']}",
        remedy=f"Choose {known}.",
    )


def _apply(
    order: Order,
    lines: Mapping[int, OrderLine],
    revision: QuotationRevision,
    chosen: Mapping[str, Any],
    by: User | None,
    now: datetime,
) -> None:
    """The chosen quantities with their prices; option lines that were not taken are declined."""
    left_out = []
    for position, line in lines.items():
        quantity = chosen["quantities"].get(str(position))
        if quantity is None:
            left_out.append(line)
        elif quantity != line.quantity:
            _fill_quantity(line, quantity)
    if left_out:
        reason = f"Option of revision {revision.letter} not taken"
        act_on(order, left_out, event="decline", by=by, now=now, reason=reason)


def _fill_quantity(line: OrderLine, quantity: int) -> None:
    row = next(row for row in line.alternatives if row["quantity"] == quantity)
    columns = {name: row[name] for name in PRICE_FIELDS}
    OrderLine.objects.filter(pk=line.pk).update(quantity=quantity, **columns)


def _say(
    order: Order,
    revision: QuotationRevision,
    text: str,
    author: str,
    by: User | None,
    now: datetime,
    *,
    ours: bool,
) -> QuotationMessage:
    if not text.strip():
        raise Refused("There is no text.", field="text", remedy="Write your question in a few words.")
    check_text(text, LONGEST_QUESTION, "text")
    return QuotationMessage.objects.create(
        order=order, revision=revision, ours=ours, author=author, by=by, text=text.strip(), at=now
    )
