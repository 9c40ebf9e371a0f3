"""A small warehouse: items, a supplier, and jobs whose operations need material."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Item, Move, OrderLine, Role, User
from orders.services import advance_all
from planning.models import Operation, Requirement
from procurement import services
from procurement.models import PurchaseOrder, Supplier, SupplierItem
from tests.planning.shop import MONDAY, Shop, build_shop, make_job, make_operations

NOW = MONDAY
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT")


@contextmanager
def at_most(limit: int) -> Iterator[CaptureQueriesContext]:
    """No more than `limit` statements; the savepoints of the test's own transaction do not count."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
    sent = [each["sql"] for each in captured if not each["sql"].startswith(MARKS)]
    assert len(sent) <= limit, "\n".join(
        [f"{len(sent)} statements", *(" ".join(sql.split())[:160] for sql in sent)]
    )


@dataclass
class Store:
    """What the tests refer to by name."""

    shop: Shop
    supplier: Supplier
    buyer: User
    items: list[Item]

    def job(self, *quantities: str, need_in_days: int = 10, state: str = "procurement") -> OrderLine:
        """A planned job whose first operation needs the items in these quantities ("0": not needed)."""
        line = make_job(self.shop, state="planning")
        first, _ = make_operations(self.shop, line)
        Requirement.objects.bulk_create(
            Requirement(
                line=line,
                operation=first,
                item=item,
                find_number=number,
                quantity=Decimal(quantity),
                unit=item.unit,
                need_by=NOW + timedelta(days=need_in_days),
            )
            for number, (item, quantity) in enumerate(zip(self.items, quantities, strict=False), 1)
            if quantity != "0"
        )
        if state == "procurement":
            advance_all(keys={line.id: "planned"}, event="planned", now=NOW)
            line.refresh_from_db()
        return line

    def moves(self, *lines: OrderLine) -> list[Move]:
        """The moves by which these jobs came to procurement, as a handover carries them."""
        return list(Move.objects.filter(line__in=lines, event="planned").select_related("line__order"))

    def source(self, *lines: OrderLine) -> None:
        """Source these jobs."""
        services.source_jobs(moves=self.moves(*lines), now=NOW)

    def sent(self, *lines: OrderLine) -> PurchaseOrder:
        """Source these jobs and send the one draft that comes of it."""
        self.source(*lines)
        draft = PurchaseOrder.objects.get(status="draft")
        return services.send_purchase_order(purchase_order=draft, by=self.buyer, now=NOW)

    def receive(self, order: PurchaseOrder, quantity: str | None = None) -> PurchaseOrder:
        """Receive so much of every open line, or all."""
        receipts = [
            services.Receipt(
                line, Decimal(quantity) if quantity else line.outstanding, f"LOT-{line.received}"
            )
            for line in order.lines.all()
            if line.outstanding
        ]
        return services.receive(purchase_order=order, receipts=receipts, by=self.buyer, now=NOW)

    def stock(self, *quantities: str, number: str = "L1") -> None:
        """Free stock of the items."""
        pairs = zip(self.items, quantities, strict=False)
        openings = [services.Opening(item, number, Decimal(quantity)) for item, quantity in pairs]
        services.open_stock(openings=openings, now=NOW)


def build_store(items: int = 2, pack: str = "1") -> Store:
    """Items in pieces, all from one supplier in a week."""
    supplier = Supplier.objects.create(code="ALPHA", name="Alpha Parts")
    found = [Item.objects.create(number=f"P-{number}", description="Part") for number in range(1, items + 1)]
    for item in found:
        SupplierItem.objects.create(
            supplier=supplier, item=item, price=Decimal("2.5"), lead_time_days=7, pack_size=Decimal(pack)
        )
    buyer = User.objects.create_user("buyer@shop.example", "a long passphrase", roles=[Role.BUYER])
    return Store(build_shop(), supplier, buyer, found)


@pytest.fixture
def store(db: None) -> Store:
    """Two items in packs of one."""
    return build_store()


@pytest.fixture
def packs(db: None) -> Store:
    """Two items in packs of ten."""
    return build_store(pack="10")


@pytest.fixture
def first_operation() -> Callable[[OrderLine], Operation]:
    """The operation a job begins with."""
    return lambda line: line.operations.order_by("sequence")[0]
