"""Turns a product model into checked formulas, once per revision, or lists everything wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import cast

from kernel.errors import Refused
from kernel.expressions import (
    BOOLEAN,
    NUMBER,
    Checked,
    EvaluationError,
    ExpressionError,
    Scope,
    Type,
    Value,
    check,
)
from orders.engine.assemblies import downwards
from orders.engine.checking import named_rules, structure_faults
from orders.engine.kinds import type_of, type_of_parameter
from orders.engine.model import (
    QUANTITY,
    BomRow,
    BudgetRow,
    CharacteristicRow,
    DerivedRow,
    DocumentRow,
    Fault,
    FeatureRow,
    FormulaFailed,
    ModelRefused,
    ParameterRow,
    Placed,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    headings,
)

Values = Mapping[str, object]

FURTHER = ("queue_minutes", "wait_minutes", "outside_days", "outside_price")


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula that knows the row and field it stands in; failures are FormulaFailed."""

    row: str
    field: str
    checked: Checked

    def value(self, values: Values) -> Value:
        """What it gives for these values."""
        try:
            return self.checked.evaluate(values)
        except EvaluationError as error:
            fault = Fault(self.row, self.field, error.reason, error.hint, error.line, error.column)
            raise FormulaFailed(fault) from None

    def number(self, values: Values, least: int | None = 0, most: Decimal = Decimal(10) ** 9) -> Decimal:
        """A finite number within the bounds; `least` None allows negative ones."""
        number = cast(Decimal, self.value(values))
        if (least is not None and number < least) or abs(number) > most:
            raise FormulaFailed(
                Fault(self.row, self.field, f"The formula gives {number:.10g}, which is out of range.")
            )
        return number

    def holds(self, values: Values) -> bool:
        """A condition."""
        return bool(self.value(values))


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with the names it reads, in the order of the product's choices."""

    row: RuleRow
    when: Formula | None
    then: Formula
    names: tuple[str, ...]
    demanded: tuple[str, ...]

    def broken(self, values: Values) -> bool:
        """Whether these values break the rule; one that reads a choice not yet made is not broken."""
        if not all(name in values for name in self.names):
            return False
        if self.when is not None and not self.when.holds(values):
            return False
        return self.then.holds(values) is (self.row.kind == "excludes")


@dataclass(frozen=True, slots=True)
class CompiledPrice:
    """A price rule."""

    row: PriceRow
    condition: Formula | None
    amount: Formula


@dataclass(frozen=True, slots=True)
class CompiledBom:
    """A line of the bill of materials."""

    row: BomRow
    condition: Formula | None
    quantity: Formula


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A step of the routing."""

    row: StepRow
    condition: Formula | None
    setup: Formula
    run: Formula
    family: Formula | None
    queue: Formula
    wait: Formula
    outside_days: Formula
    outside_price: Formula


@dataclass(frozen=True, slots=True)
class CompiledCharacteristic:
    """A characteristic of the inspection plan; the limits by name where given."""

    row: CharacteristicRow
    condition: Formula | None
    limits: Mapping[str, Formula]
    expected: Formula | None


@dataclass(frozen=True, slots=True)
class CompiledDerived:
    """A derived value."""

    row: DerivedRow
    formula: Formula


@dataclass(frozen=True, slots=True)
class CompiledBudget:
    """A budget with what is used of it and its limit."""

    row: BudgetRow
    used: Formula
    limit: Formula


@dataclass(frozen=True, slots=True)
class CompiledDocument:
    """A document with its condition."""

    row: DocumentRow
    condition: Formula | None


@dataclass(frozen=True, slots=True)
class CompiledProduct:
    """A product ready to configure, price and explode. Immutable; may be shared between threads.

    `placed` are the features that can be chosen, `asked` the conditions of parameters by code. `rules` has
    the rules, then one for each budget; `rules_of` finds them by the choice they read, also through derived
    values. `downwards` is the BOM with every line after all lines of whatever its assembly goes into.
    """

    model: ProductModel
    scope: Scope
    placed: tuple[Placed, ...]
    features: Mapping[str, FeatureRow]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    headings: Mapping[str, str]
    asked: Mapping[str, Formula]
    derived: tuple[CompiledDerived, ...]
    budgets: tuple[CompiledBudget, ...]
    rules: tuple[CompiledRule, ...]
    rules_of: Mapping[str, tuple[CompiledRule, ...]]
    prices: tuple[CompiledPrice, ...]
    bom: tuple[CompiledBom, ...]
    downwards: tuple[CompiledBom, ...]
    routing: tuple[CompiledStep, ...]
    characteristics: tuple[CompiledCharacteristic, ...]
    documents: tuple[CompiledDocument, ...]

    def label(self, code: str) -> str:
        """The words for a feature, parameter or derived value."""
        return self.labels.get(code, code)


def compile_product(model: ProductModel) -> CompiledProduct:
    """Check every formula against the product's own choices; ModelRefused lists all faults at once."""
    return _Compiler(model).product()


