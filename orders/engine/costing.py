"""The cost of a job, rolled up from materials, operations, outside processing and overheads.

`cost(job, basis, 3, "EUR", exchange).unit_cost` is in Decimal, rounded once; every figure opens to its parts.
The rules with an example: docs/algorithms/pricing.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from orders.engine.exchange import Exchange
from orders.engine.figures import HOUR, Figure, given, product, scaled, share, total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProcessRate:
    """Per hour: setting up, the machine, a person; overhead in percent of all three."""

    setup: Decimal = ZERO
    machine: Decimal = ZERO
    labour: Decimal = ZERO
    overhead_percent: Decimal = ZERO
    source: str = ""


@dataclass(frozen=True, slots=True)
class CostBasis:
    """What costs what on a day: rates by process code, overheads in percent; all in `currency`."""

    currency: str = "EUR"
    processes: Mapping[str, ProcessRate] = field(default_factory=dict)
    material_percent: Decimal = ZERO
    admin_percent: Decimal = ZERO
    source: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """A material: the quantity for the whole job with scrap, at the standard cost of the item taken."""

    label: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with its minutes for the whole job; an unattended one takes people for the set-up only."""

    label: str
    process: str
    setup_minutes: Decimal
    run_minutes: Decimal
    people: int = 1
    unattended: bool = False
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something paid for besides materials: outside processing, or a cost rule; for the whole job."""

    label: str
    quantity: Decimal
    unit: str
    price: Decimal
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The product, or a part made for it, with what it takes for the whole job."""

    label: str
    materials: tuple[Material, ...] = ()
    operations: tuple[Operation, ...] = ()
    outside: tuple[Purchase, ...] = ()
    other: tuple[Purchase, ...] = ()
    assemblies: tuple["Assembly", ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of one piece, rounded half up once; `figure` opens to the exact parts.

    `missing` names the processes without a rate that day: their operations count as nothing.
    """

    currency: str
    unit_cost: Decimal
    figure: Figure
    missing: tuple[str, ...] = ()


def cost(job: Assembly, basis: CostBasis, quantity: int, currency: str, exchange: Exchange) -> Cost:
    """The cost of one piece of a job of `quantity`, in `currency`; Refused without a rate into it."""
    figure = exchange.into(job_cost(job, basis), currency)
    one = scaled(figure, "Cost of one piece", currency, per=Decimal(quantity), final=True)
    missing = sorted(set(_missing(job, basis)))
    return Cost(currency, one.amount, one, tuple(missing))


def job_cost(job: Assembly, basis: CostBasis) -> Figure:
    """Manufacturing cost and administration overhead of the whole job, in the currency of the basis."""
    made = rolled_up(job, basis)
    if not basis.admin_percent:
        return total("Cost of the job", [made], basis.currency)
    overhead = share(
        "Administration and sales", basis.admin_percent, made.amount, basis.currency, source=basis.source
    )
    return total("Cost of the job", [made, overhead], basis.currency)


def rolled_up(assembly: Assembly, basis: CostBasis) -> Figure:
    """An assembly with a subtotal for each kind of cost, and one for each assembly in it."""
    currency = basis.currency
    lines = [_bought(line, currency) for line in assembly.materials]
    material = total("Material", lines, currency)
    parts = [material] if lines else []
    if lines and basis.material_percent:
        percent = basis.material_percent
        parts.append(share("Material overhead", percent, material.amount, currency, source=basis.source))
    steps = [_operation(step, basis) for step in assembly.operations]
    parts += [total("Operations", steps, currency)] if steps else []
    for label, rows in (("Outside processing", assembly.outside), ("Other cost", assembly.other)):
        parts += [total(label, [_purchase(row, currency) for row in rows], currency)] if rows else []
    parts += [rolled_up(part, basis) for part in assembly.assemblies]
    return total(assembly.label, parts, currency) if parts else given(assembly.label, ZERO, currency)


def _bought(line: Material, currency: str) -> Figure:
    return product(
        line.label, line.quantity, line.unit, line.unit_cost, currency, rule=line.rule, source=line.source
    )


def _purchase(row: Purchase, currency: str) -> Figure:
    return product(row.label, row.quantity, row.unit, row.price, currency, rule=row.rule, source=row.source)


def _operation(step: Operation, basis: CostBasis) -> Figure:
    rate = basis.processes.get(step.process)
    if rate is None:
        rule = f"No cost rate for process {step.process} on this day: it counts as nothing."
        return given(step.label, ZERO, basis.currency, rule=rule, source=step.source)
    people = Decimal(0 if step.unattended else step.people)
    times = (
        ("Set-up", step.setup_minutes, rate.setup),
        ("Machine", step.run_minutes, rate.machine),
        ("Labour", step.run_minutes * people, rate.labour),
    )
    parts = [
        product(label, minutes, "min", per_hour, basis.currency, per=HOUR, source=rate.source)
        for label, minutes, per_hour in times
        if minutes and per_hour
    ]
    if rate.overhead_percent and parts:
        worked = total(step.label, parts, basis.currency).amount
        overhead = share("Overhead", rate.overhead_percent, worked, basis.currency, source=rate.source)
        parts.append(overhead)
    if not parts:
        return given(step.label, ZERO, basis.currency, rule=step.rule, source=step.source)
    return total(step.label, parts, basis.currency, rule=step.rule, source=step.source)


def _missing(assembly: Assembly, basis: CostBasis) -> Iterator[str]:
    yield from (step.process for step in assembly.operations if step.process not in basis.processes)
    for part in assembly.assemblies:
        yield from _missing(part, basis)
