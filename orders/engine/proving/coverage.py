"""What every valid configuration must have, and what none of them ever uses: asked of a SAT solver.

Every question becomes a helper feature of the product's tree that is true exactly where the answer is yes:
one walk over all features then says which are never or always true, and a variant in which something is
missing is a counterexample.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from kernel.expressions.tree import Comparison, Literal
from orders.engine.compiling import CompiledBom, CompiledProduct, CompiledStep, Formula
from orders.engine.grounding import Grounder, Owner, conditions_of
from orders.engine.grounding.conditions import Pair
from orders.engine.grounding.diagrams import FALSE, TRUE, both, contrary, either
from orders.engine.logic.frame import frame_of
from orders.engine.logic.sat import SatSolver
from orders.engine.logic.tree import BoolArray
from orders.engine.logic.tree import Formula as Logic
from orders.engine.model import ZERO, BomRow

MOST_NEAR: Final = 2_000
"""Up to so many features a counterexample is the one nearest to the defaults."""
Day = date | int


class Gap(NamedTuple):
    """What is missing from some valid configuration: a variant of the proof's tree that shows it."""

    what: str
    message: str
    variant: BoolArray


class Answers(NamedTuple):
    """Rows with conditions that are never and always true, by row and source; what is missing somewhere."""

    never: list[tuple[str, str]]
    always: list[tuple[str, str]]
    gaps: list[Gap]


@dataclass
class Coverage:
    """Collects questions about one product, then answers them together."""

    grounder: Grounder
    conditions: dict[str, tuple[str, Logic, Logic]] = field(default_factory=dict)
    missing: list[tuple[str, str, int]] = field(default_factory=list)
    always_missing: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, Pair] = field(default_factory=dict)

    def collect(self) -> None:
        """All questions; call before `answer`."""
        compiled = self.grounder.compiled
        self.grounder.owner = Owner(None, "Proof")
        for formula in conditions_of(compiled):
            self._condition(formula)
        self._materials(compiled)
        self._routing(compiled)
        checks = [self._held(part.condition).surely for part in compiled.characteristics]
        self._lacks("inspection plan", "No characteristic is inspected.", contrary(either(*checks)))

    # --- never and always ---

    def _held(self, condition: Formula | None) -> Pair:
        """Where a condition holds; the same text is asked once."""
        if condition is None:
            return Pair(TRUE, TRUE)
        source = condition.checked.source
        if source not in self.known:
            pair = self.grounder.conditions.ground(condition.checked.tree)
            possibly = self._named(pair.possibly)
            surely = possibly if pair.surely == pair.possibly else self._named(pair.surely)
            self.known[source] = Pair(surely, possibly)
        return self.known[source]

    def _named(self, formula: Logic) -> Logic:
        """A feature that stands for the formula."""
        return formula if formula in (TRUE, FALSE) else self.grounder.feature_for(formula)

    def _condition(self, formula: Formula) -> None:
        pair = self._held(formula)
        self.conditions[formula.row] = (formula.checked.source, pair.surely, pair.possibly)

    # --- what must be there ---

    def _lacks(self, what: str, message: str, formula: Logic) -> None:
        """Where this holds, something is missing."""
        if formula == TRUE:
            self.always_missing.append((what, message))
        elif formula != FALSE:
            self.missing.append((what, message, self.grounder.define(formula)))

    def _present(self, line: CompiledBom) -> Pair:
        """Where a line applies and is not nought."""
        held = self._held(line.condition)
        tree = line.quantity.checked.tree
        if line.quantity.checked.is_fixed:
            return held
        needed = Comparison(">", tree, Literal(ZERO, "0", tree.position), tree.position)
        self.grounder.boxes.keep((needed,))
        some = self.grounder.conditions.ground(needed)
        return Pair(
            both(held.surely, self._named(some.surely)), both(held.possibly, self._named(some.possibly))
        )

    def _materials(self, compiled: CompiledProduct) -> None:
        top = [self._present(line).surely for line in compiled.bom if not line.row.assembly]
        if compiled.bom:
            self._lacks("main BOM", "The BOM is empty.", contrary(either(*top)))
        places: dict[tuple[str, str], list[CompiledBom]] = {}
        for line in compiled.bom:
            if line.row.place:
                places.setdefault((line.row.assembly, line.row.place), []).append(line)
        for (_, place), lines in places.items():
            for effective in _epochs([line.row for line in lines]):
                together = [self._present(lines[index]) for index in effective]
                self._exactly_one(f"BOM place {place}", together)
        self._operations(compiled)

    def _operations(self, compiled: CompiledProduct) -> None:
        """Each line's operation, or a later one, must be there to take it."""
        asked: dict[int, list[Logic]] = {}
        for line in compiled.bom:
            if line.row.operation:
                asked.setdefault(line.row.operation, []).append(self._present(line).possibly)
        for operation, lines in asked.items():
            later = [
                self._held(step.condition).surely
                for step in compiled.routing
                if step.row.sequence >= operation
            ]
            message = f"Material of operation {operation} has no operation that takes it, then or later."
            self._lacks(f"Operation {operation}", message, both(either(*lines), contrary(either(*later))))

    def _routing(self, compiled: CompiledProduct) -> None:
        steps = [self._held(step.condition).surely for step in compiled.routing]
        self._lacks("routing", "No operation is left.", contrary(either(*steps)))
        places: dict[str, list[CompiledStep]] = {}
        for step in compiled.routing:
            if step.row.place:
                places.setdefault(step.row.place, []).append(step)
        for place, alike in places.items():
            self._exactly_one(f"Routing place {place}", [self._held(step.condition) for step in alike])

    def _exactly_one(self, what: str, parts: Sequence[Pair]) -> None:
        self._lacks(what, f"{what}: none applies.", contrary(either(*(part.surely for part in parts))))
        pairs = [both(one.possibly, two.possibly) for one, two in combinations(parts, 2)]
        self._lacks(what, f"{what}: more than one applies.", either(*pairs))

    # --- answers ---

    def answer(
        self, nearness: BoolArray | np.ndarray
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[Gap]]:
        """Rows with conditions never and always true, and the gaps with their counterexamples."""
        tree = self.grounder.builder.build()
        solver = SatSolver(frame_of(tree))
        can, must = solver.domains({})
        never, always = [], []
        for row, (source, surely, possibly) in self.conditions.items():
            if not _can(possibly, can):
                never.append((row, source))
            elif _must(surely, must):
                always.append((row, source))
        weights = np.zeros(len(tree), np.int64)
        if len(nearness) <= MOST_NEAR:
            weights[: len(nearness)] = nearness
        gaps = [Gap(what, message, solver.complete({}, weights)) for what, message in self.always_missing]
        for what, message, feature in self.missing:
            if can[feature]:
                gaps.append(Gap(what, message, solver.complete({feature: True}, weights)))
        return Answers(never, always, gaps)


