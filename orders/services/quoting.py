"""Quotations: entered, changed while they are drafts, sent, revised, declined, expired."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel import clock
from kernel.bases import next_numbers
from kernel.errors import Conflict, Refused
from orders.models import (
    Customer,
    LostReason,
    Milestone,
    Order,
    OrderLine,
    QuotationRevision,
    Role,
    User,
)
from orders.selectors.quotations import USUAL_DAYS, terms_of
from orders.services.desk import Work, close_work, open_work
from orders.services.headers import NOTHING_SAID, Header, check_header, with_only_address
from orders.services.lifecycle import advance_all
from orders.services.lines import LineInput, add_lines, price_lines, replace_lines
from orders.services.locking import act_on, lines_in, lock_order, today
from orders.services.pricing import ask_approval, check_approved
from orders.services.revisions import add_revision, settle

VALID_DAYS = USUAL_DAYS
EXPIRED_AT_ONCE = 50
CHANNELS: dict[str, str] = {Order.Source.API: "API", Order.Source.PORTAL: "portal"}


@transaction.atomic
def create_quotation(
    *,
    customer: Customer,
    lines: Sequence[LineInput],
    by: User | None,
    header: Header = NOTHING_SAID,
    source: str = Order.Source.SALES,
    now: datetime | None = None,
) -> Order:
    """Enter a quotation with priced lines, in state draft; a customer's own request goes onto the sales list.

    Raises InvalidInput with every problem at its field (`lines.0.choices.CPU`, `requested_date`), changes
    nothing then.
    """
    now = now or clock.now()
    currency = header.currency or customer.currency
    check_header(customer=customer, header=header, currency=currency, now=now)
    header = with_only_address(customer, header)
    priced = price_lines(
        lines,
        customer=customer,
        currency=currency,
        ship_to=header.ship_to,
        requested=header.requested_date,
        by=by,
        now=now,
    )
    order = Order.objects.create(
        quotation_number=next_numbers("QUO", today(now).year)[0],
        customer=customer,
        currency=currency,
        source=source,
        owner=by if by and by.has_role(Role.SALES) else None,
        **header.columns(),
    )
    add_lines(order, priced, after=0, by=by, now=now)
    if any(line.approval_reason for line in priced):
        ask_approval(order, by, now)
    if source != Order.Source.SALES:
        _announce_request(order, now)
    return order


@transaction.atomic
def change_quotation(
    *,
    order: Order,
    lines: Sequence[LineInput],
    by: User | None,
    version: int | None,
    header: Header | None = None,
    now: datetime | None = None,
) -> Order:
    """Replace the lines of a draft, priced anew, and its header where one is given.

    Conflict where it is no draft any more or `version` is stale, InvalidInput as for `create_quotation`.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    if order.state != "draft":
        raise Conflict(
            f"{order} is {order.state_info.label.lower()} and cannot be changed.",
            remedy="Revise the quotation first." if order.state == "quoted" else "",
        )
    currency = (header and header.currency) or order.currency
    check_header(customer=order.customer, header=header or NOTHING_SAID, currency=currency, now=now)
    ship_to = header.ship_to if header else order.ship_to
    priced = price_lines(
        lines,
        customer=order.customer,
        currency=currency,
        ship_to=ship_to,
        requested=header.requested_date if header else order.requested_date,
        by=by,
        now=now,
    )
    replace_lines(order, priced, by, now)
    ask_approval(order, by, now)
    columns = {"currency": currency, **(header.columns() if header else {})}
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, updated_at=now, **columns)
    order.refresh_from_db()
    return order


