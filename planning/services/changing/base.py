"""Making changes for real: who does which kind, and what undoes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from orders.models import User
from planning.selectors.changes import Change, Names


@dataclass(frozen=True, eq=False)
class Making:
    """In which act a change is made: by whom, when, why, and what the things it names are called."""

    by: User | None
    now: datetime
    note: str
    names: Names


Kind = TypeVar("Kind", bound=Change)
Maker = Callable[[Any, Making], Sequence[Change]]
MAKERS: Final[dict[type[Change], Maker]] = {}
ORDERS: Final[set[type[Change]]] = set()
"""Kinds that lock orders or lines: these come before PLAN_LOCK (decision 0003)."""


def makes(
    kind: type[Kind], *, orders: bool = False
) -> Callable[[Callable[[Kind, Making], Sequence[Change]]], Maker]:
    """Register who makes this kind of change; with `orders` it locks orders or their lines.

    Makers write rows and return the changes that undo what they did; Refused or Conflict where it cannot be
    done. They run inside a transaction, those without `orders` holding PLAN_LOCK; the plan is repaired after.
    """

    def register(maker: Callable[[Kind, Making], Sequence[Change]]) -> Maker:
        MAKERS[kind] = maker
        if orders:
            ORDERS.add(kind)
        return maker

    return register


def make(changes: Iterable[Change], making: Making) -> list[Change]:
    """Make these changes; those that undo them, the last one first."""
    found: list[Change] = []
    for each in changes:
        found = [*MAKERS[type(each)](each, making), *found]
    return found
