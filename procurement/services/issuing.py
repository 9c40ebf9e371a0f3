"""Material issue: reserved lots leave the stock for an operation."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.bases import update_rows
from kernel.errors import Conflict
from kernel.formats import absolute, day_of
from orders.lifecycle import LIFECYCLE
from orders.models import OrderLine, User
from orders.services import lock_jobs
from planning.models import Operation, Requirement
from procurement.models import Lot, Reservation, StockMove
from procurement.services.ledger import report_supply


def issue_material(*, operation: Operation, by: User | None, now: datetime | None = None) -> list[StockMove]:
    """Issue what is reserved for one operation; see `issue_materials`."""
    return issue_materials(operations=[operation], by=by, now=now)


@transaction.atomic
def issue_materials(
    *, operations: Sequence[Operation], by: User | None, now: datetime | None = None
) -> list[StockMove]:
    """Take all lots reserved for these operations out of stock and report it to planning.

    Returns the ledger rows; what was issued before is not issued again. Conflict where a job is on hold or
    finished, or where nothing is there to issue (the message says what is missing). Eight statements.
    """
    now = now or clock.now()
    jobs = lock_jobs({operation.line_id for operation in operations})
    for job in jobs.values():
        _check_open(job)
    found = _lock_reserved(operations)
    if not found:
        raise _nothing(operations, now)
    moves = _write(found, by, now)
    report_supply(requirement_ids={each.requirement_id for each in found}, now=now)
    return moves


def _check_open(job: OrderLine) -> None:
    if job.held:
        raise Conflict(f"{job.order} {job} is on hold: {job.hold_reason}.", remedy="Resume it first.")
    if LIFECYCLE.states[job.state].final:
        raise Conflict(
            f"{job.order} {job} is {job.state_info.label.lower()}.", remedy="It needs no material."
        )


def _lock_reserved(operations: Sequence[Operation]) -> list[Reservation]:
    reserved = Reservation.objects.filter(
        requirement__operation__in=[operation.pk for operation in operations],
        requirement__cancelled_at=None,
        issued__lt=F("quantity"),
    )
    return list(reserved.select_related("lot").order_by("lot_id", "id").select_for_update(of=("lot",)))


def _write(found: Sequence[Reservation], by: User | None, now: datetime) -> list[StockMove]:
    lots: dict[int, Lot] = {}
    moves = []
    for each in found:
        quantity = each.quantity - each.issued
        lot = lots.setdefault(each.lot_id, each.lot)
        lot.on_hand -= quantity
        lot.reserved -= quantity
        moves.append(
            StockMove(
                lot=lot,
                kind=StockMove.Kind.ISSUE,
                quantity=-quantity,
                requirement_id=each.requirement_id,
                by=by,
                at=now,
            )
        )
    write_lots(lots.values())
    rows = [(each.id, each.quantity) for each in found]
    update_rows("procurement_reservation", "id", {"issued": "numeric"}, rows)
    return StockMove.objects.bulk_create(moves)


def write_lots(lots: Iterable[Lot]) -> None:
    """Write the counts of locked lots."""
    columns = {"on_hand": "numeric", "reserved": "numeric"}
    update_rows("procurement_lot", "id", columns, [(lot.id, lot.on_hand, lot.reserved) for lot in lots])


def _nothing(operations: Sequence[Operation], now: datetime) -> Conflict:
    """Why there is nothing to issue: it is all issued, or this is what is missing."""
    wanted = Requirement.objects.filter(operation__in=[each.pk for each in operations], cancelled_at=None)
    short = wanted.filter(issued__lt=F("quantity")).select_related("item").order_by("expected_at").first()
    if short is None:
        return Conflict("All material of this operation is issued.", remedy="Start the operation.")
    if short.expected_at is None:
        return Conflict(f"{short.item.number} is not here and not on order.", remedy="Ask the buyer.")
    day = absolute(short.expected_at, today=day_of(now))
    return Conflict(f"{short.item.number} is not here yet.", remedy=f"It is expected {day}.")