def _can(formula: Logic, can: BoolArray) -> bool:
    return formula == TRUE or (formula != FALSE and bool(can[formula.feature]))  # type: ignore[union-attr]


def _must(formula: Logic, must: BoolArray) -> bool:
    return formula == TRUE or (formula != FALSE and bool(must[formula.feature]))  # type: ignore[union-attr]


def _epochs(rows: Sequence[BomRow]) -> list[tuple[int, ...]]:
    """Which rows are effective together, at all dates and serial numbers between the first and the last."""
    days = _starts([(row.valid_from, row.valid_to) for row in rows], timedelta(days=1), date.min)
    serials = _starts([(row.serial_from, row.serial_to) for row in rows], 1, 0)
    found: dict[tuple[int, ...], None] = {}
    for day in days:
        at = [tuple(i for i, row in enumerate(rows) if _is_effective(row, day, serial)) for serial in serials]
        covered = [place for place, together in enumerate(at) if together]
        if covered:
            found.update(dict.fromkeys(at[covered[0] : covered[-1] + 1]))
    return list(found)


def _starts(spans: Iterable[tuple[Day | None, Day | None]], step: object, first: Day) -> list[Day]:
    starts: set[Day] = {first}
    for low, high in spans:
        starts |= {low} if low is not None else set()
        starts |= {high + step} if high is not None else set()  # type: ignore[operator]
    return sorted(starts)


def _is_effective(row: BomRow, day: Day, serial: Day) -> bool:
    spans: Mapping[Day, tuple[Day | None, Day | None]] = {
        day: (row.valid_from, row.valid_to),
        serial: (row.serial_from, row.serial_to),
    }
    return all(
        (low is None or low <= at) and (high is None or at <= high)  # type: ignore[operator]
        for at, (low, high) in spans.items()
    )
