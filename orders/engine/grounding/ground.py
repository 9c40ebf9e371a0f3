"""From a compiled product to the features, rules and columns that the solver works on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from kernel.expressions import Scope
from kernel.expressions.types import NUMBER
from kernel.wording import plain
from orders.engine.compiling import CompiledProduct, CompiledRule, Formula
from orders.engine.grounding.boxes import Boxes
from orders.engine.grounding.cells import Atom, Cutter, Undecided, grid_of
from orders.engine.grounding.conditions import Conditions, Pair, atoms_of
from orders.engine.grounding.diagrams import TRUE, Definitions, either, same
from orders.engine.grounding.values import ALWAYS, MOST_PIECES, AnyText, Cell, Column, Entry, Grid, Span
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.tree import FeatureTree, Group, Iff, Not, Var
from orders.engine.logic.tree import Formula as Logic
from orders.engine.model import QUANTITY, Fault, FeatureRow, ParameterRow

ROOT: Final = 0
TOO_MANY = "It reads too many choices at once to be proved."
BREAKPOINTS = "Declare breakpoints for {}, between which all values count alike."
SPLIT_IT = "Split it into rules that read fewer choices, or make it a sum."


@dataclass(frozen=True)
class Loose:
    """A rule the solver knows only in part: it is checked by its formula at each click."""

    rule: CompiledRule
    why: str


@dataclass(frozen=True)
class Owner:
    """What a number in the tree stands for: a rule of the product, or whether a parameter is asked for."""

    rule: CompiledRule | None
    row: str


@dataclass(frozen=True)
class Grounding:
    """A product in the solver's terms.

    `options` finds the feature of an option of a choice or list, `there` that of a feature, flag or given
    text or number, `cells` the features of a number's intervals in the places of its grid. `columns` are the
    ways each name can stand. `rules` says what the numbers in the tree mean. `faults` refuse publication.
    """

    tree: FeatureTree
    options: Mapping[tuple[str, str], int]
    there: Mapping[str, int]
    grids: Mapping[str, Grid]
    cells: Mapping[str, tuple[tuple[Cell, int], ...]]
    columns: Mapping[str, tuple[Column, ...]]
    rules: Mapping[int, Owner]
    loose: tuple[Loose, ...]
    faults: tuple[Fault, ...]


def ground(compiled: CompiledProduct) -> Grounding:
    """The product's features, parameters and rules. Its structure adds cuts of numbers only."""
    return Grounder(compiled).grounding()


