"""Revisions of quotations: frozen when sent, superseded, settled, and brought back where one wins."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Model
from django.utils.crypto import constant_time_compare, salted_hmac

from kernel.bases import fetch
from kernel.errors import Conflict
from orders.models import Order, OrderLine, PaymentTerm, QuotationRevision, User
from orders.selectors.quotations import Terms, content_of
from orders.services.fingerprints import canonical_sha256
from orders.services.headers import FIELDS
from orders.services.lifecycle import advance_all
from orders.services.locking import act_on, today

SALT = "orders.quotation-link"
HEAD = (
    *("contact_id", "ship_to_id", "currency", "payment_terms", "delivery_time", "valid_until"),
    *(name for name in FIELDS if name not in ("contact", "ship_to")),
)
OF_THE_JOB = {
    *("id", "created_at", "order_id", "state", "entered_at", "moves_made", "held_at", "held_by_id"),
    *("hold_reason", "promised_at", "forecast_at", "delivered_at"),
}
Status = QuotationRevision.Status


def letter_of(number: int) -> str:
    """The name of the n-th revision: A … Z, AA, AB …; I and O are letters like any other."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def token_of(revision: QuotationRevision) -> str:
    """The secret of the revision's link; empty where the installation's key changed since it was sent.

    It follows from the installation's key, so that only its hash has to be stored and sales can copy the
    link again.
    """
    token = _token(revision)
    return token if constant_time_compare(hash_of(token), revision.token_sha256) else ""


