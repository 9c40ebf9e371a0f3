"""The people of the shop: each looks at what waits for them and does it, through the pages' own services."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from random import Random

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kernel.errors import Conflict, Refused
from logistics.models import Carrier, Shipment
from logistics.services import PackageInput, deliver, pack, ship
from orders.models import OrderLine, Role, User
from planning.models import Operation, Requirement
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from procurement.services import Receipt, issue_material, receive, send_purchase_order
from production.services import finish, start
from quality.models import Inspection, Result
from quality.services import decide, record

ON_THE_ROAD = timedelta(days=1)


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
    acts = 0
    for operation in _at_hand(cast, now):
        act = _finish if operation.status == Operation.Status.RUNNING else _start
        acts += act(cast, operation, now)
    return acts


def _at_hand(cast: Cast, now: datetime) -> QuerySet[Operation]:
    """Operations somebody can act on, with what is still to be issued for them."""
    found = Operation.objects.filter(
        line__in=cast.lines().filter(state="production"), status__in=("ready", "running", "paused")
    )
    if cast.by_plan:
        ended = Q(status="running", during__endswith__lte=now)
        found = found.filter(ended | (~Q(status="running") & Q(during__startswith__lte=now)))
    short = Requirement.objects.filter(operation=OuterRef("id"), issued__lt=F("quantity"), cancelled_at=None)
    return (
        found.annotate(to_issue=Exists(short))
        .select_related("line__order", "machine")
        .order_by("during", "id")
    )


def _start(cast: Cast, operation: Operation, now: datetime) -> int:
    moment = operation.planned_start if cast.by_plan and operation.planned_start else now
    by = cast.people.get(Role.OPERATOR)
    acts = 0
    if getattr(operation, "to_issue", False):
        acts += cast.tries(lambda: issue_material(operation=operation, by=by, now=moment))
    return acts + cast.tries(lambda: start(operation=operation, by=by, now=moment))


def _finish(cast: Cast, operation: Operation, now: datetime) -> int:
    if not _has_run(cast, operation, now):
        return 0
    moment = operation.planned_end if cast.by_plan and operation.planned_end else now
    moment = max(moment, operation.started_at or moment)
    by, good = cast.people.get(Role.OPERATOR), operation.line.quantity
    return cast.tries(lambda: finish(operation=operation, good=good, by=by, now=moment))


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
    ready = waiting.exclude(opened_at=None).prefetch_related("results").order_by("id")
    return sum(_inspect(cast, inspection, now) for inspection in ready)


def _inspect(cast: Cast, inspection: Inspection, now: datetime) -> int:
    by = cast.people.get(Role.INSPECTOR)
    results = list(inspection.results.all())
    bad = inspection.loop == 0 and cast.rng.random() < cast.failing
    values = {result.number: _value(result) for result in results}
    if bad and results:
        values[results[-1].number] = _bad_value(results[-1])
    done = cast.tries(lambda: record(inspection=inspection, values=values, by=by, now=now))
    return done + cast.tries(lambda: decide(inspection=inspection, by=by, now=now))


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
    return sum(_pack(cast, shipment, now) for shipment in _shipments(cast, Shipment.Status.PLANNED))


def _shipments(cast: Cast, status: str) -> Iterable[Shipment]:
    found = Shipment.objects.filter(status=status).order_by("id")
    return list(found if cast.order_ids is None else found.filter(order_id__in=cast.order_ids))


def _pack(cast: Cast, shipment: Shipment, now: datetime) -> int:
    lines = OrderLine.objects.filter(order_id=shipment.order_id, state="logistics", packed=None, held_at=None)
    contents = tuple((line.id, line.quantity) for line in lines)
    if not contents:
        return 0
    weight = Decimal(12) * sum(quantity for _, quantity in contents)
    packages = [PackageInput(kind="Pallet" if weight > 60 else "Carton", gross_kg=weight, contents=contents)]
    by = cast.people.get(Role.SHIPPER)
    return cast.tries(lambda: pack(shipment_id=shipment.id, packages=packages, by=by, now=now))


def shippers(cast: Cast, now: datetime) -> int:
    """Hand what is packed to a carrier."""
    packed = _shipments(cast, Shipment.Status.PACKED)
    couriers = list(Carrier.objects.order_by("id"))
    return sum(_ship(cast, shipment, cast.rng.choice(couriers), now) for shipment in packed)


def _ship(cast: Cast, shipment: Shipment, carrier: Carrier, now: datetime) -> int:
    tracking = f"{carrier.code}{shipment.id:08d}"
    by = cast.people.get(Role.SHIPPER)
    return cast.tries(
        lambda: ship(shipment_id=shipment.id, carrier=carrier, tracking_number=tracking, by=by, now=now)
    )


def carriers(cast: Cast, now: datetime) -> int:
    """Deliver what is on its way."""
    return sum(
        _deliver(cast, shipment, now)
        for shipment in _shipments(cast, Shipment.Status.SHIPPED)
        if shipment.shipped_at and (not cast.by_plan or shipment.shipped_at + ON_THE_ROAD <= now)
    )


def _deliver(cast: Cast, shipment: Shipment, now: datetime) -> int:
    by = cast.people.get(Role.SHIPPER)
    return cast.tries(
        lambda: deliver(shipment_id=shipment.id, received_by="Goods reception", at=now, by=by, now=now)
    )
