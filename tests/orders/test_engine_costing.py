"""Costs roll up, level by level, and open down to times, rates and formulas."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.engine import (
    CostBasis,
    Exchange,
    Offer,
    PriceRow,
    ProcessRate,
    RateRow,
    Terms,
    configure,
    explode,
    offer,
)
from orders.engine.costing import Assembly, Material, Operation, Purchase, cost, job_cost
from orders.engine.figures import Figure, faults
from tests.orders import models

DAY = date(2026, 11, 23)
NO_RATES = Exchange(DAY)
BUILD = ProcessRate(Decimal(36), Decimal(24), Decimal(48), Decimal(10))
BASIS = CostBasis("EUR", {"BUILD": BUILD}, Decimal(5), Decimal(8))

amounts = st.decimals(0, 10_000, places=4)
minutes = st.integers(0, 10_000).map(Decimal)
materials = st.builds(Material, st.just("M"), amounts, st.just("pcs"), amounts)
processes = st.sampled_from(["BUILD", "SAW"])
people = st.integers(1, 4)
operations = st.builds(Operation, st.just("Op"), processes, minutes, minutes, people, st.booleans())
purchases = st.builds(Purchase, st.just("P"), amounts, st.just("pcs"), amounts)
rates = st.builds(ProcessRate, amounts, amounts, amounts, st.decimals(0, 300, places=2))
bases = st.builds(
    CostBasis,
    st.just("EUR"),
    st.dictionaries(st.sampled_from(["BUILD", "SAW"]), rates),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)


def some(part: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """A few of these."""
    return st.lists(part, max_size=3).map(tuple)


costs = (some(materials), some(operations), some(purchases), some(purchases))
leaves = st.builds(Assembly, st.just("A"), *costs)
assemblies = st.recursive(
    leaves, lambda inner: st.builds(Assembly, st.just("B"), *costs, some(inner)), max_leaves=4
)


def independent(part: Assembly, basis: CostBasis) -> Fraction:
    """The same by fractions, without a figure."""
    bought = [(line.quantity, line.unit_cost) for line in part.materials]
    others = [(row.quantity, row.price) for row in (*part.outside, *part.other)]
    material, paid = (
        sum((Fraction(count) * Fraction(each) for count, each in rows), Fraction(0))
        for rows in (bought, others)
    )
    worked = Fraction(0)
    for step in part.operations:
        rate = basis.processes.get(step.process, ProcessRate())
        people = 0 if step.unattended else step.people
        hourly = Fraction(rate.machine) + people * Fraction(rate.labour)
        each = (
            Fraction(step.setup_minutes) * Fraction(rate.setup) + Fraction(step.run_minutes) * hourly
        ) / 60
        worked += each * (1 + Fraction(rate.overhead_percent) / 100)
    below = sum((independent(inner, basis) for inner in part.assemblies), Fraction(0))
    return material * (1 + Fraction(basis.material_percent) / 100) + paid + worked + below


@given(assemblies, bases, st.integers(1, 10_000))
@settings(deadline=None, max_examples=150)
def test_every_cost_is_what_it_opens_to_and_agrees_with_an_independent_sum(
    job: Assembly, basis: CostBasis, quantity: int
) -> None:
    found = cost(job, basis, quantity, "EUR", NO_RATES)
    exact = independent(job, basis) * (1 + Fraction(basis.admin_percent) / 100) / quantity
    assert list(faults(found.figure)) == []
    assert abs(Fraction(found.unit_cost) - exact) <= Fraction(1, 200) + Fraction(1, 10**9)


def parts(figure: Figure) -> dict[str, Decimal]:
    """Amounts by label, one level down."""
    return {part.label: part.amount for part in figure.parts}


def test_an_operation_opens_to_setup_machine_labour_and_overhead() -> None:
    job = Assembly("Desk", operations=(Operation("Op 10", "BUILD", Decimal(10), Decimal(30), people=2),))
    operation = job_cost(job, BASIS).parts[0].parts[0].parts[0]
    assert parts(operation) == {"Set-up": 6, "Machine": 12, "Labour": 48, "Overhead": Decimal("6.6")}


def test_an_unattended_operation_needs_nobody_while_it_runs() -> None:
    step = Operation("Op 10", "BUILD", Decimal(10), Decimal(60), unattended=True)
    figure = job_cost(Assembly("Desk", operations=(step,)), BASIS).parts[0].parts[0].parts[0]
    assert "Labour" not in parts(figure)


def test_overheads_come_on_material_and_on_all_of_it() -> None:
    job = Assembly("Desk", materials=(Material("Board", Decimal(3), "m", Decimal(20)),))
    figure = job_cost(job, BASIS)
    assert parts(figure.parts[0]) == {"Material": 60, "Material overhead": 3}
    assert parts(figure) == {"Desk": 63, "Administration and sales": Decimal("5.04")}


def test_a_process_without_a_rate_is_named_and_counts_as_nothing() -> None:
    job = Assembly("Desk", operations=(Operation("Op 10", "SAW", Decimal(10), Decimal(30)),))
    found = cost(job, BASIS, 1, "EUR", NO_RATES)
    assert (found.unit_cost, found.missing) == (Decimal("0.00"), ("SAW",))
    assert "No cost rate for process SAW" in str(found.figure)


def test_the_cost_is_converted_before_it_is_rounded() -> None:
    job = Assembly("Desk", other=(Purchase("Freight", Decimal(1), "pcs", Decimal("0.004")),))
    exchange = Exchange(DAY, {("EUR", "JPY"): RateRow(Decimal(163), DAY)})
    assert cost(job, CostBasis(), 1, "JPY", exchange).unit_cost == Decimal(1)


def made(quantity: int = 1, changes: dict[str, object] | None = None, **choices: object) -> Offer:
    """The workstation with price and cost."""
    compiled = models.compiled(**(changes or {}))
    terms = Terms("EUR", NO_RATES)
    configuration = configure(compiled, choices)
    release = explode(compiled, configuration, quantity)
    return offer(compiled, configuration, quantity, terms, CostBasis(), release)


def test_without_rates_the_cost_is_the_material_at_standard_cost() -> None:
    assert made(3).cost.unit_cost == Decimal("260.30")


def test_a_made_part_has_its_subtotal_below_the_product() -> None:
    board, paste = models.WORKSTATION.bom[0], models.WORKSTATION.bom[2]
    bom = (replace(board, find_number=5, item="KIT", description="Board kit", phantom=True),
           replace(board, assembly="KIT"), replace(paste, assembly="KIT"))  # fmt: skip
    root = made(2, {"bom": bom}).cost.figure.parts[0].parts[0]
    kit = root.parts[-1]
    assert (kit.label, kit.amount) == ("KIT Board kit", Decimal("400.6"))
    assert kit.parts[0].parts[0].rule == "1 for each KIT"


def test_scrap_alternates_and_what_the_customer_supplies_are_told() -> None:
    board = models.WORKSTATION.bom[0]
    bom = (replace(board, scrap_percent=Decimal(20), alternates=("BOARD-2",)),
           replace(board, find_number=11, customer_supplied=True))  # fmt: skip
    first, second = made(4, {"bom": bom}).cost.figure.parts[0].parts[0].parts[0].parts
    assert (first.quantity, first.rule) == (5, "1 for each piece, 20 % scrap, in its place may stand BOARD-2")
    assert (second.amount, second.rule) == (0, "1 for each piece, supplied by the customer")


def test_outside_processing_and_cost_rules_are_paid_per_piece() -> None:
    coat = replace(models.WORKSTATION.routing[2], outside=True, outside_days="5", outside_price="12.5")
    rows = (PriceRow("Freight", "QUIET", "4", kind="cost"),)
    root = made(3, {"bom": (), "routing": (coat,), "prices": rows}, QUIET=True).cost.figure.parts[0].parts[0]
    assert (parts(root)["Outside processing"], parts(root)["Other cost"]) == (Decimal("37.5"), 12)
