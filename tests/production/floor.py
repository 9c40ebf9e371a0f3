"""Jobs on the floor, and how many statements an act takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from orders.models import Move, OrderLine
from planning.models import Operation
from production.services import release_jobs
from tests.planning.shop import MONDAY, Shop, make_job, make_operations


def move_of(line: OrderLine, event: str = "supplied", reason: str = "") -> Move:
    """The move by which the job came where it is."""
    number = line.moves.count() + 1
    OrderLine.objects.filter(id=line.id).update(moves_made=number)
    line.moves_made = number
    return Move.objects.create(
        line=line,
        number=number,
        key=f"{event}:{line.id}:{number}",
        event=event,
        source="",
        target=line.state,
        reason=reason,
        at=MONDAY,
    )


def released(shop: Shop, **fields: Any) -> tuple[OrderLine, list[Operation]]:
    """A job in production with its work order and its first operation ready."""
    quantity = fields.pop("quantity", 1)
    line = make_job(shop, state="production", **fields)
    OrderLine.objects.filter(id=line.id).update(quantity=quantity)
    line.quantity = quantity
    make_operations(shop, line)
    release_jobs(moves=[move_of(line)], now=MONDAY)
    return line, list(Operation.objects.filter(line=line))


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements executed inside."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def counted(seen: list[str]) -> int:
    """How many there were, without the savepoints that only a test's outer transaction brings."""
    return sum("SAVEPOINT" not in sql for sql in seen)
