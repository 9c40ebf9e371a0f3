"""Money: rounding, currencies, allocation, display."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.money import EXPONENTS, CurrencyMismatch, Money, UnknownCurrency, exponent, total


def eur(amount: str | int) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("12.345", "EUR", "12.35"),
        ("-12.345", "EUR", "-12.35"),
        ("12.5", "JPY", "13"),
        ("1.2345", "KWD", "1.235"),
    ],
)
def test_money_is_rounded_half_up_to_its_currency(amount: str, currency: str, expected: str) -> None:
    assert Money(Decimal(amount), currency).amount == Decimal(expected)


def test_at_least_thirty_currencies_are_known() -> None:
    assert len(EXPONENTS) >= 30
    assert (exponent("EUR"), exponent("JPY"), exponent("BHD")) == (2, 0, 3)


def test_an_unknown_currency_names_the_nearest() -> None:
    with pytest.raises(UnknownCurrency, match="Did you mean EUR"):
        Money(Decimal(1), "EURO")


@pytest.mark.parametrize(
    "amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+15"), Decimal("1E+99999"), 1.5, True]
)
def test_what_is_no_payable_number_is_refused(amount: Decimal) -> None:
    with pytest.raises(Refused):
        Money(amount, "EUR")


def test_amounts_in_one_currency_add_subtract_and_order() -> None:
    assert eur("1.10") + eur("2.20") == eur("3.30")
    assert eur("1.10") - eur("2.20") == eur("-1.10")
    assert eur(1) < eur(2) <= eur(2)
    assert total([eur(1), eur(2)], "EUR") == eur(3)


@pytest.mark.parametrize("act", ["__add__", "__sub__", "__lt__", "__ge__", "share_of"])
def test_currencies_never_mix(act: str) -> None:
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        getattr(eur(1), act)(Money(Decimal(1), "USD"))


def test_the_same_amount_in_another_currency_is_not_equal() -> None:
    assert eur(1) != Money(Decimal(1), "USD")


def test_a_product_is_rounded_once() -> None:
    assert eur("0.10") * Decimal("1.25") == eur("0.13")
    assert 3 * eur("0.10") == eur("0.30")


def test_floats_are_no_factors() -> None:
    with pytest.raises(TypeError):
        eur(1) * 1.5  # type: ignore[operator]


def test_a_share_of_nothing_is_nothing() -> None:
    assert eur(1).share_of(eur(4)) == Decimal("0.25")
    assert eur(0).share_of(eur(0)) == 0


def test_a_hundred_in_three_parts_keeps_the_last_cent() -> None:
    assert eur(100).allocate([1, 1, 1]) == [eur("33.34"), eur("33.33"), eur("33.33")]


def test_a_part_without_weight_gets_nothing() -> None:
    assert eur("-0.05").allocate([0, Decimal("0.5")]) == [eur(0), eur("-0.05")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_cannot_split_are_refused(weights: list[int]) -> None:
    with pytest.raises(Refused):
        eur(1).allocate(weights)


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_allocation_never_loses_or_invents_a_coin(amount: int, weights: list[int], currency: str) -> None:
    whole = Money(Decimal(amount) / 100, currency)
    parts = whole.allocate(weights)
    assert total(parts, currency) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - whole.minor * weight / sum(weights)) < 1


def test_money_reads_with_currency_and_thin_spaces() -> None:
    assert eur("1234567.5").format() == "EUR\u202f1\u202f234\u202f567.50"
    assert str(eur("-0.5")) == "EUR\u202f\u22120.50"
    assert Money(Decimal(1500), "JPY").format() == "JPY\u202f1\u202f500"


def test_minus_zero_is_zero() -> None:
    assert str(eur("-0.001")) == "EUR\u202f0.00"
