"""What one fact really hurts: a machine that stands, material that comes late, a rework loop."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from kernel.jit import BoolArray
from orders.models import OrderLine
from planning import engine
from planning.models import Downtime, Operation, Requirement
from planning.selectors.changes import EndDown
from planning.selectors.order_book.ledger import Ledger, load_ledger
from planning.selectors.order_book.problem import shop_of
from planning.selectors.shop.resources import load_resources

SHOWN = 50


@dataclass(frozen=True)
class HurtJob:
    """A job that ends later by the fact: by so many days, and so many days later than promised."""

    line: OrderLine
    days: float
    late_days: float


def hurt_by_downtime(downtime: Downtime, now: datetime) -> tuple[list[HurtJob], int]:
    """The jobs that end later because this machine stands, the worst first, and how many in all."""
    book = load_ledger(now)
    resources = load_resources(now, (EndDown(downtime.id),))
    shop = shop_of(resources, book.problem.now, book.skills.among(resources.people))
    free = replace(
        book.problem,
        windows=shop.windows,
        window_ptr=shop.window_ptr,
        machines=shop.machines,
        crews=shop.crews,
        skills=shop.skills,
    )
    return _named(book, engine.impact(book.problem, free, book.standing))


def hurt_by_item(item: str, now: datetime) -> tuple[list[HurtJob], int]:
    """The jobs that end later because this item is not here yet, the worst first, and how many in all."""
    book = load_ledger(now)
    waiting = Requirement.objects.short().filter(cancelled_at=None, item__number=item)
    here = np.isin(book.rows["id"], list(waiting.values_list("operation_id", flat=True)))
    return _without(book, here, "release", book.problem.now)


def hurt_by_rework(line: OrderLine, now: datetime) -> tuple[list[HurtJob], int]:
    """The jobs that end later because this one is reworked, the worst first, and how many in all."""
    book = load_ledger(now)
    loops = Operation.objects.open().filter(line=line, loop__gt=0)
    here = np.isin(book.rows["id"], list(loops.values_list("id", flat=True)))
    return _without(book, here, "run", 0)


def _without(book: Ledger, here: BoolArray, column: str, value: int) -> tuple[list[HurtJob], int]:
    operations = book.problem.operations.copy()
    operations[column][here] = value
    free = replace(book.problem, operations=operations)
    return _named(book, engine.impact(book.problem, free, book.standing))


def _named(book: Ledger, hurts: Iterable[engine.Hurt]) -> tuple[list[HurtJob], int]:
    found = list(hurts)
    first = found[:SHOWN]
    ids = [int(book.line_ids[hurt.job]) for hurt in first]
    lines = OrderLine.objects.select_related("order__customer").in_bulk(ids)
    return [
        HurtJob(lines[line_id], round(hurt.minutes / 1440, 1), round(hurt.late / 1440, 1))
        for line_id, hurt in zip(ids, first, strict=True)
        if line_id in lines
    ], len(found)