@dataclass
class Grounder:
    """Builds the tree; more features may be defined behind it for what is to be proved."""

    compiled: CompiledProduct
    builder: TreeBuilder = field(default_factory=TreeBuilder)
    options: dict[tuple[str, str], int] = field(default_factory=dict)
    there: dict[str, int] = field(default_factory=dict)
    cells: dict[str, tuple[tuple[Cell, int], ...]] = field(default_factory=dict)
    columns: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    owners: dict[int, Owner] = field(default_factory=dict)
    loose: list[Loose] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    always: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        compiled = self.compiled
        self.owner = Owner(None, "")
        self.boxes = Boxes(
            Scope({**compiled.scope, QUANTITY: NUMBER}), {row.row.code: row for row in compiled.derived}
        )
        self.numbers = [row for row in compiled.model.parameters if row.kind == "number"]
        self.grids = {row.code: grid_of(row) for row in self.numbers}
        self.conditions = Conditions(self.boxes, self.columns, Definitions(self.define))
        self._plant_features()
        self._plant_parameters()
        for rule in compiled.rules:
            self._rule(rule)
        for row in compiled.model.parameters:
            self._asked(row)

    def grounding(self) -> Grounding:
        """What was built so far."""
        return Grounding(
            self.builder.build(),
            self.options,
            self.there,
            self.grids,
            self.cells,
            self.columns,
            dict(self.owners),
            tuple(self.loose),
            tuple(self.faults),
        )

    def define(self, formula: Logic) -> int:
        """A helper feature that is true exactly where the formula is."""
        feature = self.builder.feature(f"#{len(self.builder.names)}", hidden=True)
        self.state(Iff(Var(feature), formula))
        return feature

    def feature_for(self, formula: Logic) -> Var:
        """A feature, or a helper, that stands for the formula."""
        return formula if isinstance(formula, Var) else Var(self.define(formula))

    def state(self, formula: Logic) -> None:
        """Let a formula hold in every variant, for the current owner's sake."""
        if formula == TRUE:
            return
        number = len(self.owners) + 1
        self.owners[number] = self.owner
        self.builder.rule(formula if formula != either() else Not(Var(ROOT)), self.owner.row, number)

    # --- features and parameters ---

    def _plant_features(self) -> None:
        root = self.builder.feature("#", mandatory=True)
        self.always.add(root)
        for row in self.compiled.model.features:
            self._plant(row, root, row.code, row.mandatory)
        for placed in self.compiled.placed:
            self.columns[placed.feature.code] = tuple(self._ways(placed.feature))
        self.columns[QUANTITY] = (Column(QUANTITY, None, (Entry(Span(Decimal(1), MOST_PIECES), ALWAYS),)),)

    def _plant(self, row: FeatureRow, parent: int, name: str, mandatory: bool) -> int:
        feature = self.builder.feature(name, parent, mandatory=mandatory)
        if mandatory and parent in self.always:
            self.always.add(feature)
        if name == row.code or row.options:
            self.there[row.code] = feature
        low, high = row.bounds
        # A list that may stay empty is there exactly where something of it is.
        low = max(low, 1) if row.relation == "cardinality" and not mandatory and name == row.code else low
        self.builder.combine(feature, Group[row.relation.upper()], low, high)
        for option in row.options:
            self.options[row.code, option.code] = self._plant(
                option, feature, f"{row.code}={option.code}", False
            )
        for member in row.members:
            self._plant(member, feature, member.code, member.mandatory)
        return feature

    def _ways(self, row: FeatureRow) -> Iterator[Column]:
        """The columns of a feature: one, or one for each option of a list."""
        feature = self.there[row.code]
        if row.many:
            for option in row.options:
                yield Column(row.code, option.code, _yes_no(self.options[row.code, option.code]))
        elif row.options:
            absent = () if feature in self.always else (Entry(None, -feature - 1),)
            taken = (Entry(option.code, self.options[row.code, option.code] + 1) for option in row.options)
            yield Column(row.code, None, (*taken, *absent))
        else:
            yield Column(row.code, None, _yes_no(feature))

    def _plant_parameters(self) -> None:
        for row in self.compiled.model.parameters:
            if row.kind != "number":
                feature = self.builder.feature(row.code, ROOT)
                self.there[row.code] = feature
                given = AnyText(row.max_length) if row.kind == "text" else True
                absent = "" if row.kind == "text" else False
                entries = Entry(given, feature + 1), Entry(absent, -feature - 1)
                self.columns[row.code] = (Column(row.code, None, entries),)
        cutter = Cutter(
            self.boxes, self.columns, self.grids, {row.code: row.breakpoints for row in self.numbers}
        )
        self.undecided = cutter.cut(self._atoms())
        for row in self.numbers:
            self._plant_number(row, cutter.cells[row.code])

    def _plant_number(self, row: ParameterRow, cells: Iterable[Cell]) -> None:
        """An alternative of its cells; where it is not asked for, it counts as nought."""
        asked_always = row.code not in self.compiled.asked
        grid = self.grids[row.code]
        feature = self.builder.feature(row.code, ROOT, mandatory=asked_always)
        self.builder.combine(feature, Group.ALTERNATIVE)
        self.there[row.code] = feature
        made = []
        for low, high in cells:
            words = plain(grid.number(low)) + (f"..{plain(grid.number(high))}" if low < high else "")
            made.append(((low, high), self.builder.feature(f"{row.code}={words}", feature)))
        self.cells[row.code] = tuple(made)
        entries = [Entry(grid.value(cell), child + 1) for cell, child in made]
        if not asked_always:
            entries.append(Entry(Decimal(0), -feature - 1))
        self.columns[row.code] = (Column(row.code, None, tuple(entries)),)

    def _atoms(self) -> Iterator[Atom]:
        """All conditions, taken apart."""
        rules = (part for rule in self.compiled.rules for part in (rule.when, rule.then) if part is not None)
        asked = self.compiled.asked.values()
        for is_rule, formulas in ((True, (*rules, *asked)), (False, conditions_of(self.compiled))):
            for formula in formulas:
                for node in atoms_of(formula.checked.tree, self.boxes):
                    yield Atom(formula.row, formula.field, node, is_rule)

    # --- rules ---

    def _rule(self, rule: CompiledRule) -> None:
        """`when` implies `then`, or its contrary; what is not known for sure is left out."""
        self.owner = Owner(rule, rule.then.row)
        then = self.conditions.ground(rule.then.checked.tree, rule.row.kind == "requires")
        parts = [then.possibly]
        if rule.when is not None:
            parts.append(self.conditions.ground(rule.when.checked.tree, False).possibly)
        self.state(either(*parts))
        for formula in (rule.when, rule.then):
            if formula is not None and not self.conditions.is_exact(formula.checked.tree):
                self._inexact(rule, formula)
                break

    def _inexact(self, rule: CompiledRule, formula: Formula) -> None:
        """Refused where more breakpoints or a simpler rule would help, else loose."""
        row, where = formula.row, formula.field
        blamed = {
            code: found for found in self.undecided if found.atom.row == row for code in found.parameters
        }
        coarse = [code for code in blamed if self._is_coarse(code)]
        bare = [row.code for row in self.numbers if row.code in coarse and not row.breakpoints]
        too_large = any(
            self.conditions.diagram(atom) is None for atom in atoms_of(formula.checked.tree, self.boxes)
        )
        if too_large:
            self.faults.append(Fault(row, where, TOO_MANY, SPLIT_IT))
        elif bare and not self._reads_unknown(formula):
            message = f"It changes too often with {', '.join(coarse)} to be proved."
            self.faults.append(Fault(row, where, message, BREAKPOINTS.format(", ".join(bare))))
        read = ", ".join(coarse) or "a text, or fails for some choices"
        self.loose.append(Loose(rule, f"It depends on {read}, so exact values are checked by its formula."))

    def _is_coarse(self, code: str) -> bool:
        return any(low < high for (low, high), _ in self.cells[code])

    def _reads_unknown(self, formula: Formula) -> bool:
        texts = {row.code for row in self.compiled.model.parameters if row.kind == "text"}
        return bool(self.boxes.resolved(formula.checked.names) & texts)

    def _asked(self, row: ParameterRow) -> None:
        """A parameter that is not asked for is not given; a number that is asked for has a value."""
        condition = self.compiled.asked.get(row.code)
        if condition is None:
            return
        self.owner = Owner(None, f"Parameter {row.code}")
        feature = Var(self.there[row.code])
        held = self.conditions.ground(condition.checked.tree)
        if row.kind == "number" and held.surely == held.possibly:
            self.state(same(feature, held.surely))
            return
        self.state(either(Not(feature), held.possibly))
        if row.kind == "number":
            self.state(either(feature, self.conditions.ground(condition.checked.tree, False).possibly))


def conditions_of(compiled: CompiledProduct) -> Iterator[Formula]:
    """The conditions of prices, BOM lines, operations, characteristics and documents."""
    groups: tuple[Iterable[object], ...] = (
        compiled.prices,
        compiled.bom,
        compiled.routing,
        compiled.characteristics,
        compiled.documents,
    )
    for group in groups:
        for part in group:
            condition = getattr(part, "condition", None)
            if condition is not None:
                yield condition


def _yes_no(feature: int) -> tuple[Entry, Entry]:
    return Entry(True, feature + 1), Entry(False, -feature - 1)


__all__ = ["Grounder", "Grounding", "Loose", "Owner", "Pair", "Undecided", "conditions_of", "ground"]
