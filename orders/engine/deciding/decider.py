"""The configurator's answers for one product: exact, whatever was chosen in whatever order."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.expressions import Value
from orders.engine.compiling import CompiledProduct
from orders.engine.configuring import culprit
from orders.engine.deciding.answers import (
    Clash,
    Completion,
    Decision,
    Explanation,
    Fix,
    Literal,
    Made,
    PriceSpan,
    Range,
    Reason,
    Slot,
    Standing,
)
from orders.engine.deciding.completing import Completer
from orders.engine.deciding.slots import Slots
from orders.engine.grounding import Grounding
from orders.engine.grounding.values import Cell, merged
from orders.engine.logic.answers import (
    CHILD,
    MANDATORY,
    Conflict,
    Domains,
    Relation,
    Repair,
    Solver,
    Unsatisfiable,
)
from orders.engine.model import FormulaFailed
from orders.engine.reading import BadInput, Problem, Stored, derive, shown, unknown_choices

MOST_SWITCHED: Final = 20_000
"""Features times choices, up to which the options beside each choice are answered without being asked."""
MOST_FIXES: Final = 3


@dataclass(frozen=True)
class _Read:
    """Choices as stored, and what each says to the solver, in the order they were made."""

    stored: dict[str, Stored]
    taken: dict[str, tuple[Literal, ...]]
    problems: list[Problem]


class Decider:
    """Answers for one revision; keep it. `slots` lists everything that can be clicked."""

    def __init__(
        self, compiled: CompiledProduct, grounding: Grounding, solver: Solver, note: str = ""
    ) -> None:
        self.compiled, self.grounding, self.solver, self.note = compiled, grounding, solver, note
        self.method = solver.method
        self.table = Slots(compiled, grounding)
        self.completer = Completer(self.table, solver)
        self.slots, self.place = self.table.slots, self.table.place
        self._rechecked = tuple(loose.rule for loose in grounding.loose)

    # --- the answer to a click ---

    def decide(self, choices: Mapping[str, object], *, switch: Collection[str] | None = None) -> Decision:
        """What these choices of the user leave; never raises for what was typed.

        A choice that contradicts those before it is left out and stands in `clashes`. The options beside a
        choice are told apart (SWITCH or BLOCKED) for the codes in `switch`; for all where that is cheap.
        """
        read = self._read(choices)
        clashes: tuple[Clash, ...] = ()
        try:
            domains = self.solver.domains(_joined(read.taken))
        except Unsatisfiable:
            clashes = self._without_clashes(read)
            domains = self.solver.domains(_joined(read.taken))
        chosen = _joined(read.taken)
        states = self._states(domains, chosen)
        few = len(read.taken) * len(self.grounding.tree) <= MOST_SWITCHED
        for code in (read.taken if few else ()) if switch is None else switch:
            self._switch(states, read.taken, code)
        problems = [*read.problems, *self._broken(read, domains)]
        return Decision(read.stored, states, read.taken, domains, tuple(problems), clashes)

    def standing(self, decision: Decision, code: str, option: str) -> Standing:
        """How one slot stands."""
        return Standing(int(decision.states[self.place[Slot(code, option)]]))

    def changes(self, before: Decision | None, after: Decision) -> list[tuple[Slot, Standing]]:
        """The slots that stand otherwise than before; all that are not simply VALID where there is none."""
        old = np.zeros_like(after.states) if before is None else before.states
        places = np.flatnonzero(old != after.states).tolist()
        return [(self.slots[place], Standing(int(after.states[place]))) for place in places]

    def ranges(self, decision: Decision, code: str) -> tuple[Range, ...]:
        """The numbers still possible for a parameter, were its own choice given up."""
        domains = decision.domains
        if code in decision.taken:
            domains = self.solver.domains(_joined(decision.taken, without=code))
        cells: list[Cell] = [cell for cell, feature in self.grounding.cells[code] if domains.can[feature]]
        grid = self.grounding.grids[code]
        return tuple(Range(grid.number(first), grid.number(last)) for first, last in merged(cells))

    def implied(self, decision: Decision) -> dict[str, Stored]:
        """What follows from the choices and was not chosen, by code; lists as far as they are certain."""
        found: dict[str, Stored] = {}
        for place in np.flatnonzero(decision.states == Standing.IMPLIED).tolist():
            slot = self.slots[place]
            if slot.code not in decision.taken:
                self._note(found, slot)
        return found

    def _note(self, found: dict[str, Stored], slot: Slot) -> None:
        row = self.compiled.features.get(slot.code)
        if row is not None and row.many:
            held = found.get(slot.code)
            found[slot.code] = [*(held if isinstance(held, list) else ()), slot.option]
        elif row is not None and row.options:
            found[slot.code] = slot.option or None
        elif slot.code not in self.table.texts:
            found[slot.code] = slot.option == "yes"

    def variants(self, decision: Decision) -> int | None:
        """How many variants are left; an interval of numbers counts once, a text as given or not."""
        return self.solver.count(decision.chosen)

    def log10_variants(self, decision: Decision) -> float | None:
        """The decimal logarithm of that number; quick."""
        return self.solver.log10_count(decision.chosen)

    def _states(self, domains: Domains, chosen: Mapping[int, bool]) -> NDArray[np.uint8]:
        feature, value = self.table.feature, self.table.value
        can = np.where(value, domains.can[feature], ~domains.must[feature])
        must = np.where(value, domains.must[feature], ~domains.can[feature])
        states = np.full(len(feature), Standing.VALID, np.uint8)
        states[must] = Standing.IMPLIED
        states[~can] = Standing.BLOCKED
        for literal in chosen.items():
            if (place := self.table.at.get(literal)) is not None:
                states[place] = Standing.CHOSEN
        return states

    def _switch(self, states: NDArray[np.uint8], taken: Mapping[str, tuple[Literal, ...]], code: str) -> None:
        if code not in taken:
            return
        places = np.arange(self.table.span[code].start, self.table.span[code].stop)
        beside = places[states[places] == Standing.BLOCKED]
        if len(beside):
            free = self._states(self.solver.domains(_joined(taken, without=code)), {})
            states[beside[free[beside] != Standing.BLOCKED]] = Standing.SWITCH

    # --- reading ---

    def _read(self, choices: Mapping[str, object]) -> _Read:
        read = _Read({}, {}, list(unknown_choices(self.compiled, choices)))
        for code, given in choices.items():
            if code not in self.table.span:
                continue
            try:
                stored, literals = self.table.read(code, given)
            except BadInput as error:
                message = f"{self.compiled.label(code)}: {error.message}"
                read.problems.append(Problem(code, message, error.remedy))
                continue
            if literals or stored is not None:
                read.stored[code] = stored
            if literals:
                read.taken[code] = literals
        return read

    def _without_clashes(self, read: _Read) -> tuple[Clash, ...]:
        """Take the latest choice out of each contradiction until none is left."""
        clashing: list[tuple[Literal, Explanation]] = []
        while not self.solver.feasible(_joined(read.taken)):
            code = self._first_clash(read.taken)
            literals = read.taken.pop(code)
            later = {key: read.taken.pop(key) for key in _after(list(read.taken), read.stored, code)}
            literal = self._culprit(read.taken, literals)
            clashing.append((literal, self._explained(read.taken, literal)))
            read.taken.update(later)
            read.stored.pop(code)
        return tuple(Clash(why, self._ways_out(read, literal, why.slot)) for literal, why in clashing)

    def _ways_out(self, read: _Read, literal: Literal, slot: Slot) -> tuple[Fix, ...]:
        """What could be chosen instead of the last choice, or given up for it."""
        domains = self.solver.domains(_joined(read.taken))
        instead = self._instead(read, domains, slot)
        return (*instead, *self._fixes(read.taken, literal, read.stored, MOST_FIXES))

    def _instead(self, read: _Read, domains: Domains, slot: Slot) -> Iterator[Fix]:
        """The nearest option beside a slot that goes with everything else."""
        here = self.place.get(slot)
        if here is None:
            return
        states = self._states(domains, {})
        beside = [place for place in self.table.span[slot.code] if states[place] != Standing.BLOCKED]
        row = self.compiled.features.get(slot.code)
        if beside and not (row is not None and row.many):
            made = self.table.made(self.table.literal(self.slots[min(beside, key=lambda at: abs(at - here))]))
            choices = self.completer.stored(dict([self.table.literal(made.slot)]), read.stored)
            gone = (Made(slot, self.table.label(slot)),)
            yield Fix(made.label, gone, (made,), choices)

    def _first_clash(self, taken: Mapping[str, tuple[Literal, ...]]) -> str:
        """The first choice with which those up to it contradict each other, by bisection."""
        codes = list(taken)
        low, high = 0, len(codes) - 1
        while low < high:
            middle = (low + high) // 2
            chosen = _joined({code: taken[code] for code in codes[: middle + 1]})
            low, high = (middle + 1, high) if self.solver.feasible(chosen) else (low, middle)
        return codes[low]

    def _culprit(self, taken: Mapping[str, tuple[Literal, ...]], literals: Sequence[Literal]) -> Literal:
        """The first of a choice's literals that cannot stand."""
        chosen = _joined(taken)
        for feature, value in literals:
            if not self.solver.feasible({**chosen, feature: value}):
                return feature, value
            chosen[feature] = value
        return literals[-1]

    # --- why, and what would help ---

    def why(self, choices: Mapping[str, object], code: str, option: str) -> Explanation:
        """The rules and earlier choices that block a slot; ValueError where only its own choice does."""
        read = self._read(choices)
        self._without_clashes(read)
        read.taken.pop(code, None)
        return self._explained(read.taken, self.table.literal(Slot(code, option)))

    def fixes(self, choices: Mapping[str, object], code: str, option: str, limit: int = 3) -> tuple[Fix, ...]:
        """What to give up or change so that a slot becomes possible, fewest first; empty if it never is."""
        read = self._read(choices)
        self._without_clashes(read)
        read.taken.pop(code, None)
        stored = {key: value for key, value in read.stored.items() if key != code}
        return self._fixes(read.taken, self.table.literal(Slot(code, option)), stored, limit)

    def _explained(self, taken: Mapping[str, tuple[Literal, ...]], literal: Literal) -> Explanation:
        chosen = _joined(taken)
        conflict = self.solver.explain(chosen, *literal)
        made = self.table.made(literal)
        reasons = tuple(dict.fromkeys(self._reasons(conflict)))
        choices = tuple(self.table.made((feature, chosen[feature])) for feature in conflict.choices)
        return Explanation(made.slot, made.label, reasons, choices)

    def _reasons(self, conflict: Conflict) -> Iterator[Reason]:
        for number in conflict.rules:
            owner = self.grounding.rules[number]
            if owner.rule is None:
                yield Reason(0, f"{owner.row} is asked for only where its condition holds", owner.row)
            else:
                own = 0 if owner.row.startswith("Budget") else owner.rule.row.number
                yield Reason(own, owner.rule.row.reason, owner.row)
        if not conflict.rules:
            yield from (Reason(0, self._related(relation), "Structure") for relation in conflict.relations)

    def _related(self, relation: Relation) -> str:
        tree, feature = self.grounding.tree, relation.feature
        name = self.table.made((feature, True)).label
        if relation.kind in (CHILD, MANDATORY):
            parent = int(tree.parent[feature])
            above = self.table.made((parent, True)).label if parent > 0 else "the product"
            return f"{name} needs {above}" if relation.kind == CHILD else f"{name} comes with {above}"
        low, high = int(tree.low[feature]), int(tree.high[feature])
        return f"{name}: {low if low == high else f'{low} to {high}'} can be chosen"

    def _fixes(
        self,
        taken: Mapping[str, tuple[Literal, ...]],
        literal: Literal,
        stored: Mapping[str, Stored],
        limit: int,
    ) -> tuple[Fix, ...]:
        chosen = _joined(taken)
        repairs = self.solver.repairs(chosen, *literal, limit)
        return tuple(self._fix(taken, chosen, literal, repair, stored) for repair in repairs)

    def _fix(
        self,
        taken: Mapping[str, tuple[Literal, ...]],
        chosen: Mapping[int, bool],
        literal: Literal,
        repair: Repair,
        stored: Mapping[str, Stored],
    ) -> Fix:
        """The repair in the user's choices: what must go goes, what is forced in its place is taken."""
        left = {
            code: tuple(one for one in literals if one[0] not in repair.give_up)
            for code, literals in taken.items()
        }
        gone = {code for code, literals in taken.items() if len(left[code]) < len(literals)}
        made = self.table.made(literal)
        become = [
            one
            for one in repair.becomes
            if one in self.table.at and self.slots[self.table.at[one]].code in gone
        ]
        kept = dict(literal for literals in left.values() for literal in literals) | dict([literal, *become])
        choices = self.completer.stored(kept, {c: v for c, v in stored.items() if c not in gone})
        given_up = tuple(self.table.made((feature, chosen[feature])) for feature in repair.give_up)
        becomes = tuple(self.table.made(one) for one in become if one[1] or self._is_yes_no(one))
        return Fix(_advice(made, becomes, given_up), given_up, becomes, choices)

    def _is_yes_no(self, literal: Literal) -> bool:
        return self.slots[self.table.at[literal]].option in ("no", "")

    # --- the rest ---

    def complete(self, choices: Mapping[str, object], aim: str = "default", quantity: int = 1) -> Completion:
        """All choices: those made (without clashes) and the best for the others. Refused as `Completer`."""
        read = self._read(choices)
        self._without_clashes(read)
        return self.completer.complete(_joined(read.taken), read.stored, aim, quantity)

    def price_span(self, choices: Mapping[str, object], quantity: int = 1) -> PriceSpan | None:
        """The least and the most a unit can still cost by its own list price."""
        read = self._read(choices)
        self._without_clashes(read)
        return self.completer.price_span(_joined(read.taken), quantity)

    def _broken(self, read: _Read, domains: Domains) -> Iterator[Problem]:
        """Rules the solver knows in part only, by their formulas where all they read is known."""
        if not self._rechecked:
            return
        values = self._values(read, domains)
        for rule in self._rechecked:
            try:
                derive(self.compiled, values)
                broken = rule.broken(values)
            except FormulaFailed as error:
                yield Problem(culprit(rule), error.message, error.remedy)
                continue
            if broken:
                offending = tuple(
                    (self.compiled.label(name), shown(self.compiled, name, values[name]))
                    for name in rule.names
                )
                yield Problem(culprit(rule), rule.row.reason, "Change one of these choices.", offending)

    def _values(self, read: _Read, domains: Domains) -> dict[str, Value]:
        """What is known by now of the names that these rules read."""
        values: dict[str, Value] = {}
        for name in {name for rule in self._rechecked for name in rule.names}:
            value = self.completer.known(name, read.stored, domains)
            if value is not None:
                values[name] = value[0]
        return values


def _joined(taken: Mapping[str, tuple[Literal, ...]], without: str = "") -> dict[int, bool]:
    return dict(literal for code, literals in taken.items() if code != without for literal in literals)


def _after(codes: list[str], stored: Mapping[str, Stored], code: str) -> list[str]:
    """The codes of choices made after this one."""
    order = list(stored)
    return [other for other in codes if order.index(other) > order.index(code)]


def _advice(made: Made, becomes: tuple[Made, ...], given_up: tuple[Made, ...]) -> str:
    if becomes:
        return f"{made.label} with {', '.join(one.label for one in becomes)}"
    return f"{made.label} without {', '.join(one.label for one in given_up)}" if given_up else made.label
