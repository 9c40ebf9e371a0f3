"""What the configurator's page is made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orders.engine import Offer, ParameterRow, Price, Problem, Stored
from orders.engine.deciding import Explanation, PriceSpan
from orders.models import Customer, Product


@dataclass(frozen=True)
class OptionView:
    """One option: how it stands, whether it is assumed while nobody decided, what it adds to the price."""

    code: str
    label: str
    slot: int
    state: str
    taken: bool = False
    adder: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class GroupView:
    """One choice to make; `heading` is the part of the product it belongs to, where that changes."""

    code: str
    label: str
    help: str
    many: bool
    options: list[OptionView]
    problems: list[Problem]
    heading: str = ""

    @property
    def decided(self) -> bool:
        """Whether somebody decided here."""
        return any(option.state == "chosen" for option in self.options)

    @property
    def chosen(self) -> str:
        """What stands here: decided, implied or assumed."""
        for states in (("chosen",), ("implied",)):
            labels = [option.label for option in self.options if option.state in states]
            if labels:
                return ", ".join(labels)
        return ", ".join(option.label for option in self.options if option.taken) or "Open"


@dataclass(frozen=True)
class ParameterView:
    """A number, text or flag the customer gives: as decided, as assumed, and what is still possible."""

    row: ParameterRow
    value: str
    taken: str
    range: str
    problems: list[Problem]


@dataclass(frozen=True)
class FixView:
    """A repair as a button carries it: all choices after accepting it, as `remembering` writes them."""

    label: str
    taken: str

    @property
    def vals(self) -> str:
        """The same as htmx sends it along."""
        return json.dumps({"take": self.taken})


@dataclass(frozen=True)
class ClashView:
    """A choice that contradicts earlier ones, why, and what would help."""

    label: str
    explanation: Explanation
    fixes: Sequence[FixView]


@dataclass(frozen=True)
class Configurator:
    """Everything the configurator shows; `price` is missing while something is wrong.

    `decided` is what the user chose, `choices` the whole configuration, completed by what comes nearest to
    the usual. `states` tells the page what changed, as `changes.told` writes it; `was` is what is decided,
    for the next click to tell that, as `remembering` writes it. `elsewhere` counts what is not drawn.
    """

    product: Product
    quantity: int
    revision_id: int | None = None
    groups: list[GroupView] = field(default_factory=list)
    parameters: list[ParameterView] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    clashes: Sequence["ClashView"] = ()
    decided: Mapping[str, Stored] = field(default_factory=dict)
    choices: Mapping[str, Stored] = field(default_factory=dict)
    states: str = ""
    was: str = ""
    elsewhere: Sequence[tuple[str, int]] = ()
    taken: str = "{}"
    assumes: bool = True
    find: str = ""
    more: int = 0
    variants: str = ""
    span: PriceSpan | None = None
    note: str = ""
    offer: Offer | None = None
    customer: Customer | None = None

    @property
    def price(self) -> Price | None:
        """The price, where nothing is wrong."""
        return self.offer.price if self.offer else None

    @property
    def cost(self) -> Decimal | None:
        """The cost of the whole line."""
        return self.offer.cost.unit_cost * self.quantity if self.offer else None

    @property
    def margin_percent(self) -> Decimal | None:
        """The margin as a part of the price."""
        return self.offer.margin_percent if self.offer else None

    @property
    def without_rate(self) -> tuple[str, ...]:
        """Processes that cost nothing because no rate is known."""
        return self.offer.cost.missing if self.offer else ()

    @property
    def margin(self) -> Decimal | None:
        """What remains of the price."""
        return None if self.price is None or self.cost is None else self.price.total - self.cost

    @property
    def fits(self) -> bool:
        """Whether nothing keeps these choices from being ordered."""
        return not self.problems and not self.clashes

    @property
    def paged(self) -> bool:
        """Whether only a part of the choices is drawn."""
        return bool(self.more or self.find)

    @property
    def drawn(self) -> str:
        """The choices that stand on the page, for the next click to keep those made elsewhere."""
        return " ".join([group.code for group in self.groups] + [view.row.code for view in self.parameters])


@dataclass(frozen=True)
class Click:
    """What a page asks: choices by code (the latest last), what they were before, what part it shows.

    `was` and `take`, the choices of an accepted repair, are written as `remembering` says. `here` are the
    codes of the choices that stand on the page where those are not all: the others stay as they were.
    `whole`: also a very large product is completed and priced. `drawn`: the choices themselves are shown, not
    only what changed.
    """

    choices: Mapping[str, object]
    quantity: int = 1
    was: str | None = None
    take: str = ""
    here: frozenset[str] | None = None
    find: str = ""
    whole: bool = False
    drawn: bool = True
