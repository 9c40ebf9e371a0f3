"""Acts on purchase orders: sending them and noting the dates suppliers confirm."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from kernel import clock
from kernel.bases import next_numbers, update_rows
from kernel.errors import Conflict, Refused
from kernel.formats import plural
from kernel.quantities import round_up_to_pack
from orders.models import Role, User
from orders.services import Work, close_work, open_work
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from procurement.services.ledger import report_supply
from procurement.services.locking import Locked, with_order_locked
from procurement.services.sourcing import buy_work

Status = PurchaseOrder.Status
COMING = (Status.SENT, Status.PARTIAL)
FURTHEST = timedelta(days=5 * 366)


def send_purchase_order(
    *, purchase_order: PurchaseOrder, by: User | None, version: int | None = None, now: datetime | None = None
) -> PurchaseOrder:
    """Send a draft: its lines are expected after their lead times, counted from now.

    What is pegged to a job on hold moves to a new draft. Conflict where it is no draft, where it changed
    since `version`, or where every job on it is on hold.
    """
    return with_order_locked(purchase_order, version, lambda locked: _send(locked, by, now or clock.now()))


def _send(locked: Locked, by: User | None, now: datetime) -> PurchaseOrder:
    order = locked.order
    if order.status != Status.DRAFT:
        raise Conflict(
            f"{order} is {order.get_status_display().lower()}.", remedy="Only a draft can be sent."
        )
    if not locked.lines:
        raise Refused(f"{order} has no lines.", remedy="There is nothing to order.")
    held = [peg for peg in locked.pegs if locked.jobs[peg.requirement.line_id].held]
    sent = _without(locked, held)
    for line in sent:
        line.expected_at = line.agreed_at = now + timedelta(days=line.lead_time_days)
    _write(sent)
    order.status, order.sent_at, order.sent_by = Status.SENT, now, by
    order.version += 1
    order.save(update_fields=["status", "sent_at", "sent_by", "version"])
    if held:
        _keep_for_later(locked, held, now)
    report_supply(requirement_ids=[peg.requirement_id for peg in locked.pegs], now=now)
    close_work(keys=[f"buy:{order.id}"], by=by, now=now)
    open_work(items=[receive_work(order, sent)], now=now)
    return order


def _without(locked: Locked, held: Sequence[Peg]) -> list[PurchaseOrderLine]:
    """The lines to send once the pegs of jobs on hold are taken off; Conflict where nothing is left."""
    for peg in held:
        line = locked.lines[peg.purchase_line_id]
        line.pegged -= peg.quantity
        line.quantity = round_up_to_pack(line.pegged, line.pack_size)
    sent = [line for line in locked.lines.values() if line.quantity > 0]
    if not sent:
        job = locked.jobs[held[0].requirement.line_id]
        raise Conflict(
            f"{locked.order} is only for jobs on hold: {job.order} {job}: {job.hold_reason}.",
            remedy="Resume the job first.",
        )
    return sent


def _keep_for_later(locked: Locked, held: Sequence[Peg], now: datetime) -> None:
    """Move pegs of jobs on hold to a new draft and take emptied lines off the order that was sent."""
    order = locked.order
    number = next_numbers("PO", timezone.localtime(now).year)[0]
    draft = PurchaseOrder.objects.create(number=number, supplier=order.supplier, currency=order.currency)
    wanted: dict[int, Decimal] = {}
    for peg in held:
        wanted[peg.purchase_line_id] = wanted.get(peg.purchase_line_id, Decimal(0)) + peg.quantity
    lines = {number: _copy(locked.lines[number], draft, pegged) for number, pegged in wanted.items()}
    PurchaseOrderLine.objects.bulk_create(lines.values())
    rows = [(peg.id, lines[peg.purchase_line_id].id) for peg in held]
    update_rows("procurement_peg", "id", {"purchase_line_id": "bigint"}, rows)
    PurchaseOrderLine.objects.filter(
        id__in=[line.id for line in locked.lines.values() if line.quantity <= 0]
    ).delete()
    open_work(items=[buy_work(draft, list(lines.values()))], now=now)


def _copy(line: PurchaseOrderLine, draft: PurchaseOrder, pegged: Decimal) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        order=draft,
        item=line.item,
        quantity=round_up_to_pack(pegged, line.pack_size),
        pegged=pegged,
        unit=line.unit,
        price=line.price,
        pack_size=line.pack_size,
        lead_time_days=line.lead_time_days,
        order_by=line.order_by,
        expected_at=line.expected_at,
    )


def confirm_dates(
    *,
    line: PurchaseOrderLine,
    expected_at: datetime,
    by: User | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> PurchaseOrder:
    """Note the date a supplier confirms for one line; see `confirm_order_dates`."""
    dates = {line.id: expected_at}
    return confirm_order_dates(purchase_order=line.order, dates=dates, by=by, version=version, now=now)


def confirm_order_dates(
    *,
    purchase_order: PurchaseOrder,
    dates: Mapping[int, datetime],
    by: User | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> PurchaseOrder:
    """Note the dates (aware, by line id) a supplier confirms; planning learns of them at once.

    Refused at `expected_at-<line id>` for a day that is past or years away, Conflict where the order was not
    sent or the line is already received.
    """
    now = now or clock.now()
    return with_order_locked(purchase_order, version, lambda locked: _confirm(locked, dates, by, now))


def _confirm(locked: Locked, dates: Mapping[int, datetime], by: User | None, now: datetime) -> PurchaseOrder:
    order = locked.order
    check_coming(order, "confirm dates")
    for line_id, at in dates.items():
        line = line_of(locked, line_id)
        _check_date(line, at, now)
        line.expected_at = at
    changed = [locked.lines[line_id] for line_id in dates]
    _write(changed)
    _count_change(order)
    concerned = [peg.requirement_id for peg in locked.pegs if peg.purchase_line_id in dates]
    report_supply(requirement_ids=concerned, now=now)
    open_work(items=[receive_work(order, locked.lines.values())], now=now)
    return order


def _check_date(line: PurchaseOrderLine, at: datetime, now: datetime) -> None:
    field = f"expected_at-{line.id}"
    if line.outstanding <= 0:
        raise Conflict(f"{line.item.number} is fully received.", field=field, remedy="Its date is past.")
    if timezone.localtime(at).date() < timezone.localtime(now).date():
        raise Refused("The day is past.", field=field, remedy="Give today or a later day.")
    if at > now + FURTHEST:
        raise Refused("The day is more than five years away.", field=field, remedy="Check the year.")


def check_coming(order: PurchaseOrder, act: str) -> None:
    """Conflict unless goods of this order are on their way."""
    if order.status == Status.DRAFT:
        raise Conflict(f"{order} is a draft: you cannot {act} yet.", remedy="Send it first.")
    if order.status not in COMING:
        raise Conflict(f"{order} is {order.get_status_display().lower()}: nothing is to come.")


def line_of(locked: Locked, line_id: int) -> PurchaseOrderLine:
    """The locked line, or Refused where it belongs to another order."""
    found = locked.lines.get(line_id)
    if found is None:
        raise Refused(f"{locked.order} has no such line.", remedy="Open the purchase order again.")
    return found


def receive_work(order: PurchaseOrder, lines: Collection[PurchaseOrderLine]) -> Work:
    """What stands on the buyers' list until everything of the order is here; due when the next goods are."""
    open_lines = [line for line in lines if line.outstanding > 0]
    return Work(
        key=f"receive:{order.id}",
        role=Role.BUYER,
        reason=f"Receive {order.number} from {order.supplier}: {plural(len(open_lines), 'item')}",
        url=reverse("procurement:receive", args=[order.number]),
        due_at=min((line.expected_at for line in open_lines if line.expected_at), default=None),
    )


def _count_change(order: PurchaseOrder) -> None:
    PurchaseOrder.objects.filter(pk=order.pk).update(version=F("version") + 1)
    order.version += 1


def _write(lines: Sequence[PurchaseOrderLine]) -> None:
    dates = {"expected_at": "timestamptz", "agreed_at": "timestamptz"}
    columns = {"quantity": "numeric", "pegged": "numeric", **dates}
    rows = [(line.id, line.quantity, line.pegged, line.expected_at, line.agreed_at) for line in lines]
    update_rows("procurement_purchaseorderline", "id", columns, rows)
