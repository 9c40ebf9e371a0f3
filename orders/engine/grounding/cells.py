"""Where the range of a number parameter must be cut, so that between two cuts no condition changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod
from typing import Final, NamedTuple

from kernel.expressions.tree import Comparison, Literal, Membership, Name, Negation, Node, SetOf
from orders.engine.grounding.boxes import Boxes, Maybe
from orders.engine.grounding.values import (
    FARTHEST,
    FINEST,
    AnyText,
    Cell,
    Column,
    Entry,
    Grid,
    Known,
    Span,
    assembled,
)
from orders.engine.model import QUANTITY, ParameterRow

MOST_SINGLE: Final = 64
"""A parameter with at most so many values keeps them all."""
MOST_CELLS: Final = 128
MOST_COMBINATIONS: Final = 50_000


class Atom(NamedTuple):
    """A condition that is neither and, or, not nor implies; `row` is where it stands."""

    row: str
    field: str
    node: Node
    is_rule: bool


class Undecided(NamedTuple):
    """An atom that changes within a cell, and the parameters to blame."""

    atom: Atom
    parameters: tuple[str, ...]


def grid_of(row: ParameterRow) -> Grid:
    """The numbers a parameter allows."""
    step = row.step or FINEST
    base = row.minimum if row.minimum is not None else Decimal(0)
    low = row.minimum if row.minimum is not None else -FARTHEST
    high = row.maximum if row.maximum is not None else FARTHEST
    open_grid = Grid(base, step, 0, 0)
    first = open_grid.below(low)
    return Grid(base, step, first + (open_grid.number(first) < low), max(open_grid.below(high), first))


@dataclass
class Cutter:
    """Cuts the ranges of one product's number parameters as its atoms ask."""

    boxes: Boxes
    columns: Mapping[str, tuple[Column, ...]]
    grids: Mapping[str, Grid]
    breakpoints: Mapping[str, tuple[Decimal, ...]]
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    def cut(self, atoms: Iterable[Atom]) -> list[Undecided]:
        """Fill `cells`; what stays undecided is returned."""
        if not self.grids:
            return []
        read = [(atom, self.boxes.names(atom.node)) for atom in atoms]
        for code, grid in self.grids.items():
            self.cells[code] = [(grid.first, grid.last)]
            if grid.size <= MOST_SINGLE:
                self.cells[code] = [(place, place) for place in range(grid.first, grid.last + 1)]
                continue
            for number in self.breakpoints[code]:
                self._split(code, grid.below(number - grid.step) + 1)
            for number in sorted(
                {n for atom, names in read if code in names for n in _beside(atom.node, code)}
            ):
                self._split(code, grid.below(number))
                self._split(code, grid.below(number) + 1)
        coarse = {code for code, cells in self.cells.items() if any(low < high for low, high in cells)}
        return [found for atom, names in read if names & coarse and (found := self._refine(atom, names))]

    def _split(self, code: str, place: int) -> bool:
        """Let a cell begin at this place of the grid."""
        cells = self.cells[code]
        for index, (first, last) in enumerate(cells):
            if first < place <= last:
                cells[index : index + 1] = [(first, place - 1), (place, last)]
                return True
        return False

    def _refine(self, atom: Atom, names: frozenset[str]) -> Undecided | None:
        """Halve cells in which the atom changes, the widest first, until none is left or too many are."""
        numbers = sorted(names & self.grids.keys())
        others = tuple(column for name in sorted(names - self.grids.keys()) for column in self.columns[name])
        unknown = any(isinstance(entry.value, AnyText) for column in others for entry in column.entries)
        known: dict[tuple[Known, ...], Maybe] = {}
        while not unknown and QUANTITY not in names:
            columns = (*(self._column(code) for code in numbers), *others)
            if prod(len(column.entries) for column in columns) > MOST_COMBINATIONS:
                break
            mixed = self._mixed(atom, columns, len(numbers), known)
            if not mixed:
                return None
            halved = [self._halve(numbers, picked) for picked in mixed]
            if not any(halved):
                break
        return Undecided(atom, tuple(numbers))

    def _column(self, code: str) -> Column:
        grid = self.grids[code]
        return Column(code, None, tuple(Entry(grid.value(cell), 0) for cell in self.cells[code]))

    def _mixed(
        self, atom: Atom, columns: tuple[Column, ...], count: int, known: dict[tuple[Known, ...], Maybe]
    ) -> set[tuple[Span, ...]]:
        """The cells, as spans, within which the atom changes."""
        found = set()
        for picked in product(*([entry.value for entry in column.entries] for column in columns)):
            spans = picked[:count]
            if not any(isinstance(value, Span) for value in spans):
                continue
            if picked not in known:
                known[picked] = self.boxes.truth(atom.node, assembled(columns, picked))
            if known[picked] is None:
                found.add(tuple(v if isinstance(v, Span) else Span(v, v) for v in spans))  # type: ignore[arg-type]
        return found

    def _halve(self, numbers: list[str], spans: tuple[Span, ...]) -> bool:
        """Cut the widest of these cells in the middle; not where breakpoints were given."""
        widest, at = 0, ("", 0)
        for code, span in zip(numbers, spans, strict=True):
            grid = self.grids[code]
            first, last = grid.below(span.low), grid.below(span.high)
            free = not self.breakpoints[code] and len(self.cells[code]) < MOST_CELLS
            if free and last - first > widest:
                widest, at = last - first, (code, (first + last + 1) // 2)
        return bool(widest) and self._split(*at)


def _beside(node: Node, code: str) -> Iterator[Decimal]:
    """The numbers a parameter is compared with directly."""
    match node:
        case Comparison(_, Name(name), other) | Comparison(_, other, Name(name)) if name == code:
            yield from _number(other)
        case Membership(Name(name), SetOf(items), _) if name == code:
            for item in items:
                yield from _number(item)


def _number(node: Node) -> Iterator[Decimal]:
    match node:
        case Literal(value=Decimal() as number):
            yield number
        case Negation("-", Literal(value=Decimal() as number)):
            yield -number
