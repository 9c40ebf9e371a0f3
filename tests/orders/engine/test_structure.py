"""Explosion at scale: arrays answer as recursion in exact fractions does, and refuse what makes no sense."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.expressions import BOOLEAN, NUMBER, Scope
from kernel.money import Money
from orders.engine.structure import (
    answer,
    build,
    changed,
    check_formulas,
    explode,
    money,
    read_columns,
    roll_up,
    storable,
)
from tests.orders.engine.bom import Line, Naive, by_id, holding, lines_of, name, parts_of, structure_of

SCOPE = Scope({"RED": BOOLEAN, "WIDTH": NUMBER})
BIKE = (
    Line(10, 0, 1, "2"),
    Line(20, 1, 2, "32", scrap=20),
    Line(30, 0, 3, condition="RED"),
    Line(40, 3, 2, "5"),
)


def needs(*rows: Line, quantity: float = 1, true: Sequence[str] = ()) -> dict[int, float]:
    structure = structure_of(*rows)
    return by_id(structure, explode(structure, holding(structure, *true), quantity).tolist())


def refused(*rows: Line, unit: str = "pcs") -> Refused:
    with pytest.raises(Refused) as caught:
        build(lines_of(rows), parts_of(rows, unit=unit), name)
    return caught.value


# --- requirements and cost ---


def test_requirements_of_a_shared_part_add_up_over_all_levels() -> None:
    assert needs(*BIKE, quantity=3, true=["RED"]) == {1: 6, 2: 6 * 40 + 15, 3: 3}


def test_a_line_whose_condition_does_not_hold_takes_all_below_it_away() -> None:
    assert needs(*BIKE) == {1: 2, 2: 80}


def test_cost_is_what_a_part_adds_and_all_below_it() -> None:
    structure, parts = structure_of(*BIKE), parts_of(BIKE, {1: 7, 2: 0.5, 3: 4})
    costs = roll_up(structure, holding(structure, "RED"), structure.costs(parts))
    assert by_id(structure, costs.tolist()) == {1: 27, 2: 0.5, 3: 6.5}
    assert costs[0] == 2 * 27 + 6.5


def test_a_phantom_passes_its_need_on_and_adds_no_cost_of_its_own() -> None:
    rows = (Line(10, 0, 1, "2", phantom=True), Line(20, 1, 2, "3"))
    structure = structure_of(*rows)
    found = answer(structure, holding(structure), 5, structure.costs(parts_of(rows, {1: 100, 2: 1})))
    assert by_id(structure, found.need.tolist()) == {2: 30}
    assert found.cost[0] == 6


def test_a_part_may_be_a_phantom_in_one_place_and_stocked_in_another() -> None:
    assert needs(Line(10, 0, 1, "2", phantom=True), Line(20, 0, 1, "3"), Line(30, 1, 2)) == {1: 3, 2: 5}


def test_what_the_customer_gives_is_needed_beside_costs_nothing_and_nothing_is_made_for_it() -> None:
    rows = (Line(10, 0, 1, "2", supplied=True), Line(20, 0, 1, "3"), Line(30, 1, 2))
    structure = structure_of(*rows)
    found = answer(structure, holding(structure), 5, structure.costs(parts_of(rows, {1: 10, 2: 1})))
    assert by_id(structure, found.need.tolist()) == {1: 15, 2: 15}
    assert by_id(structure, found.supplied.tolist()) == {1: 10}
    assert found.cost[0] == 33


def test_parts_are_sorted_by_low_level_code() -> None:
    structure = structure_of(Line(1, 0, 5), Line(2, 5, 4), Line(3, 4, 3), Line(4, 0, 3))
    assert dict(zip(structure.id.tolist(), structure.level.tolist(), strict=True)) == {0: 0, 5: 1, 4: 2, 3: 3}
    assert structure.depth == 3


@pytest.mark.parametrize("far", [50, 10**12])
def test_ids_may_lie_close_or_far_apart(far: int) -> None:
    assert needs(Line(10, 0, far, "2"), Line(20, far, 7, "3")) == {far: 2, 7: 6}
    assert refused(Line(10, 0, far), Line(20, far - 1, far)).message.startswith("BOM line 20")


def test_an_empty_bill_of_materials_needs_nothing() -> None:
    structure = structure_of()
    found = answer(structure, np.ones(1, dtype=np.bool_), 4, np.zeros(1))
    assert (found.need.tolist(), found.cost.tolist()) == ([4], [0])


# --- effectivity ---

DATED = (
    Line(10, 0, 1, until=date(2026, 6, 30)),
    Line(20, 0, 2, since=date(2026, 7, 1)),
    Line(30, 0, 3, first=100, last=199),
    Line(40, 0, 4),
)


@pytest.mark.parametrize(
    ("day", "serial", "found"),
    [
        (date(2026, 6, 30), 100, {1, 3, 4}),
        (date(2026, 7, 1), 199, {2, 3, 4}),
        (date(2026, 7, 1), 200, {2, 4}),
        (None, 150, {3, 4}),
        (date(2026, 7, 1), None, {2, 4}),
        (None, None, {4}),
    ],
)
def test_lines_are_effective_by_date_and_serial_both_ends_included(
    day: date | None, serial: int | None, found: set[int]
) -> None:
    structure = structure_of(*DATED)
    effective = structure.effective(day, serial)
    need = explode(structure, holding(structure), 1, effective=effective)
    assert by_id(structure, need.tolist()).keys() == found


# --- formulas ---


def test_quantities_and_conditions_follow_the_configuration() -> None:
    structure = structure_of(
        Line(10, 0, 1, "ceil(WIDTH / 600)"), Line(20, 0, 2, "1.5", "RED or WIDTH > 2000")
    )
    formulas = check_formulas(structure, SCOPE)
    values = {"RED": False, "WIDTH": 1300}
    need = explode(structure, formulas.holds(values), 2, amounts=formulas.amounts(values))
    assert by_id(structure, need.tolist()) == {1: 6}
    values = {"RED": True, "WIDTH": 600}
    need = explode(structure, formulas.holds(values), 2, amounts=formulas.amounts(values))
    assert by_id(structure, need.tolist()) == {1: 2, 2: 3}


def test_a_formula_that_gives_zero_drops_the_line() -> None:
    structure = structure_of(Line(10, 0, 1, "WIDTH"), Line(20, 1, 2))
    amounts = check_formulas(structure, SCOPE).amounts({"WIDTH": 0})
    assert by_id(structure, explode(structure, holding(structure), 1, amounts=amounts).tolist()) == {}


@pytest.mark.parametrize(("width", "words"), [(-1, "gives -1"), (None, "gives no number")])
def test_a_formula_that_gives_no_usable_quantity_is_refused_only_where_needed(
    width: int | None, words: str
) -> None:
    structure = structure_of(Line(10, 0, 1, "WIDTH * 1", "RED"))
    amounts = check_formulas(structure, SCOPE).amounts({} if width is None else {"WIDTH": width})
    explode(structure, holding(structure), 1, amounts=amounts)
    with pytest.raises(Refused, match=f"BOM line 10: the quantity .* {words}"):
        explode(structure, holding(structure, "RED"), 1, amounts=amounts)


def test_a_condition_on_an_unknown_option_is_refused_with_the_line_and_the_nearest_name() -> None:
    structure = structure_of(Line(30, 0, 1, condition="RAD"), Line(20, 0, 2, condition="RAD"))
    with pytest.raises(Refused, match=r"BOM line 20: condition, line 1, column 1: .*RAD.*Did you mean RED\?"):
        check_formulas(structure, SCOPE)


@pytest.mark.parametrize("quantity", ["0 - 1", "2 * 0"])
def test_a_constant_formula_of_zero_or_less_is_refused(quantity: str) -> None:
    with pytest.raises(Refused, match=r"BOM line 10: .* not above zero"):
        check_formulas(structure_of(Line(10, 0, 1, quantity)), SCOPE)


def test_a_condition_that_cannot_be_evaluated_is_refused_with_the_line() -> None:
    formulas = check_formulas(structure_of(Line(10, 0, 1, condition="1 / WIDTH > 1")), SCOPE)
    with pytest.raises(Refused, match="BOM line 10: condition"):
        formulas.holds({"WIDTH": 0})


# --- refusals ---


@pytest.mark.parametrize("quantity", ["0", "-2", "0.0"])
def test_a_quantity_of_zero_or_less_is_refused_with_the_line(quantity: str) -> None:
    error = refused(Line(10, 0, 1), Line(20, 1, 2, quantity))
    assert error.message == f"BOM line 20: the quantity {quantity} is not above zero."
    assert (error.field, "above zero" in error.remedy) == ("quantity", True)


def test_a_loop_is_refused_with_its_part_numbers_in_order() -> None:
    loop = (Line(30, 1, 2), Line(20, 2, 3, condition="RED"), Line(40, 3, 1))
    error = refused(Line(10, 0, 1), *loop, Line(50, 3, 4), Line(60, 4, 5))
    assert error.message == "BOM line 20: the parts go round in a loop: P-2 → P-3 → P-1 → P-2."
    assert "lines 20, 40, 30" in error.remedy


def test_a_part_that_contains_itself_is_a_loop() -> None:
    assert "P-1 → P-1." in refused(Line(10, 0, 1), Line(20, 1, 1)).message


def chain(length: int) -> tuple[Line, ...]:
    return tuple(Line(10 * (level + 1), level, level + 1) for level in range(length))


def test_sixty_four_levels_are_allowed_and_one_more_is_refused() -> None:
    assert structure_of(*chain(64)).depth == 64
    assert refused(*chain(66)).message.startswith("BOM line 650: P-65 stands below level 64")


def test_an_unknown_unit_is_refused_with_the_nearest() -> None:
    error = refused(Line(20, 0, 1), Line(10, 0, 2), unit="pcss")
    assert (error.message, error.remedy) == ("BOM line 10: Unknown unit 'pcss'.", "Did you mean pcs?")


def test_lines_of_an_assembly_nothing_uses_are_refused() -> None:
    assert refused(Line(10, 0, 1), Line(20, 7, 1)).message.startswith("BOM line 20: P-7 is no component")


def test_the_product_cannot_be_its_own_component() -> None:
    assert refused(Line(10, 0, 0)).message == "BOM line 10: P-0 is unknown."


@pytest.mark.parametrize("scrap", [-1, 100, float("nan")])
def test_scrap_out_of_range_is_refused(scrap: float) -> None:
    assert refused(Line(10, 0, 1, scrap=scrap)).field == "scrap_percent"


@pytest.mark.parametrize("quantity", [0, -1, float("inf"), float("nan")])
def test_a_job_of_nothing_is_refused(quantity: float) -> None:
    with pytest.raises(Refused, match="not above zero"):
        needs(*BIKE, quantity=quantity)


def test_requirements_beyond_every_number_are_refused() -> None:
    huge = "9" * 18
    with pytest.raises(Refused, match="grows beyond every number"):
        needs(*(replace(line, quantity=huge) for line in chain(20)))


# --- what leaves floating point ---


def test_money_is_rounded_once_halves_away_from_zero_without_binary_noise() -> None:
    assert money(0.1 + 0.2 + 2.375, "EUR") == Money(Decimal("2.68"), "EUR")
    assert money(sum([0.1] * 10) / 200, "EUR") == Money(Decimal("0.01"), "EUR")


def test_requirements_are_rounded_up_but_not_for_noise() -> None:
    assert storable(3.0000000000000004, "pcs") == 3
    assert storable(2.1, "pcs") == 3
    assert storable(0.12341, "kg") == Decimal("0.1235")


def test_another_option_gives_exactly_the_parts_whose_need_changes() -> None:
    structure = structure_of(*BIKE)
    costs = np.zeros(structure.id.size)
    before = answer(structure, holding(structure), 1, costs)
    places, by = changed(before, answer(structure, holding(structure, "RED"), 1, costs))
    assert dict(zip(structure.id[places].tolist(), by.tolist(), strict=True)) == {2: 5, 3: 1}


# --- against the naive calculation ---


@st.composite
def boms(draw: st.DrawFn) -> list[Line]:
    """Any acyclic BOM of up to 8 parts in which every assembly is used, its lines shuffled."""
    parts = draw(st.integers(1, 8))
    edges = [(draw(st.integers(0, part - 1)), part) for part in range(1, parts + 1)]
    pairs = [(above, below) for above in range(parts) for below in range(above + 1, parts + 1)]
    edges += draw(st.lists(st.sampled_from(pairs), max_size=12))
    rows = [
        Line(
            number,
            assembly,
            item,
            draw(st.sampled_from(["1", "2", "7", "0.25", "1.5", "0.1"])),
            draw(st.sampled_from(["", "A", "B", "C"])),
            draw(st.sampled_from([0, 0, 5, 12.5, 99])),
            phantom=draw(st.integers(0, 3)) == 0,
            supplied=draw(st.integers(0, 5)) == 0,
        )
        for number, (assembly, item) in enumerate(edges, start=1)
    ]
    return draw(st.permutations(rows))


@settings(max_examples=300, deadline=None)
@given(boms(), st.sets(st.sampled_from(["A", "B", "C"])), st.integers(1, 50))
def test_any_bom_is_answered_as_by_recursion_in_fractions(
    rows: list[Line], true: set[str], quantity: int
) -> None:
    costs = {part: part * 1.75 for part in range(1, 9)}
    structure = structure_of(*rows)
    own = structure.costs(parts_of(rows, costs))
    found = answer(structure, holding(structure, *true), quantity, own)
    naive = Naive(rows, true, costs)
    needed = {part: float(need) for part, need in naive.explode(0, Fraction(quantity)).items() if need}
    given_free = {part: float(need) for part, need in naive.supplied.items()}
    assert by_id(structure, found.need.tolist()) == pytest.approx(needed, rel=1e-12)
    assert by_id(structure, found.supplied.tolist()) == pytest.approx(given_free, rel=1e-12)
    rolled = [float(naive.cost(part)) for part in structure.id.tolist()]
    assert found.cost.tolist() == pytest.approx(rolled, rel=1e-12)
    assert found.cost[0] * quantity == pytest.approx(float(found.need @ own), rel=1e-9)


# --- reading what the database copies out ---


def sized(cell: bytes | None) -> bytes:
    return struct.pack(">i", -1) if cell is None else struct.pack(">i", len(cell)) + cell


def copied(rows: Sequence[Sequence[bytes | None]]) -> bytes:
    head = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
    body = b"".join(struct.pack(">h", len(row)) + b"".join(map(sized, row)) for row in rows)
    return head + body + struct.pack(">h", -1)


def struct_row(first: int, second: int, text: str, real: float) -> tuple[bytes, ...]:
    return struct.pack(">i", first), struct.pack(">q", second), text.encode(), struct.pack(">d", real)


cells = st.tuples(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(max_size=3),
    st.floats(allow_nan=False),
)


@settings(deadline=None)
@given(st.lists(cells, max_size=30))
def test_rows_are_read_as_the_database_wrote_them(rows: list[tuple[int, int, str, float]]) -> None:
    raw = copied([struct_row(*row) for row in rows])
    columns = read_columns(raw, (0, 0, 1, 0))
    texts = [columns.texts[2][at] for at in columns.numbers[2]]
    numbers = zip(*columns.numbers[:2].tolist(), texts, columns.floats(3).tolist(), strict=True)
    assert list(numbers) == rows
    assert len(set(columns.texts[2])) == len(columns.texts[2])


def test_empty_places_are_nothing_and_no_text() -> None:
    columns = read_columns(copied([(None, None), (b"\x01", b"x")]), (0, 1))
    assert (columns.numbers[0].tolist(), columns.texts[1]) == ([-(2**63), 1], ("", "x"))


@pytest.mark.parametrize("cut", [1, 2, 5, 9])
def test_a_copy_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(ValueError, match="cut short"):
        read_columns(copied([(b"\x00\x01", b"ab")])[:-cut], (0, 1))
