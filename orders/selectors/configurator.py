"""The configure-and-quote page as data: valid and blocked options, parameters, price and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kernel.errors import Refused
from kernel.wording import plain
from orders.engine import (
    Availability,
    Configuration,
    FeatureRow,
    ParameterRow,
    Price,
    Problem,
    Stored,
)
from orders.models import Customer, Product
from orders.selectors.configuring import Buyer, preview_line

OPEN_TO_ALL = Availability(valid=True)


@dataclass(frozen=True)
class OptionView:
    """One option: chosen or not, valid or blocked with the reason, and what it adds to the price."""

    code: str
    label: str
    chosen: bool
    valid: bool
    reason: str
    adder: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class GroupView:
    """One choice to make, with what is wrong with it."""

    code: str
    label: str
    help: str
    required: bool
    options: list[OptionView]
    problems: list[Problem]

    @property
    def chosen(self) -> str:
        """The label of what is chosen."""
        return next((option.label for option in self.options if option.chosen), "None")


@dataclass(frozen=True)
class ParameterView:
    """A number, text or flag the customer gives, with its range in words."""

    row: ParameterRow
    value: str
    range: str
    problems: list[Problem]

    @property
    def on(self) -> bool:
        """Whether a flag is set."""
        return self.value == "True"


@dataclass(frozen=True)
class Configurator:
    """Everything the configurator shows; `price` is missing while something is wrong."""

    product: Product
    quantity: int
    groups: list[GroupView] = field(default_factory=list)
    parameters: list[ParameterView] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    choices: Mapping[str, Stored] = field(default_factory=dict)
    price: Price | None = None
    cost: Decimal | None = None
    margin_percent: Decimal | None = None
    without_rate: tuple[str, ...] = ()
    customer: Customer | None = None

    @property
    def margin(self) -> Decimal | None:
        """What remains of the price."""
        return None if self.price is None or self.cost is None else self.price.total - self.cost


def configurator(
    product: Product,
    choices: Mapping[str, object],
    quantity: int,
    revision_id: int | None = None,
    buyer: Buyer | None = None,
) -> Configurator:
    """The page for these choices; whatever is wrong with them stands in it, nothing is raised."""
    customer = buyer.customer if buyer else None
    try:
        preview = preview_line(product, choices, quantity, revision_id, buyer)
    except Refused as refusal:
        trouble = [Problem("", refusal.message, refusal.remedy)]
        return Configurator(product, quantity, problems=trouble, customer=customer)
    model, configuration = preview.compiled.model, preview.configuration
    known = set(preview.compiled.rules_of)
    trouble = [Problem("", preview.trouble)] if preview.trouble else []
    return Configurator(
        product=product,
        quantity=quantity,
        groups=[_group(group, configuration) for group in model.groups],
        parameters=[_parameter(row, configuration) for row in model.parameters],
        problems=[problem for problem in configuration.problems if problem.field in known] + trouble,
        choices={code: value for code, value in configuration.choices.items() if code in known},
        price=preview.offer.price if preview.offer else None,
        cost=preview.offer.cost.unit_cost * quantity if preview.offer else None,
        margin_percent=preview.offer.margin_percent if preview.offer else None,
        without_rate=preview.offer.cost.missing if preview.offer else (),
        customer=customer,
    )


def _group(group: FeatureRow, configuration: Configuration) -> GroupView:
    chosen = configuration.choices.get(group.code)
    standing = configuration.availability.get(group.code, {})
    options = [
        OptionView(
            code=option.code,
            label=option.label,
            chosen=option.code == chosen,
            valid=standing.get(option.code, OPEN_TO_ALL).valid,
            reason=standing.get(option.code, OPEN_TO_ALL).reason,
            adder=option.price_adder,
            percent=option.price_percent,
        )
        for option in group.options
    ]
    problems = _at(group.code, configuration)
    return GroupView(group.code, group.label, group.help, group.required, options, problems)


def _parameter(row: ParameterRow, configuration: Configuration) -> ParameterView:
    value = configuration.choices.get(row.code)
    return ParameterView(row, "" if value is None else str(value), _range(row), _at(row.code, configuration))


def _at(code: str, configuration: Configuration) -> list[Problem]:
    return [problem for problem in configuration.problems if problem.field == code]


def _range(row: ParameterRow) -> str:
    """`100 to 600 mm, in steps of 5`."""
    if row.kind != "number":
        return f"at most {row.max_length} characters" if row.kind == "text" else ""
    low = plain(row.minimum) if row.minimum is not None else ""
    high = plain(row.maximum) if row.maximum is not None else ""
    words = f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}" if high else ""
    span = f"{words} {row.unit}".strip() if words else row.unit
    return f"{span}, in steps of {plain(row.step)}" if row.step is not None else span
