"""Which jobs may leave, and into which packages they go."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from kernel import clock
from kernel.bases import next_numbers
from kernel.errors import Conflict, Refused
from logistics.models import Package, PackedLine, Shipment
from orders.lifecycle import LIFECYCLE
from orders.models import Move, Order, OrderLine, Role, ShipPolicy, User
from orders.services import Work, close_work, open_work

BEFORE_LOGISTICS = frozenset(code for code, state in LIFECYCLE.states.items() if state.rank < 6)
MAX_KG = Decimal(100_000)


Versions = Mapping[int, int | None]
"""Shipments by id, each with the version it is expected at; None for any."""


@dataclass(frozen=True)
class PackageInput:
    """One package to make: what it is, its gross weight in kg, and pieces by job id."""

    kind: str
    gross_kg: Decimal
    contents: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Packing:
    """What goes into the packages of one shipment."""

    shipment_id: int
    packages: Sequence[PackageInput]
    version: int | None = None


def prepare_deliveries(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Plan a shipment for every order whose ship policy lets these jobs leave, and ask to pack it."""
    plan_shipments({move.line.order_id for move in moves}, now or clock.now())


def plan_shipments(order_ids: Collection[int], now: datetime) -> None:
    """Level-triggered: one planned shipment per order that has something to pack; the orders are locked."""
    ready = {order.id: order for order in _orders_ready_to_pack(order_ids)}
    planned = set(
        Shipment.objects.filter(order_id__in=ready, status=Shipment.Status.PLANNED).values_list(
            "order_id", flat=True
        )
    )
    missing = [order for order_id, order in ready.items() if order_id not in planned]
    numbers = next_numbers("SHP", now.year, len(missing)) if missing else []
    Shipment.objects.bulk_create(
        Shipment(number=number, order=order) for number, order in zip(numbers, missing, strict=True)
    )
    _ask_to_pack(missing, now)


def _orders_ready_to_pack(order_ids: Collection[int]) -> list[Order]:
    orders = Order.objects.filter(id__in=list(order_ids)).prefetch_related("lines").select_related("customer")
    packed = set(
        PackedLine.objects.filter(line__order_id__in=list(order_ids)).values_list("line_id", flat=True)
    )
    return [order for order in orders if _may_leave(order.lines.all(), order.ship_policy, packed)]


def _may_leave(lines: Iterable[OrderLine], policy: str, packed: Collection[int]) -> bool:
    states = [line.state for line in lines if not line.state_info.final]
    waiting = any(line.state == "logistics" and line.id not in packed for line in lines)
    return waiting and (policy == ShipPolicy.AS_READY or not BEFORE_LOGISTICS & set(states))


def _ask_to_pack(orders: Sequence[Order], now: datetime) -> None:
    items = []
    for order in orders:
        lines = [line for line in order.lines.all() if line.state == "logistics"]
        items.append(
            Work(
                key=f"pack:{order.id}",
                role=Role.SHIPPER,
                reason=f"Pack {order.reference} for {order.customer.name}",
                url=reverse("logistics:order", args=[order.reference]),
                line=lines[0],
                due_at=min((line.promised_at for line in lines if line.promised_at), default=None),
            )
        )
    if items:
        open_work(items=items, now=now)


