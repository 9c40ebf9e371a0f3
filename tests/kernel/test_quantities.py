"""Quantities: units, exact conversion, packs, display."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.quantities import (
    UNITS,
    DimensionMismatch,
    Quantity,
    UnknownUnit,
    convert,
    round_up_to_pack,
    same_dimension,
    unit,
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1.5", "kg", "g", "1500"),
        ("1", "m", "mm", "1000"),
        ("250", "mm", "m", "0.25"),
        ("1", "in", "mm", "25.4"),
        ("2", "pair", "pcs", "4"),
        ("90", "min", "h", "1.5"),
        ("1", "m2", "mm2", "1000000"),
        ("3", "l", "ml", "3000"),
        ("7", "sheet", "sheet", "7"),
    ],
)
def test_conversion_is_exact(value: str, source: str, target: str, expected: str) -> None:
    assert convert(Decimal(value), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("code", "rec20"),
    [
        ("pcs", "C62"),
        ("m", "MTR"),
        ("mm", "MMT"),
        ("kg", "KGM"),
        ("g", "GRM"),
        ("m2", "MTK"),
        ("l", "LTR"),
        ("h", "HUR"),
    ],
)
def test_units_carry_their_rec_20_code_and_are_found_by_it(code: str, rec20: str) -> None:
    assert unit(code).rec20 == rec20
    assert unit(rec20) is unit(code)


def test_every_rec_20_code_is_given_once() -> None:
    assert len({found.rec20 for found in UNITS.values()}) == len(UNITS)


def test_other_spellings_are_understood() -> None:
    assert (unit("m²").code, unit("hr").code, unit("piece").code) == ("m2", "h", "pcs")


@pytest.mark.parametrize(("code", "near"), [("kgs", "kg"), ("MM2", "mm2"), ("shet", "sheet")])
def test_an_unknown_unit_names_the_nearest(code: str, near: str) -> None:
    with pytest.raises(UnknownUnit, match=f"Did you mean {near}"):
        unit(code)


def test_dimensions_never_mix() -> None:
    with pytest.raises(DimensionMismatch, match="one measures length, the other mass"):
        convert(Decimal(1), "m", "kg")


def test_a_roll_is_no_sheet() -> None:
    with pytest.raises(DimensionMismatch):
        convert(Decimal(1), "roll", "sheet")


def test_units_of_one_dimension_are_listed_for_forms() -> None:
    assert same_dimension("kg") == ["t", "kg", "g", "mg", "lb", "oz"]


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("1E+40"), 0.5, True])
def test_what_is_no_usable_number_is_refused(value: Decimal) -> None:
    with pytest.raises(Refused):
        Quantity(value, "kg")


def test_quantities_add_and_order_after_conversion() -> None:
    assert Quantity(1, "m") + Quantity(5, "cm") == Quantity(Decimal("1.05"), "m")
    assert Quantity(1, "kg") - Quantity(1, "g") == Quantity(Decimal("0.999"), "kg")
    assert Quantity(99, "cm") < Quantity(1, "m")
    assert Quantity(100, "cm").equals(Quantity(1, "m"))
    assert 3 * Quantity(Decimal("1.5"), "g") == Quantity(Decimal("4.5"), "g")


@pytest.mark.parametrize(
    ("value", "pack", "expected"),
    [("7", 5, "10"), ("10", 5, "10"), ("0", 5, "0"), ("-3", 5, "0"), ("0.31", "0.1", "0.4")],
)
def test_buying_rounds_up_to_whole_packs(value: str, pack: str | int, expected: str) -> None:
    assert round_up_to_pack(Decimal(value), Decimal(pack)) == Decimal(expected)


def test_a_pack_may_be_given_in_another_unit() -> None:
    assert Quantity(1100, "g").rounded_up_to(Quantity(Decimal("0.5"), "kg")) == Quantity(1500, "g")


@pytest.mark.parametrize("pack", [0, -1])
def test_a_pack_of_nothing_is_refused(pack: int) -> None:
    with pytest.raises(Refused) as caught:
        round_up_to_pack(Decimal(1), pack)
    assert caught.value.field == "pack_size"


def test_quantities_read_with_thin_spaces_and_without_trailing_zeros() -> None:
    assert Quantity(Decimal("12500.50"), "mm").format() == "12\u202f500.5\u202fmm"
    assert str(Quantity(Decimal("-1E+3"), "g")) == "\u22121\u202f000\u202fg"


@given(
    st.decimals(-(10**6), 10**6, places=3),
    st.sampled_from(sorted(UNITS)).flatmap(
        lambda code: st.tuples(st.just(code), st.sampled_from(same_dimension(code)))
    ),
)
def test_there_and_back_again_loses_at_most_the_last_digit(value: Decimal, units: tuple[str, str]) -> None:
    source, target = units
    back = convert(convert(value, source, target), target, source)
    assert abs(back - value) <= abs(value) * Decimal("1E-26")
