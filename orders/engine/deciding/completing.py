"""Whole configurations: the best completion of what was chosen, as choices again."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.errors import Refused
from kernel.expressions import Value
from kernel.money import rounded
from kernel.wording import plain
from orders.engine.deciding.aims import Aims, Objective, objective
from orders.engine.deciding.answers import Completion, PriceSpan
from orders.engine.deciding.optimum import Optimum, held_entries, optimum
from orders.engine.deciding.slots import Slots
from orders.engine.grounding.values import AnyText, Column, Entry, Span
from orders.engine.logic.answers import Domains, Solver
from orders.engine.logic.tree import BoolArray
from orders.engine.model import FeatureRow, ParameterRow
from orders.engine.reading import BadInput, Stored, read_given

AIMS: Final = ("default", "cheapest", "fastest", "lightest")
NOTHING: Final[Mapping[str, Stored]] = {}
FAR: Final = 1_000
"""The weight of giving up a default; how far from it counts less than that."""


class Completer:
    """Completes the configurations of one product."""

    def __init__(self, table: Slots, solver: Solver) -> None:
        self.table, self.solver = table, solver
        self.compiled, self.grounding = table.compiled, table.grounding
        self.parameters = {row.code: row for row in self.compiled.model.parameters}
        self.aims = Aims(self.compiled, self.grounding)
        self._objectives: dict[tuple[str, int], Objective | None] = {}

    def complete(
        self, chosen: Mapping[int, bool], stored: Mapping[str, Stored], aim: str, quantity: int
    ) -> Completion:
        """The best completion: nearest to the defaults, or with the least price, working time or mass.

        Refused for an aim that is not known or has no figures in this product.
        """
        if aim not in AIMS:
            raise Refused(f"“{aim}” is no aim.", field="aim", remedy=f"Choose one of {', '.join(AIMS)}.")
        if aim == "default":
            variant = self.solver.complete(chosen, self.nearness)
            return Completion(self.choices_of(variant, stored), aim)
        goal = self._objective(aim, quantity)
        if goal is None:
            raise Refused(
                f"{self.compiled.model.code} has no figures for that.",
                field="aim",
                remedy="Give its options a mass, or declare a budget in kg.",
            )
        best = optimum(self.solver, chosen, goal, self.nearness)
        left_out = f"Left out: {', '.join(goal.missing)}." if goal.missing else ""
        note = " ".join(text for text in (goal.note, left_out) if text)
        value = rounded(best.value, goal.unit) if aim == "cheapest" else best.value
        return Completion(self.choices_of(best.variant, stored), aim, value, goal.unit, best.exact, note)

    def price_span(self, chosen: Mapping[int, bool], quantity: int) -> PriceSpan | None:
        """The least and the most that a unit can still cost."""
        goal = self._objective("cheapest", quantity)
        if goal is None:
            return None
        least, most = (self._bound(chosen, goal, sign) for sign in (1, -1))
        low, high = rounded(least.bound, goal.unit), rounded(most.bound, goal.unit)
        return PriceSpan(low, high, goal.unit, least.exact and most.exact, goal.missing)

    def _bound(self, chosen: Mapping[int, bool], goal: Objective, sign: int) -> Optimum:
        return optimum(self.solver, chosen, goal, np.zeros(len(self.grounding.tree), np.int64), sign)

    def _objective(self, aim: str, quantity: int) -> Objective | None:
        key = aim, quantity
        if key not in self._objectives:
            if len(self._objectives) > 16:
                self._objectives.clear()
            self._objectives[key] = objective(self.aims, aim, quantity)
        return self._objectives[key]

    @cached_property
    def nearness(self) -> NDArray[np.int64]:
        """How far each feature is from the defaults: nothing for a default.

        What is missing because nobody asks for it is hardly far: its default is no reason to ask.
        """
        weights = np.zeros(len(self.grounding.tree), np.int64)
        for code, columns in self.grounding.columns.items():
            for column in columns:
                home = self._home(code, column)
                far = [
                    min(_far(place, home), 1 if self._hangs(code, entry) else 2 * FAR)
                    for place, entry in enumerate(column.entries)
                ]
                absent = sum(far[i] for i, entry in enumerate(column.entries) if entry.literal < 0)
                for place, entry in enumerate(column.entries):
                    if entry.literal > 0:
                        weights[entry.literal - 1] = far[place] - absent
        return weights

    def _hangs(self, code: str, entry: Entry) -> bool:
        """Whether it may be missing only because of something else that is."""
        if entry.literal >= 0:
            return False
        tree, feature = self.grounding.tree, -entry.literal - 1
        above = int(tree.parent[feature])
        while above > 0 and tree.mandatory[above]:
            above = int(tree.parent[above])
        return above > 0 or code in self.compiled.asked

    def _home(self, code: str, column: Column) -> int:
        """The place of the default among the entries of a column."""
        wanted = self._default(code, column)
        for place, entry in enumerate(column.entries):
            if entry.value == wanted or (isinstance(entry.value, AnyText) and wanted):
                return place
            inside = isinstance(entry.value, Span) and isinstance(wanted, Decimal)
            if inside and entry.value.low <= wanted <= entry.value.high:  # type: ignore[attr-defined]
                return place
        return 0

    def _default(self, code: str, column: Column) -> Value:
        row: FeatureRow | None = self.compiled.features.get(code)
        if row is None:
            parameter = self.parameters.get(code)
            return self._given(parameter) if parameter is not None else None
        if column.option is not None:
            option = row.option(column.option)
            return option is not None and option.is_default
        return row.default if row.options else row.is_default

    def _given(self, row: ParameterRow) -> Value:
        try:
            return read_given(self.compiled, row.code, row.default)
        except BadInput:
            return row.minimum

    # --- back to choices ---

    def stored(self, literals: Mapping[int, bool], given: Mapping[str, Stored]) -> dict[str, Stored]:
        """Choices of what literals say, in the order of the product; exact values as given."""
        choices: dict[str, Stored] = {}
        for code, columns in self.grounding.columns.items():
            if code in given:
                choices[code] = given[code]
                continue
            taken = [(column, entry) for column in columns if (entry := _decided(column, literals))]
            if not taken:
                continue
            if columns[0].option is not None:
                choices[code] = [str(column.option) for column, entry in taken if entry.value]
            else:
                choices[code] = self._value(code, taken[0][1])
        return choices

    def choices_of(self, variant: BoolArray, given: Mapping[str, Stored] = NOTHING) -> dict[str, Stored]:
        """A whole variant as choices; exact numbers and texts as given."""
        table = self.table
        choices: dict[str, Stored] = dict(self._empty)
        for place in np.flatnonzero(variant[table.feature] == table.value).tolist():
            code, told = table.told[place]
            held = choices.get(code)
            choices[code] = [*held, *told] if isinstance(told, list) and isinstance(held, list) else told
        for code in self.parameters:
            (entry,) = held_entries(self.grounding.columns[code], variant)
            choices.pop(code, None)
            if code in given and isinstance(entry.value, (Span, AnyText)):
                choices[code] = given[code]
            elif not (code in self.grounding.cells and entry.literal < 0):
                choices[code] = self._value(code, entry)
        return choices

    @cached_property
    def _empty(self) -> dict[str, Stored]:
        """Every choice in order, with nothing chosen."""
        return {code: [] if row.many else None for code, row in self.compiled.features.items()}

    def _value(self, code: str, entry: Entry) -> Stored:
        """An entry as a choice; of an interval the number nearest to the default."""
        value = entry.value
        if isinstance(value, Span):
            wanted = self._given(self.parameters[code])
            near = wanted if isinstance(wanted, Decimal) else value.low
            return plain(min(max(near, value.low), value.high))
        if isinstance(value, AnyText):
            return self.parameters[code].default or None
        if isinstance(value, Decimal):
            return plain(value)
        return value if isinstance(value, bool) or value is None else str(value)

    def known(self, name: str, stored: Mapping[str, Stored], domains: Domains) -> tuple[Value] | None:
        """The value of a name where it is known by now, in a tuple."""
        given = stored.get(name)
        if given is not None and name in self.parameters:
            return (read_given(self.compiled, name, given),)
        entries = [_certain(column, domains) for column in self.grounding.columns[name]]
        values = [entry.value for entry in entries if entry is not None]
        if len(values) < len(entries) or any(isinstance(value, (Span, AnyText)) for value in values):
            return None
        columns = self.grounding.columns[name]
        if columns[0].option is None:
            return (values[0],)  # type: ignore[return-value]
        return (tuple(column.option for column, value in zip(columns, values, strict=True) if value),)


def _far(place: int, home: int) -> int:
    return FAR + min(abs(place - home), FAR - 1) if place != home else 0


def _decided(column: Column, literals: Mapping[int, bool]) -> Entry | None:
    """The way a column stands by these literals alone."""
    for entry in column.entries:
        if literals.get(abs(entry.literal) - 1) is (entry.literal > 0):
            return entry
    return None


def _certain(column: Column, domains: Domains) -> Entry | None:
    for entry in column.entries:
        feature = abs(entry.literal) - 1
        if domains.must[feature] if entry.literal > 0 else not domains.can[feature]:
            return entry
    return None
