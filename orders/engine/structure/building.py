"""From lines in any order to a structure: checked, levelled by low-level code, sorted for all answers."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.jit import BoolArray, IntArray, builder
from kernel.quantities import UnknownUnit, unit
from orders.engine.structure.tables import (
    ABOVE_ZERO,
    DEEPEST,
    OPEN,
    PRODUCT,
    FloatArray,
    Lines,
    Names,
    Parts,
    Structure,
    refusal,
)

PLAIN: Final = re.compile(r"\s*-?\d{1,18}(\.\d{1,18})?\s*")
"""A quantity that is a number and needs no formula."""

SPARSEST: Final = 16


@dataclass(frozen=True, slots=True)
class Graph:
    """Who goes into whom by place among the parts, and each part's level, -1 where a loop has no end."""

    id: IntArray
    assembly: IntArray
    item: IntArray
    level: IntArray


def build(lines: Lines, parts: Parts, names: Names) -> Structure:
    """Check the lines and sort them; linear in lines and parts but for sorting and finding ids.

    Refused with the line number: a quantity of zero or less, scrap outside 0 to 99 %, an unknown unit, a
    part or assembly that is not in the BOM, a loop (its part numbers in order), more than 64 levels.
    """
    constant = constants(lines)
    _check_scrap(lines)
    order = np.argsort(parts.id)
    ids = np.concatenate((np.array([PRODUCT], dtype=np.int64), parts.id[order]))
    assembly = _found(ids, lines.assembly, lines, names, "assembly", "is no component of anything here")
    item = _found(ids, lines.item, lines, names, "item", "is unknown")
    units = np.concatenate((np.array([-1], dtype=np.int64), parts.unit[order]))
    _check_units(lines, parts, units[item])
    start, members = grouped(assembly, ids.size)
    graph = Graph(ids, assembly, item, levelled(start, members, item))
    _check_loops(graph, lines, names)
    _check_depth(graph, lines, names)
    return _sorted(lines, parts, graph, units, constant)


def constants(lines: Lines) -> FloatArray:
    """The number each distinct quantity text is, NaN for a formula; Refused for zero or less."""
    found = [float(text) if PLAIN.fullmatch(text) else np.nan for text in lines.quantities]
    values = np.array(found, dtype=np.float64)
    wrong = np.flatnonzero(values <= 0)
    if wrong.size:
        at = _first(lines, np.isin(lines.quantity, wrong))
        text = lines.quantities[int(lines.quantity[at])].strip()
        raise refusal(
            int(lines.number[at]),
            "quantity",
            f"the quantity {text} is not above zero.",
            ABOVE_ZERO,
        )
    return values


def _check_scrap(lines: Lines) -> None:
    wrong = ~((lines.scrap >= 0) & (lines.scrap < 100))
    if wrong.any():
        at = _first(lines, wrong)
        message = f"the scrap of {lines.scrap[at]:g} % is out of range."
        raise refusal(int(lines.number[at]), "scrap_percent", message, "Give 0 to 99.")


def _found(ids: IntArray, wanted: IntArray, lines: Lines, names: Names, field: str, what: str) -> IntArray:
    """Where each wanted id stands among the sorted `ids`."""
    places = located(ids, wanted)
    wrong = ids[places] != wanted
    if field == "item":
        wrong |= wanted == PRODUCT
    if wrong.any():
        at = _first(lines, wrong)
        message = f"{names([int(wanted[at])])[0]} {what}."
        remedy = "Add a line that uses it, or take this line out."
        raise refusal(int(lines.number[at]), field, message, remedy)
    return places


def located(ids: IntArray, wanted: IntArray) -> IntArray:
    """Where each wanted id stands among sorted ids from 0, or any place where it is none of them.

    By a table of all ids where they lie close, ten times as fast, else by bisection.
    """
    last = int(ids[-1])
    if last > SPARSEST * ids.size:
        return np.minimum(np.searchsorted(ids, wanted), ids.size - 1)
    table = np.zeros(last + 1, dtype=np.int64)
    table[ids] = np.arange(ids.size)
    return table[np.clip(wanted, 0, last)]


def _check_units(lines: Lines, parts: Parts, used: IntArray) -> None:
    for index, code in enumerate(parts.units):
        try:
            unit(code)
        except UnknownUnit as error:
            number = int(lines.number[_first(lines, used == index)])
            raise refusal(number, "unit", error.message, error.remedy) from None


