"""Stock: who may start before the purchase lead time, because what is there is given to the most urgent."""

from typing import Final

import numpy as np

from kernel.jit import IntArray, Table, builder, kernel
from planning.engine.problem import Problem
from planning.engine.shop import PINNED, STARTED, Shop

LEAD: Final = 1.2
"""How many times its lasting the work behind an operation counts when its urgency is judged."""


def granted(problem: Problem, shop: Shop, slots: Table | None = None) -> IntArray:
    """Per operation the minute from which it may start, its material being there then.

    Stock goes to the operations that must start first for their due date; who finds too little of a material
    waits until it can be bought. No later start of an operation makes more stock needed.
    Given the slots of an earlier plan, those come last whose predecessors end after the purchase anyway.
    """
    ready = shop.tasks["release"].copy()
    if not problem.takes.value.size:
        return ready
    latest = latest_starts(shop, LEAD)
    wanting = np.flatnonzero(np.diff(problem.takes.ptr) > 0)
    # Work that goes on has its material already; it takes none.
    wanting = wanting[shop.tasks["fixing"][wanting] != STARTED]
    order = wanting[np.argsort(latest[wanting], kind="stable")]
    if slots is not None:
        lead = np.zeros(len(ready), np.int64)
        owner = np.repeat(np.arange(len(ready)), np.diff(problem.takes.ptr))
        np.maximum.at(lead, owner, problem.materials["lead"][problem.take_rows["material"]])
        arrival = ready.copy()
        follower = np.repeat(np.arange(len(ready)), np.diff(problem.after.ptr))
        np.maximum.at(arrival, follower, slots["end"][shop.before] + shop.lag_before)
        order = order[np.argsort(arrival[order] >= lead[order], kind="stable")]
    stock = problem.materials["onhand"].copy()
    serve(order, problem.takes.ptr, problem.take_rows, problem.materials, stock, ready)
    return ready


@kernel
def serve(
    order: IntArray, ptr: IntArray, rows: Table, materials: Table, stock: IntArray, ready: IntArray
) -> None:
    """Give stock to operations in this order; they wait for the purchase of what there is too little of."""
    for operation in order:
        moment = ready[operation]
        for at in range(ptr[operation], ptr[operation + 1]):
            lead = materials[rows[at].material].lead
            if lead > ready[operation] and stock[rows[at].material] < rows[at].quantity:
                moment = max(moment, lead)
        ready[operation] = moment
        for at in range(ptr[operation], ptr[operation + 1]):
            if materials[rows[at].material].lead > moment:
                stock[rows[at].material] -= rows[at].quantity


@builder
def latest_starts(shop: Shop, lead: float) -> IntArray:
    """Per operation the start its due date asks for, the work behind it counting `lead`-fold."""
    found = np.empty(len(shop.tasks), np.int64)
    for position in range(len(shop.tasks) - 1, -1, -1):
        operation = shop.order[position]
        task = shop.tasks[operation]
        limit = float(shop.jobs[task.job].due)
        for at in range(task.first_after, task.last_after):
            follower = shop.after[at]
            limit = min(limit, float(found[follower] - shop.lag_after[at]))
            if shop.tasks[follower].fixing == PINNED:
                limit = min(limit, float(shop.tasks[follower].start))
        found[operation] = np.int64(limit - lead * task.lasting)
    return found