@transaction.atomic
def send_quotation(
    *,
    order: Order,
    by: User | None,
    version: int | None = None,
    valid_until: date | None = None,
    beside: bool = False,
    now: datetime | None = None,
) -> Order:
    """Send a draft: state quoted, valid until the day given (or as its terms say), answer awaited by sales.

    What is sent is kept as the next revision, A first; it supersedes the earlier ones, unless it is sent
    `beside` them: then the customer chooses one. Conflict where a price lacks the approval it needs.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    terms = terms_of(order)
    until = valid_until or today(now) + timedelta(days=terms.valid_days)
    if until < today(now):
        raise Refused(
            f"The validity ends on {until:%d.%m.%Y}, which is past.",
            field="valid_until",
            remedy="Give today or a later day.",
        )
    lines = lines_in(order, "draft", "quote")
    check_approved(lines)
    add_revision(order=order, lines=lines, terms=terms, until=until, beside=beside, by=by, now=now)
    order.quoted_at = now
    Order.objects.filter(pk=order.pk).update(
        valid_until=order.valid_until,
        quoted_at=now,
        payment_terms=order.payment_terms,
        delivery_time=order.delivery_time,
    )
    act_on(order, lines, event="quote", by=by, now=now)
    due = datetime.combine(until, datetime.max.time(), timezone.get_default_timezone())
    list_for_sales(order, f"Answer to {order.quotation_number} awaited from {order.customer}", now, due)
    return order


@transaction.atomic
def revise_quotation(
    *, order: Order, by: User | None, version: int | None = None, now: datetime | None = None
) -> Order:
    """Take a sent quotation back to draft; it stands on the sales list until it is sent again."""
    now = now or clock.now()
    order = lock_order(order, version)
    lines = lines_in(order, "quoted", "revise")
    act_on(order, lines, event="revise", by=by, now=now)
    list_for_sales(order, f"Revise and send {order.quotation_number} for {order.customer}", now)
    return order


@transaction.atomic
def decline_quotation(
    *,
    order: Order,
    reason: str,
    by: User | None,
    lost_reason: str = LostReason.OTHER,
    version: int | None = None,
    now: datetime | None = None,
) -> Order:
    """Record that the customer wants none of what was sent, and why (`lost_reason` with words)."""
    now = now or clock.now()
    order = lock_order(order, version)
    act_on(order, lines_in(order, "quoted", "decline"), event="decline", by=by, reason=reason, now=now)
    settle(
        order=order,
        status=QuotationRevision.Status.DECLINED,
        by=by,
        now=now,
        answered_name=str(by or ""),
        lost_reason=lost_reason,
        lost_text=reason.strip(),
    )
    close_work(keys=[f"quote:{order.pk}"], by=by, now=now)
    return order


def expire_quotations(now: datetime | None = None) -> int:
    """End what was sent and whose validity is over; bounded, one statement where there is none.

    For the sweeper. Returns how many quotations had something to end; one with an alternative that still
    holds stays open.
    """
    now = now or clock.now()
    quoted = Order.objects.filter(state="quoted", valid_until__lt=today(now)).order_by()
    sent = QuotationRevision.objects.open().filter(valid_until__lt=today(now)).order_by()
    due = quoted.values_list("id", flat=True).union(sent.values_list("order_id", flat=True))
    ids = list(due.order_by("id")[:EXPIRED_AT_ONCE])
    return _expire(ids, now) if ids else 0


@transaction.atomic
def _expire(ids: list[int], now: datetime) -> int:
    """Those that nobody works on right now; the others wait for the next round."""
    free = Order.objects.filter(id__in=ids).order_by("id")
    mine = list(free.select_for_update(of=("self",), skip_locked=True))
    over = [order.pk for order in mine if order.state == "quoted" and _is_over(order, now)]
    lines = OrderLine.objects.filter(order_id__in=over, state="quoted")
    keys = {line.id: f"expire:{line.moves_made}" for line in lines}
    advance_all(keys=keys, event="expire", now=now)
    close_work(keys=[f"quote:{order_id}" for order_id in over], now=now)
    sent = QuotationRevision.objects.open().filter(order__in=mine, valid_until__lt=today(now))
    sent.update(status=QuotationRevision.Status.EXPIRED, answered_at=now)
    return len(mine)


def _is_over(order: Order, now: datetime) -> bool:
    return order.valid_until is not None and order.valid_until < today(now)


def _announce_request(order: Order, now: datetime) -> None:
    """A request of the customer's own: they read that we have it, sales finds it on the list."""
    Milestone.objects.create(order=order, code="requested", text="We have received your request", at=now)
    list_for_sales(order, f"New quote request from {order.customer} by {CHANNELS[order.source]}", now)


def list_for_sales(order: Order, reason: str, now: datetime, due: datetime | None = None) -> None:
    """The one item of a quotation on the sales list; it belongs to the order, whatever becomes of a line."""
    key, url = f"quote:{order.pk}", order.get_absolute_url()
    open_work(items=[Work(key, Role.SALES, reason, url, due_at=due, order=order)], now=now)
