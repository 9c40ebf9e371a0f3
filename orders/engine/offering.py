"""Price and cost of one configuration together, from one explosion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kernel.wording import plain
from orders.engine.compiling import CompiledProduct
from orders.engine.configuring import Configuration
from orders.engine.costing import Assembly, Cost, CostBasis, Material, Operation, Purchase, cost
from orders.engine.explosion import Release, Row
from orders.engine.figures import given
from orders.engine.model import QUANTITY, ZERO, BomRow, StepRow
from orders.engine.pricing import Price, price
from orders.engine.terms import Terms, margin_percent


@dataclass(frozen=True, slots=True)
class Offer:
    """What one piece is sold for and what it costs, in one currency."""

    price: Price
    cost: Cost

    @property
    def margin_percent(self) -> Decimal | None:
        """What remains of the price, in percent of it; None of a price of zero."""
        return margin_percent(self.price.unit_price, self.cost.unit_cost)


def offer(
    compiled: CompiledProduct,
    configuration: Configuration,
    quantity: int,
    terms: Terms,
    basis: CostBasis,
    release: Release,
) -> Offer:
    """Price and cost of this many of a valid configuration, with what they need from `explode`.

    Raises what `price` and `cost` do.
    """
    priced = price(compiled, configuration, quantity, terms)
    extra = _cost_rules(compiled, configuration, quantity, terms, basis.currency)
    job = job_of(compiled, release, quantity, extra)
    return Offer(priced, cost(job, basis, quantity, terms.currency, terms.exchange))


def job_of(
    compiled: CompiledProduct, release: Release, quantity: int, other: Sequence[Purchase] = ()
) -> Assembly:
    """What a release takes, as the cost roll-up reads it, each line with the formula behind it.

    A made part stands as an assembly of its own below the one it goes into first, with all of its material.
    """
    model = compiled.model
    materials = _materials(compiled, release)
    steps = {step.sequence: step for step in model.routing}
    rows = [(row, steps[cast(int, row["sequence"])]) for row in release.routing]
    worked = [pair for pair in rows if pair[0]["setup_minutes"] or pair[0]["run_minutes"]]
    return Assembly(
        f"{model.code} {model.name}",
        materials=materials.get("", ()),
        operations=tuple(_operation(row, step) for row, step in worked),
        outside=tuple(_outside(row, step, quantity) for row, step in rows if step.outside),
        other=tuple(other),
        assemblies=_assemblies(compiled, materials),
    )


def _assemblies(
    compiled: CompiledProduct, materials: Mapping[str, tuple[Material, ...]]
) -> tuple[Assembly, ...]:
    """The made parts below the product, nested as they go into one another."""
    parents: dict[str, str] = {}
    words: dict[str, str] = {}
    for line in compiled.model.bom:
        parents.setdefault(line.item, line.assembly)
        words.setdefault(line.item, f"{line.item} {line.description}")
    bought = materials.keys() - {""}
    needed = set(bought)
    for code in bought:
        while (code := parents.get(code, "")) and code not in needed:
            needed.add(code)
    below: dict[str, list[str]] = {}
    for code in sorted(needed):
        below.setdefault(parents.get(code, ""), []).append(code)

    def made(code: str) -> Assembly:
        parts = tuple(made(part) for part in below.get(code, ()))
        return Assembly(words[code], materials.get(code, ()), assemblies=parts)

    return tuple(made(code) for code in below.get("", ()))


def _materials(compiled: CompiledProduct, release: Release) -> dict[str, tuple[Material, ...]]:
    """What is bought or stocked, by the number of the made part it goes into."""
    lines = {line.find_number: line for line in compiled.model.bom}
    found: dict[str, list[Material]] = {}
    for row in release.bom:
        material = _material(row, lines[cast(int, row["find_number"])])
        found.setdefault(cast(str, row["assembly"]), []).append(material)
    return {assembly: tuple(materials) for assembly, materials in found.items()}


def _material(row: Row, line: BomRow) -> Material:
    said = [f"{line.quantity} for each {line.assembly or 'piece'}"]
    said += [f"{plain(line.scrap_percent)} % scrap"] if line.scrap_percent else []
    said += [f"in its place may stand {', '.join(line.alternates)}"] if line.alternates else []
    said += ["supplied by the customer"] if line.customer_supplied else []
    return Material(
        label=f"{line.item} {line.description}".strip(),
        quantity=Decimal(cast(str, row["quantity"])),
        unit=line.unit,
        unit_cost=ZERO if line.customer_supplied else line.standard_cost,
        rule=", ".join(said),
        source=f"BOM line {line.find_number}, standard cost of {line.item}",
    )


def _operation(row: Row, step: StepRow) -> Operation:
    return Operation(
        label=f"Op {step.sequence} {step.name}",
        process=step.process,
        setup_minutes=Decimal(cast(int, row["setup_minutes"])),
        run_minutes=Decimal(cast(int, row["run_minutes"])),
        people=step.people,
        unattended=step.unattended,
        rule=f"set-up {step.setup_minutes}, run {step.run_minutes} min per {step.per}",
        source=f"Operation {step.sequence}, process {step.process}",
    )


def _outside(row: Row, step: StepRow, quantity: int) -> Purchase:
    return Purchase(
        label=f"Op {step.sequence} {step.name}",
        quantity=Decimal(quantity),
        unit="pcs",
        price=Decimal(cast(str, row["outside_price"])),
        rule=f"{step.outside_price} for each piece",
        source=f"Operation {step.sequence}, outside processing",
    )


def _cost_rules(
    compiled: CompiledProduct, configuration: Configuration, quantity: int, terms: Terms, currency: str
) -> list[Purchase]:
    """The cost rules that apply, per piece; what is zero is left out."""
    values = {**configuration.values, QUANTITY: quantity}
    found = []
    for rule in compiled.prices:
        if rule.row.kind == "cost" and (rule.condition is None or rule.condition.holds(values)):
            amount = given(rule.row.label, rule.amount.number(values), compiled.model.currency)
            each = terms.exchange.into(amount, currency).amount if amount.amount else ZERO
            words, source = f"{rule.row.amount} for each piece", f"Cost rule “{rule.row.label}”"
            found.append(Purchase(rule.row.label, Decimal(quantity), "pcs", each, words, source))
    return [purchase for purchase in found if purchase.price]
