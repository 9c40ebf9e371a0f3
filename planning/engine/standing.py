"""A plan in force: what stands, what is moved, what moving costs."""

from typing import Final

from kernel.jit import BoolArray, IntArray, Table
from planning.engine.problem import Problem
from planning.engine.result import Plan, cost
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
    unplaced, tardiness, _ = cost(shop, slots)
    shift = moved(slots, standing) & (shop.tasks["fixing"] != STARTED)
    # A pin that slips counts as much as work without a place.
    slipped = shift & (shop.tasks["fixing"] == PINNED) & (standing["start"] >= shop.now)
    return unplaced + int(slipped.sum()), tardiness + PRICE_OF_A_MOVE * int(shift.sum())
