"""The material of an operation and of an order, as the floor and the order page show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Q

from orders.models import Order
from planning.models import Operation, Requirement
from procurement.models import Peg, Reservation

ROWS = 200
Row = TypeVar("Row", Peg, Reservation)


@dataclass(frozen=True)
class Material:
    """A requirement with the lots kept for it and the purchase orders it waits for."""

    requirement: Requirement
    reservations: list[Reservation]
    pegs: list[Peg]

    @property
    def to_issue(self) -> Decimal:
        """What lies here for it and was not issued."""
        return sum((each.to_issue for each in self.reservations), Decimal(0))

    @property
    def missing(self) -> Decimal:
        """What is not here."""
        return self.requirement.quantity - self.requirement.available

    @property
    def state(self) -> str:
        """The word for a badge."""
        if self.requirement.issued >= self.requirement.quantity:
            return "Issued"
        if self.missing <= 0:
            return "Reserved"
        return "On order" if self.pegs else "Short"


@dataclass(frozen=True)
class OperationMaterials:
    """What an operation needs and whether something can be issued now."""

    operation: Operation
    materials: list[Material]

    @property
    def can_issue(self) -> bool:
        """True where something lies here that was not issued."""
        return any(material.to_issue > 0 for material in self.materials)

    @property
    def complete(self) -> bool:
        """True where everything was issued."""
        return all(each.requirement.issued >= each.requirement.quantity for each in self.materials)


@dataclass(frozen=True)
class OrderMaterials:
    """The material of all jobs of an order."""

    order: Order
    materials: list[Material]

    @property
    def short(self) -> int:
        """How many requirements wait for material."""
        return sum(material.missing > 0 for material in self.materials)


def operation_materials(operation_id: int) -> OperationMaterials | None:
    """The material of one operation. Four statements."""
    operations = Operation.objects.select_related("line__order")
    operation = operations.filter(id=operation_id).first()
    if operation is None:
        return None
    return OperationMaterials(operation, _materials(Q(operation=operation_id)))


def order_materials(reference: str) -> OrderMaterials | None:
    """The material of an order, by its number or quotation number. Four statements."""
    order = Order.objects.by_reference(reference).first()
    return OrderMaterials(order, _materials(Q(line__order=order.id))) if order else None


def _materials(which: Q) -> list[Material]:
    rows = Requirement.objects.filter(which, cancelled_at=None).select_related(
        "item", "operation", "line__order"
    )
    requirements = list(rows.order_by("line__position", "operation__sequence", "find_number")[:ROWS])
    ids = [requirement.id for requirement in requirements]
    reservations = Reservation.objects.filter(requirement__in=ids).select_related("lot")
    pegs = Peg.objects.open().filter(requirement__in=ids).select_related("purchase_line__order")
    kept, coming = _grouped(list(reservations)), _grouped(list(pegs))
    return [Material(each, kept.get(each.id, []), coming.get(each.id, [])) for each in requirements]


def _grouped(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.requirement_id, []).append(row)
    return found
