"""A product model as plain data, and what can be wrong with it: no storage, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kernel.errors import Refused

QUANTITY = "QTY"
"""The name by which formulas of prices, materials and times read the ordered quantity."""

ZERO = Decimal(0)
RELATIONS = ("and", "alternative", "or", "cardinality")
PARAMETER_KINDS = ("number", "text", "flag")
RULE_KINDS = ("requires", "excludes")


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A feature of the tree: a choice, an option of one, or something there or not there.

    `relation` says how its children combine: "alternative" (exactly one) makes it a choice formulas read as
    `CPU = C16`, "or" (one or more) and "cardinality" (`low` to `high`) a list read as `D2 in DISKS`, "and"
    (each child by itself: there when `mandatory`, else as wished) a yes or no. Codes of options are known
    inside their choice only; all others name one feature of the product. Attributes are read as
    `CPU.watt`. `is_default` is what stands where nothing was said.
    """

    code: str
    label: str
    is_default: bool = False
    price_adder: Decimal = ZERO
    price_percent: Decimal = ZERO
    attributes: Mapping[str, object] = field(default_factory=dict)
    help: str = ""
    relation: str = "and"
    low: int = 0
    high: int = 0
    mandatory: bool = False
    image: str = ""
    children: tuple["FeatureRow", ...] = ()

    @property
    def options(self) -> tuple["FeatureRow", ...]:
        """What can be chosen, where this is a choice or a list."""
        return () if self.relation == "and" else self.children

    @property
    def members(self) -> tuple["FeatureRow", ...]:
        """The features below that stand for themselves."""
        return self.children if self.relation == "and" else ()

    @property
    def required(self) -> bool:
        """Whether something must be chosen here."""
        return self.mandatory

    @property
    def many(self) -> bool:
        """Whether several options may be chosen together."""
        return self.relation in ("or", "cardinality")

    @property
    def bounds(self) -> tuple[int, int]:
        """How many options at least and at most, where something is chosen at all."""
        count = len(self.children)
        ways = {"alternative": (1, 1), "or": (1, count), "cardinality": (self.low, self.high or count)}
        return ways.get(self.relation, (0, count))

    @property
    def default(self) -> str | None:
        """The code chosen where nothing was said."""
        return next((option.code for option in self.options if option.is_default), None)

    def option(self, code: object) -> "FeatureRow | None":
        """The option with this code."""
        return next((option for option in self.options if option.code == code), None)


def choice(
    code: str, label: str, options: tuple[FeatureRow, ...], required: bool = True, help: str = ""
) -> FeatureRow:
    """A choice of exactly one option, or of none where it is not required."""
    return FeatureRow(code, label, help=help, relation="alternative", mandatory=required, children=options)


class Gate(NamedTuple):
    """What must be chosen for a feature to be there: a code of the tree, and its option or None for yes."""

    code: str
    option: str | None


