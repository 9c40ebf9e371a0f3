"""What procurement undoes when jobs are cancelled."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from kernel import clock
from kernel.bases import joined_transaction, update_rows
from kernel.formats import quantity as shown
from kernel.quantities import round_up_to_pack
from orders.models import Move, Role, User
from orders.services import Work, close_work, open_work
from procurement.models import Lot, Peg, PurchaseOrder, PurchaseOrderLine, Reservation, StockMove
from procurement.services.issuing import write_lots
from procurement.services.ledger import report_supply
from procurement.services.sourcing import buy_work

Status = PurchaseOrder.Status


@dataclass(frozen=True)
class _Bought:
    """The open pegs of the jobs with their locked lines and purchase orders."""

    pegs: Sequence[Peg]
    lines: dict[int, PurchaseOrderLine]
    orders: dict[int, PurchaseOrder]

    def lines_of(self, order_id: int) -> list[PurchaseOrderLine]:
        """All lines of one purchase order."""
        return [line for line in self.lines.values() if line.order_id == order_id]


@joined_transaction()
def withdraw_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Undo what was bought and kept for these jobs, as far as the world allows.

    Pegs on drafts go, and the draft orders less; pegs on sent orders become free stock to come, which stands
    on the buyers' list and serves the next job; reservations are freed; material issued to operations that
    never started returns to stock. The caller holds `lock_jobs`.
    """
    if not moves:
        return
    now = now or clock.now()
    line_ids = [move.line_id for move in moves]
    bought = _lock_bought(line_ids)
    _unpeg(bought, now)
    _free(line_ids, now)
    report_supply(line_ids=line_ids, now=now)


def _lock_bought(line_ids: Collection[int]) -> _Bought:
    pegs = Peg.objects.open().filter(requirement__line__in=line_ids)
    found = list(pegs.select_related("purchase_line", "requirement__line__order").order_by("id"))
    order_ids = {peg.purchase_line.order_id for peg in found}
    orders = PurchaseOrder.objects.filter(id__in=order_ids).select_related("supplier").order_by("id")
    locked = list(orders.select_for_update(of=("self",)))
    lines = PurchaseOrderLine.objects.filter(order__in=order_ids).select_related("item").order_by("id")
    return _Bought(
        pegs=found,
        orders={order.id: order for order in locked},
        lines={line.id: line for line in lines.select_for_update(of=("self",))},
    )


def _unpeg(bought: _Bought, now: datetime) -> None:
    """Take the pegs off; drafts shrink to what the others need."""
    if not bought.pegs:
        return
    for peg in bought.pegs:
        line = bought.lines[peg.purchase_line_id]
        line.pegged -= peg.quantity - peg.received
        if bought.orders[line.order_id].status == Status.DRAFT:
            line.quantity = round_up_to_pack(line.pegged, line.pack_size)
    kept = [(peg.id, peg.received) for peg in bought.pegs if peg.received]
    update_rows("procurement_peg", "id", {"quantity": "numeric"}, kept)
    Peg.objects.filter(id__in=[peg.id for peg in bought.pegs if not peg.received]).delete()
    _write_lines(bought)
    _remind(bought, now)


def _write_lines(bought: _Bought) -> None:
    touched = {peg.purchase_line_id for peg in bought.pegs}
    lines = [bought.lines[line_id] for line_id in sorted(touched)]
    rows = [(line.id, line.quantity, line.pegged) for line in lines if line.quantity]
    update_rows("procurement_purchaseorderline", "id", {"quantity": "numeric", "pegged": "numeric"}, rows)
    gone = [line.id for line in lines if not line.quantity]
    if gone:
        PurchaseOrderLine.objects.filter(id__in=gone).delete()


def _remind(bought: _Bought, now: datetime) -> None:
    """Drafts that are empty are cancelled; the buyer learns what else changed."""
    drafts = [order for order in bought.orders.values() if order.status == Status.DRAFT]
    left = {order.id: [line for line in bought.lines_of(order.id) if line.quantity] for order in drafts}
    empty = [order for order in drafts if not left[order.id]]
    for order in bought.orders.values():
        order.version += 1
        order.status = Status.CANCELLED if order in empty else order.status
    PurchaseOrder.objects.bulk_update(bought.orders.values(), ["status", "version"])
    close_work(keys=[f"buy:{order.id}" for order in empty], now=now)
    reminders = [buy_work(order, left[order.id]) for order in drafts if left[order.id]]
    open_work(items=[*reminders, *_surplus_work(bought)], now=now)


def _surplus_work(bought: _Bought) -> Iterable[Work]:
    for order in bought.orders.values():
        pegs = [peg for peg in bought.pegs if peg.purchase_line.order_id == order.id]
        if order.status in (Status.SENT, Status.PARTIAL):
            yield Work(
                key=f"surplus:{order.id}",
                role=Role.BUYER,
                reason=f"{order.number} brings too much: {', '.join(_surplus(bought, pegs))}",
                url=reverse("procurement:order", args=[order.number]),
            )


def _surplus(bought: _Bought, pegs: Iterable[Peg]) -> Iterable[str]:
    for peg in pegs:
        line, job = bought.lines[peg.purchase_line_id], peg.requirement.line
        yield f"{shown(peg.quantity - peg.received, line.unit)} {line.item.number} of {job.order} {job}"


def _free(line_ids: Collection[int], now: datetime) -> None:
    """Give reserved lots free and return what never came to use."""
    reserved = Reservation.objects.filter(requirement__line__in=line_ids)
    rows = reserved.select_related("lot", "requirement__operation", "requirement__line__order")
    found = list(rows.order_by("lot_id", "id").select_for_update(of=("lot",)))
    lots: dict[int, Lot] = {}
    returned = []
    for each in found:
        lot = lots.setdefault(each.lot_id, each.lot)
        lot.reserved -= each.quantity - each.issued
        if each.issued and each.requirement.operation.started_at is None:
            lot.on_hand += each.issued
            returned.append(_return(each, lot, now))
            each.issued = each.issued * 0
        each.quantity = each.issued
    if found:
        write_lots(lots.values())
        StockMove.objects.bulk_create(returned)
        _write_reservations(found)


def _return(each: Reservation, lot: Lot, now: datetime) -> StockMove:
    need = each.requirement
    return StockMove(
        lot=lot,
        kind=StockMove.Kind.RETURN,
        quantity=each.issued,
        requirement=need,
        reason=f"{need.line.order} {need.line} was cancelled before {need.operation} started"[:200],
        at=now,
    )


def _write_reservations(found: Sequence[Reservation]) -> None:
    rows = [(each.id, each.quantity) for each in found if each.quantity]
    update_rows("procurement_reservation", "id", {"quantity": "numeric"}, rows)
    Reservation.objects.filter(id__in=[each.id for each in found if not each.quantity]).delete()


def accept_surplus(*, purchase_order: PurchaseOrder, by: User | None, now: datetime | None = None) -> None:
    """The buyer has seen that an order brings more than is needed, and keeps it as free stock."""
    close_work(keys=[f"surplus:{purchase_order.pk}"], by=by, now=now)
