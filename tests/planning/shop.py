"""A small shop for the tests of planning: one calendar, three work centres, jobs of a few operations."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from orders.models import Customer, Item, Move, Order, OrderLine, Process, Product, Snapshot
from planning.models import Calendar, Machine, Operation, Requirement, Shift, WorkCentre

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""A Monday, 08:00 in Berlin: the day shift has just begun."""

_numbers = count(50_001)
"""Far from those that quotations of the same test get."""


@dataclass
class Shop:
    """What the tests refer to by name."""

    calendar: Calendar
    centres: dict[str, WorkCentre] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)


def build_shop(machines: int = 2, start: time = time(8), end: time = time(16)) -> Shop:
    """CUT and FIT with `machines` machines each, on one shift from Monday to Friday."""
    calendar = Calendar.objects.create(code="DAY", name="Day shift")
    Shift.objects.create(calendar=calendar, name="Day", weekdays=[0, 1, 2, 3, 4], starts=start, ends=end)
    shop = Shop(calendar)
    for position, code in enumerate(("CUT", "FIT")):
        process = shop.processes[code] = Process.objects.create(code=code, name=code.title())
        centre = WorkCentre.objects.create(
            code=f"WC-{code}", name=code.title(), calendar=calendar, position=position
        )
        centre.processes.add(process)
        shop.centres[code] = centre
        for number in range(1, machines + 1):
            name = f"{code}-{number}"
            shop.machines[name] = Machine.objects.create(work_centre=centre, code=name, name=name)
    shop.items["steel"] = Item.objects.create(number="STEEL", description="Steel", unit="kg")
    return shop


def soon() -> datetime:
    """In ten minutes: what is planned from then on is not overtaken by the clock while a test looks at it."""
    return timezone.now() + timedelta(minutes=10)


def open_always(shop: Shop, closed: int | None = None) -> None:
    """Day and night without a gap at midnight, every day but that weekday (0: Monday).

    For tests that live in the present: what they see must not depend on the hour of the day.
    """
    days = [day for day in range(7) if day != closed]
    shop.calendar.shifts.update(weekdays=days, starts=time(0), ends=time(0))


def step(
    process: Process, sequence: int, minutes: int = 60, setup: int = 0, family: str = ""
) -> dict[str, object]:
    """A row of a snapshot's routing."""
    return {
        "sequence": sequence,
        "name": process.name,
        "process_id": process.id,
        "process": process.code,
        "setup_minutes": setup,
        "run_minutes": minutes,
        "unattended": False,
        "setup_family": family,
        "instructions": "",
    }


def material(item: Item, operation: int, quantity: str = "5", number: int = 1) -> dict[str, object]:
    """A row of a snapshot's bill of materials."""
    return {
        "find_number": number,
        "item_id": item.id,
        "item": item.number,
        "description": item.description,
        "quantity": quantity,
        "unit": "kg",
        "operation": operation,
    }


def make_job(
    shop: Shop,
    *,
    state: str = "planning",
    routing: list[dict[str, object]] | None = None,
    bom: list[dict[str, object]] | None = None,
    characteristics: list[dict[str, object]] | None = None,
    specification: list[dict[str, object]] | None = None,
    promised: datetime | None = None,
    now: datetime = MONDAY,
) -> OrderLine:
    """A confirmed job with a snapshot: cut and fit, an hour each, unless said otherwise."""
    number = next(_numbers)
    customer, _ = Customer.objects.get_or_create(code="ACME", defaults={"name": "Acme"})
    product, _ = Product.objects.get_or_create(code="P", defaults={"name": "Product", "base_price": 100})
    order = Order.objects.create(
        quotation_number=f"QUO-2026-{number:05d}",
        number=f"SO-2026-{number:05d}",
        customer=customer,
        currency="EUR",
        state=state,
        confirmed_at=now,
    )
    line = OrderLine.objects.create(
        order=order,
        position=10,
        product=product,
        quantity=1,
        unit_price=Decimal(100),
        state=state,
        entered_at=now,
        promised_at=promised or now + timedelta(days=14),
    )
    default = [step(shop.processes["CUT"], 10), step(shop.processes["FIT"], 20)]
    Snapshot.objects.create(
        line=line,
        product_revision=1,
        specification=specification or [],
        bom=bom or [],
        routing=default if routing is None else routing,
        characteristics=characteristics or [],
        sha256="",
    )
    return line


def make_operations(shop: Shop, line: OrderLine, *, status: str = "pending") -> list[Operation]:
    """The operations of the job's routing, as they stand before any plan."""
    return [
        Operation.objects.create(
            line=line,
            sequence=row["sequence"],
            name=row["name"],
            process_id=row["process_id"],
            setup_minutes=row["setup_minutes"],
            run_minutes=row["run_minutes"],
            status=status,
        )
        for row in line.snapshot.routing
    ]


def require(operation: Operation, item: Item, quantity: str = "5", available: str = "0") -> Requirement:
    """Material the operation needs, of which `available` is here."""
    return Requirement.objects.create(
        line_id=operation.line_id,
        operation=operation,
        item=item,
        find_number=1,
        quantity=Decimal(quantity),
        available=Decimal(available),
        unit="kg",
    )


def moves_to_planning(*lines: OrderLine) -> list[Move]:
    """The moves by which these jobs came to planning, as a handover carries them."""
    moves = Move.objects.bulk_create(
        Move(
            line=line,
            number=line.moves_made + 1,
            key=f"confirm:{line.id}",
            event="confirm",
            source="quoted",
            target="planning",
            at=MONDAY,
        )
        for line in lines
    )
    for line in lines:
        line.moves_made = 1
    OrderLine.objects.bulk_update(lines, ["moves_made"])
    return moves
