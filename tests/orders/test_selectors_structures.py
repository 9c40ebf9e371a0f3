"""Structures are kept per revision, within bounds, and loaded once."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest

from kernel.errors import Refused
from kernel.expressions import NUMBER, Scope
from orders import selectors, services
from orders.engine import BomRow, ProductModel, configure
from orders.engine import explode as release
from orders.engine.structure import Structure, check_formulas, exact, explode
from orders.models import Item, ProductRevision
from orders.selectors.structures import Structures, part_numbers, read_parts, read_structure
from orders.selectors.structures import structure_of as structure_by_revision
from tests.orders import cast
from tests.orders.engine.bom import Line, structure_of


def of_lines(count: int) -> Structure:
    return structure_of(*(Line(number, 0, number) for number in range(1, count + 1)))


def test_a_structure_is_loaded_once_and_kept() -> None:
    kept, loads = Structures(), []
    first = kept.get("A", lambda: loads.append(1) or of_lines(3))
    assert kept.get("A", lambda: loads.append(1) or of_lines(3)) is first
    assert len(loads) == 1


def test_what_was_used_least_recently_goes_when_lines_become_too_many() -> None:
    kept = Structures(most_lines=5)
    first, second = kept.get("A", lambda: of_lines(2)), kept.get("B", lambda: of_lines(2))
    kept.get("A", lambda: of_lines(2))
    kept.get("C", lambda: of_lines(3))
    assert kept.get("A", lambda: of_lines(2)) is first
    assert kept.get("B", lambda: of_lines(2)) is not second


def test_one_structure_larger_than_all_is_kept_alone() -> None:
    kept = Structures(most_lines=1)
    large = kept.get("A", lambda: of_lines(4))
    assert kept.get("A", lambda: of_lines(4)) is large


def test_a_refusal_is_told_and_not_kept() -> None:
    kept = Structures()
    with pytest.raises(Refused):
        kept.get("A", lambda: structure_of(Line(1, 0, 1, "0")))
    assert kept.get("A", lambda: of_lines(1)).lines == 1


def test_threads_that_ask_together_load_once_and_get_the_same() -> None:
    kept, ready, loads, found = Structures(), Barrier(4), [], []

    def ask() -> None:
        ready.wait()
        found.append(kept.get("A", lambda: loads.append(1) or of_lines(50)))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(loads), len(set(map(id, found))), len(found)) == (1, 1, 4)


# --- from the database ---


def made(*rows: BomRow) -> ProductRevision:
    """A draft with these lines; every item they name costs as much as its name is long."""
    for number in sorted({row.item for row in rows} | {row.assembly for row in rows if row.assembly}):
        Item.objects.create(number=number, description=number, standard_cost=len(number))
    return services.create_product(model=ProductModel("BIKE", "Bike", Decimal(900), bom=rows))


def needed(revision: ProductRevision, **effective: Any) -> dict[str, float]:
    structure = read_structure(revision.pk)
    holds = check_formulas(structure, Scope({})).holds({})
    need = explode(structure, holds, 2, effective=structure.effective(**effective))
    names = part_numbers(structure.id.tolist())
    return {name: value for name, value in zip(names[1:], need[1:].tolist(), strict=True) if value}


WHEEL = (
    BomRow(10, "WHEEL", quantity="2"),
    BomRow(20, "SPOKE", quantity="32", assembly="WHEEL", scrap_percent=Decimal(20)),
    BomRow(30, "SPOKE", quantity="0.5"),
)


@pytest.mark.django_db
def test_a_revision_is_read_with_all_that_stands_on_its_lines() -> None:
    dated = BomRow(40, "BELL", valid_from=date(2026, 7, 1), valid_to=date(2026, 7, 31), serial_from=5)
    kinds = (BomRow(50, "KIT", phantom=True), BomRow(60, "SEAT", customer_supplied=True))
    revision = made(*WHEEL, dated, *kinds)
    expected = {"WHEEL": 4, "SPOKE": 4 * 40 + 1}
    assert needed(revision) == expected
    assert needed(revision, day=date(2026, 7, 31), serial=5) == {**expected, "BELL": 2}
    assert needed(revision, day=date(2026, 8, 1), serial=5) == expected


@pytest.mark.django_db
def test_a_structure_is_read_in_two_statements_and_costs_are_those_of_today() -> None:
    revision = made(*WHEEL)
    structure = read_structure(revision.pk)
    Item.objects.filter(number="SPOKE").update(standard_cost=Decimal("1.25"))
    costs = structure.costs(read_parts(structure.id))
    assert dict(zip(part_numbers(structure.id.tolist()), costs.tolist(), strict=True)) == {
        "item 0": 0, "WHEEL": 5, "SPOKE": 1.25,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_loop_in_the_database_is_named_by_part_numbers() -> None:
    revision = made(*WHEEL, BomRow(40, "WHEEL", assembly="SPOKE"))
    with pytest.raises(Refused, match=r"BOM line 20: .* WHEEL → SPOKE → WHEEL"):
        read_structure(revision.pk)


@pytest.mark.django_db
def test_an_unknown_unit_of_an_item_is_refused_with_the_line_that_uses_it() -> None:
    revision = made(*WHEEL)
    Item.objects.filter(number="SPOKE").update(unit="pieces of")
    with pytest.raises(Refused, match="BOM line 20: Unknown unit 'pieces of'"):
        read_structure(revision.pk)


@pytest.mark.django_db
def test_a_revision_without_lines_has_an_empty_structure() -> None:
    assert read_structure(made().pk).lines == 0


@pytest.mark.django_db
def test_the_arrays_and_the_job_agree_where_nothing_is_rounded() -> None:
    product = cast.desk(bom=())
    number = product.code.removeprefix("DESK-")
    rows = (
        BomRow(10, f"LEG-{number}", quantity="WIDTH / 400", operation=10),
        BomRow(20, f"BOARD-{number}", "TOP = OAK", "WIDTH / 1000", 10, f"LEG-{number}"),
        BomRow(30, f"OIL-{number}", "", "0.25", 10, scrap_percent=Decimal(50)),
    )
    product = services.publish_product(product=cast.changed(product, bom=rows), now=cast.NOW)
    compiled = selectors.compiled_product(product)
    configuration = configure(compiled, {})
    job = {str(row["item"]): Decimal(str(row["quantity"])) for row in release(compiled, configuration, 3).bom}
    structure = structure_by_revision(product.in_force_id)
    formulas = check_formulas(structure, Scope({**compiled.scope, "QTY": NUMBER}))
    values = {**configuration.values, "QTY": 3}
    need = explode(structure, formulas.holds(values), 3, amounts=formulas.amounts(values))
    arrays = dict(zip(part_numbers(structure.id.tolist()), map(exact, need.tolist()), strict=True))
    assert len(job) == 2
    assert {item: arrays[item] for item in job} == job