class Placed(NamedTuple):
    """A named feature in its place: what it hangs on, and whether a choice must be made once it is there."""

    feature: FeatureRow
    gate: Gate | None
    required: bool


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A number, text or flag the customer gives; `kind` is number, text or flag.

    Asked for only where `condition` holds. `breakpoints` are values at which rules may change their answer:
    between two of them the solver takes all values for alike.
    """

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
    condition: str = ""
    breakpoints: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """A value that follows from the choices; later formulas read it by its code."""

    code: str
    label: str
    formula: str
    unit: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A resource such as power, mass or volume: what is used must stay within the limit."""

    code: str
    label: str
    used: str
    limit: str
    unit: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Where `when` holds, `then` must hold (kind requires) or must not (excludes)."""

    number: int
    kind: str
    when: str
    then: str
    reason: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """An amount by formula, added per unit where the condition holds; `kind` is price or cost."""

    label: str
    condition: str
    amount: str
    kind: str = "price"


@dataclass(frozen=True, slots=True)
class BomRow:
    """An item, its quantity per unit of its assembly by formula, and the operation that uses it.

    `assembly` is the number of the made part it goes into, empty for the product itself. A phantom is made
    on the way and never stocked. `place` names lines of which exactly one must apply in every valid
    configuration (the main board, the carton). Alternates are item numbers that may stand in.
    Effective within dates and serial numbers, both ends included, None being open. Item id, description,
    unit and cost come from the item's master data.
    """

    find_number: int
    item: str
    condition: str = ""
    quantity: str = "1"
    operation: int = 0
    assembly: str = ""
    place: str = ""
    scrap_percent: Decimal = ZERO
    phantom: bool = False
    alternates: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    serial_from: int | None = None
    serial_to: int | None = None
    customer_supplied: bool = False
    item_id: int = 0
    description: str = ""
    unit: str = "pcs"
    standard_cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class StepRow:
    """An operation with its times in minutes by formula; `per` is piece or lot.

    `after` names the operations it follows, None the one before it in the list: branches run side by side
    and join. `queue_minutes` is waiting before it in working time, `wait_minutes` after it in calendar time
    (curing, drying). `place` names operations of which exactly one must apply. Outside processing takes
    `outside_days` at a price of `outside_price` per unit of product. Process id comes from the master data.
    """

    sequence: int
    name: str
    process: str
    condition: str = ""
    setup_minutes: str = "0"
    run_minutes: str = "0"
    per: str = "piece"
    setup_family: str = ""
    unattended: bool = False
    instructions: str = ""
    after: tuple[int, ...] | None = None
    queue_minutes: str = "0"
    wait_minutes: str = "0"
    place: str = ""
    skills: tuple[str, ...] = ()
    people: int = 1
    tools: tuple[str, ...] = ()
    batch_size: int = 0
    outside: bool = False
    outside_days: str = "0"
    outside_price: str = "0"
    process_id: int = 0


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
    gauge: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A drawing, NC program or instruction that goes with the job; `kind` is drawing, program or text."""

    kind: str
    number: str
    revision: str
    title: str
    condition: str = ""
    operation: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class ProductModel:
    """Everything that makes a configurable product; immutable, comparable, free of any storage.

    `image` is the address of its picture among the static files.
    """

    code: str
    name: str
    base_price: Decimal
    currency: str = "EUR"
    features: tuple[FeatureRow, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    derived: tuple[DerivedRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    bom: tuple[BomRow, ...] = ()
    routing: tuple[StepRow, ...] = ()
    characteristics: tuple[CharacteristicRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    image: str = ""

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All that is chosen from the tree, in its place."""
        return tuple(placed for placed in walk(self.features) if is_asked(placed.feature))

    @property
    def groups(self) -> tuple[FeatureRow, ...]:
        """All that is chosen from the tree, top down: choices, lists, and features there or not."""
        return tuple(placed.feature for placed in self.placed)

    @property
    def choices(self) -> tuple[FeatureRow | ParameterRow, ...]:
        """All that can be chosen: features, then parameters."""
        return (*self.groups, *self.parameters)

    @property
    def units(self) -> dict[str, str]:
        """The units of parameters and derived values by code."""
        asked = {row.code: row.unit for row in self.parameters}
        return asked | {row.code: row.unit for row in self.derived}

    @property
    def labels(self) -> dict[str, str]:
        """The words for features, parameters and derived values by code."""
        return {row.code: row.label for row in (*self.derived, *self.choices)}


def walk(features: tuple[FeatureRow, ...], gate: Gate | None = None) -> Iterator[Placed]:
    """Every feature that has a name of its own, top down.

    What lies below a mandatory "and" feature hangs on what that hangs on. An option that is a choice itself
    is named too: it must be made once the option is taken.
    """
    for feature in features:
        yield Placed(feature, gate, feature.mandatory)
        yield from _below(feature, gate if feature.mandatory else Gate(feature.code, None))


def _below(feature: FeatureRow, gate: Gate | None) -> Iterator[Placed]:
    for option in feature.options:
        taken = Gate(feature.code, option.code)
        if option.options:
            yield Placed(option, taken, True)
        yield from _below(option, taken)
    yield from walk(feature.members, gate)


def headings(features: tuple[FeatureRow, ...], above: str = "") -> dict[str, str]:
    """The part of the product each feature belongs to, in words, by code."""
    found: dict[str, str] = {}
    for feature in features:
        found[feature.code] = above
        found |= headings(feature.members, above if is_asked(feature) else feature.label)
        for option in feature.options:
            if option.options:
                found[option.code] = above
            found |= headings(option.children, above)
    return found


def is_asked(feature: FeatureRow) -> bool:
    """Whether somebody chooses here; a mandatory feature without options only orders the tree."""
    return bool(feature.options) or not feature.mandatory


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
