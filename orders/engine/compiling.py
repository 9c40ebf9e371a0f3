"""Turns a product model into checked formulas, once per revision, or lists everything wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kernel.errors import Refused
from kernel.expressions import (
    BOOLEAN,
    NUMBER,
    TEXT,
    Checked,
    Choice,
    EvaluationError,
    ExpressionError,
    Scalar,
    Scope,
    Type,
    Value,
    check,
)
from orders.engine.checking import structure_faults
from orders.engine.model import (
    QUANTITY,
    BomRow,
    CharacteristicRow,
    Fault,
    FormulaFailed,
    GroupRow,
    ModelRefused,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
)

Values = Mapping[str, object]

KINDS: dict[str, Type] = {"number": NUMBER, "text": TEXT, "flag": BOOLEAN}


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


@dataclass(frozen=True, slots=True)
class CompiledCharacteristic:
    """A characteristic of the inspection plan; the limits by name where given."""

    row: CharacteristicRow
    condition: Formula | None
    limits: Mapping[str, Formula]
    expected: Formula | None


@dataclass(frozen=True, slots=True)
class CompiledProduct:
    """A product ready to configure, price and explode. Immutable; may be shared between threads."""

    model: ProductModel
    scope: Scope
    rules: tuple[CompiledRule, ...]
    rules_of: Mapping[str, tuple[CompiledRule, ...]]
    prices: tuple[CompiledPrice, ...]
    bom: tuple[CompiledBom, ...]
    routing: tuple[CompiledStep, ...]
    characteristics: tuple[CompiledCharacteristic, ...]


def compile_product(model: ProductModel) -> CompiledProduct:
    """Check every formula against the product's own choices; ModelRefused lists all faults at once."""
    return _Compiler(model).product()


class _Compiler:
    """One pass over the model; a fault is noted and the pass goes on."""

    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.faults = structure_faults(model)
        types = self._types()
        self.scope = Scope(types)
        self.with_quantity = Scope(types | {QUANTITY: NUMBER})

    def product(self) -> CompiledProduct:
        """The whole, or ModelRefused."""
        rules = tuple(rule for row in self.model.rules if (rule := self._rule(row)))
        compiled = CompiledProduct(
            self.model,
            self.scope,
            rules,
            {name: tuple(rule for rule in rules if name in rule.names) for name in self.scope},
            tuple(price for row in self.model.prices if (price := self._price(row))),
            tuple(line for row in self.model.bom if (line := self._bom(row))),
            tuple(step for row in self.model.routing if (step := self._step(row))),
            tuple(self._characteristic(row) for row in self.model.characteristics),
        )
        if self.faults:
            raise ModelRefused(self.faults, self.model.code)
        return compiled

    def _types(self) -> dict[str, Type]:
        """What can be chosen, by name; a row that cannot be named or typed is a fault."""
        types: dict[str, Type] = {}
        for row in self.model.choices:
            field = "attributes"
            try:
                kind = _type(row)
                field = "code"
                Scope({row.code: kind})
            except Refused as error:
                self.faults.append(Fault(f"{_noun(row)} {row.code}", field, error.message, error.remedy))
            else:
                types[row.code] = kind
        return types

    def _formula(self, row: str, field: str, source: str, expects: Type | None = NUMBER) -> Formula | None:
        scope = self.scope if row.startswith("Rule") else self.with_quantity
        try:
            return Formula(row, field, check(source, scope, expects))
        except ExpressionError as error:
            self.faults.append(Fault(row, field, error.reason, error.hint, error.line, error.column))
        return None

    def _condition(self, row: str, field: str, source: str) -> Formula | None:
        return self._formula(row, field, source, BOOLEAN) if source.strip() else None

    def _any(self, row: str, field: str, source: str) -> Formula | None:
        return self._formula(row, field, source, None) if source.strip() else None

    def _rule(self, row: RuleRow) -> CompiledRule | None:
        when = self._condition(f"Rule {row.number}", "when", row.when)
        then = self._formula(f"Rule {row.number}", "then", row.then, BOOLEAN)
        if then is None:
            return None
        read = then.checked.names | (when.checked.names if when else frozenset())
        return CompiledRule(row, when, then, tuple(name for name in self.scope if name in read))

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

    def _step(self, row: StepRow) -> CompiledStep | None:
        where = f"Operation {row.sequence}"
        condition = self._condition(where, "condition", row.condition)
        setup = self._formula(where, "setup_minutes", row.setup_minutes)
        run = self._formula(where, "run_minutes", row.run_minutes)
        family = self._any(where, "setup_family", row.setup_family)
        return CompiledStep(row, condition, setup, run, family) if setup and run else None

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


def _noun(row: GroupRow | ParameterRow) -> str:
    return "Group" if isinstance(row, GroupRow) else "Parameter"


def _type(row: GroupRow | ParameterRow) -> Type:
    if isinstance(row, ParameterRow):
        return KINDS[row.kind]
    options = {
        option.code: {name: _scalar(value) for name, value in option.attributes.items()}
        for option in row.options
    }
    return Choice.of(options, optional=not row.required)


def _scalar(value: object) -> Scalar | int:
    """An attribute as formulas know it: JSON's floats become exact decimals; the scope refuses the rest."""
    return Decimal(str(value)) if isinstance(value, float) else cast(Scalar | int, value)
