"""A serial plan from the turns of its operations, pinned ones slipping where they must."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.build import build
from planning.engine.calendars import NEVER
from planning.engine.serial import PAD
from planning.engine.shop import FAR, PINNED, Shop, empty_slots
from planning.engine.yard import Yard

REBUILT: Final = 12
"""How often a plan is built anew for pinned operations that slip."""

NOBODY: Final = np.empty(0, np.int64)


class Turns(NamedTuple):
    """Operations in the `order` of their turns, predecessors first, and what binds each.

    Nothing starts before its minute in `ready`; the pinned have theirs in `pins`. With `latest` an operation
    that cannot start by then loses its turn; those in `rest` get a place behind all the others. It is
    `enough` to end by that minute: people who can do more are left to others.
    """

    order: IntArray
    ready: IntArray
    pins: IntArray
    latest: IntArray = NOBODY
    enough: IntArray = NOBODY
    rest: IntArray = NOBODY


def realised(shop: Shop, yard: Yard, turns: Turns) -> tuple[Table, IntArray]:
    """Slots and persons when every operation takes its turn in the empty yard."""
    pins = turns.pins.copy()
    for _ in range(REBUILT):
        yard.length[:], yard.persons[:] = 0, -1
        slots, slipped = added(shop, yard, turns, pins)
        if not slipped:
            return slots, yard.persons.copy()
    tasks = shop.tasks.copy()
    # At last the pinned take their turn like all the others, on their machines.
    tasks["release"] = np.where(tasks["fixing"] == PINNED, pins, tasks["release"])
    tasks["fixing"][tasks["fixing"] == PINNED] = 0
    ready = np.maximum(turns.ready, tasks["release"])
    yard.length[:], yard.persons[:] = 0, -1
    slots, _ = added(shop._replace(tasks=tasks), yard, turns._replace(ready=ready), pins)
    return slots, yard.persons.copy()


def added(shop: Shop, yard: Yard, turns: Turns, pins: IntArray) -> tuple[Table, int]:
    """Slots of the operations that take their turns beside what stands in the yard; how many pins slipped."""
    slots = empty_slots(len(shop.tasks))
    latest = turns.latest if turns.latest.size else np.full(len(turns.ready), FAR)
    enough = turns.enough if turns.enough.size else np.full(len(turns.ready), NEVER)
    pad = np.zeros(PAD, np.int64)
    slipped = build(shop, yard, slots, turns.order, turns.rest, turns.ready, latest, enough, pins, pad)
    return slots, slipped
