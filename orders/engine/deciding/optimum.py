"""The least sum over all variants: a weighted completion for each way of the choices that parts share.

Parts that read one choice are weights of its options. Where a part reads several, or percentages raise the
sum, the choices they share are taken through all their values, and each time the rest is linear again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from orders.engine.deciding.aims import Objective
from orders.engine.grounding.sums import Part, as_span
from orders.engine.grounding.values import Column, Entry, Span
from orders.engine.logic.answers import Solver, Unsatisfiable
from orders.engine.logic.tree import BoolArray

MOST_WAYS: Final = 64
MOST_PLACES: Final = 8
LARGEST: Final = 1 << 60
ZERO: Final = Decimal(0)

Fixed = Mapping[Column, Entry]


@dataclass(frozen=True)
class Optimum:
    """The best variant, the bound that was proved, and the objective of this variant."""

    variant: BoolArray
    bound: Decimal
    value: Decimal
    exact: bool


def optimum(
    solver: Solver, chosen: Mapping[int, bool], goal: Objective, ties: NDArray[np.int64], sign: int = 1
) -> Optimum:
    """The variant with the least objective (`sign` -1: the largest); Unsatisfiable where there is none.

    `ties` are small weights that decide between equals.
    """
    shared = _shared(goal)
    ways = [_possible(solver, chosen, column) for column in shared]
    while prod(map(len, ways)) > MOST_WAYS:
        ways.pop()
    shared = shared[: len(ways)]
    known = set(shared)
    relaxed = any(sum(column not in known for column in _open(part)) > 1 for part in goal.parts)
    relaxed |= any(column not in known for part in goal.percents for column in part.columns)
    best: tuple[Decimal, BoolArray] | None = None
    for picked in product(*ways):
        fixed = dict(zip(shared, picked, strict=True))
        found = _cheapest(solver, chosen, goal, fixed, ties, sign)
        if found is not None and (best is None or found[0] * sign < best[0] * sign):
            best = found
    if best is None:
        raise Unsatisfiable(solver.explain(chosen, 0, True))
    bound, variant = best
    value = _value(goal, variant, sign)
    return Optimum(variant, bound, value, not (relaxed or goal.missing or _is_coarse(goal)))


def _shared(goal: Objective) -> list[Column]:
    """Columns that must be fixed to make the rest linear: those with percentages, then the smallest ones."""
    found = list(dict.fromkeys(column for part in goal.percents for column in part.columns))
    while True:
        mixed = [[column for column in _open(part) if column not in found] for part in goal.parts]
        wanted = [column for columns in mixed if len(columns) > 1 for column in columns]
        if not wanted:
            return found
        found.append(min(wanted, key=lambda column: len(column.entries)))


def _open(part: Part) -> list[Column]:
    return [column for column in part.columns if len(column.entries) > 1]


def _possible(solver: Solver, chosen: Mapping[int, bool], column: Column) -> list[Entry]:
    """The ways a column can still stand."""
    can, must = solver.domains(chosen)
    return [
        entry
        for entry in column.entries
        if (can[entry.literal - 1] if entry.literal > 0 else not must[-entry.literal - 1])
    ]


def _cheapest(
    solver: Solver,
    chosen: Mapping[int, bool],
    goal: Objective,
    fixed: Fixed,
    ties: NDArray[np.int64],
    sign: int,
) -> tuple[Decimal, BoolArray] | None:
    """The bound and variant with these columns fixed; None where they exclude each other."""
    literals = {abs(entry.literal) - 1: entry.literal > 0 for entry in fixed.values() if entry.literal}
    if any(chosen.get(feature, value) is not value for feature, value in literals.items()):
        return None
    weights, constant = _weights(goal, fixed, len(solver.tree), sign)
    try:
        variant = solver.complete({**chosen, **literals}, _with_ties(weights, ties))
    except Unsatisfiable:
        return None
    total = constant + sum(
        (weights[place] for place in np.flatnonzero(variant).tolist() if place in weights), ZERO
    )
    return total * sign * _factor(goal, fixed, variant, sign), variant


def _weights(goal: Objective, fixed: Fixed, size: int, sign: int) -> tuple[dict[int, Decimal], Decimal]:
    """Weights of features and a constant, both times `sign`; parts not yet linear by their best ends."""
    weights: dict[int, Decimal] = {}
    constant = goal.constant * sign
    for part in goal.parts:
        column, figures = _slice(part, fixed, sign)
        if column is None:
            constant += figures[0]
            continue
        absent = next(
            (figure for entry, figure in zip(column.entries, figures, strict=True) if entry.literal < 0), ZERO
        )
        constant += absent
        for entry, figure in zip(column.entries, figures, strict=True):
            if entry.literal > 0 and figure != absent:
                weights[entry.literal - 1] = weights.get(entry.literal - 1, ZERO) + figure - absent
    return weights, constant


def _slice(part: Part, fixed: Fixed, sign: int) -> tuple[Column | None, list[Decimal]]:
    """A part by the largest column that is not fixed: for each entry the best the others allow."""
    free = [column for column in _open(part) if column not in fixed]
    column = max(free, key=lambda one: len(one.entries), default=None)
    best: dict[Entry | None, Decimal] = {}
    for picked, value in zip(product(*(one.entries for one in part.columns)), part.table, strict=True):
        entries = dict(zip(part.columns, picked, strict=True))
        if all(fixed.get(one, entry) == entry for one, entry in entries.items()):
            figure = _end(value, sign)
            key = entries[column] if column is not None else None
            best[key] = min(best.get(key, figure), figure)
    return column, [best[entry] for entry in column.entries] if column is not None else [best[None]]


def _end(value: Decimal | Span, sign: int) -> Decimal:
    span = as_span(value)
    return span.low if sign > 0 else -span.high


def _with_ties(weights: Mapping[int, Decimal], ties: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers for the solver, ties behind them where there is room."""
    places = max(
        (-min(int(weight.normalize().as_tuple().exponent), 0) for weight in weights.values()), default=0
    )
    scale = Decimal(10) ** min(places, MOST_PLACES)
    whole = np.zeros(len(ties), np.int64)
    for feature, weight in weights.items():
        whole[feature] = int((weight * scale).to_integral_value())
    room = 2 * int(np.abs(ties).sum()) + 1
    return whole * room + ties if int(np.abs(whole).sum()) < LARGEST // room else whole


