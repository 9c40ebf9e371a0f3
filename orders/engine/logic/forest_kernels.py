"""Walks over the features left out of the solver, compiled; `Forest` explains the arrays.

Holders are written by index; `state` is what the user chose of each feature: OPEN, YES or NO.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.jit import builder
from orders.engine.logic.circuit_kernels import NEVER, Costs, Reals
from orders.engine.logic.reduction import AND, Forest
from orders.engine.logic.tree import BoolArray

OPEN: Final = 0
YES: Final = 1
NO: Final = 2
States = NDArray[np.int8]


@builder
def settle(
    woods: Forest,
    state: States,
    can: BoolArray,
    cannot: BoolArray,
) -> bool:
    """From the leaves up: can a holder be true, can it be false, by the choices below it alone.

    False where some holder can be neither.
    """
    fine = True
    for holder in woods.upward:
        chosen = state[holder] if holder < len(state) else OPEN
        yes, no = chosen != NO, chosen != YES
        forced, able = 0, 0
        for place in range(woods.starts[holder], woods.starts[holder + 1]):
            kid = woods.children[place]
            no &= cannot[kid]
            yes &= cannot[kid] or can[kid]
            if woods.kind[holder] == AND:
                yes &= can[kid] or not woods.mandatory[kid]
            forced += not cannot[kid]
            able += can[kid]
        if woods.kind[holder] != AND and woods.starts[holder] < woods.starts[holder + 1]:
            yes &= max(woods.low[holder], forced) <= min(woods.high[holder], able)
        can[holder], cannot[holder] = yes, no
        fine &= yes or no
    return fine


@builder
def spread(
    woods: Forest,
    can: BoolArray,
    cannot: BoolArray,
    yes: BoolArray,
    no: BoolArray,
) -> None:
    """From the pivots down: `yes` and `no` of every holder in the whole model, given those of the pivots.

    `can` and `cannot` come from `settle`.
    """
    for holder in woods.upward[::-1]:
        first, last = woods.starts[holder], woods.starts[holder + 1]
        if woods.kind[holder] == AND:
            for place in range(first, last):
                kid = woods.children[place]
                yes[kid] = yes[holder] and can[kid]
                no[kid] = cannot[kid] and (no[holder] or (yes[holder] and not woods.mandatory[kid]))
            continue
        forced, able = 0, 0
        for place in range(first, last):
            forced += not cannot[woods.children[place]]
            able += can[woods.children[place]]
        for place in range(first, last):
            kid = woods.children[place]
            must, may = forced - (not cannot[kid]), able - can[kid]
            with_it = max(woods.low[holder], must + 1) <= min(woods.high[holder], may + 1)
            without = max(woods.low[holder], must) <= min(woods.high[holder], may)
            yes[kid] = yes[holder] and can[kid] and with_it
            no[kid] = cannot[kid] and (no[holder] or (yes[holder] and without))


@builder
def price(
    woods: Forest,
    can: BoolArray,
    cannot: BoolArray,
    weights: Costs,
    cost: Costs,
) -> None:
    """From the leaves up: the smallest cost of a holder that is true, with all below it (NEVER: cannot)."""
    for holder in woods.upward:
        if not can[holder]:
            cost[holder] = NEVER
            continue
        total = weights[holder] if holder < len(weights) else np.int64(0)
        first, last = woods.starts[holder], woods.starts[holder + 1]
        if woods.kind[holder] == AND:
            for place in range(first, last):
                kid = woods.children[place]
                if woods.mandatory[kid] or not cannot[kid] or cost[kid] < 0:
                    total += cost[kid]
        elif first < last:
            taken = np.zeros(last - first, np.bool_)
            pick(holder, woods, cannot, cost, taken)
            for place in range(first, last):
                if taken[place - first]:
                    total += cost[woods.children[place]]
        cost[holder] = total


@builder
def pick(
    holder: int,
    woods: Forest,
    cannot: BoolArray,
    cost: Costs,
    taken: BoolArray,
) -> None:
    """The cheapest children between low and high, those that must be there first."""
    first, last = woods.starts[holder], woods.starts[holder + 1]
    count = 0
    for place in range(first, last):
        taken[place - first] = not cannot[woods.children[place]]
        count += taken[place - first]
    while count < woods.high[holder]:
        best = -1
        for place in range(first, last):
            here = cost[woods.children[place]]
            if not taken[place - first] and here < (NEVER if best < 0 else cost[woods.children[best]]):
                best = place
        if best < 0 or (count >= woods.low[holder] and cost[woods.children[best]] >= 0):
            break
        taken[best - first] = True
        count += 1


@builder
def assign(
    woods: Forest,
    cannot: BoolArray,
    cost: Costs,
    value: BoolArray,
) -> None:
    """From the pivots down: the values behind `price`."""
    for holder in woods.upward[::-1]:
        first, last = woods.starts[holder], woods.starts[holder + 1]
        if first == last:
            continue
        if not value[holder]:
            for place in range(first, last):
                value[woods.children[place]] = False
        elif woods.kind[holder] == AND:
            for place in range(first, last):
                kid = woods.children[place]
                value[kid] = woods.mandatory[kid] or not cannot[kid] or cost[kid] < 0
        else:
            taken = np.zeros(last - first, np.bool_)
            pick(holder, woods, cannot, cost, taken)
            for place in range(first, last):
                value[woods.children[place]] = taken[place - first]


@builder
def count_below(
    woods: Forest,
    can: BoolArray,
    cannot: BoolArray,
    size: Reals,
) -> None:
    """From the leaves up: the logarithm of the number of ways below a holder where it is true."""
    for holder in woods.upward:
        if not can[holder]:
            size[holder] = -np.inf
            continue
        size[holder] = 0.0
        first, last = woods.starts[holder], woods.starts[holder + 1]
        if woods.kind[holder] == AND:
            for place in range(first, last):
                kid = woods.children[place]
                if woods.mandatory[kid] or not cannot[kid]:
                    size[holder] += size[kid]
                else:
                    size[holder] += np.logaddexp(0.0, size[kid])
        elif first < last:
            size[holder] = choices_between(holder, woods, cannot, size)


@builder
def choices_between(
    holder: int,
    woods: Forest,
    cannot: BoolArray,
    size: Reals,
) -> float:
    """The logarithm of the ways to take between low and high children."""
    first, last = woods.starts[holder], woods.starts[holder + 1]
    if woods.low[holder] == 1 and woods.high[holder] == last - first:
        some, none = 0.0, True
        for place in range(first, last):
            kid = woods.children[place]
            some += np.logaddexp(0.0, size[kid]) if cannot[kid] else size[kid]
            none &= cannot[kid]
        return float(some + np.log(-np.expm1(-some))) if none else float(some)
    most = woods.high[holder]
    ways = np.full(most + 1, -np.inf)
    ways[0] = 0.0
    for place in range(first, last):
        kid = woods.children[place]
        for count in range(most, -1, -1):
            kept = ways[count] if cannot[kid] else -np.inf
            added = ways[count - 1] + size[kid] if count > 0 else -np.inf
            ways[count] = add_logarithms(kept, added)
    total = -np.inf
    for count in range(woods.low[holder], most + 1):
        total = add_logarithms(total, ways[count])
    return float(total)


@builder
def add_logarithms(one: float, two: float) -> float:
    """The logarithm of the sum; minus infinity stands for nothing."""
    most = max(one, two)
    if most == -np.inf:
        return most
    return float(most + np.log(np.exp(one - most) + np.exp(two - most)))
