"""A plan in force: what stands, what is moved, what moving costs."""

from typing import Final

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, kernel
from planning.engine.calendars import NEVER
from planning.engine.problem import Problem
from planning.engine.result import Plan
from planning.engine.shop import PINNED, STARTED, Shop, empty_slots

PRICE_OF_A_MOVE: Final = 10
"""Minutes of weighted tardiness that must be saved for each operation that is moved."""


def standing_slots(machine: IntArray, start: IntArray, end: IntArray) -> Table:
    """SLOT rows of the plan so far: machine -1 and times NEVER where an operation has no place."""
    slots = empty_slots(len(machine))
    slots["machine"], slots["start"], slots["ready"], slots["end"] = machine, start, start, end
    return slots


def moved(slots: Table, standing: Table) -> BoolArray:
    """Which operations stand on another machine or begin at another minute than before."""
    other: BoolArray = (slots["machine"] != standing["machine"]) | (slots["start"] != standing["start"])
    return other


def price(problem: Problem, plan: Plan, standing: Table) -> tuple[int, int]:
    """What plans are compared by: operations without a place, then tardiness with the price of moves."""
    shift = (plan.machine != standing["machine"]) | (plan.start != standing["start"])
    shift &= problem.operations["fixing"] != STARTED
    slipped = shift & (problem.operations["fixing"] == PINNED) & (standing["start"] >= problem.now)
    return len(plan.unplaced) + int(slipped.sum()), plan.tardiness + PRICE_OF_A_MOVE * int(shift.sum())


def score(shop: Shop, slots: Table, standing: Table) -> tuple[int, int]:
    """The price of slots."""
    finish = np.full(len(shop.jobs), NEVER, np.int64)
    return scored(shop, slots, standing, finish, np.zeros(len(finish), np.bool_))


@kernel
def scored(shop: Shop, slots: Table, standing: Table, finish: IntArray, broken: BoolArray) -> tuple[int, int]:
    """The same; `finish` and `broken` by job are NEVER and false."""
    misplaced, price = 0, 0
    for operation in range(len(slots)):
        task, slot, stood = shop.tasks[operation], slots[operation], standing[operation]
        misplaced += slot.machine < 0
        finish[task.job] = max(finish[task.job], slot.end)
        broken[task.job] = broken[task.job] or slot.end == NEVER
        if task.fixing != STARTED and (slot.machine != stood.machine or slot.start != stood.start):
            price += PRICE_OF_A_MOVE
            # A pin that slips counts as much as work without a place.
            misplaced += task.fixing == PINNED and stood.start >= shop.now
    for job in range(len(finish)):
        if finish[job] != NEVER and not broken[job]:
            price += shop.jobs[job].weight * max(0, finish[job] - shop.jobs[job].due)
    return misplaced, price
