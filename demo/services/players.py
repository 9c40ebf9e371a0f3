"""The people of the shop: each looks at what waits for them and does it, through the pages' own services."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from random import Random
from typing import TypeVar

from django.db.models import Exists, F, OuterRef, QuerySet

from kernel.errors import Conflict, Refused
from logistics.models import Carrier, Shipment
from logistics.services import (
    PackageInput,
    Packing,
    Pickup,
    Proof,
    deliver_all,
    pack_all,
    ship_all,
)
from orders.models import OrderLine, Role, User
from planning.models import Operation, Requirement
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from procurement.services import Receipt, issue_materials, receive, send_purchase_order
from production.services import Count, finish_all, start_all
from quality.models import Inspection, Result
from quality.services import Sheet, decide_all, record_all

Row = TypeVar("Row")
ON_THE_ROAD = timedelta(days=1)
HANDFUL = 30
"""So much is acted on at once."""


@dataclass
class Cast:
    """Who plays, how often an inspection fails, and which orders they look at (None: all).

    `by_plan`: people act at the planned time, once it has come; otherwise nobody waits for anything. With a
    `speed` above 0 an operation takes its minutes divided by it before it is finished.
    """

    people: Mapping[str, User]
    rng: Random
    by_plan: bool = False
    failing: float = 0.0
    order_ids: Collection[int] | None = None
    speed: float = 0.0
    refusals: dict[str, int] = field(default_factory=dict)

    def lines(self) -> QuerySet[OrderLine]:
        """The jobs this cast looks at."""
        found = OrderLine.objects.filter(held_at=None)
        return found if self.order_ids is None else found.filter(order_id__in=self.order_ids)

    def tries(self, act: Callable[[], object]) -> int:
        """1 where it was done; 0 where the shop said no, which may be otherwise by the next round."""
        try:
            act()
        except (Refused, Conflict) as refusal:
            self.refusals[refusal.message] = self.refusals.get(refusal.message, 0) + 1
            return 0
        return 1

    def together(self, rows: Sequence[Row], act: Callable[[Sequence[Row]], object]) -> int:
        """Act on a HANDFUL at a time, one by one where the shop says no to a handful; how many were done."""
        done = 0
        for first in range(0, len(rows), HANDFUL):
            handful = rows[first : first + HANDFUL]
            if self.tries(partial(act, handful)):
                done += len(handful)
            elif len(handful) > 1:
                done += sum(self.tries(partial(act, [row])) for row in handful)
        return done


def play_round(cast: Cast, now: datetime, resting: Collection[str] = ()) -> int:
    """Every role does what waits for it once, but for those resting; returns how many acts were done."""
    roles = (buyers, suppliers, operators, inspectors, packers, shippers, carriers)
    return sum(role(cast, now) for role in roles if role.__name__ not in resting)


def people() -> dict[str, User]:
    """One person per role of the demo shop."""
    cast: dict[str, User] = {}
    for user in User.objects.filter(is_active=True).order_by("id"):
        for role in user.roles:
            cast.setdefault(role, user)
    return cast


def buyers(cast: Cast, now: datetime) -> int:
    """Send every draft purchase order that serves our jobs."""
    lines = _purchase_lines(cast).filter(order__status=PurchaseOrder.Status.DRAFT)
    drafts = list({line.order_id: line.order for line in lines}.values())
    return sum(_send(cast, order, now) for order in drafts)


def _send(cast: Cast, order: PurchaseOrder, now: datetime) -> int:
    by = cast.people.get(Role.BUYER)
    return cast.tries(lambda: send_purchase_order(purchase_order=order, by=by, now=now))


def _purchase_lines(cast: Cast) -> QuerySet[PurchaseOrderLine]:
    """What is bought for our jobs."""
    served = cast.lines().filter(state__in=("procurement", "production"))
    found = PurchaseOrderLine.objects.filter(
        Exists(Peg.objects.filter(purchase_line=OuterRef("id"), requirement__line__in=served))
    )
    return found.select_related("order__supplier", "item").order_by("order_id", "id")


def suppliers(cast: Cast, now: datetime) -> int:
    """Deliver what was ordered, each line under a lot number of its own, when it is due."""
    coming = _purchase_lines(cast).filter(order__status__in=("sent", "partial"), received__lt=F("quantity"))
    if cast.by_plan:
        coming = coming.filter(expected_at__lte=now)
    return sum(
        _receive(cast, order, list(lines), now)
        for order, lines in groupby(coming, key=lambda line: line.order)
    )


def _receive(cast: Cast, order: PurchaseOrder, lines: list[PurchaseOrderLine], now: datetime) -> int:
    receipts = [
        Receipt(line=line, quantity=line.quantity - line.received, lot_number=f"{order.number}-{line.id}")
        for line in lines
    ]
    by = cast.people.get(Role.BUYER)
    return cast.tries(lambda: receive(purchase_order=order, receipts=receipts, by=by, now=now))


def operators(cast: Cast, now: datetime) -> int:
    """Finish what has run its time; issue material for and start what is ready."""
    return _finish(cast, now) + _start(cast, now)


def _at_hand(cast: Cast, *statuses: str) -> QuerySet[Operation]:
    """Operations in these states that somebody can act on."""
    found = Operation.objects.filter(line__in=cast.lines().filter(state="production"), status__in=statuses)
    return found.select_related("line__order", "machine").order_by("during", "id")


def _finish(cast: Cast, now: datetime) -> int:
    by, running = cast.people.get(Role.OPERATOR), _at_hand(cast, Operation.Status.RUNNING)
    if cast.by_plan:
        running = running.filter(during__endswith__lte=now)
    ended = [operation for operation in running if _has_run(cast, operation, now)]
    acts = 0
    for moment, some in groupby(ended, lambda each: _moment(cast, each.planned_end, each.started_at, now)):
        counts = [Count(each, good=each.line.quantity) for each in some]
        acts += cast.together(counts, partial(_finish_all, by, moment))
    return acts


def _finish_all(by: User | None, now: datetime, counts: Sequence[Count]) -> None:
    finish_all(counts=counts, by=by, now=now)


def _start(cast: Cast, now: datetime) -> int:
    """What needs material gets it first."""
    short = Requirement.objects.filter(operation=OuterRef("id"), issued__lt=F("quantity"), cancelled_at=None)
    ready = _at_hand(cast, Operation.Status.READY, Operation.Status.PAUSED).annotate(to_issue=Exists(short))
    if cast.by_plan:
        ready = ready.filter(during__startswith__lte=now)
    by, acts = cast.people.get(Role.OPERATOR), 0
    for moment, some in groupby(ready, lambda each: _moment(cast, each.planned_start, None, now)):
        operations = list(some)
        to_issue = [each for each in operations if each.to_issue]
        acts += cast.together(to_issue, partial(_issue_all, by, moment))
        acts += cast.together(operations, partial(_start_all, by, moment))
    return acts


def _issue_all(by: User | None, now: datetime, operations: Sequence[Operation]) -> None:
    issue_materials(operations=operations, by=by, now=now)


def _start_all(by: User | None, now: datetime, operations: Sequence[Operation]) -> None:
    start_all(operations=operations, by=by, now=now)


def _moment(cast: Cast, planned: datetime | None, began: datetime | None, now: datetime) -> datetime:
    """When it is done: at the planned time for those who act by plan, never before it began."""
    moment = planned if cast.by_plan and planned else now
    return max(moment, began or moment)


def _has_run(cast: Cast, operation: Operation, now: datetime) -> bool:
    if not cast.speed or operation.started_at is None:
        return True
    minutes = operation.setup_minutes + operation.run_minutes
    return now >= operation.started_at + timedelta(minutes=minutes / cast.speed)


def inspectors(cast: Cast, now: datetime) -> int:
    """Measure everything, then decide; now and then a value is out of its limits."""
    waiting = Inspection.objects.filter(
        line__in=cast.lines().filter(state="quality"), status__in=("planned", "open")
    )
    ready = list(waiting.exclude(opened_at=None).prefetch_related("results").order_by("id"))
    by = cast.people.get(Role.INSPECTOR)
    sheets = [Sheet(inspection, _values(cast, inspection)) for inspection in ready]
    done = cast.together(sheets, lambda some: record_all(sheets=some, by=by, now=now))
    return done + cast.together(ready, lambda some: decide_all(versions=dict.fromkeys(some), by=by, now=now))


def _values(cast: Cast, inspection: Inspection) -> dict[int, Decimal | bool]:
    """What is measured; now and then the last value is a bad one."""
    results = list(inspection.results.all())
    bad = inspection.loop == 0 and cast.rng.random() < cast.failing
    values = {result.number: _value(result) for result in results}
    if bad and results:
        values[results[-1].number] = _bad_value(results[-1])
    return values


def _value(result: Result) -> Decimal | bool:
    if result.kind == Result.Kind.ATTRIBUTE:
        return True
    known = [value for value in (result.nominal, result.lower, result.upper) if value is not None]
    return known[0] if known else Decimal(0)


def _bad_value(result: Result) -> Decimal | bool:
    if result.kind == Result.Kind.ATTRIBUTE:
        return False
    return result.upper + 1 if result.upper is not None else Decimal(10**6)


def packers(cast: Cast, now: datetime) -> int:
    """Pack every planned shipment whole, one package for all."""
    by, planned = cast.people.get(Role.SHIPPER), _shipments(cast, Shipment.Status.PLANNED)
    waiting = OrderLine.objects.filter(state="logistics", packed=None, held_at=None)
    contents: dict[int, list[tuple[int, int]]] = {shipment.order_id: [] for shipment in planned}
    for line in waiting.filter(order__in=list(contents)).order_by("id"):
        contents[line.order_id].append((line.id, line.quantity))
    packings = [_packing(each.id, contents[each.order_id]) for each in planned if contents[each.order_id]]
    return cast.together(packings, lambda some: pack_all(packings=some, by=by, now=now))


def _packing(shipment_id: int, contents: Sequence[tuple[int, int]]) -> Packing:
    weight = Decimal(12) * sum(quantity for _, quantity in contents)
    kind = "Pallet" if weight > 60 else "Carton"
    return Packing(shipment_id, [PackageInput(kind=kind, gross_kg=weight, contents=tuple(contents))])


def _shipments(cast: Cast, status: str) -> list[Shipment]:
    found = Shipment.objects.filter(status=status).order_by("id")
    return list(found if cast.order_ids is None else found.filter(order_id__in=cast.order_ids))


def shippers(cast: Cast, now: datetime) -> int:
    """Hand what is packed to the carriers, each its share."""
    packed = _shipments(cast, Shipment.Status.PACKED)
    couriers = list(Carrier.objects.order_by("id")) if packed else []
    shares: dict[Carrier, list[Pickup]] = {}
    for shipment in packed:
        carrier = cast.rng.choice(couriers)
        shares.setdefault(carrier, []).append(Pickup(shipment.id, f"{carrier.code}{shipment.id:08d}"))
    return sum(_ship(cast, carrier, share, now) for carrier, share in shares.items())


def _ship(cast: Cast, carrier: Carrier, share: Sequence[Pickup], now: datetime) -> int:
    by = cast.people.get(Role.SHIPPER)
    return cast.together(share, lambda some: ship_all(pickups=some, carrier=carrier, by=by, now=now))


def carriers(cast: Cast, now: datetime) -> int:
    """Deliver what is on its way."""
    by, under_way = cast.people.get(Role.SHIPPER), _shipments(cast, Shipment.Status.SHIPPED)
    proofs = [
        Proof(shipment.id, "Goods reception", now)
        for shipment in under_way
        if shipment.shipped_at and (not cast.by_plan or shipment.shipped_at + ON_THE_ROAD <= now)
    ]
    return cast.together(proofs, lambda some: deliver_all(proofs=some, by=by, now=now))