def _factor(goal: Objective, fixed: Fixed, variant: BoolArray, sign: int) -> Decimal:
    percent = sum((_of(part, variant, sign) for part in goal.percents), ZERO)
    return 1 + percent / 100


def _of(part: Part, variant: BoolArray, sign: int) -> Decimal:
    """What a part adds in a variant."""
    place = 0
    for column in part.columns:
        stands = next(i for i, entry in enumerate(column.entries) if _holds(entry, variant))
        place = place * len(column.entries) + stands
    span = as_span(part.table[place])
    return span.low if sign > 0 else span.high


def _holds(entry: Entry, variant: BoolArray) -> bool:
    if entry.literal == 0:
        return True
    return bool(variant[entry.literal - 1]) if entry.literal > 0 else not variant[-entry.literal - 1]


def _value(goal: Objective, variant: BoolArray, sign: int) -> Decimal:
    total = goal.constant + sum((_of(part, variant, sign) for part in goal.parts), ZERO)
    return total * _factor(goal, {}, variant, sign)


def _is_coarse(goal: Objective) -> bool:
    return any(
        isinstance(value, Span) and value.low != value.high for part in goal.parts for value in part.table
    )


def held_entries(columns: tuple[Column, ...], variant: BoolArray) -> Iterator[Entry]:
    """How each column stands in a variant."""
    for column in columns:
        yield next(entry for entry in column.entries if _holds(entry, variant))
