"""Requirements and cost of one configuration: one pass down the levels, one pass up."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

import numpy as np

from kernel.errors import Refused
from kernel.jit import BoolArray, IntArray, kernel
from kernel.money import Money
from kernel.quantities import unit
from orders.engine.structure.tables import (
    NORMAL,
    PHANTOM,
    SUPPLIED,
    FloatArray,
    KindArray,
    PlaceArray,
    Structure,
    refusal,
)

DIGITS: Final = 12
"""Significant digits of what leaves floating point; the rest is noise of a million additions."""

STEP: Final = Decimal("0.0001")
ALL_LINES: Final = np.ones(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Per part, in the order of the structure: `need` of the whole quantity, `cost` of one with all below it.

    Phantoms pass their need on and have none themselves. What the customer gives is `supplied`, beside the
    need: it costs nothing and nothing is made for it. The cost of the product is `cost[0]`.
    """

    need: FloatArray
    supplied: FloatArray
    cost: FloatArray


def answer(
    structure: Structure,
    holds: BoolArray,
    quantity: float,
    unit_cost: FloatArray,
    *,
    amounts: FloatArray | None = None,
    effective: BoolArray | None = None,
) -> Answer:
    """Requirements and cost together. Linear in lines; see `weigh` for the arguments and refusals.

    `unit_cost` is the own cost of one per part. cost[0] * quantity equals sum(need * unit_cost).
    """
    weight = weigh(structure, holds, amounts, effective)
    need, supplied = _needs(structure, weight, quantity)
    return Answer(need, supplied, _cost(structure, weight, unit_cost))


def explode(
    structure: Structure,
    holds: BoolArray,
    quantity: float,
    *,
    amounts: FloatArray | None = None,
    effective: BoolArray | None = None,
) -> FloatArray:
    """The gross requirement per part for `quantity` of the product, without the customer's; see `weigh`."""
    return _needs(structure, weigh(structure, holds, amounts, effective), quantity)[0]


def roll_up(
    structure: Structure,
    holds: BoolArray,
    unit_cost: FloatArray,
    *,
    amounts: FloatArray | None = None,
    effective: BoolArray | None = None,
) -> FloatArray:
    """The cost of one per part with all that goes into it; see `weigh`."""
    return _cost(structure, weigh(structure, holds, amounts, effective), unit_cost)


def weigh(
    structure: Structure, holds: BoolArray, amounts: FloatArray | None, effective: BoolArray | None
) -> FloatArray:
    """How much of its part each line takes per unit of its assembly, scrap included; 0 where not needed.

    `holds` says per distinct condition whether it is true, `amounts` gives the quantity per distinct quantity
    (default: the constants), `effective` masks lines. A formula that gives zero drops the line. Refused with
    the line number where a line that is needed has a negative quantity, none, or no finite one.
    """
    weight = np.empty(structure.lines)
    quantities = structure.constant if amounts is None else amounts
    mask = ALL_LINES if effective is None else effective
    at = weigh_lines(
        structure.condition, structure.quantity, structure.factor, holds, quantities, mask, weight
    )
    if at >= 0:
        number, text = int(structure.number[at]), structure.quantities[structure.quantity[at]]
        given = quantities[structure.quantity[at]]
        message = f"the quantity {text} gives {'no number' if np.isnan(given) else f'{given:g}'}."
        raise refusal(number, "quantity", message, "Correct the formula, or give the line a condition.")
    return weight


def changed(before: Answer, after: Answer) -> tuple[IntArray, FloatArray]:
    """What another choice does: the places of the parts whose need differs, and by how much.

    What both need alike was calculated alike to the last bit, so nothing else is listed.
    """
    places = np.flatnonzero(before.need != after.need)
    return places, after.need[places] - before.need[places]


def money(amount: float, currency: str) -> Money:
    """A calculated amount as money: to 12 significant digits, then by the one rule, halves away from zero."""
    return Money(exact(amount), currency)


def storable(need: float, code: str) -> Decimal:
    """A requirement as it is bought: rounded up, pieces to whole ones, all else to four decimals."""
    step = Decimal(1) if unit(code).dimension == "count" else STEP
    return exact(need).quantize(step, ROUND_CEILING)


def exact(value: float) -> Decimal:
    """A calculated figure without the noise of binary fractions: 12 significant digits."""
    return Decimal(f"{value:.{DIGITS}g}")


def _needs(structure: Structure, weight: FloatArray, quantity: float) -> tuple[FloatArray, FloatArray]:
    if not 0 < quantity < np.inf:
        raise Refused("The quantity is not above zero.", field="quantity", remedy="Give one above zero.")
    need, passed, supplied = np.zeros((3, structure.id.size))
    need[0] = quantity
    spread(structure.start, structure.part, structure.kind, weight, need, passed, supplied)
    _check_size(need, "requirement")
    return need - passed, supplied


def _cost(structure: Structure, weight: FloatArray, unit_cost: FloatArray) -> FloatArray:
    below, cost = np.zeros((2, structure.id.size))
    gather(structure.start, structure.part, structure.kind, weight, unit_cost, below, cost)
    _check_size(cost, "cost")
    return cost


def _check_size(values: FloatArray, what: str) -> None:
    if not np.isfinite(values).all():
        raise Refused(
            f"A {what} grows beyond every number.", field="quantity", remedy="Check the quantities."
        )


@kernel
def weigh_lines(
    condition: PlaceArray,
    quantity: PlaceArray,
    factor: FloatArray,
    holds: BoolArray,
    amounts: FloatArray,
    effective: BoolArray,
    weight: FloatArray,
) -> int:
    """Fill `weight`; the first line whose quantity cannot be used, else -1."""
    masked = effective.size > 0
    for line in range(condition.size):
        weight[line] = 0.0
        if holds[condition[line]] and (not masked or effective[line]):
            taken = amounts[quantity[line]] * factor[line]
            if not 0.0 <= taken < np.inf:
                return line
            weight[line] = taken
    return -1


@kernel
def spread(
    start: IntArray,
    part: PlaceArray,
    kind: KindArray,
    weight: FloatArray,
    need: FloatArray,
    passed: FloatArray,
    supplied: FloatArray,
) -> None:
    """Add to `need` downwards; what phantoms only pass on to `passed`, too, what the customer gives apart."""
    for above in range(start.size - 1):
        if need[above] == 0.0:
            continue
        for line in range(start[above], start[above + 1]):
            taken = need[above] * weight[line]
            if taken > 0.0 and kind[line] == SUPPLIED:
                supplied[part[line]] += taken
            elif taken > 0.0:
                need[part[line]] += taken
                if kind[line] == PHANTOM:
                    passed[part[line]] += taken


@kernel
def gather(
    start: IntArray,
    part: PlaceArray,
    kind: KindArray,
    weight: FloatArray,
    own: FloatArray,
    below: FloatArray,
    cost: FloatArray,
) -> None:
    """Fill, upwards, `below`, the cost of what goes into one of each part, and `cost`, its own added."""
    for above in range(start.size - 2, -1, -1):
        total = 0.0
        for line in range(start[above], start[above + 1]):
            if weight[line] > 0.0:
                if kind[line] == NORMAL:
                    total += weight[line] * cost[part[line]]
                elif kind[line] == PHANTOM:
                    total += weight[line] * below[part[line]]
        below[above] = total
        cost[above] = total + own[above]
