"""Confirmation: a quotation becomes an order with a number, a promise and a private snapshot per job."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from kernel import clock
from kernel.bases import next_numbers
from kernel.errors import Conflict, Refused
from orders.engine import Effectivity, effectivity
from orders.models import Order, OrderLine, Snapshot, User
from orders.selectors.releases import release_of
from orders.services.desk import close_work, promise
from orders.services.fingerprints import canonical_sha256
from orders.services.headers import check_date, check_text
from orders.services.lines import configured
from orders.services.locking import act_on, lines_in, lock_order, today
from orders.services.revisions import accept_newest

NOON = time(12)


@transaction.atomic
def confirm_order(
    *,
    order: Order,
    by: User | None,
    version: int | None = None,
    customer_po: str = "",
    promised: datetime | date | None = None,
    now: datetime | None = None,
) -> Order:
    """Turn a quotation into order SO-YYYY-NNNNN and hand its jobs to planning.

    Takes the snapshot of every line from the published product, promises `promised`, or what is held for each
    line (settings.MTO_CONFIRMING), or its requested date at noon, accepts the revision sent last, and closes
    the sales list. Conflict for another state, a stale version, an expired quotation or a held date that
    cannot be kept any more; Refused at the field for a missing ship-to or PO number, a past date, another
    currency, a product that is not published or no longer allows the choices.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    lines = lines_in(order, "quoted", "confirm")
    customer_po = customer_po.strip() or order.customer_po
    _check(order, customer_po, now)
    held = _held(order, lines, promised, now)
    _take_snapshots(order, lines, promised, today(now))
    _promise(lines, order, promised, held, by, now)
    accept_newest(order=order, by=by, now=now)
    number = next_numbers("SO", today(now).year)[0]
    order.number, order.confirmed_at, order.customer_po = number, now, customer_po
    Order.objects.filter(pk=order.pk).update(number=number, confirmed_at=now, customer_po=customer_po)
    act_on(order, lines, event="confirm", by=by, now=now)
    close_work(keys=[f"quote:{order.pk}"], by=by, now=now)
    return order


def noon(day: date) -> datetime:
    """Twelve o'clock of the day in the shop's own time."""
    return datetime.combine(day, NOON, timezone.get_default_timezone())


def _check(order: Order, customer_po: str, now: datetime) -> None:
    if order.valid_until and order.valid_until < today(now):
        raise Conflict(
            f"{order} was valid until {order.valid_until:%d.%m.%Y}.", remedy="Revise and send it again."
        )
    if order.ship_to_id is None:
        raise Refused(
            "No delivery address is chosen.", field="ship_to", remedy="Revise the quotation and choose one."
        )
    if order.currency != order.customer.currency:
        raise Refused(
            f"{order.customer} is invoiced in {order.customer.currency}, {order} is in {order.currency}.",
            field="currency",
            remedy=f"Revise the quotation in {order.customer.currency}.",
        )
    if order.customer.po_required and not customer_po:
        raise Refused(
            f"{order.customer} orders by purchase order number only.",
            field="customer_po",
            remedy="Enter the customer's purchase order number.",
        )
    check_text(customer_po, 40, "customer_po")
    check_date(order.requested_date, now, "requested_date")


def _held(
    order: Order, lines: Sequence[OrderLine], promised: datetime | date | None, now: datetime
) -> dict[int, datetime]:
    """The dates that stages above keep for these lines; they refuse where one cannot be kept any more."""
    found: dict[int, datetime] = {}
    for name in settings.MTO_CONFIRMING:
        found |= import_string(name)(order=order, lines=lines, promised=promised, now=now)
    return found


def _take_snapshots(
    order: Order, lines: Sequence[OrderLine], promised: datetime | date | None, day: date
) -> None:
    """One private copy per line, in one statement; a line that no longer works is named by its position."""
    snapshots = []
    first = timezone.localdate(promised) if isinstance(promised, datetime) else promised
    for line in lines:
        try:
            at = effectivity(line.serial, first, line.requested_date, order.requested_date, day)
            snapshots.append(_snapshot(line, at))
        except Refused as error:
            raise Refused(
                f"Line {line.position}: {error.message}", field=f"lines.{line.position}", remedy=error.remedy
            ) from error
    Snapshot.objects.bulk_create(snapshots)


def _snapshot(line: OrderLine, at: Effectivity) -> Snapshot:
    compiled, configuration = configured(
        product=line.product, choices=line.choices, revision_id=line.revision_id
    )
    release = release_of(compiled, configuration, line.quantity, at)
    content = {
        "specification": [*release.specification, *line.extras],
        "bom": release.bom,
        "routing": release.routing,
        "characteristics": release.characteristics,
        "documents": release.documents,
    }
    revision = _revision_number(line)
    return Snapshot(line=line, product_revision=revision, sha256=canonical_sha256(content), **content)


def _revision_number(line: OrderLine) -> int:
    """A line made with the revision in force, as most are, needs no look at its own."""
    own = line.revision if line.revision_id != line.product.in_force_id else None
    return own.number if own else line.product.revision


def _promise(
    lines: Sequence[OrderLine],
    order: Order,
    promised: datetime | date | None,
    held: Mapping[int, datetime],
    by: User | None,
    now: datetime,
) -> None:
    """Promise every line its day; one that nobody named a day for stays without a promise."""
    by_time: dict[datetime, list[OrderLine]] = {}
    for line in lines:
        check_date(line.requested_date, now, f"lines.{line.position}.requested_date")
        wished = promised or held.get(line.pk) or line.requested_date or order.requested_date
        if wished is not None:
            at = wished if isinstance(wished, datetime) else noon(wished)
            by_time.setdefault(at, []).append(line)
    reason = "Promised with the order" if promised else "As requested"
    for at, together in by_time.items():
        if at < now and promised:
            raise Refused("The promised date is past.", field="promised", remedy="Give a later date.")
        promise(lines=together, at=at, reason=reason, by=by, now=now)
