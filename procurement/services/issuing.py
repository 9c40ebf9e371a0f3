"""Material issue: reserved lots leave the stock for an operation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.bases import fetch, update_rows
from kernel.errors import Conflict
from kernel.formats import absolute, day_of
from orders.lifecycle import LIFECYCLE
from orders.models import OrderLine, User
from orders.services import lock_jobs
from planning.models import Operation, Requirement
from planning.services import report_issued
from procurement.models import Lot, StockMove


def issue_material(*, operation: Operation, by: User | None, now: datetime | None = None) -> list[StockMove]:
    """Issue what is reserved for one operation; see `issue_materials`."""
    return issue_materials(operations=[operation], by=by, now=now)


@transaction.atomic
def issue_materials(
    *, operations: Sequence[Operation], by: User | None, now: datetime | None = None
) -> list[StockMove]:
    """Take all lots reserved for these operations out of stock and report it to planning.

    Returns the ledger rows; what was issued before is not issued again. Conflict where a job is on hold or
    finished, or where nothing is there to issue (the message says what is missing). 4 statements.
    """
    now = now or clock.now()
    jobs = lock_jobs({operation.line_id for operation in operations})
    for job in jobs.values():
        _check_open(job)
    moves = _take([operation.pk for operation in operations], by, now)
    if not moves:
        raise _nothing(operations, now)
    issued: defaultdict[int, Decimal] = defaultdict(Decimal)
    for move in moves:
        issued[move.requirement_id or 0] -= move.quantity
    report_issued(quantities=issued)
    return moves


def _check_open(job: OrderLine) -> None:
    if job.held:
        raise Conflict(f"{job.order} {job} is on hold: {job.hold_reason}.", remedy="Resume it first.")
    if LIFECYCLE.states[job.state].final:
        raise Conflict(
            f"{job.order} {job} is {job.state_info.label.lower()}.", remedy="It needs no material."
        )


RESERVED = """
    SELECT reservation.id, lot.id, need.id, reservation.quantity - reservation.issued
    FROM procurement_reservation AS reservation
    JOIN planning_requirement AS need ON need.id = reservation.requirement_id
    JOIN procurement_lot AS lot ON lot.id = reservation.lot_id
    WHERE need.operation_id = ANY(%s) AND need.cancelled_at IS NULL
        AND reservation.issued < reservation.quantity
    ORDER BY lot.id, reservation.id FOR UPDATE OF lot
"""
ISSUE = """
    WITH taken AS (
        SELECT * FROM unnest(%(reservations)s::bigint[], %(lots)s::bigint[], %(needs)s::bigint[],
                             %(quantities)s::numeric[]) AS data(reservation_id, lot_id, need_id, quantity)
    ), lot AS (
        UPDATE procurement_lot AS lot
        SET on_hand = lot.on_hand - sums.quantity, reserved = lot.reserved - sums.quantity
        FROM (SELECT lot_id, sum(quantity) AS quantity FROM taken GROUP BY lot_id) AS sums
        WHERE lot.id = sums.lot_id
    ), reservation AS (
        UPDATE procurement_reservation AS reservation SET issued = reservation.issued + taken.quantity
        FROM taken WHERE reservation.id = reservation_id
    )
    INSERT INTO procurement_stockmove (lot_id, kind, quantity, requirement_id, reason, by_id, at)
    SELECT lot_id, 'issue', -quantity, need_id, '', %(by)s, %(now)s FROM taken ORDER BY lot_id, reservation_id
    RETURNING id, lot_id, quantity, requirement_id
"""


def _take(operation_ids: Sequence[int], by: User | None, now: datetime) -> list[StockMove]:
    """Lock the lots kept for these operations by id, then book all of it out; returns the ledger rows."""
    found = fetch(RESERVED, [list(operation_ids)])
    if not found:
        return []
    reservations, lots, needs, quantities = (list(column) for column in zip(*found, strict=True))
    values = {
        "reservations": reservations,
        "lots": lots,
        "needs": needs,
        "quantities": quantities,
        "by": by.pk if by else None,
        "now": now,
    }
    return [
        StockMove(
            id=id_,
            lot_id=lot,
            kind=StockMove.Kind.ISSUE,
            quantity=quantity,
            requirement_id=need,
            by=by,
            at=now,
        )
        for id_, lot, quantity, need in fetch(ISSUE, values)
    ]


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