def _check_loops(graph: Graph, lines: Lines, names: Names) -> None:
    """Name one loop: go up from any part in or below one, along lines that are in or below one, too."""
    stuck = np.flatnonzero((graph.level[graph.item] < 0) & (graph.level[graph.assembly] < 0))
    if not stuck.size:
        return
    by = np.full(graph.id.size, -1, dtype=np.int64)
    by[graph.item[stuck]] = stuck
    path: list[int] = []
    seen: dict[int, int] = {}
    part = int(graph.item[stuck[0]])
    while part not in seen:
        seen[part] = len(path)
        path.append(int(by[part]))
        part = int(graph.assembly[by[part]])
    loop = path[seen[part] :][::-1]
    first = min(range(len(loop)), key=lambda at: int(lines.number[loop[at]]))
    loop = loop[first:] + loop[:first]
    numbers = names([int(graph.id[graph.assembly[line]]) for line in loop])
    text = " → ".join((*numbers, numbers[0]))
    where = ", ".join(str(int(lines.number[line])) for line in loop)
    remedy = f"Take one of the lines {where} out: a part cannot contain itself, whatever the conditions."
    raise refusal(int(lines.number[loop[0]]), "item", f"the parts go round in a loop: {text}.", remedy)


def _check_depth(graph: Graph, lines: Lines, names: Names) -> None:
    deep = graph.level[graph.item] > DEEPEST
    if deep.any():
        at = _first(lines, deep & (graph.level[graph.assembly] == DEEPEST))
        part = names([int(graph.id[graph.item[at]])])[0]
        message = f"{part} stands below level {DEEPEST}, the deepest there may be."
        raise refusal(
            int(lines.number[at]), "assembly", message, "Take assemblies out of the chain above it."
        )


def _first(lines: Lines, wrong: BoolArray) -> int:
    """The line with the lowest number among the wrong ones."""
    places = np.flatnonzero(wrong)
    return int(places[np.argmin(lines.number[places])])


def _sorted(lines: Lines, parts: Parts, graph: Graph, units: IntArray, constant: FloatArray) -> Structure:
    """Number the parts by level and put the lines behind one another by assembly."""
    _, by_level = grouped(graph.level, int(graph.level.max()) + 1)
    place = np.empty_like(by_level)
    place[by_level] = np.arange(by_level.size)
    start, order = grouped(place[graph.assembly], by_level.size)
    limited = np.flatnonzero((lines.windows != OPEN).any(axis=0)[order])
    return Structure(
        id=graph.id[by_level],
        level=graph.level[by_level],
        unit=units[by_level],
        start=start,
        part=place[graph.item[order]].astype(np.int32),
        condition=lines.condition[order].astype(np.int32),
        quantity=lines.quantity[order].astype(np.int32),
        factor=100 / (100 - lines.scrap[order]),
        kind=lines.kind[order],
        number=lines.number[order].astype(np.int32),
        limited=limited,
        windows=lines.windows[:, order[limited]],
        constant=constant,
        conditions=lines.conditions,
        quantities=lines.quantities,
        units=parts.units,
    )


@builder
def grouped(key: IntArray, groups: int) -> tuple[IntArray, IntArray]:
    """Counting sort: the members of group g are `order[start[g]:start[g + 1]]`, in their old order."""
    start = np.zeros(groups + 1, dtype=np.int64)
    for index in range(key.size):
        start[key[index] + 1] += 1
    for group in range(groups):
        start[group + 1] += start[group]
    free = start.copy()
    order = np.empty(key.size, dtype=np.int64)
    for index in range(key.size):
        order[free[key[index]]] = index
        free[key[index]] += 1
    return start, order


@builder
def levelled(start: IntArray, members: IntArray, item: IntArray) -> IntArray:
    """The low-level code of every part, the longest way down to it; -1 in and below a loop.

    Kahn, Topological sorting of large networks, Communications of the ACM 5 (1962).
    """
    parts = start.size - 1
    waiting = np.zeros(parts, dtype=np.int64)
    for line in range(item.size):
        waiting[item[line]] += 1
    level = np.full(parts, -1, dtype=np.int64)
    deepest = np.zeros(parts, dtype=np.int64)
    queue = np.empty(parts, dtype=np.int64)
    last = 0
    for part in range(parts):
        if waiting[part] == 0:
            queue[last] = part
            last += 1
    first = 0
    while first < last:
        part = queue[first]
        first += 1
        level[part] = deepest[part]
        for index in range(start[part], start[part + 1]):
            below = item[members[index]]
            deepest[below] = max(deepest[below], level[part] + 1)
            waiting[below] -= 1
            if waiting[below] == 0:
                queue[last] = below
                last += 1
    return level
