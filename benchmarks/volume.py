"""A large installation from a small one: whole order graphs cloned by SQL, with all that hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Field, ForeignKey, Model, QuerySet

import benchmarks.ready  # noqa: F401 - Django first
from logistics.models import Package, PackedLine, Shipment
from orders.models import (
    DateChange,
    Document,
    Handover,
    Milestone,
    Move,
    Order,
    OrderLine,
    Snapshot,
    WorkItem,
)
from planning.models import Operation, Requirement
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine
from production.models import TimeEntry, WorkOrder
from quality.models import Inspection, Nonconformance, Result

STEP = 1_000_000
ZERO = Decimal(0)
SHIFT = "interval '2 days'"
CLONED: tuple[type[Model], ...] = (
    Order, OrderLine, Snapshot, Move, Handover, Milestone, DateChange, Document, WorkItem, Operation,
    Requirement,
    WorkOrder, TimeEntry, Inspection, Result, Nonconformance, Shipment, Package, PackedLine,
)  # fmt: skip
MARKED = {"number", "quotation_number", "key"}


@dataclass(frozen=True)
class Clone:
    """`copies` clones of every row of one table; references to cloned tables point into the same clone."""

    model: type[Model]
    copies: int

    def sql(self) -> str:
        """One INSERT … SELECT for all clones."""
        fields = self.model._meta.concrete_fields
        columns = ", ".join(str(field.column) for field in fields)
        values = ", ".join(self._value(field) for field in fields)
        table = self.model._meta.db_table
        return (
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t "
            f"CROSS JOIN generate_series(1, {self.copies}) AS k WHERE t.id < {STEP}"
        )

    def _value(self, field: "Field[Any, Any]") -> str:
        column = f"t.{field.column}"
        if field.primary_key or (isinstance(field, ForeignKey) and field.related_model in CLONED):
            return f"{column} + k * {STEP}"
        if field.column == "public_id":
            return "gen_random_uuid()"
        if field.column in MARKED and field.get_internal_type() == "CharField":
            return f"left({column}, 8) || to_hex(t.id * 1000 + k)"
        return self._special(str(field.column), column)

    def _special(self, name: str, column: str) -> str:
        """Planned slots of clones lie on other days, and nothing of theirs is running."""
        if self.model is Operation and name == "during":
            return f"tstzrange(lower({column}) + k * {SHIFT}, upper({column}) + k * {SHIFT})"
        if self.model is Operation and name == "status":
            return f"CASE {column} WHEN 'running' THEN 'ready' ELSE {column} END"
        if self.model is Operation and name == "worked_on_id":
            return f"CASE t.status WHEN 'running' THEN NULL ELSE {column} END"
        return column


def clone_orders(copies: int) -> int:
    """Make `copies` clones of all orders; returns how many orders there are then."""
    with connection.cursor() as cursor:
        for model in CLONED:
            cursor.execute(Clone(model, copies).sql())
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
    return Order.objects.count()


def make_trouble(now: datetime) -> None:
    """Every twentieth open job late; what was bought is bought again, as drafts and as late deliveries."""
    late = OrderLine.objects.annotate(place=F("id") % 20).filter(state="production", place=0)
    late.update(promised_at=now + timedelta(days=4), forecast_at=now + timedelta(days=7))
    drafted: set[tuple[int, str]] = set()
    for order in PurchaseOrder.objects.prefetch_related("lines"):
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
    order.pk, order.status, order.number = None, status, f"{order.number[:14]}{status[0]}"
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
