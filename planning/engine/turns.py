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


@builder
def homeless(shop: Shop, standing: Table) -> BoolArray:
    """Operations without a place, or on a machine that may not do them (any more)."""
    found = np.zeros(len(shop.tasks), np.bool_)
    for operation in range(len(shop.tasks)):
        machine = standing[operation].machine
        found[operation] = shop.tasks[operation].fixing != STARTED and (
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
    done = np.empty(len(shop.tasks), np.int64)
    for operation in shop.order:
        task, slot = shop.tasks[operation], standing[operation]
        kept = marks[operation] == KEPT and slot.machine >= 0
        turn = slot.start if kept else task.release
        if task.fixing == STARTED:
            turn = shop.now
        for at in range(task.first_before, task.last_before):
            turn = max(turn, done[shop.before[at]] + shop.lag_before[at])
        keys[operation] = turn
        # At least a minute, so that nothing gets its turn together with what it follows.
        done[operation] = max(turn + 1, slot.end) if kept else turn + np.int64(task.lasting)
    return keys
