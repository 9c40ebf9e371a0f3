"""The people of the shop: each looks at what waits for them and does it, through the pages' own services."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import F, QuerySet

from kernel.errors import Conflict, Refused
from logistics.models import Carrier, Shipment
from logistics.services import PackageInput, deliver, pack, ship
from orders.models import OrderLine, Role, User
from planning.models import Operation, Requirement
from procurement.models import PurchaseOrder
from procurement.services import Receipt, issue_material, receive, send_purchase_order
from production.services import finish, start
from quality.models import Inspection, Result
from quality.services import decide, record

ON_THE_ROAD = timedelta(days=1)
Pace = Callable[[datetime | None, datetime], datetime | None]


def at_once(planned: datetime | None, now: datetime) -> datetime | None:
    """Nobody waits: everything that can be done is done now."""
    return now


def as_planned(planned: datetime | None, now: datetime) -> datetime | None:
    """People keep to the plan: a thing is done at its planned time, once that has come."""
    if planned is None:
        return now
    return planned if planned <= now else None


@dataclass
class Cast:
    """Who plays, at what pace, how often an inspection fails, and which orders they look at (None: all).

    With a `speed` above 0 an operation takes its minutes divided by it before it is finished.
    """

    people: Mapping[str, User]
    rng: Random
    pace: Pace = at_once
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


def play_round(cast: Cast, now: datetime) -> int:
    """Every role does what waits for it once; returns how many acts were done."""
    return sum(
        role(cast, now) for role in (buyers, suppliers, operators, inspectors, packers, shippers, carriers)
    )


def people() -> dict[str, User]:
    """One person per role of the demo shop."""
    cast: dict[str, User] = {}
    for user in User.objects.filter(is_active=True).order_by("id"):
        for role in user.roles:
            cast.setdefault(role, user)
    return cast


def buyers(cast: Cast, now: datetime) -> int:
    """Send every draft purchase order that serves our jobs."""
    drafts = _purchase_orders(cast, [PurchaseOrder.Status.DRAFT])
    by = cast.people.get(Role.BUYER)
    return sum(
        cast.tries(lambda each=each: send_purchase_order(purchase_order=each, by=by, now=now))
        for each in drafts
    )


def _purchase_orders(cast: Cast, statuses: Collection[str]) -> list[PurchaseOrder]:
    found = PurchaseOrder.objects.filter(
        status__in=statuses,
        lines__pegs__requirement__line__in=cast.lines().filter(state__in=("procurement", "production")),
    )
    return list(found.distinct().order_by("id"))


def suppliers(cast: Cast, now: datetime) -> int:
    """Deliver what was ordered, each line under a lot number of its own, when it is due."""
    sent = _purchase_orders(cast, [PurchaseOrder.Status.SENT, PurchaseOrder.Status.PARTIAL])
    return sum(_receive(cast, order, now) for order in sent)


def _receive(cast: Cast, order: PurchaseOrder, now: datetime) -> int:
    lines = [
        line for line in order.lines.filter(received__lt=F("quantity")) if cast.due(line.expected_at, now)
    ]
    if not lines:
        return 0
    receipts = [
        Receipt(line=line, quantity=line.quantity - line.received, lot_number=f"{order.number}-{line.id}")
        for line in lines
    ]
    by = cast.people.get(Role.BUYER)
    return cast.tries(lambda: receive(purchase_order=order, receipts=receipts, by=by, now=now))


def operators(cast: Cast, now: datetime) -> int:
    """Finish what has run its time; issue material for and start what is ready."""
    lines = cast.lines().filter(state="production")
    found = Operation.objects.filter(line__in=lines, status__in=("ready", "running", "paused"))
    acts = 0
    for operation in found.select_related("line__order", "machine").order_by("during", "id"):
        act = _finish if operation.status == Operation.Status.RUNNING else _start
        acts += act(cast, operation, now)
    return acts


def _start(cast: Cast, operation: Operation, now: datetime) -> int:
    moment = cast.pace(operation.planned_start, now)
    if moment is None:
        return 0
    by = cast.people.get(Role.OPERATOR)
    acts = 0
    if Requirement.objects.filter(operation=operation, issued__lt=F("quantity"), cancelled_at=None).exists():
        acts += cast.tries(lambda: issue_material(operation=operation, by=by, now=moment))
    acts += cast.tries(lambda: start(operation=operation, by=by, now=moment))
    return acts


def _finish(cast: Cast, operation: Operation, now: datetime) -> int:
    moment = cast.pace(operation.planned_end, now)
    if moment is None or not _has_run(cast, operation, now):
        return 0
    by = cast.people.get(Role.OPERATOR)
    moment = max(moment, operation.started_at or moment)
    return cast.tries(lambda: finish(operation=operation, good=operation.line.quantity, by=by, now=moment))


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
    by = cast.people.get(Role.SHIPPER)
    return sum(
        cast.tries(
            lambda each=each: deliver(
                shipment_id=each.id, received_by="Goods reception", at=now, by=by, now=now
            )
        )
        for each in _shipments(cast, Shipment.Status.SHIPPED)
        if each.shipped_at and cast.pace(each.shipped_at + ON_THE_ROAD * (cast.pace is as_planned), now)
    )
