"""Walks over a circuit, compiled: possible values, cheapest variant, number of variants.

Literals are 2 * variable + 1 (true) and 2 * variable (false). Missing variables need no smoothing: what is
added up or multiplied is taken relative to the better (or to both) of a variable's two values.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.jit import builder
from orders.engine.logic.circuit import AND, OR, TRUE, Circuit
from orders.engine.logic.tree import BoolArray

NEVER: Final = 1 << 60
"""A cost above every possible sum."""
Costs = NDArray[np.int64]
Reals = NDArray[np.float64]


@builder
def possible(
    circuit: Circuit,
    allowed: BoolArray,
    usable: BoolArray,
) -> bool:
    """Whether a variant is left within the `allowed` literals; `usable` says which edges lead to one."""
    alive = np.zeros(len(circuit.kind), np.bool_)
    for node in range(len(circuit.kind)):
        whole = circuit.kind[node] != OR
        some = False
        for edge in range(circuit.edges[node], circuit.edges[node + 1]):
            good = alive[circuit.child[edge]]
            if good:
                for place in range(circuit.starts[edge], circuit.starts[edge + 1]):
                    if not allowed[circuit.literals[place]]:
                        good = False
                        break
            usable[edge] = good
            whole &= good
            some |= good
        alive[node] = some if circuit.kind[node] == OR else whole and circuit.kind[node] <= TRUE
    return bool(alive[len(circuit.kind) - 1])


@builder
def reached(
    circuit: Circuit,
    allowed: BoolArray,
    usable: BoolArray,
    found: BoolArray,
) -> None:
    """Mark in `found` every literal that is true in some variant; `usable` comes from `possible`."""
    live = np.zeros(len(circuit.kind), np.bool_)
    live[len(circuit.kind) - 1] = True
    for node in range(len(circuit.kind) - 1, -1, -1):
        if not live[node]:
            continue
        for edge in range(circuit.edges[node], circuit.edges[node + 1]):
            if not usable[edge]:
                continue
            live[circuit.child[edge]] = True
            for place in range(circuit.starts[edge], circuit.starts[edge + 1]):
                found[circuit.literals[place]] = True
            for place in range(circuit.gap_starts[edge], circuit.gap_starts[edge + 1]):
                found[2 * circuit.gaps[place]] = allowed[2 * circuit.gaps[place]]
                found[2 * circuit.gaps[place] + 1] = allowed[2 * circuit.gaps[place] + 1]
    for place in range(len(circuit.free)):
        found[2 * circuit.free[place]] = allowed[2 * circuit.free[place]]
        found[2 * circuit.free[place] + 1] = allowed[2 * circuit.free[place] + 1]


@builder
def cheapest(
    circuit: Circuit,
    cost: Costs,
    chosen: BoolArray,
) -> bool:
    """The variant with the smallest sum of literal costs (NEVER: not allowed), into `chosen` by variable."""
    variables = len(cost) // 2
    extra = np.empty(len(cost), np.int64)
    for variable in range(variables):
        no, yes = cost[2 * variable], cost[2 * variable + 1]
        if no >= NEVER and yes >= NEVER:
            return False
        chosen[variable] = yes < no
        least = min(no, yes)
        extra[2 * variable] = no - least if no < NEVER else NEVER
        extra[2 * variable + 1] = yes - least if yes < NEVER else NEVER
    value = np.zeros(len(circuit.kind), np.int64)
    best = np.full(len(circuit.kind), -1, np.int64)
    for node in range(len(circuit.kind)):
        total = 0 if circuit.kind[node] == AND or circuit.kind[node] == TRUE else NEVER
        for edge in range(circuit.edges[node], circuit.edges[node + 1]):
            here = value[circuit.child[edge]]
            for place in range(circuit.starts[edge], circuit.starts[edge + 1]):
                here = min(here + extra[circuit.literals[place]], NEVER)
            if circuit.kind[node] == AND:
                total = min(total + here, NEVER)
            elif here < total:
                total = here
                best[node] = edge
        value[node] = total
    if value[len(circuit.kind) - 1] >= NEVER:
        return False
    take(circuit, best, chosen)
    return True


@builder
def take(
    circuit: Circuit,
    best: Costs,
    chosen: BoolArray,
) -> None:
    """Write the literals along the best edges into `chosen`."""
    live = np.zeros(len(circuit.kind), np.bool_)
    live[len(circuit.kind) - 1] = True
    for node in range(len(circuit.kind) - 1, -1, -1):
        if not live[node]:
            continue
        for edge in range(circuit.edges[node], circuit.edges[node + 1]):
            if circuit.kind[node] == OR and edge != best[node]:
                continue
            live[circuit.child[edge]] = True
            for place in range(circuit.starts[edge], circuit.starts[edge + 1]):
                chosen[circuit.literals[place] >> 1] = circuit.literals[place] & 1 == 1


@builder
def logarithm(
    circuit: Circuit,
    weight: Reals,
) -> float:
    """The natural logarithm of the weighted number of variants; `weight` holds logarithms by literal."""
    total = 0.0
    share = np.empty(len(weight), np.float64)
    for variable in range(len(weight) // 2):
        no, yes = weight[2 * variable], weight[2 * variable + 1]
        most = max(no, yes)
        if most == -np.inf:
            return -np.inf
        both = most + np.log(np.exp(no - most) + np.exp(yes - most))
        total += both
        share[2 * variable] = no - both
        share[2 * variable + 1] = yes - both
    value = np.zeros(len(circuit.kind), np.float64)
    for node in range(len(circuit.kind)):
        if circuit.kind[node] == AND or circuit.kind[node] == TRUE:
            for edge in range(circuit.edges[node], circuit.edges[node + 1]):
                value[node] += edge_logarithm(edge, circuit, share, value)
            continue
        value[node] = -np.inf
        for edge in range(circuit.edges[node], circuit.edges[node + 1]):
            here = edge_logarithm(edge, circuit, share, value)
            most = max(here, value[node])
            if most > -np.inf:
                value[node] = most + np.log(np.exp(here - most) + np.exp(value[node] - most))
    return float(total + value[len(circuit.kind) - 1])


@builder
def edge_logarithm(edge: int, circuit: Circuit, share: Reals, value: Reals) -> float:
    """What one edge contributes."""
    here = value[circuit.child[edge]]
    for place in range(circuit.starts[edge], circuit.starts[edge + 1]):
        here += share[circuit.literals[place]]
    return float(here)
