"""What can be clicked, and what a click says to the solver."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from kernel.expressions import Value
from kernel.wording import plain
from orders.engine.compiling import CompiledProduct
from orders.engine.deciding.answers import Literal, Made, Slot
from orders.engine.grounding import Grounding
from orders.engine.model import FeatureRow
from orders.engine.reading import BadInput, Stored, read_given

YES, NO, NOTHING, GIVEN = "yes", "no", "", "given"


@dataclass(frozen=True)
class Slots:
    """All slots of a product in the order of its choices, each with its feature and value as arrays."""

    compiled: CompiledProduct
    grounding: Grounding
    slots: tuple[Slot, ...] = field(init=False)
    place: Mapping[Slot, int] = field(init=False)
    span: Mapping[str, range] = field(init=False)
    at: Mapping[Literal, int] = field(init=False)
    feature: NDArray[np.int32] = field(init=False)
    value: NDArray[np.bool_] = field(init=False)
    told: tuple[tuple[str, Stored], ...] = field(init=False)

    def __post_init__(self) -> None:
        slots: list[Slot] = []
        literals: list[Literal] = []
        span: dict[str, range] = {}
        for code in (*self.compiled.features, *(row.code for row in self.compiled.model.parameters)):
            found = list(self._slots(code))
            span[code] = range(len(slots), len(slots) + len(found))
            slots += [Slot(code, option) for option, _ in found]
            literals += [literal for _, literal in found]
        for name, made in (
            ("slots", tuple(slots)),
            ("place", {slot: place for place, slot in enumerate(slots)}),
            ("span", span),
            ("at", {literal: place for place, literal in enumerate(literals)}),
            ("feature", np.array([feature for feature, _ in literals], np.int32)),
            ("value", np.array([value for _, value in literals], np.bool_)),
            ("told", tuple((slot.code, self._told(slot)) for slot in slots)),
        ):
            object.__setattr__(self, name, made)

    def _told(self, slot: Slot) -> Stored:
        """A slot as a choice; of a list the one option."""
        row = self.compiled.features.get(slot.code)
        if row is not None and row.options:
            return [slot.option] if row.many else slot.option or None
        return slot.option == YES

    def _slots(self, code: str) -> Iterator[tuple[str, Literal]]:
        grounding = self.grounding
        if code in grounding.cells or code not in grounding.there:
            return
        feature = grounding.there[code]
        row = self.compiled.features.get(code)
        if row is not None and row.options:
            for option in row.options:
                yield option.code, (grounding.options[code, option.code], True)
            if not row.many and any(entry.literal < 0 for entry in grounding.columns[code][0].entries):
                yield NOTHING, (feature, False)
        elif code in self.texts:
            yield GIVEN, (feature, True)
        else:
            yield YES, (feature, True)
            yield NO, (feature, False)

    @property
    def texts(self) -> frozenset[str]:
        """The parameters that are texts."""
        return frozenset(row.code for row in self.compiled.model.parameters if row.kind == "text")

    def literal(self, slot: Slot) -> Literal:
        """What a slot says to the solver; KeyError for one that is not there."""
        place = self.place[slot]
        return int(self.feature[place]), bool(self.value[place])

    def read(self, code: str, given: object) -> tuple[Stored, tuple[Literal, ...]]:
        """A choice as stored, and what it says; nothing for one left open. BadInput as in `configure`."""
        row = self.compiled.features.get(code)
        if row is not None and row.many and isinstance(given, Mapping):
            return self._read_some(row, given)
        if given == "" or (given is None and not (row is not None and row.options)):
            return None, ()
        value = read_given(self.compiled, code, given)
        stored = plain(value) if isinstance(value, Decimal) else _stored(value)
        return stored, tuple(self._said(code, value))

    def _read_some(
        self, row: FeatureRow, given: Mapping[object, object]
    ) -> tuple[Stored, tuple[Literal, ...]]:
        """Options of a list, each taken or excluded."""
        read_given(self.compiled, row.code, list(given))
        wanted = [(option.code, bool(given[option.code])) for option in row.options if option.code in given]
        literals = tuple((self.grounding.options[row.code, code], taken) for code, taken in wanted)
        return [code for code, taken in wanted if taken], literals

    def _said(self, code: str, value: Value) -> Iterator[Literal]:
        grounding = self.grounding
        if isinstance(value, Decimal):
            yield self.cell_of(code, value), True
        elif isinstance(value, bool):
            yield grounding.there[code], value
        elif isinstance(value, tuple):
            for option in value:
                yield grounding.options[code, str(option)], True
        elif code in self.texts:
            yield from ((grounding.there[code], True),) if value else ()
        elif value is not None:
            yield grounding.options[code, value], True
        elif Slot(code, NOTHING) in self.place:
            yield grounding.there[code], False
        elif (word := self.compiled.features[code].option("none")) is not None:
            yield grounding.options[code, word.code], True
        else:
            raise BadInput("nothing is chosen.", "Choose one of its options.")

    def cell_of(self, code: str, number: Decimal) -> int:
        """The feature of the interval in which a number lies."""
        place = self.grounding.grids[code].below(number)
        for (_first, last), feature in self.grounding.cells[code]:
            if place <= last:
                return feature
        return self.grounding.cells[code][-1][1]

    def made(self, literal: Literal) -> Made:
        """A literal in words."""
        place = self.at.get(literal)
        if place is not None:
            return Made(self.slots[place], self.label(self.slots[place]))
        feature, value = literal
        for code, cells in self.grounding.cells.items():
            for (first, last), cell in cells:
                if cell == feature:
                    grid = self.grounding.grids[code]
                    words = plain(grid.number(first))
                    words += f" to {plain(grid.number(last))}" if first < last else ""
                    unit = self.compiled.units.get(code, "")
                    return Made(Slot(code, words), f"{self.compiled.label(code)}: {words} {unit}".rstrip())
        name = self.grounding.tree.names[feature]
        found = next((slot for slot, there in self._named() if there == feature), Slot(name, YES))
        return Made(found, f"{self.label(found)}{'' if value else ' not'}")

    def _named(self) -> Iterator[tuple[Slot, int]]:
        for (code, option), feature in self.grounding.options.items():
            yield Slot(code, option), feature
        for code, feature in self.grounding.there.items():
            yield Slot(code, YES), feature

    def label(self, slot: Slot) -> str:
        """A slot in words: `Processor: 8 cores`."""
        row = self.compiled.features.get(slot.code)
        option = row.option(slot.option) if row is not None else None
        words = {YES: "Yes", NO: "No", NOTHING: "None", GIVEN: "given"}
        text = option.label if option is not None else words.get(slot.option, slot.option)
        return f"{self.compiled.label(slot.code)}: {text}"


def _stored(value: Value) -> Stored:
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return value if isinstance(value, bool) or value is None else str(value)