def hash_of(token: str) -> str:
    """What is stored of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_revision(
    *,
    order: Order,
    lines: Sequence[OrderLine],
    terms: Terms,
    until: date,
    beside: bool,
    by: User | None,
    now: datetime,
) -> QuotationRevision:
    """Freeze a locked quotation as it is sent, under the next letter; earlier ones are superseded.

    `beside` leaves them open: the customer chooses. Terms of a template become the quotation's own.
    """
    earlier = list(order.revisions.values_list("status", "valid_until")) if order.quoted_at else []
    still_open = [last for status, last in earlier if status == Status.SENT]
    if still_open and not beside:
        settle(order=order, status=Status.SUPERSEDED, by=by, now=now)
    _keep_terms(order, terms)
    order.valid_until = max([until, *still_open]) if beside else until
    letter = letter_of(len(earlier) + 1)
    content = content_of(order, lines, terms, letter=letter, sent=today(now), valid_until=until)
    revision = QuotationRevision(
        order=order,
        letter=letter,
        content=content,
        frozen=_frozen(order, lines, terms),
        sha256=canonical_sha256(content),
        language=order.customer.language,
        beside=beside,
        by=by,
        sent_at=now,
        valid_until=until,
    )
    revision.token_sha256 = hash_of(_token(revision))
    revision.save(force_insert=True)
    return revision


def settle(
    *,
    order: Order,
    status: str,
    by: User | None,
    now: datetime,
    **answer: str,
) -> int:
    """Give all open revisions of a locked order this end; returns how many there were."""
    found = QuotationRevision.objects.open().filter(order=order)
    return found.update(status=status, answered_at=now, answered_by=by, **answer)


def accept_newest(*, order: Order, by: User | None, now: datetime) -> None:
    """Sales confirms what was sent last: it is accepted, its alternatives are superseded.

    Conflict where the last one is not open any more, for the lines have its content.
    """
    found = list(order.revisions.light().order_by("-id"))
    open_ones = [revision for revision in found if revision.open]
    if not open_ones:
        return
    if open_ones[0] is not found[0]:
        raise Conflict(
            f"Revision {found[0].letter}, which was sent last, is {found[0].get_status_display().lower()}.",
            remedy=f"Record the acceptance of revision {open_ones[0].letter} on the page of the quotation.",
        )
    name, newest = str(by or ""), open_ones[0]
    newest.order = order
    mark_accepted(
        newest, by=by, now=now, alone=len(open_ones) == 1, answered_name=name, accepted_sha256=newest.sha256
    )


def mark_accepted(
    revision: QuotationRevision, *, by: User | None, now: datetime, alone: bool = False, **answer: Any
) -> None:
    """This one wins; the other open ones of its locked order (none where it is `alone`) are superseded."""
    revision.status, revision.answered_at, revision.answered_by = Status.ACCEPTED, now, by
    for name, value in answer.items():
        setattr(revision, name, value)
    revision.save(update_fields=["status", "answered_at", "answered_by", *answer])
    if not alone:
        settle(order=revision.order, status=Status.SUPERSEDED, by=by, now=now)


def bring_back(
    *,
    order: Order,
    revision: QuotationRevision,
    lines: Sequence[OrderLine],
    by: User | None,
    now: datetime,
) -> dict[int, OrderLine]:
    """The quoted `lines` of a locked order as this revision has them, by its positions.

    Where a later one was sent, or a line was taken off, they are restored: what the revision does not know
    is cancelled, what is no longer quoted comes back as a new line, head and payment plan are written anew.
    """
    rows = {row["id"]: row for row in revision.frozen["lines"]}
    newest = order.revisions.aggregate(last=Max("id"))["last"] == revision.pk
    if newest and {line.pk for line in lines} == rows.keys():
        return {line.position: line for line in lines}
    foreign = [line for line in lines if line.pk not in rows]
    if foreign:
        reason = f"Not part of revision {revision.letter}"
        act_on(order, foreign, event="cancel", by=by, now=now, reason=reason)
    _restore_head(order, revision)
    kept = {line.pk: line for line in lines if line.pk in rows}
    for key, line in kept.items():
        _fill(line, rows[key])
        line.save(update_fields=[field.name for field in _kept_fields(line)])
    lost = [row for key, row in rows.items() if key not in kept]
    return {rows[key]["position"]: line for key, line in kept.items()} | _added(order, lost, by, now)


def _token(revision: QuotationRevision) -> str:
    value = salted_hmac(SALT, str(revision.public_id), secret=settings.SECRET_KEY, algorithm="sha256")
    return value.hexdigest()


def _keep_terms(order: Order, terms: Terms) -> None:
    """From now on the quotation says it itself, whatever becomes of the template."""
    order.payment_terms, order.delivery_time = terms.payment_terms, terms.delivery_time
    if not terms.own:
        _write_plan(order, [vars(payment) for payment in terms.plan])


def _write_plan(order: Order, plan: Sequence[dict[str, Any]]) -> None:
    rows = enumerate(plan, start=1)
    PaymentTerm.objects.bulk_create(
        PaymentTerm(order=order, position=10 * number, **row) for number, row in rows
    )


def _frozen(order: Order, lines: Sequence[OrderLine], terms: Terms) -> dict[str, Any]:
    """What brings the quotation back, prices and costs included."""
    return {
        "order": {name: getattr(order, name) for name in HEAD},
        "lines": [
            {"id": line.pk, **{field.attname: field.value_from_object(line) for field in _kept_fields(line)}}
            for line in lines
        ],
        "plan": [vars(payment) for payment in terms.plan],
    }


def _kept_fields(line: OrderLine) -> list[Any]:
    """Every column that says what is ordered and at which price; none of the job's own history."""
    return [field for field in line._meta.concrete_fields if field.attname not in OF_THE_JOB]


def _fill(row: Model, values: dict[str, Any]) -> None:
    fields = {field.attname: field for field in row._meta.concrete_fields}
    for name, value in values.items():
        if name != "id" and name in fields:
            setattr(row, name, fields[name].to_python(value))


def _restore_head(order: Order, revision: QuotationRevision) -> None:
    _fill(order, revision.frozen["order"])
    columns = {name: getattr(order, name) for name in HEAD}
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, **columns)
    order.version += 1
    order.payment_plan.all().delete()
    _write_plan(order, revision.frozen["plan"])


def _added(
    order: Order, rows: Sequence[dict[str, Any]], by: User | None, now: datetime
) -> dict[int, OrderLine]:
    """Lines that come back behind all others, quoted."""
    if not rows:
        return {}
    (last,) = fetch("SELECT max(position) FROM orders_orderline WHERE order_id = %s", [order.pk])[0]
    made: dict[int, OrderLine] = {}
    for number, row in enumerate(rows, start=1):
        line = OrderLine(order=order, entered_at=now)
        _fill(line, {**row, "position": last + 10 * number})
        made[row["position"]] = line
    OrderLine.objects.bulk_create(made.values())
    keys = {line.pk: f"restore:{line.position}" for line in made.values()}
    advance_all(keys=keys, event="quote", by=by, now=now)
    return made
