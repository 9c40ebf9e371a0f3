"""A large installation from a small one: whole order graphs cloned by SQL, with all that hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Field, ForeignKey, Max, Min, Model, QuerySet

import benchmarks.ready  # noqa: F401 - Django first
from logistics.models import Package, PackedLine, Shipment
from orders.models import (
    Address,
    Customer,
    DateChange,
    Document,
    Handover,
    Item,
    Milestone,
    Move,
    Order,
    OrderLine,
    QuotationRevision,
    Snapshot,
    WorkItem,
)
from planning.models import Operation, Requirement
from procurement.models import (
    Lot,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Reservation,
    StockMove,
    Supplier,
    SupplierItem,
)
from production.models import TimeEntry, WorkOrder
from quality.models import Inspection, Nonconformance, Result

STEP = 1_000_000
ZERO = Decimal(0)
HISTORY = timedelta(days=730)
AGAIN = 40
CLONED: tuple[type[Model], ...] = (
    Customer, Address, Item, Supplier, SupplierItem, Order, OrderLine, QuotationRevision, Snapshot, Move,
    Handover, Milestone, DateChange, Document, WorkItem, Operation, Requirement, WorkOrder, TimeEntry,
    Inspection, Result, Nonconformance, Shipment, Package, PackedLine,
    PurchaseOrder, PurchaseOrderLine, Peg, Lot, Reservation, StockMove,
)  # fmt: skip
RARE = {Customer: 10, Address: 10, Item: 10, SupplierItem: 10, Supplier: 50}
"""Only every so manieth clone brings some of its own, for those that follow to share."""
MARKED = {"number", "quotation_number", "key", "code"}
AHEAD = {"during", "baseline", "promised_at", "forecast_at", "due_at", "need_by", "order_by"}
"""What still lies ahead of open jobs; all other times of theirs have been."""


@dataclass(frozen=True)
class Clone:
    """`copies` clones of the rows of one table whose id is at least that of `since`.

    References to cloned rows point into the same clone. What is `over` is spread over the time behind us,
    the older half of it closed; what is open is planned one clone after the other, `stretch` apart.
    """

    model: type[Model]
    copies: int
    since: Mapping[type[Model], int]
    over: bool
    stretch: timedelta

    def sql(self) -> str:
        """One INSERT … SELECT for all clones."""
        fields = self.model._meta.concrete_fields
        columns = ", ".join(str(field.column) for field in fields)
        values = ", ".join(self._value(field) for field in fields)
        table = self.model._meta.db_table
        every = RARE.get(self.model, 1)
        return (
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t "
            f"CROSS JOIN generate_series({every}, {self.copies}, {every}) AS k "
            f"WHERE t.id >= {self.since[self.model]}"
        )

    def _value(self, field: "Field[Any, Any]") -> str:
        column, name = f"t.{field.column}", str(field.column)
        if field.primary_key:
            return f"{column} + k * {STEP}"
        if isinstance(field, ForeignKey) and (other := field.related_model) in CLONED:
            every = RARE.get(other, 1)
            moved = f"{column} + (k - k % {every}) * {STEP}"
            return f"CASE WHEN {column} >= {self.since[other]} THEN {moved} ELSE {column} END"
        if name == "public_id":
            return "gen_random_uuid()"
        if name == "token_sha256":
            return f"md5({column} || k) || md5(k || {column})"
        if name in MARKED and field.get_internal_type() == "CharField":
            return f"left({column}, 8) || upper(to_hex(t.id * 10000 + k))"
        return self._special(name, column, field.get_internal_type())

    def _special(self, name: str, column: str, kind: str) -> str:
        """Times lie elsewhere, the older half of what is over is closed, and nothing of clones is running."""
        if self.model is PurchaseOrder and name == "status":
            return f"CASE {column} WHEN 'draft' THEN 'sent' ELSE {column} END"
        if self.model is PurchaseOrder and name == "sent_at":
            column = f"coalesce({column}, t.created_at)"
        if kind in ("DateTimeField", "DateTimeRangeField", "DateField"):
            return self._time(name, column, kind)
        if self.model in (Order, OrderLine) and name == "state":
            return f"CASE WHEN {column} = 'delivered' AND k % 2 = 0 THEN 'closed' ELSE {column} END"
        if self.model is Operation and name == "status":
            return f"CASE {column} WHEN 'running' THEN 'ready' ELSE {column} END"
        if self.model is Operation and name == "worked_on_id":
            return f"CASE t.status WHEN 'running' THEN NULL ELSE {column} END"
        return column

    def _time(self, name: str, column: str, kind: str) -> str:
        apart = HISTORY / self.copies if self.over else self.stretch
        if not self.over and name not in AHEAD:
            return column
        moved = f"{'-' if self.over else '+'} k * interval '{apart.total_seconds()} seconds'"
        if kind != "DateTimeRangeField":
            return f"({column} {moved})::{'date' if kind == 'DateField' else 'timestamptz'}"
        return f"tstzrange(lower({column}) {moved}, upper({column}) {moved})"


def clone_orders(copies: int, *, over: bool, since: Mapping[str, int] | None = None) -> int:
    """Make `copies` clones of all orders, or of those `since` the ids of an earlier `newest`."""
    begins = {model: (since or {}).get(model._meta.db_table, 0) + 1 for model in CLONED}
    planned = Operation.objects.filter(id__gte=begins[Operation])
    ends = planned.aggregate(first=Min("during__startswith"), last=Max("during__endswith"))
    stretch = ends["last"] - ends["first"]
    with connection.cursor() as cursor:
        for model in CLONED:
            if since and model in RARE:
                continue
            cursor.execute(Clone(model, copies, begins, over, stretch).sql())
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
    return Order.objects.count()


def newest() -> dict[str, int]:
    """The highest id of each table that is cloned."""
    return {
        model._meta.db_table: model._default_manager.aggregate(last=Max("id"))["last"] or 0
        for model in CLONED
    }


def make_trouble(now: datetime) -> None:
    """Every twentieth open job late; some material is bought again, as drafts and late deliveries."""
    late = OrderLine.objects.annotate(place=F("id") / STEP % 20).filter(state="production", place=0)
    late.update(forecast_at=F("promised_at") + timedelta(days=3))
    drafted: set[tuple[int, str]] = set()
    for order in PurchaseOrder.objects.order_by("-id").prefetch_related("lines")[:AGAIN]:
        lines = list(order.lines.all())
        _buy_again(order, lines, now, status="sent")
        if (order.supplier_id, order.currency) not in drafted:
            drafted.add((order.supplier_id, order.currency))
            _buy_again(order, lines, now, status="draft")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _buy_again(
    order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], now: datetime, *, status: str
) -> None:
    order.number, order.pk, order.status = f"PO-{order.pk}{status[0]}", None, status
    order.sent_at = None if status == "draft" else now - timedelta(days=20)
    order.save(force_insert=True)
    for line in lines:
        needs = list(_late_needs(line))
        line.pk, line.order, line.received, line.surplus, line.pegged = (
            None,
            order,
            ZERO,
            ZERO,
            Decimal(len(needs)),
        )
        line.order_by, line.agreed_at, line.expected_at = (
            now,
            now - timedelta(days=2),
            now + timedelta(days=9),
        )
        line.quantity = max(line.quantity, Decimal(len(needs)))
        line.save(force_insert=True)
        Peg.objects.bulk_create(Peg(requirement=need, purchase_line=line, quantity=1) for need in needs)


def _late_needs(line: PurchaseOrderLine) -> QuerySet[Requirement]:
    """Twelve requirements of late jobs for the item."""
    return Requirement.objects.filter(item=line.item_id, line__forecast_at__gt=F("line__promised_at"))[:12]
