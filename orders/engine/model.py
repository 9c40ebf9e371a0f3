"""A product model as plain data, and what can be wrong with it: no storage, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kernel.errors import Refused

QUANTITY = "QTY"
"""The name by which formulas of prices, materials and times read the ordered quantity."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One possible choice; attributes may be read by formulas as GROUP.attribute."""

    code: str
    label: str
    is_default: bool = False
    price_adder: Decimal = ZERO
    price_percent: Decimal = ZERO
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One choice to make, of exactly one option, or of none where it is not required."""

    code: str
    label: str
    options: tuple[OptionRow, ...]
    required: bool = True
    help: str = ""

    @property
    def default(self) -> str | None:
        """The code chosen where nothing was said."""
        return next((option.code for option in self.options if option.is_default), None)

    def option(self, code: str | None) -> OptionRow | None:
        """The option with this code."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A number, text or flag the customer gives; `kind` is number, text or flag."""

    code: str
    label: str
    kind: str = "number"
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    pattern: str = ""
    max_length: int = 100
    default: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Where `when` holds, `then` must hold (kind requires) or must not (kind excludes)."""

    number: int
    kind: str
    when: str
    then: str
    reason: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """An amount by formula, added to the price of one unit where the condition holds."""

    label: str
    condition: str
    amount: str


@dataclass(frozen=True, slots=True)
class BomRow:
    """An item, its quantity per unit of product by formula, and the operation that uses it."""

    find_number: int
    item_id: int
    item: str
    description: str
    unit: str
    standard_cost: Decimal
    condition: str
    quantity: str
    operation: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """An operation with its times in minutes by formula; `per` is piece or lot."""

    sequence: int
    name: str
    process_id: int
    process: str
    condition: str = ""
    setup_minutes: str = "0"
    run_minutes: str = "0"
    per: str = "piece"
    setup_family: str = ""
    unattended: bool = False
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class CharacteristicRow:
    """What inspection checks; `kind` is measured (against limits) or attribute (as expected)."""

    number: int
    label: str
    kind: str = "attribute"
    condition: str = ""
    nominal: str = ""
    lower: str = ""
    upper: str = ""
    expected: str = ""
    unit: str = ""
    method: str = ""
    key: bool = False


@dataclass(frozen=True, slots=True)
class ProductModel:
    """Everything that makes a configurable product; immutable, comparable, free of any storage."""

    code: str
    name: str
    base_price: Decimal
    currency: str = "EUR"
    groups: tuple[GroupRow, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    bom: tuple[BomRow, ...] = ()
    routing: tuple[StepRow, ...] = ()
    characteristics: tuple[CharacteristicRow, ...] = ()

    @property
    def choices(self) -> tuple[GroupRow | ParameterRow, ...]:
        """All that can be chosen: groups, then parameters."""
        return (*self.groups, *self.parameters)

    def label(self, code: str) -> str:
        """The words for a group or parameter."""
        return next((row.label for row in self.choices if row.code == code), code)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in the master data: the row and field it stands in, with the place inside a formula."""

    row: str
    field: str
    message: str
    remedy: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f" (line {self.line}, column {self.column})" if self.line else ""
        return f"{self.row}, {self.field}{place}: {self.message} {self.remedy}".strip()


class ModelRefused(Refused):
    """The product model cannot be used; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: list[Fault], code: str) -> None:
        count = f"{len(faults)} problem{'s' if len(faults) > 1 else ''}"
        super().__init__(
            f"{code} has {count}: {faults[0]}", remedy="Correct the rows named and publish again."
        )
        self.faults = faults


class FormulaFailed(Refused):
    """A formula that gives no usable result for this configuration; names the master-data row."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault), remedy="Ask whoever keeps the product model to correct this row.")
        self.fault = fault
