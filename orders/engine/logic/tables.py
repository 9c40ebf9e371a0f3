"""Tables of combinations: as clauses without helper variables, as formulas, on one configuration."""

from collections.abc import Iterator
from itertools import product
from typing import Final

import numpy as np

from orders.engine.logic.tree import ANY, NONE, And, BoolArray, Formula, IntArray, Not, Or, Table, Var

MOST_ROWS: Final = 2_000_000
Clause = tuple[int, ...]
"""Literals: feature + 1, negative where the feature is false."""


def as_formula(table: Table) -> Formula:
    """The table said in words of features."""
    rows: tuple[Formula, ...] = tuple(_row_formula(table, row) for row in table.rows.tolist())
    return Or(rows) if table.allowed else And(tuple(Not(row) for row in rows))


def _row_formula(table: Table, row: list[int]) -> Formula:
    parts: list[Formula] = []
    for column, cell in zip(table.columns, row, strict=True):
        if cell >= 0:
            parts.append(Var(cell))
        elif cell == NONE:
            parts += [Not(Var(feature)) for feature in column]
    return And(tuple(parts))


def table_holds(table: Table, chosen: BoolArray) -> bool:
    """Whether a complete configuration keeps the table."""
    fits = np.ones(len(table.rows), np.bool_)
    for place, column in enumerate(table.columns):
        cells = table.rows[:, place]
        true = [feature for feature in column if chosen[feature]]
        fits &= (cells == ANY) | (np.isin(cells, true) if true else cells == NONE)
    return bool(fits.any()) == table.allowed


def table_clauses(table: Table, filled: tuple[bool, ...]) -> Iterator[Clause]:
    """Clauses equivalent to the table; `filled` says which columns always have a true feature.

    Allowed rows become a trie: after each prefix of values, the values that may follow. No helper variable
    is needed, so that counts stay exact.
    """
    if not table.allowed:
        for row in table.rows.tolist():
            yield tuple(
                lit for column, cell in zip(table.columns, row, strict=True) for lit in _denied(column, cell)
            )
        return
    rows = _expanded(table)
    best: list[Clause] | None = None
    for order in _orders(rows):
        clauses = list(_trie(table, rows, order, filled))
        if best is None or sum(map(len, clauses)) < sum(map(len, best)):
            best = clauses
    yield from best or []


def _denied(column: tuple[int, ...], cell: int) -> Clause:
    """The literals that say: this column is not in this state."""
    if cell == ANY:
        return ()
    return tuple(feature + 1 for feature in column) if cell == NONE else (-cell - 1,)


def _expanded(table: Table) -> IntArray:
    """The rows with ANY replaced by every state of its column."""
    if not (table.rows == ANY).any():
        return np.unique(table.rows, axis=0)
    rows: list[tuple[int, ...]] = []
    for row in table.rows.tolist():
        states = [
            (*column, NONE) if cell == ANY else (cell,)
            for column, cell in zip(table.columns, row, strict=True)
        ]
        rows.extend(product(*states))
        if len(rows) > MOST_ROWS:
            raise ValueError(f"table {table.number}: more than {MOST_ROWS} combinations")
    return np.unique(np.array(rows, np.int32).reshape(-1, len(table.columns)), axis=0)


def _orders(rows: IntArray) -> Iterator[tuple[int, ...]]:
    """Orders of the columns worth trying: few values first, many first, as written."""
    sizes = [len(np.unique(rows[:, column])) for column in range(rows.shape[1])]
    few = tuple(sorted(range(len(sizes)), key=sizes.__getitem__))
    yield from dict.fromkeys((few, few[::-1], tuple(range(len(sizes)))))


def _trie(table: Table, rows: IntArray, order: tuple[int, ...], filled: tuple[bool, ...]) -> Iterator[Clause]:
    """For each prefix whose next column is not free: what may follow, or each thing that may not."""
    ordered = rows[np.lexsort(tuple(rows[:, column] for column in reversed(order)))]
    starts = np.zeros(min(1, len(ordered)), np.int64)
    if not len(ordered):
        yield ()
    for level, place in enumerate(order):
        column = table.columns[place]
        states = len(column) + (not filled[place])
        cells = ordered[:, place]
        fresh = np.ones(len(cells), np.bool_)
        fresh[1:] = cells[1:] != cells[:-1]
        fresh[starts] = True
        nodes = np.flatnonzero(fresh)
        bounds = np.append(np.searchsorted(nodes, starts), len(nodes))
        following = cells[nodes].tolist()
        for start, first, last in zip(
            starts.tolist(), bounds[:-1].tolist(), bounds[1:].tolist(), strict=True
        ):
            if last - first == states:
                continue
            prefix: Clause = ()
            for before in order[:level]:
                prefix += _denied(table.columns[before], int(ordered[start, before]))
            allowed = following[first:last]
            if NONE not in allowed:
                yield prefix + tuple(feature + 1 for feature in allowed)
                continue
            for feature in set(column).difference(allowed):
                yield (*prefix, -feature - 1)
        starts = nodes
