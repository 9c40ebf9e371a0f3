"""Locking a purchase order with all jobs it is pegged to, jobs first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from kernel.errors import Conflict
from orders.models import OrderLine
from orders.services import lock_jobs
from procurement.models import Peg, PurchaseOrder, PurchaseOrderLine

Result = TypeVar("Result")
TRIES = 5


class _Grew(Exception):
    """A job was pegged to the order between reading who is pegged and locking it."""


@dataclass(frozen=True)
class Locked:
    """A purchase order under lock: its lines by id, open pegs most urgent first, and the pegged jobs."""

    order: PurchaseOrder
    lines: dict[int, PurchaseOrderLine]
    pegs: Sequence[Peg]
    jobs: dict[int, OrderLine]

    def pegs_of(self, line_id: int) -> list[Peg]:
        """The open pegs of one line, most urgent first."""
        return [peg for peg in self.pegs if peg.purchase_line_id == line_id]


def with_order_locked(
    purchase_order: PurchaseOrder, version: int | None, act: Callable[[Locked], Result]
) -> Result:
    """Run `act` in one transaction on the locked order: jobs, then order, then lines. Six statements.

    Conflict where `version` is given and the order is at another one.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return act(_lock(purchase_order.pk, version))
        except _Grew:
            continue
    raise Conflict(f"{purchase_order} is being changed all the time.", remedy="Try again in a moment.")


def _lock(order_id: int, version: int | None) -> Locked:
    pegs = Peg.objects.filter(purchase_line__order=order_id).open()
    jobs = lock_jobs(set(pegs.order_by().values_list("requirement__line_id", flat=True)))
    orders = PurchaseOrder.objects.select_related("supplier").select_for_update(of=("self",))
    order = orders.get(pk=order_id)
    _check_version(order, version)
    lines = PurchaseOrderLine.objects.filter(order=order_id).select_related("item").order_by("id")
    locked = {line.id: line for line in lines.select_for_update(of=("self",))}
    found = list(pegs.select_related("requirement").order_by("requirement__need_by", "id"))
    if not {peg.requirement.line_id for peg in found} <= set(jobs):
        raise _Grew
    return Locked(order, locked, found, jobs)


def _check_version(order: PurchaseOrder, version: int | None) -> None:
    if version is not None and version != order.version:
        raise Conflict(
            f"{order} was changed since you opened it.",
            remedy="Look at it as it is now, then decide again.",
        )