def formula_scope(model: ProductModel) -> Scope:
    """The names formulas of this model may use, whatever else is wrong with it; derived values come last."""
    return _Compiler(model).with_quantity


class _Compiler:
    """One pass over the model; a fault is noted and the pass goes on."""

    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.faults = structure_faults(model)
        self.placed = model.placed
        self.choices = self._types()
        self.scope = Scope(self.choices)
        self.reads: dict[str, frozenset[str]] = {}
        self.derived = tuple(found for row in model.derived if (found := self._derived(row)))
        self.with_quantity = Scope({**self.scope, QUANTITY: NUMBER})

    def product(self) -> CompiledProduct:
        """The whole, or ModelRefused."""
        model = self.model
        budgets = tuple(budget for row in model.budgets if (budget := self._budget(row)))
        rules = tuple(rule for where, row in named_rules(model) if (rule := self._rule(where, row)))
        bom = tuple(line for row in model.bom if (line := self._bom(row)))
        conditions = ((row.code, f"Parameter {row.code}", row.condition) for row in model.parameters)
        compiled = CompiledProduct(
            model,
            self.scope,
            self.placed,
            {placed.feature.code: placed.feature for placed in self.placed},
            model.labels,
            model.units,
            headings(model.features),
            {code: asked for code, where, text in conditions if (asked := self._asked(where, text))},
            self.derived,
            budgets,
            rules,
            {name: tuple(rule for rule in rules if name in rule.names) for name in self.choices},
            tuple(price for row in model.prices if (price := self._price(row))),
            bom,
            self._downwards(bom),
            tuple(step for row in model.routing if (step := self._step(row))),
            tuple(self._characteristic(row) for row in model.characteristics),
            tuple(self._document(row) for row in model.documents),
        )
        if self.faults:
            raise ModelRefused(self.faults, model.code)
        return compiled

    def _types(self) -> dict[str, Type]:
        """What can be chosen, by name; a row that cannot be named or typed is a fault."""
        types: dict[str, Type] = {}
        for row, kind in chain(self._features(), self._parameters()):
            try:
                Scope({row.code: kind})
            except Refused as error:
                self.faults.append(Fault(f"{_noun(row)} {row.code}", "code", error.message, error.remedy))
            else:
                types[row.code] = kind
        return types

    def _features(self) -> Iterator[tuple[FeatureRow | ParameterRow, Type]]:
        for placed in self.placed:
            try:
                yield placed.feature, type_of(placed)
            except Refused as error:
                where = f"Group {placed.feature.code}"
                self.faults.append(Fault(where, "attributes", error.message, error.remedy))

    def _parameters(self) -> Iterator[tuple[FeatureRow | ParameterRow, Type]]:
        for row in self.model.parameters:
            yield row, type_of_parameter(row)

    def _derived(self, row: DerivedRow) -> CompiledDerived | None:
        """Each joins the scope for those after it."""
        where = f"Derived value {row.code}"
        formula = self._checked(where, "formula", row.formula, self.scope, None)
        if formula is None:
            return None
        try:
            self.scope = Scope({**self.scope, row.code: formula.checked.result})
        except Refused as error:
            self.faults.append(Fault(where, "code", error.message, error.remedy))
            return None
        self.reads[row.code] = self._chosen(formula.checked.names)
        return CompiledDerived(row, formula)

    def _chosen(self, names: frozenset[str]) -> frozenset[str]:
        """The choices behind these names, derived values resolved."""
        return frozenset(deep for name in names for deep in self.reads.get(name, frozenset((name,))))

    def _asked(self, where: str, source: str) -> Formula | None:
        return self._checked(where, "condition", source, self.scope, BOOLEAN) if source.strip() else None

    def _budget(self, row: BudgetRow) -> CompiledBudget | None:
        where = f"Budget {row.code}"
        used = self._checked(where, "used", row.used, self.scope, NUMBER)
        limit = self._checked(where, "limit", row.limit, self.scope, NUMBER)
        return CompiledBudget(row, used, limit) if used and limit else None

    def _checked(
        self, row: str, field: str, source: str, scope: Scope, expects: Type | None
    ) -> Formula | None:
        try:
            return Formula(row, field, check(source, scope, expects))
        except ExpressionError as error:
            self.faults.append(Fault(row, field, error.reason, error.hint, error.line, error.column))
        return None

    def _formula(self, row: str, field: str, source: str, expects: Type | None = NUMBER) -> Formula | None:
        return self._checked(row, field, source, self.with_quantity, expects)

    def _condition(self, row: str, field: str, source: str) -> Formula | None:
        return self._formula(row, field, source, BOOLEAN) if source.strip() else None

    def _any(self, row: str, field: str, source: str) -> Formula | None:
        return self._formula(row, field, source, None) if source.strip() else None

    def _rule(self, where: str, row: RuleRow) -> CompiledRule | None:
        when = self._checked(where, "when", row.when, self.scope, BOOLEAN) if row.when.strip() else None
        then = self._checked(where, "then", row.then, self.scope, BOOLEAN)
        if then is None:
            return None
        read = self._chosen(then.checked.names | (when.checked.names if when else frozenset()))
        demanded = self._chosen(then.checked.names)
        names = tuple(name for name in self.choices if name in read)
        return CompiledRule(row, when, then, names, tuple(name for name in names if name in demanded))

    def _price(self, row: PriceRow) -> CompiledPrice | None:
        where = f"Price rule “{row.label}”"
        condition = self._condition(where, "condition", row.condition)
        amount = self._formula(where, "amount", row.amount)
        return CompiledPrice(row, condition, amount) if amount else None

    def _bom(self, row: BomRow) -> CompiledBom | None:
        where = f"BOM line {row.find_number}"
        condition = self._condition(where, "condition", row.condition)
        quantity = self._formula(where, "quantity", row.quantity)
        return CompiledBom(row, condition, quantity) if quantity else None

    def _downwards(self, bom: tuple[CompiledBom, ...]) -> tuple[CompiledBom, ...]:
        """Without assemblies, as most are, any order will do; with a fault already, none is needed."""
        if self.faults or not any(line.row.assembly for line in bom):
            return bom
        try:
            order = downwards(self.model)
        except ModelRefused as refusal:
            self.faults += refusal.faults
            return bom
        lines = {line.row.find_number: line for line in bom}
        return tuple(lines[number] for number in order)

    def _step(self, row: StepRow) -> CompiledStep | None:
        where = f"Operation {row.sequence}"
        condition = self._condition(where, "condition", row.condition)
        setup = self._formula(where, "setup_minutes", row.setup_minutes)
        run = self._formula(where, "run_minutes", row.run_minutes)
        family = self._any(where, "setup_family", row.setup_family)
        more = [self._formula(where, name, getattr(row, name)) for name in FURTHER]
        if setup is None or run is None or None in more:
            return None
        return CompiledStep(row, condition, setup, run, family, *cast(list[Formula], more))

    def _document(self, row: DocumentRow) -> CompiledDocument:
        where = f"Document {row.number}"
        return CompiledDocument(row, self._condition(where, "condition", row.condition))

    def _characteristic(self, row: CharacteristicRow) -> CompiledCharacteristic:
        where = f"Characteristic {row.number}"
        condition = self._condition(where, "condition", row.condition)
        given = {"nominal": row.nominal, "lower": row.lower, "upper": row.upper}
        limits = {
            name: formula
            for name, source in given.items()
            if source.strip() and (formula := self._formula(where, name, source))
        }
        return CompiledCharacteristic(row, condition, limits, self._any(where, "expected", row.expected))


def _noun(row: FeatureRow | ParameterRow) -> str:
    return "Parameter" if isinstance(row, ParameterRow) else "Group"