def pack(
    *,
    shipment_id: int,
    packages: Sequence[PackageInput],
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Shipment:
    """Pack one shipment; see `pack_all`."""
    return pack_all(packings=[Packing(shipment_id, packages, version)], by=by, now=now)[0]


@transaction.atomic
def pack_all(*, packings: Sequence[Packing], by: User | None, now: datetime | None = None) -> list[Shipment]:
    """Pack whole jobs into packages, those of an order into one shipment; they are then ready for a carrier.

    Every job packed is packed in full. All or nothing. Refused: no package, a job that is not waiting here or
    is on hold, a quantity that does not add up, a weight that is not positive; Conflict: another state, a
    stale version. 6 statements for any number of shipments.
    """
    now = now or clock.now()
    versions = {packing.shipment_id: packing.version for packing in packings}
    shipments = lock_shipments(versions, Shipment.Status.PLANNED)
    waiting = _lines_to_pack(shipments)
    items = []
    for packing, shipment in zip(packings, shipments, strict=True):
        lines = waiting[shipment.order_id]
        _check_packages(packing.packages)
        _check_contents(packing.packages, lines, shipment.order)
        items.append(_ask_to_ship(shipment, lines[packing.packages[0].contents[0][0]]))
    _write_packages(packings)
    _set_status(shipments, Shipment.Status.PACKED)
    done = [f"pack:{shipment.order_id}" for shipment in shipments]
    open_work(items=items, closing=done, by=by, now=now)
    return shipments


def _write_packages(packings: Sequence[Packing]) -> None:
    wanted = [
        (
            Package(shipment_id=packing.shipment_id, number=number, kind=each.kind, gross_kg=each.gross_kg),
            each,
        )
        for packing in packings
        for number, each in enumerate(packing.packages, start=1)
    ]
    Package.objects.bulk_create(package for package, _ in wanted)
    PackedLine.objects.bulk_create(
        PackedLine(package=package, line_id=line_id, quantity=quantity)
        for package, each in wanted
        for line_id, quantity in each.contents
    )


def lock_shipments(versions: Versions, status: str) -> list[Shipment]:
    """The shipments, in the order named, with their orders locked, in one statement.

    Conflict where one is in another state or was changed.
    """
    shipments = Shipment.objects.select_related("order__customer", "order__ship_to").order_by(
        "order_id", "id"
    )
    locked = shipments.select_for_update(of=("order", "self"), no_key=True).in_bulk(list(versions))
    for shipment_id, version in versions.items():
        shipment = locked[shipment_id]
        if shipment.status != status:
            raise Conflict(
                f"Shipment {shipment.number} is {shipment.get_status_display().lower()}.",
                remedy="Reload the page to see what was done.",
            )
        if version is not None and version != shipment.version:
            raise Conflict(
                f"Shipment {shipment.number} was changed meanwhile.", remedy="Reload the page and try again."
            )
    return [locked[shipment_id] for shipment_id in versions]


def _lines_to_pack(shipments: Sequence[Shipment]) -> dict[int, dict[int, OrderLine]]:
    """The jobs that wait for packing, by order and id."""
    found: dict[int, dict[int, OrderLine]] = {shipment.order_id: {} for shipment in shipments}
    lines = OrderLine.objects.filter(order__in=list(found), state="logistics", packed=None)
    for line in lines.order_by("position"):
        found[line.order_id][line.id] = line
    return found


def _check_packages(packages: Sequence[PackageInput]) -> None:
    if not any(package.contents for package in packages):
        raise Refused("Nothing is packed.", field="packages", remedy="Put at least one line into a package.")
    for package in packages:
        if not package.contents:
            raise Refused(
                "A package is empty.", field="packages", remedy="Put a line into it or leave it out."
            )
        if not Decimal(0) < package.gross_kg <= MAX_KG:
            raise Refused(
                "The gross weight must be above 0 and at most 100 000 kg.",
                field="gross_kg",
                remedy="Weigh the package.",
            )
        if not 0 < len(package.kind.strip()) <= 40:
            raise Refused(
                "The kind of package takes 1 to 40 characters.", field="kind", remedy="Say Carton or Crate."
            )


def _check_contents(packages: Sequence[PackageInput], lines: dict[int, OrderLine], order: Order) -> None:
    packed: Counter[int] = Counter()
    for package in packages:
        for line_id, quantity in package.contents:
            if quantity <= 0:
                raise Refused(
                    "Packed quantities must be above zero.", field="quantity", remedy="Leave the line out."
                )
            packed[line_id] += quantity
    for line_id, quantity in packed.items():
        line = lines.get(line_id)
        if line is None:
            raise Refused("A line is not waiting to be packed.", field="packages", remedy="Reload the page.")
        if line.held:
            raise Conflict(f"Line {line.position} is on hold: {line.hold_reason}.", remedy="Resume it first.")
        if quantity != line.quantity:
            raise Refused(
                f"Line {line.position}: {quantity} of {line.quantity} pieces are packed.",
                field="quantity",
                remedy="Pack all of them.",
            )
    if order.ship_policy == ShipPolicy.COMPLETE and set(packed) != set(lines):
        raise Refused(
            "This order ships complete.",
            field="packages",
            remedy="Pack every line, or ask sales to ship as ready.",
        )


def _ask_to_ship(shipment: Shipment, line: OrderLine) -> Work:
    return Work(
        key=f"ship:{shipment.id}",
        role=Role.SHIPPER,
        reason=f"Ship {shipment.order.reference} to {shipment.order.customer.name}",
        url=reverse("logistics:shipment", args=[shipment.number]),
        line=line,
        due_at=line.promised_at,
    )


def _set_status(shipments: Sequence[Shipment], status: Shipment.Status) -> None:
    ids = [shipment.id for shipment in shipments]
    Shipment.objects.filter(id__in=ids).update(status=status, version=F("version") + 1)
    for shipment in shipments:
        shipment.status = status
        shipment.version += 1


def withdraw_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Take cancelled jobs out of shipments that have not left; what has left is named to the shipper."""
    now = now or clock.now()
    gone = {move.line_id: move.line for move in moves}
    packed = PackedLine.objects.filter(line_id__in=gone).select_related("package__shipment")
    shipments = {row.package.shipment_id: row.package.shipment for row in packed}
    _recall([(row.package.shipment, gone[row.line_id]) for row in packed], now)
    unsent = [id_ for id_, shipment in shipments.items() if shipment.status == Shipment.Status.PACKED]
    Package.objects.filter(shipment_id__in=unsent).delete()
    _back_to_planned(unsent, now)
    order_ids = {line.order_id for line in gone.values()}
    plan_shipments(order_ids, now)
    _drop_empty(order_ids, now)


def _recall(sent: Sequence[tuple[Shipment, OrderLine]], now: datetime) -> None:
    items = [
        Work(
            key=_recall_key(line.id),
            role=Role.SHIPPER,
            reason=f"{shipment.order.reference} line {line.position} was cancelled in transit: return it",
            url=reverse("logistics:shipment", args=[shipment.number]),
        )
        for shipment, line in sent
        if shipment.status == Shipment.Status.SHIPPED
    ]
    left = {shipment.id for shipment, _ in sent if shipment.status == Shipment.Status.SHIPPED}
    travelling = PackedLine.objects.filter(package__shipment__in=left, line__state="in_transit")
    left -= set(travelling.values_list("package__shipment_id", flat=True))
    if items:
        nothing_to_deliver = [f"deliver:{shipment_id}" for shipment_id in left]
        open_work(items=items, closing=nothing_to_deliver, now=now)


def recall_keys(shipments: Sequence[Shipment]) -> list[str]:
    """The keys of the work items that ask for the return of these shipments' jobs."""
    packed = PackedLine.objects.filter(package__shipment__in=shipments).order_by("line_id")
    return [_recall_key(line_id) for line_id in packed.values_list("line_id", flat=True).distinct()]


def _recall_key(line_id: int) -> str:
    return f"recall:{line_id}"


def _back_to_planned(shipment_ids: Sequence[int], now: datetime) -> None:
    """Unpacked shipments with jobs left must be packed anew."""
    Shipment.objects.filter(id__in=shipment_ids).update(
        status=Shipment.Status.PLANNED, version=F("version") + 1
    )
    close_work(keys=[f"ship:{shipment_id}" for shipment_id in shipment_ids], now=now)
    orders = Order.objects.filter(shipments__in=shipment_ids, lines__state="logistics").distinct()
    _ask_to_pack(list(orders.prefetch_related("lines").select_related("customer")), now)


def _drop_empty(order_ids: Collection[int], now: datetime) -> None:
    """A planned shipment of an order with nothing left to pack is cancelled."""
    with_goods = OrderLine.objects.filter(order_id__in=list(order_ids), state="logistics")
    empty = Shipment.objects.filter(order_id__in=list(order_ids), status=Shipment.Status.PLANNED).exclude(
        order_id__in=with_goods.values("order_id")
    )
    ids = list(empty.values_list("id", "order_id"))
    Shipment.objects.filter(id__in=[id_ for id_, _ in ids]).update(
        status=Shipment.Status.CANCELLED, version=F("version") + 1
    )
    close_work(keys=[f"pack:{order_id}" for _, order_id in ids], now=now)
