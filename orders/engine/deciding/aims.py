"""What a completion can aim at: price, working time or mass as sums over what is chosen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from kernel.expressions import Scope
from kernel.expressions.tree import Conditional, Literal, Node
from kernel.expressions.types import NUMBER
from orders.engine.compiling import CompiledProduct, Formula
from orders.engine.grounding import Grounding
from orders.engine.grounding.boxes import Boxes
from orders.engine.grounding.sums import Form, Part, form_of, scaled
from orders.engine.grounding.values import ALWAYS, Column, Entry
from orders.engine.model import QUANTITY, FeatureRow

ZERO: Final = Decimal(0)
MASS: Final = {"kg": Decimal(1), "g": Decimal("0.001"), "t": Decimal(1000)}


@dataclass(frozen=True)
class Objective:
    """A sum of parts, raised by percentages of what is chosen; `missing` are rows that are no such sum."""

    parts: tuple[Part, ...]
    constant: Decimal
    unit: str
    percents: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""


@dataclass
class Aims:
    """Makes the objectives of one product."""

    compiled: CompiledProduct
    grounding: Grounding
    boxes: Boxes = field(init=False)

    def __post_init__(self) -> None:
        scope = Scope({**self.compiled.scope, QUANTITY: NUMBER})
        self.boxes = Boxes(scope, {row.row.code: row for row in self.compiled.derived})

    def price(self, quantity: int) -> Objective:
        """The list price of one unit before rounding."""
        model = self.compiled.model
        rules = [
            (rule.amount, rule.condition, Decimal(1), rule.row.label)
            for rule in self.compiled.prices
            if rule.row.kind == "price"
        ]
        parts, constant, missing = self._added(rules, quantity)
        adders = self._each(lambda row: row.price_adder)
        percents = tuple(self._each(lambda row: row.price_percent))
        constant += model.base_price
        return Objective((*adders, *parts), constant, model.currency, percents, missing)

    def minutes(self, quantity: int) -> Objective:
        """Set-up and run times of all operations, added up."""
        times = []
        for step in self.compiled.routing:
            pieces = Decimal(quantity if step.row.per == "piece" else 1)
            times.append((step.setup, step.condition, Decimal(1), f"Operation {step.row.sequence}"))
            times.append((step.run, step.condition, pieces, f"Operation {step.row.sequence}"))
        parts, constant, missing = self._added(times, quantity)
        note = "Set-up and run times added up, for the whole quantity."
        return Objective(tuple(parts), constant, "min", (), missing, note)

    def mass(self, quantity: int) -> Objective | None:
        """A budget or derived value in units of mass, else what options weigh by their attribute `kg`."""
        model = self.compiled.model
        for budget in self.compiled.budgets:
            if budget.row.unit in MASS:
                return self._massed(budget.used, budget.row.label, MASS[budget.row.unit], quantity)
        for derived in self.compiled.derived:
            if derived.row.unit in MASS:
                return self._massed(derived.formula, derived.row.label, MASS[derived.row.unit], quantity)
        parts = tuple(self._each(lambda row: _number(row.attributes.get("kg", 0))))
        note = f"By the attribute kg of the options of {model.code}."
        return Objective(parts, ZERO, "kg", note=note) if parts else None

    def _massed(self, formula: Formula, label: str, factor: Decimal, quantity: int) -> Objective:
        parts, constant, missing = self._added([(formula, None, factor, label)], quantity)
        return Objective(tuple(parts), constant, "kg", (), missing, f"By {label}.")

    def _added(
        self, rows: Iterable[tuple[Formula, Formula | None, Decimal, str]], quantity: int
    ) -> tuple[list[Part], Decimal, tuple[str, ...]]:
        """Parts and constant of formulas under conditions, times factors; rows that are no sums by label."""
        columns = self._columns(quantity)
        parts: list[Part] = []
        constant, missing = ZERO, []
        for formula, condition, factor, label in rows:
            form = form_of(self._where(formula, condition), self.boxes, columns)
            if form is None:
                missing.append(label)
                continue
            constant += form.constant * factor
            parts += _times(form, factor)
        fixed = [part for part in parts if not _open(part)]
        constant += sum((_low(part.table[0]) for part in fixed), ZERO)
        return [part for part in parts if _open(part)], constant, tuple(dict.fromkeys(missing))

    def _where(self, formula: Formula, condition: Formula | None) -> Node:
        node = formula.checked.tree
        if condition is None:
            return node
        nought = Literal(ZERO, "0", node.position)
        joined = Conditional(condition.checked.tree, node, nought, node.position)
        self.boxes.keep((nought, joined))
        return joined

    def _columns(self, quantity: int) -> dict[str, tuple[Column, ...]]:
        fixed = Column(QUANTITY, None, (Entry(Decimal(quantity), ALWAYS),))
        return {**self.grounding.columns, QUANTITY: (fixed,)}

    def _each(self, figure: Callable[[FeatureRow], Decimal]) -> Iterator[Part]:
        """A figure of each feature and option that is taken."""
        for code, row in self.compiled.features.items():
            for column in self.grounding.columns[code]:
                figures = tuple(
                    figure(taken) if (taken := _taken(row, column, entry)) else ZERO
                    for entry in column.entries
                )
                if any(figures):
                    yield Part((column,), figures)


def _taken(row: FeatureRow, column: Column, entry: Entry) -> FeatureRow | None:
    """The option or feature that an entry means."""
    if column.option is not None:
        return row.option(column.option) if entry.value else None
    return row if entry.value is True else row.option(entry.value)


def _times(form: Form, factor: Decimal) -> Iterator[Part]:
    for part in form.parts:
        yield Part(part.columns, tuple(scaled(value, factor) for value in part.table))


def _open(part: Part) -> bool:
    return any(len(column.entries) > 1 for column in part.columns)


def _low(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else getattr(value, "low", ZERO)


def _number(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, (int, float, Decimal)) else ZERO


def objective(aims: Aims, aim: str, quantity: int) -> Objective | None:
    """The sum behind an aim; None for one that the product has no figures for."""
    made: Mapping[str, Callable[[int], Objective | None]] = {
        "cheapest": aims.price,
        "fastest": aims.minutes,
        "lightest": aims.mass,
    }
    return made[aim](quantity)
