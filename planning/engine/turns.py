"""Turns: in which order the operations of a plan in force get their places when it is repaired."""

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, builder, part
from planning.engine.seats import KEPT
from planning.engine.shop import STARTED, Shop


@part
def may_run(shop: Shop, operation: int, machine: int) -> bool:
    """Whether this machine is one of those that may do the operation."""
    pool, found = shop.tasks[operation].pool, False
    if pool >= 0:
        for at in range(shop.pools[pool].first, shop.pools[pool].last):
            found = found or shop.members[at] == machine
    return found


def homeless(shop: Shop, standing: Table) -> BoolArray:
    """Operations without a place, or on a machine that may not do them (any more)."""
    return homeless_among(shop, standing, np.arange(len(shop.tasks)))


@builder
def homeless_among(shop: Shop, standing: Table, rows: IntArray) -> BoolArray:
    """Whether each of these operations is homeless."""
    found = np.zeros(len(rows), np.bool_)
    for at in range(len(rows)):
        operation = rows[at]
        machine = standing[operation].machine
        found[at] = shop.tasks[operation].fixing != STARTED and (
            machine < 0 or not may_run(shop, operation, machine)
        )
    return found


@builder
def let_go(shop: Shop, marks: IntArray) -> IntArray:
    """The marks, handed on to everything that follows a marked operation; what has started is kept."""
    found = marks.copy()
    for operation in shop.order:
        task = shop.tasks[operation]
        if task.fixing == STARTED:
            found[operation] = KEPT
        for at in range(task.first_after, task.last_after):
            found[shop.after[at]] = max(found[shop.after[at]], found[operation])
    return found


def turns(shop: Shop, standing: Table, marks: IntArray) -> IntArray:
    """The operations in the order they get their turn: as they stand, each behind its predecessors."""
    return np.lexsort((-marks, turn_keys(shop, standing, marks)))


@builder
def turn_keys(shop: Shop, standing: Table, marks: IntArray) -> IntArray:
    """Per operation the moment of its turn: its start so far, or when it could begin on a free machine."""
    keys = np.empty(len(shop.tasks), np.int64)
    for operation in shop.order:
        keys[operation] = turn_of(shop, standing, marks, operation, keys)
    return keys


@part
def turn_of(shop: Shop, standing: Table, marks: IntArray, operation: int, keys: IntArray) -> int:
    """The moment of one operation's turn, from those of its predecessors."""
    task, slot = shop.tasks[operation], standing[operation]
    turn: int = slot.start if marks[operation] == KEPT and slot.machine >= 0 else task.release
    if task.fixing == STARTED:
        turn = shop.now
    for at in range(task.first_before, task.last_before):
        other = shop.before[at]
        turn = max(turn, done_by(shop, standing, marks, other, keys[other]) + shop.lag_before[at])
    return turn


@part
def done_by(shop: Shop, standing: Table, marks: IntArray, operation: int, turn: int) -> int:
    """When an operation that has its turn then would be done."""
    if marks[operation] == KEPT and standing[operation].machine >= 0:
        # At least a minute, so that nothing gets its turn together with what it follows.
        done: int = max(turn + 1, standing[operation].end)
        return done
    waits: int = turn + int(shop.tasks[operation].lasting)
    return waits
